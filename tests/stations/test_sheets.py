"""Sheets for the door: both codes read what they should, and the words are the union's."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from fpdf import FPDF
from PIL import Image

from server.core import pdf
from server.stations import sheets
from server.stations.models import StationStatus
from server.stations.sheets import Sheet, draw
from tests.standins import StandIn
from tests.stations.making import make_station

CODE = "/wxa/getwxacodeunlimit"
Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(app: Flask, wechat_standin: StandIn, tmp_path: Path) -> Command:
    """`command("FT0001", …)` writes to sheets.pdf."""

    def run(*codes: str) -> tuple[int, str]:
        arguments = ["stations", "sheets", *codes, "--out", str(tmp_path / "sheets.pdf")]
        done = app.test_cli_runner().invoke(args=arguments)
        return done.exit_code, done.output

    return run


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written, and the pictures that are drawn are real: only the writing is listened to."""
    written: list[str] = []
    cell, multi_cell = FPDF.cell, FPDF.multi_cell

    def note_cell(pdf: FPDF, w: float, h: float, text: str, **more: object) -> object:
        written.append(text)
        return cell(pdf, w, h, text, **more)

    def note_paragraph(pdf: FPDF, w: float, h: float, text: str, **more: object) -> object:
        written.append(text)
        return multi_cell(pdf, w, h, text, **more)

    monkeypatch.setattr(FPDF, "cell", note_cell)
    monkeypatch.setattr(FPDF, "multi_cell", note_paragraph)
    return written


def printed(file: Path) -> Image.Image:
    """The first page at 150 dpi: a poor printer."""
    return pypdfium2.PdfDocument(file)[0].render(scale=150 / 72).to_pil()


def test_a_batch_is_one_file_with_a_page_each(
    command: Command, wechat_standin: StandIn, tmp_path: Path, words: list[str], app: Flask
) -> None:
    make_station("FT0001", name="华强北暖蜂驿站")
    make_station("FT0002", name="很长很长的名字也要放得下不能跑到纸外面去的暖蜂驿站二号")
    code, output = command("ft0001", "FT0002")
    assert code == 0, output
    file = (tmp_path / "sheets.pdf").read_bytes()
    assert file.startswith(b"%PDF")
    assert b"/Count 2" in file
    scenes = [(call["body"]["scene"], call["body"]["page"]) for call in wechat_standin.calls(CODE)]
    assert scenes == [("s=FT0001", sheets.PAGE), ("s=FT0002", sheets.PAGE)]
    said = "\n".join(words)
    settings = app.config["WARMBEE"]
    for needed in (settings.union_name, settings.union_phone, "华强北暖蜂驿站", "FT0001", "不收费，不要密码"):
        assert needed in said


def test_both_codes_on_the_printed_page_open_the_place(command: Command, tmp_path: Path, app: Flask) -> None:
    make_station("FT0001", name="华强北暖蜂驿站")
    assert command("FT0001")[0] == 0
    found = zxingcpp.read_barcodes(printed(tmp_path / "sheets.pdf"))
    assert {code.text for code in found} == {
        f"mini-program:{sheets.PAGE}?scene=s=FT0001",
        f"{app.config['WARMBEE'].public_base_url}/s/FT0001",
    }


def test_a_place_that_is_not_there_or_gone_stops_the_batch(
    command: Command, wechat_standin: StandIn, tmp_path: Path
) -> None:
    make_station("FT0001")
    make_station("FT0002", status=StationStatus.CLOSED_FOR_GOOD)
    assert "没有这些站点：FT9999" in command("FT0001", "FT9999")[1]
    assert "这些站点已经撤了：FT0002" in command("FT0001", "FT0002")[1]
    assert wechat_standin.calls(CODE) == []
    assert not (tmp_path / "sheets.pdf").exists()


@pytest.mark.parametrize("fault", [{"status": 502}, {"errcode": 45009}, {"body": "<html>"}])
def test_without_wechat_nothing_is_written(
    command: Command, wechat_standin: StandIn, tmp_path: Path, fault: dict[str, object]
) -> None:
    make_station("FT0001")
    wechat_standin.fault(CODE, **fault)
    code, output = command("FT0001")
    assert (code, (tmp_path / "sheets.pdf").exists()) == (1, False)
    assert "过一会儿再试" in output


def test_without_fonts_it_says_what_to_install(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pdf, "FONTS", tmp_path)
    with pytest.raises(sheets.NoSheet, match="fonts-noto-cjk"):
        draw([Sheet("FT0001", "驿站", "暖蜂驿站", b"", b"")])
