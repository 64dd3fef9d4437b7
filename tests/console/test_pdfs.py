"""PDFs at the desk: pictures of their pages, drawn where nothing can happen, by the link of a recorded opening."""

import io
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from fpdf import FPDF
from PIL import Image
from sqlalchemy.orm import Session

from server.cases.files import pages
from server.cases.files.pages import NotDrawable, count_pages, draw_page
from server.core.access import Level
from server.core.audit import AuditEvent
from tests.console.conftest import Send
from tests.desk import Desk, desk_of, words
from tests.sign_in import Headers, SignIn


def pdf(*, number: int = 2, password: str | None = None, side: float | str = "A4") -> bytes:
    made = FPDF(format=(side, side) if isinstance(side, float) else side)
    for _ in range(number):
        made.add_page()
        made.set_fill_color(200, 30, 30)
        made.rect(10, 10, 50, 50, style="F")
    if password is not None:
        made.set_encryption(owner_password="o", user_password=password)
    return bytes(made.output())


@pytest.fixture
def who(sign_in: SignIn) -> Headers:
    return sign_in(Level.L1)


def opened(desk: Desk, client: FlaskClient, who: Headers, send: Send, content: bytes) -> tuple[str, str]:
    """Address and text of the page of a file that was sent with a case."""
    sent = client.post("/api/v1/attachments", data={"file": (io.BytesIO(content), "a.pdf")}, headers=who)
    assert sent.status_code == 201, sent.json
    no = send(who, attachments=[{"id": sent.json["id"]}])
    address = f"/console/cases/{no}/files/{sent.json['id']}"
    return address, desk.get(address).text


def test_each_page_is_a_picture_and_the_opening_is_recorded(
    desk: Desk, client: FlaskClient, who: Headers, send: Send, db_session: Session
) -> None:
    _, shown = opened(desk, client, who, send, pdf(number=2))
    pictures = [one.replace("&amp;", "&") for one in re.findall(r'<img class="file-shown" src="([^"]+)"', shown)]
    assert len(pictures) == 2
    answer = desk.get(pictures[0])
    assert answer.mimetype == "image/jpeg"
    drawn = Image.open(io.BytesIO(answer.data)).convert("RGB")
    assert max(drawn.size) == pages.LONGEST
    red, green, _ = drawn.getpixel((drawn.width // 6, drawn.height // 9))  # type: ignore[misc]  # of an RGB picture
    assert red > 150 > green
    assert len(db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.read_file")).all()) == 1


def test_a_picture_needs_the_right_and_the_link_of_an_opening(
    app: Flask, desk: Desk, client: FlaskClient, who: Headers, send: Send
) -> None:
    address, shown = opened(desk, client, who, send, pdf())
    picture = re.findall(r'<img class="file-shown" src="([^"]+)"', shown)[0].replace("&amp;", "&")
    assert desk_of(app, "L0001", "legal_coordinator").get(picture).status_code == 404
    assert desk.get(f"{address}/pages/0").status_code == 404
    forged = re.sub(r"sig=(.)", lambda found: "sig=" + ("B" if found[1] == "A" else "A"), picture)
    assert desk.get(forged).status_code == 404
    assert desk.get(picture.replace("/pages/0", "/pages/7")).status_code == 404


@pytest.mark.parametrize("content", [pdf(password="x"), b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"])
def test_what_cannot_be_drawn_can_be_saved(
    desk: Desk, client: FlaskClient, who: Headers, send: Send, content: bytes
) -> None:
    with pytest.raises(NotDrawable):
        count_pages(content)
    sent = client.post("/api/v1/attachments", data={"file": (io.BytesIO(content), "a.pdf")}, headers=who)
    if sent.status_code == 201:
        no = send(who, attachments=[{"id": sent.json["id"]}])
        shown = desk.get(f"/console/cases/{no}/files/{sent.json['id']}")
        assert "打不开" in words(shown)
        assert "存下来" in words(shown)


def test_a_huge_page_is_drawn_small(app: Flask) -> None:
    drawn = Image.open(io.BytesIO(draw_page(pdf(number=1, side=5000.0), 0)))
    assert max(drawn.size) == pages.LONGEST


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SECONDS", 0.001)
    with pytest.raises(NotDrawable):
        count_pages(pdf())
