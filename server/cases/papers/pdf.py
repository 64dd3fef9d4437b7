"""A paper as PDF, A4, to be printed and signed."""

from typing import TYPE_CHECKING

from server.cases.papers.rules import LINE, Align, Blanks, Heading, Line, Paper, Signatures, Table
from server.core.pdf import FAMILY, new_pdf

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN = 22.0
"""Millimetres."""
HEIGHT = 8.0
"""Of a line."""


def pdf_of(paper: Paper) -> bytes:
    """The file.

    Raises:
        NoFonts: see `core.pdf`.
    """
    pdf = new_pdf(format="A4")
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(True, margin=MARGIN)
    pdf.add_page()
    _write(pdf, paper.title, size=20, bold=True, align="C", height=14)
    _write(pdf, f"编号：{paper.number}", size=10, align="R")
    for block in paper.blocks:
        match block:
            case Heading(text):
                pdf.ln(2)
                _write(pdf, text, bold=True)
            case Line(text, small, align):
                _write(pdf, text, size=10 if small else 12, align="R" if align is Align.RIGHT else "L")
            case Blanks(count):
                for _ in range(count):
                    _write(pdf, LINE * 3)
            case Table():
                _table(pdf, block)
            case Signatures(labels):
                pdf.ln(4)
                for label in labels:
                    _write(pdf, f"{label}：{LINE}", height=11)
    return bytes(pdf.output())


def _write(
    pdf: "FPDF", text: str, *, size: float = 12, bold: bool = False, align: str = "L", height: float = HEIGHT
) -> None:
    from fpdf.enums import WrapMode

    pdf.set_font(FAMILY, "B" if bold else "", size)
    pdf.multi_cell(0, height, text, align=align, wrapmode=WrapMode.CHAR, new_x="LMARGIN", new_y="NEXT")


def _table(pdf: "FPDF", table: Table) -> None:
    from fpdf.enums import WrapMode

    pdf.ln(2)
    pdf.set_font(FAMILY, "", 11)
    with pdf.table(line_height=HEIGHT, wrapmode=WrapMode.CHAR, markdown=False) as drawn:
        for line in (table.titles, *table.rows):
            row = drawn.row()
            for words in line:
                row.cell(words)
    pdf.ln(2)
