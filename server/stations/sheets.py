"""Sheets for the door, A5, one a page: both codes, whose place it is, and how to tell that the sheet is genuine.

The round code opens the mini-program in WeChat, the square one the page of the place in any scanner.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import sqlalchemy as sa

from server.core.db import db
from server.core.pdf import FAMILY, NoFonts, new_pdf
from server.core.private import Private
from server.core.settings import settings
from server.stations import qr
from server.stations.models import Station, StationStatus
from server.stations.words import KIND_NAMES
from server.wechat.service import code_image

if TYPE_CHECKING:
    from fpdf import FPDF

PAGE = "stations/detail/detail"
"""What the round code opens, with `s=<code>` as its scene."""
CODE_PIXELS = 860
"""Enough for 56 mm at 300 dpi, and small enough for one answer."""

WIDTH, HEIGHT, MARGIN = 148.0, 210.0, 12.0
"""Millimetres."""
CODE = 56.0
AMBER, INK, SOFT = (245, 168, 0), (42, 26, 0), (95, 82, 60)


class NoSheet(Exception):
    """Says in Chinese why no sheet can be made."""


class Sheet(Private, frozen=True):
    """What stands on one sheet."""

    code: str
    name: str
    kind: str
    round_code: bytes
    square_code: bytes


def sheets_of(codes: Sequence[str]) -> list[Sheet]:
    """The sheets of these places, in this order. WeChat makes the round codes.

    Raises:
        NoSheet: a place is unknown or closed for good.
        WeChatError: see `server.wechat.service.code_image`.
    """
    wanted = [code.upper() for code in codes]
    known = {place.code: place for place in db.session.scalars(sa.select(Station).where(Station.code.in_(wanted)))}
    missing = [code for code in wanted if code not in known]
    if missing:
        raise NoSheet(f"没有这些站点：{'、'.join(missing)}")
    closed = [code for code in wanted if known[code].status is StationStatus.CLOSED_FOR_GOOD]
    if closed:
        raise NoSheet(f"这些站点已经撤了：{'、'.join(closed)}")
    return [
        Sheet(
            code=code,
            name=known[code].name,
            kind=KIND_NAMES[known[code].kind],
            round_code=code_image(scene=f"s={code}", page=PAGE, width=CODE_PIXELS),
            square_code=qr.png(code),
        )
        for code in wanted
    ]


def draw(sheets: Sequence[Sheet]) -> bytes:
    """The PDF, a page for each sheet.

    Raises:
        NoSheet: the fonts are not installed.
    """
    try:
        pdf = new_pdf(format=(WIDTH, HEIGHT))
    except NoFonts as error:
        raise NoSheet(str(error)) from error
    pdf.set_auto_page_break(False)
    for sheet in sheets:
        _draw(pdf, sheet)
    return bytes(pdf.output())


def _draw(pdf: "FPDF", sheet: Sheet) -> None:
    union, phone = settings().union_name, settings().union_phone
    pdf.add_page()
    pdf.set_fill_color(*AMBER)
    pdf.rect(0, 0, WIDTH, 46, style="F")
    _line(pdf, 10, union, size=13)
    _line(pdf, 18, sheet.name, size=26, bold=True, height=13)
    _line(pdf, 33, f"{sheet.kind}  编号 {sheet.code}", size=13)

    gap = (WIDTH - 2 * MARGIN - 2 * CODE) / 2
    for left, picture, caption in (
        (MARGIN + gap / 2, sheet.round_code, "微信扫这个"),
        (MARGIN + CODE + gap * 1.5, sheet.square_code, "别的软件扫这个"),
    ):
        pdf.image(BytesIO(picture), x=left, y=52, w=CODE, h=CODE)
        _text(pdf, left, 109, CODE, caption, size=13, bold=True)
    _line(pdf, 118, "看几点开门、里面有什么；锁着门、东西坏了，也在这里说", size=11, colour=SOFT)

    pdf.set_fill_color(*INK)
    pdf.rect(MARGIN, 129, WIDTH - 2 * MARGIN, 17, style="F", round_corners=True, corner_radius=3)
    _line(pdf, 129, "不收费，不要密码", size=24, bold=True, height=17, colour=AMBER)

    pdf.set_xy(MARGIN, 151)
    _paragraph(pdf, "这张是不是真的，这样看：", bold=True)
    for number, sentence in enumerate(
        (
            f"微信里打开的是“暖蜂”小程序，别的软件打开的是 {urlsplit(settings().public_base_url).netloc}，"
            f"页面上的编号都是 {sheet.code}。",
            "不会叫你付钱、转账、输密码、报验证码、装软件。",
            "编号被改过、上面又贴了一层的，不要扫。",
        ),
        start=1,
    ):
        _paragraph(pdf, f"{number}. {sentence}")
    pdf.set_draw_color(*AMBER)
    pdf.line(MARGIN, 191, WIDTH - MARGIN, 191)
    _line(pdf, 193, f"拿不准，打 {phone} 问，报编号 {sheet.code}", size=14, bold=True)


def _line(
    pdf: "FPDF",
    y: float,
    text: str,
    *,
    size: float,
    bold: bool = False,
    height: float = 8,
    colour: tuple[int, int, int] = INK,
) -> None:
    """A centred line over the whole width."""
    _text(pdf, MARGIN, y, WIDTH - 2 * MARGIN, text, size=size, bold=bold, height=height, colour=colour)


def _text(
    pdf: "FPDF",
    x: float,
    y: float,
    width: float,
    text: str,
    *,
    size: float,
    bold: bool = False,
    height: float = 8,
    colour: tuple[int, int, int] = INK,
) -> None:
    """A centred line; one that is too long gets smaller letters."""
    pdf.set_text_color(*colour)
    pdf.set_font(FAMILY, "B" if bold else "", size)
    if (needed := pdf.get_string_width(text) + 1) > width:
        pdf.set_font_size(size * width / needed)
    pdf.set_xy(x, y)
    pdf.cell(width, height, text, align="C")


def _paragraph(pdf: "FPDF", text: str, *, bold: bool = False) -> None:
    from fpdf.enums import WrapMode

    pdf.set_text_color(*INK)
    pdf.set_font(FAMILY, "B" if bold else "", 12)
    pdf.set_x(MARGIN)
    pdf.multi_cell(WIDTH - 2 * MARGIN, 7, text, align="L", wrapmode=WrapMode.CHAR, new_x="LMARGIN", new_y="NEXT")
