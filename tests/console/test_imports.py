"""Lists from spreadsheets: rehearsed, taken whole or not at all, never kept, within one's own subtree."""

import io
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.core.audit import AuditEvent
from server.core.jobs import run_worker
from server.core.storage import storage
from server.identity.roster import RosterEntry
from server.stations.models import Station
from tests.desk import Desk, desk_of, words
from tests.people import person
from tests.rosters import make_union
from tests.staff import make_district


@pytest.fixture
def desk(app: Flask) -> Desk:
    make_union("GH440304-U01", area_code="440304", under=make_district())
    make_union("GH440307-U01", area_code="440307")
    return desk_of(app, "D0001", "district_organisation")


def roster(*rows: tuple[str, ...]) -> bytes:
    book, stored = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for row in (("姓名", "证件号码", "所属工会编码"), *rows):
        sheet.append(row)
    book.save(stored)
    return stored.getvalue()


def send(desk: Desk, kind: str, content: bytes, name: str = "名单.xlsx", **more: str) -> TestResponse:
    return desk.post(f"/console/imports/{kind}", {"file": (io.BytesIO(content), name), "way": "rehearse", **more})


def outcome(app: Flask, desk: Desk, answer: TestResponse) -> str:
    """What the page of a list says once a worker has read it."""
    assert answer.status_code == 303, words(answer)
    run_worker(app, wait=False, periodic_tasks=False)
    return words(desk.get(answer.location))


def listed(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(RosterEntry)) or 0


def test_a_rehearsal_writes_nothing_and_names_rows_only(app: Flask, desk: Desk, db_session: Session) -> None:
    good, bad = person(1), person(2)
    content = roster(
        (good.name, good.id_number, "GH440304-U01"),
        (bad.name, bad.id_number[:-1] + "?", "GH440304-U01"),
        (person(3).name, person(3).id_number, "GH440307-U01"),
    )
    page = outcome(app, desk, send(desk, "roster", content))
    assert "这是试一遍，什么都没有写入" in page
    assert "。会新增 1 人" in page
    assert "会问本人 1 人" in page
    assert "第 3 行" in page
    assert "第 4 行" in page
    assert bad.name not in page
    assert bad.id_number[:-1] not in page
    assert listed(db_session) == 0
    # The same for good: one bad row, and nothing of it is taken.
    page = outcome(app, desk, send(desk, "roster", content, way="import"))
    assert "有问题的行还没改好，什么都没有写入。本来会新增 1 人" in page
    assert listed(db_session) == 0


def test_a_roster_is_taken_and_those_who_left_are_taken_off(app: Flask, desk: Desk, db_session: Session) -> None:
    content = roster((person(1).name, person(1).id_number, "GH440304-U01"))
    assert "导入好了。新增 1 人" in outcome(app, desk, send(desk, "roster", content, way="import"))
    assert listed(db_session) == 1
    event = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "roster.import")).one()
    assert event.actor == "staff:D0001"
    text = f"姓名,证件号码,所属工会编码\n{person(1).name},{person(1).id_number},GH440304-U01\n".encode("gb18030")
    assert "去掉 1 人" in outcome(app, desk, send(desk, "leavers", text, "离会.csv", way="import"))
    assert listed(db_session) == 0


def test_the_file_is_gone_whatever_happens(
    app: Flask, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(storage().all_keys())
    for content in (roster((person(1).name, person(1).id_number, "GH440304-U01")), b"no spreadsheet"):
        sent = send(desk, "roster", content, way="import")
        assert len(set(storage().all_keys()) - before) == 1
        outcome(app, desk, sent)
        assert set(storage().all_keys()) == before
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_told(app: Flask, desk: Desk) -> None:
    assert "没有读成：打不开这份文件" in outcome(app, desk, send(desk, "roster", b"no spreadsheet"))
    assert "没有找到表头" in outcome(app, desk, send(desk, "roster", b"a,b", "名单.csv"))
    assert "只认 xlsx 和 csv" in words(send(desk, "roster", b"x", "名单.exe"))
    assert "请选一个文件" in words(desk.post("/console/imports/roster"))
    assert desk.get("/console/imports/no-such-kind").status_code == 404


def test_unions_are_taken_below_ones_own(desk: Desk, db_session: Session) -> None:
    head = "编码,名称,类型,上级编码,区域编码\n"
    row = "GH440304-U09,福田测试单位工会,单位工会,GH440304,440304\n"
    assert "新增 1 个" in words(send(desk, "unions", (head + row).encode(), "工会.csv", way="import"))
    other = "GH440307-U09,别区单位工会,单位工会,GH440307-U01,440307\n"
    refused = words(send(desk, "unions", (head + other).encode(), "工会.csv", way="import"))
    assert "什么都没有写入。本来会新增 0 个" in refused


def test_stations_are_for_whoever_keeps_stations(app: Flask, desk: Desk, db_session: Session) -> None:
    assert desk.get("/console/imports/stations").status_code == 403
    keeper = desk_of(app, "D0003", "district_office")
    assert keeper.get("/console/imports/roster").status_code == 403
    page = words(send(keeper, "stations", "编号,名称\nFT0001,测试驿站\n".encode(), "驿站.csv", datum="gcj02"))
    assert "缺这一列" in page
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Station)) == 0


def test_the_template_is_an_empty_roster(desk: Desk) -> None:
    answer = desk.get("/console/imports/roster-template")
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert sheet[1][0].value == "姓名"
