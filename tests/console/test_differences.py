"""The city's membership base beside ours, both ways, in a template that can be changed; nobody is named."""

import io
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import transaction
from server.unions.lists import city_base
from server.unions.lists.models import MemberListLine
from server.unions.lists.vocabulary import LineKind
from server.unions.models import Membership, TradeUnion
from server.unions.service import admit
from tests.console.test_imports import outcome, roster
from tests.desk import Desk, desk_of, words
from tests.people import person
from tests.rosters import make_union
from tests.sign_in import Headers, SignIn
from tests.staff import make_district

MINE, ALSO_MINE, OTHERS = "GH440304-U01", "GH440304-U02", "GH440307-U01"


@pytest.fixture
def unions(app: Flask) -> dict[str, TradeUnion]:
    district = make_district()
    return {
        MINE: make_union(MINE, area_code="440304", under=district),
        ALSO_MINE: make_union(ALSO_MINE, area_code="440304", under=district),
        OTHERS: make_union(OTHERS, area_code="440307"),
    }


@pytest.fixture
def members(unions: dict[str, TradeUnion], sign_in: SignIn) -> list[Headers]:
    """Three of ours, one of another district's."""
    found = []
    for code in (MINE, MINE, MINE, OTHERS):
        one = sign_in(Level.L2)
        with transaction() as session:
            admit(session, worker_id=one.worker_id, union=unions[code])
        found.append(one)
    return found


def send(desk: Desk, content: bytes, name: str = "市库.xlsx") -> TestResponse:
    return desk.post("/console/imports/difference", {"file": (io.BytesIO(content), name)})


def sheet_of(app: Flask, desk: Desk, content: bytes) -> list[list[object]]:
    """The list of differences as it is stored."""
    answer = send(desk, content)
    outcome(app, desk, answer)
    stored = desk.get(f"{answer.location}/sheets/1").data
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(stored)).worksheets[0].rows]


def row(one: Headers, code: str) -> tuple[str, str, str]:
    return (one.person.name, one.person.id_number, code)


def number_of(session: Session, one: Headers) -> str:
    return session.scalars(sa.select(Membership.number).where(Membership.worker_id == one.worker_id)).one()


def test_both_ways_and_nobody_is_named(app: Flask, members: list[Headers], db_session: Session) -> None:
    same, moved, missing, elsewhere = members
    stranger = person(91)
    content = roster(
        row(same, MINE),
        row(moved, ALSO_MINE),
        (stranger.name, stranger.id_number, MINE),
        row(elsewhere, OTHERS),
        (person(92).name, person(92).id_number, OTHERS),
        (person(93).name, "no number", MINE),
    )
    desk = desk_of(app, "D0001", "district_organisation")
    page = outcome(app, desk, send(desk, content))
    assert "两边一样 1 人，有差异 3 人，看不懂 1 行" in page
    assert f"市库文件第 4 行：市库 {MINE}" in page
    assert f"市库文件第 3 行，会员号 {number_of(db_session, moved)}：市库 {ALSO_MINE}，我们 {MINE}" in page
    assert f"会员号 {number_of(db_session, missing)}：我们 {MINE}" in page
    assert "第 7 行" in page
    for one in (stranger.name, stranger.id_number, moved.person.name, moved.person.id_number, "no number"):
        assert one not in page
    event = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "roster.compare")).one()
    assert event.actor == "staff:D0001"


def test_a_member_of_another_district_put_under_ones_own_union_stays_unknown(
    app: Flask, members: list[Headers], db_session: Session
) -> None:
    elsewhere = members[-1]
    desk = desk_of(app, "D0001", "district_organisation")
    page = outcome(app, desk, send(desk, roster(row(elsewhere, MINE))))
    assert f"市库文件第 2 行：市库 {MINE}" in page
    assert number_of(db_session, elsewhere) not in page
    assert OTHERS not in page


def test_the_list_is_written_and_read_in_the_template(
    app: Flask, members: list[Headers], db_session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    template = yaml.safe_load(city_base.FILE.read_text("utf-8"))
    template["headings"]["union"] = ["归口"]
    template["list"] = [{"heading": "编号", "holds": "number"}, {"heading": "怎么了", "holds": "difference"}]
    changed = tmp_path / "city_base.yaml"
    changed.write_text(yaml.safe_dump(template, allow_unicode=True), "utf-8")
    desk = desk_of(app, "D0001", "district_organisation")
    content = roster(row(members[0], MINE), row(members[1], MINE))
    assert sheet_of(app, desk, content)[0] == [
        "差异",
        "市库文件第几行",
        "会员号",
        "市库的工会编码",
        "我们的工会编码",
    ]
    monkeypatch.setattr(city_base, "FILE", changed)
    assert "没有找到表头" in outcome(app, desk, send(desk, content))
    renamed = load_workbook(io.BytesIO(content))
    renamed.worksheets[0]["C1"] = "归口"
    stored = io.BytesIO()
    renamed.save(stored)
    assert sheet_of(app, desk, stored.getvalue()) == [
        ["编号", "怎么了"],
        [number_of(db_session, members[2]), "我们有，市库没有"],
    ]


def test_what_cannot_be_read_is_told_and_others_do_not_get_there(app: Flask, client: FlaskClient) -> None:
    desk = desk_of(app, "D0001", "district_organisation")
    assert "和市会员库比对" in words(desk.get("/console/imports"))
    assert "打不开这份文件" in outcome(app, desk, send(desk, b"no spreadsheet"))
    assert "打不开这份文件" in outcome(app, desk, send(desk, b"\xff\x00", "市库.csv"))
    assert desk_of(app, "D0003", "district_office").get("/console/imports/difference").status_code == 403


def test_what_begins_like_a_formula_is_none() -> None:
    stored = io.BytesIO()
    city_base.write_list(
        [MemberListLine(kind=LineKind.ONLY_THEIRS, row=2, theirs='=HYPERLINK("https://x.example")')], stored
    )
    cells = [cell for row in load_workbook(stored).worksheets[0].iter_rows(min_row=2) for cell in row]
    assert [cell.data_type for cell in cells if str(cell.value).startswith("=")] == ["s"]
