"""报表: what each reader sees of it, the cases behind a number, and the file that is taken away."""

import io
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.unions.models import TradeUnion
from tests.cases.figures.conftest import DAY, DUE, NOVEMBER_END, Keep
from tests.cases.figures.conftest import keep as keep
from tests.desk import desk_of, words
from tests.staff import make_street

ADDRESS = "/console/report?from=2026-11&to=2026-11"


@pytest.fixture(autouse=True)
def _read_in_december(freeze: Callable[[datetime], None]) -> None:
    freeze(NOVEMBER_END)


@pytest.fixture
def street(app: Flask, keep: Keep) -> TradeUnion:
    """One with seven cases of November in time and one that was late."""
    made = make_street("440304003")
    for _ in range(7):
        keep(made, closed=DUE)
    keep(made, closed=DUE + DAY)
    return made


def test_the_rate_stands_with_what_it_was_made_of(app: Flask, street: TradeUnion) -> None:
    seen = words(desk_of(app, "R0001", "district_rights").get(ADDRESS))
    assert "按时办结率 87.50% 7/8" in seen
    assert "仅供工会内部使用" in seen
    assert "测小工R0001" in seen


def test_the_other_formula_says_how_it_differs(app: Flask, street: TradeUnion) -> None:
    seen = words(desk_of(app, "R0001", "district_rights").get(f"{ADDRESS}&formula=reporting"))
    assert "上报口径" in seen
    assert "期限以最早答应的日期为准" in seen


def test_each_number_opens_its_cases(app: Flask, street: TradeUnion) -> None:
    desk = desk_of(app, "R0001", "district_rights")
    assert f"measure=on_time&amp;place={street.id}" in desk.get(ADDRESS).text
    assert f"measure=closed&amp;place={street.id}" in desk.get(ADDRESS).text
    assert (
        words(desk.get(f"/console/report/cases?from=2026-11&to=2026-11&measure=late&place={street.id}")).count("SQ-")
        == 1
    )
    assert desk.get("/console/report/cases?measure=no-such").status_code == 404
    assert desk.get("/console/report/cases?measure=due&place=no-id").status_code == 404


def test_who_reads_no_cases_gets_numbers_only(app: Flask, street: TradeUnion) -> None:
    desk = desk_of(app, "P0001", "district_publicity")
    assert "measure=" not in desk.get(ADDRESS).text
    assert "没有你能打开的" in words(desk.get("/console/report/cases?from=2026-11&to=2026-11&measure=due"))


def test_one_service_alone_is_for_who_may_open_its_cases(app: Flask, street: TradeUnion) -> None:
    assert "反映问题" in words(desk_of(app, "R0001", "district_rights").get(f"{ADDRESS}&service=grievance"))
    seen = words(desk_of(app, "P0001", "district_publicity").get(f"{ADDRESS}&service=join_union"))
    assert "7/8" in seen, "the choice is as if it were not there"


def test_the_sheet_is_marked_and_recorded_and_runs_no_formula(app: Flask, street: TradeUnion) -> None:
    with transaction() as session:
        session.execute(
            sa.update(TradeUnion).where(TradeUnion.id == street.id).values(name='=HYPERLINK("https://x.example")')
        )
    answer = desk_of(app, "R0001", "district_rights").get(ADDRESS.replace("report?", "report/sheet?"))
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["按街道", "按月", "按月按街道", "口径"]
    rows = list(book["按街道"].iter_rows())
    assert "测小工R0001（R0001）" in rows[0][0].value
    assert "测小工R0001（R0001）" in book["按街道"].oddFooter.center.text
    named = rows[2][0]
    assert (named.value, named.data_type) == ('=HYPERLINK("https://x.example")', "s")
    assert rows[2][3].value == 7 / 8
    taken = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "figures.download")).one()
    assert taken.actor == "staff:R0001"


def test_small_numbers_are_in_neither_page_nor_sheet(app: Flask, keep: Keep) -> None:
    small = make_street("440304003")
    for _ in range(3):
        keep(small, closed=DUE)
    desk = desk_of(app, "R0001", "district_rights")
    assert "3/3" not in words(desk.get(ADDRESS))
    assert "人少不显示" in words(desk.get(ADDRESS))
    sheet = openpyxl.load_workbook(io.BytesIO(desk.get("/console/report/sheet?from=2026-11&to=2026-11").data))
    assert {row[1].value for row in list(sheet["按街道"].iter_rows())[2:]} == {"人少不显示"}
