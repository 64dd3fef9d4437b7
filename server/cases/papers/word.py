"""A paper as DOCX, to be gone on with."""

from io import BytesIO
from typing import TYPE_CHECKING

from server.cases.papers.rules import LINE, Align, Blanks, Heading, Line, Paper, Signatures, Table

if TYPE_CHECKING:
    from docx.document import Document

FONT = "宋体"


def docx_of(paper: Paper) -> bytes:
    """The file."""
    # Only needed when a paper is made.
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = Document()
    document.core_properties.author = document.core_properties.comments = ""
    document.core_properties.title = paper.title
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(paper.title)
    run.bold, run.font.size = True, Pt(20)
    number = document.add_paragraph(f"编号：{paper.number}")
    number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for block in paper.blocks:
        match block:
            case Heading(text):
                document.add_paragraph().add_run(text).bold = True
            case Line(text, small, align):
                line = document.add_paragraph()
                line.add_run(text).font.size = Pt(10 if small else 12)
                if align is Align.RIGHT:
                    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            case Blanks(count):
                for _ in range(count):
                    document.add_paragraph(LINE * 3)
            case Table():
                _table(document, block)
            case Signatures(labels):
                for label in labels:
                    document.add_paragraph(f"{label}：{LINE}")
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _table(document: "Document", table: Table) -> None:
    drawn = document.add_table(rows=1, cols=len(table.titles))
    drawn.style = "Table Grid"
    for cell, title in zip(drawn.rows[0].cells, table.titles, strict=True):
        cell.paragraphs[0].add_run(title).bold = True
    for row in table.rows:
        for cell, words in zip(drawn.add_row().cells, row, strict=True):
            cell.text = words
    document.add_paragraph()
