"""PDFs with Chinese letters: fpdf2 and the fonts that Debian's fonts-noto-cjk puts on the machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path("/usr/share/fonts/opentype/noto")
"""Only the letters that are used go into a PDF."""
SIMPLIFIED = 2
"""Noto Sans CJK SC, of the languages in each of its files."""
FAMILY = "noto"


class NoFonts(Exception):
    """Says in Chinese what has to be installed."""


def new_pdf(**options: Any) -> "FPDF":
    """An empty PDF whose font is `FAMILY`, plain and bold.

    Raises:
        NoFonts: they are not installed.
    """
    # Only needed when something is drawn.
    from fpdf import FPDF

    pdf = FPDF(**options)
    for style, file in (("", "NotoSansCJK-Regular.ttc"), ("B", "NotoSansCJK-Bold.ttc")):
        if not (FONTS / file).exists():
            raise NoFonts(f"没有中文字体 {FONTS / file}：请装 Debian 的 fonts-noto-cjk")
        pdf.add_font(FAMILY, style, FONTS / file, collection_font_number=SIMPLIFIED)
    return pdf
