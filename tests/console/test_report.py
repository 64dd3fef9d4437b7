"""报表: what each reader sees of it, the cases behind a number, and the file that is taken away."""

import io
import re
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases.models import Case, CaseEvent, CaseRating
from server.cases.vocabulary import Actor, Phase
from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.unions.models import TradeUnion
from tests.cases.declared import services
from tests.cases.figures.conftest import DAY, DUE, NOVEMBER_END, Keep
from tests.cases.figures.conftest import keep as keep
from tests.desk import Desk, desk_of, words
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
    assert book.sheetnames == ["按街道", "按月", "按月按街道", "为什么没受理没批准", "口径"]
    rows = list(book["按街道"].iter_rows())
    assert "测小工R0001（R0001）" in rows[0][0].value
    assert "测小工R0001（R0001）" in book["按街道"].oddFooter.center.text
    named = rows[2][0]
    assert (named.value, named.data_type) == ('=HYPERLINK("https://x.example")', "s")
    assert rows[2][3].value == 7 / 8
    taken = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "figures.download")).one()
    assert taken.actor == "staff:R0001"


def test_what_was_solved_and_why_something_was_refused_are_on_the_page_and_in_the_sheet(
    app: Flask, street: TradeUnion, keep: Keep
) -> None:
    for solved in (True, True, True, False, True):
        case = keep(street, closed=DUE, asked=True)
        with transaction() as session:
            session.add(CaseRating(case_id=case.id, round=0, at=DUE, solved=solved, attitude=5, result=5))
    for _ in range(5):
        case = keep(street, closed=DUE, case={"state": "not_accepted", "phase": Phase.DECIDED})
        with transaction() as session:
            session.add(
                CaseEvent(
                    **{"case_id": case.id, "number": 2, "at": DUE, "step": "refuse", "source": "submitted"},
                    **{"target": "not_accepted", "actor": Actor.STAFF, "staff_no": "B2", "what": "", "ground": "empty"},
                )
            )
    desk = desk_of(app, "R0001", "district_rights")
    seen = desk.get(ADDRESS)
    assert "解决了 80.00% 4/5" in words(seen)
    assert "反映问题：没有实际内容 100.00% 5/5" in words(seen)
    assert "measure=refused&amp;reason=grievance.empty" in seen.text
    book = openpyxl.load_workbook(io.BytesIO(desk.get(ADDRESS.replace("report?", "report/sheet?")).data))
    titles, total = [[cell.value for cell in row] for row in book["按街道"].iter_rows()][1:3]
    assert (total[titles.index("解决了")], total[titles.index("解决了（件数）")]) == (0.8, "4/5")
    why = list(book["为什么没受理没批准"].iter_rows())[2]
    assert [cell.value for cell in why] == ["反映问题：没有实际内容", 1, "5/5"]
    behind = desk.get("/console/report/cases?from=2026-11&to=2026-11&measure=refused&reason=grievance.empty")
    assert words(behind).count("SQ-") == 5
    behind = desk.get("/console/report/cases?from=2026-11&to=2026-11&measure=refused&reason=grievance.in_court")
    assert words(behind).count("SQ-") == 0


def test_an_auditor_comes_from_a_number_to_the_steps_behind_it(app: Flask, street: TradeUnion, keep: Keep) -> None:
    keep(street, closed=DUE, case={"service_version": services()["grievance"].version})
    auditor = desk_of(app, "C0001", "audit_admin")
    report = auditor.get(ADDRESS)
    assert "88.89% 8/9" in words(report)
    assert "measure=on_time" in report.text
    assert "measure=was_asked" not in report.text, "rows of ratings stay closed"
    behind = auditor.get("/console/report/cases?from=2026-11&to=2026-11&measure=due")
    assert words(behind).count("SQ-") == 9
    assert "/console/cases/" not in behind.text, "an auditor reads no case"
    log = re.search(r'href="(/console/audit/cases/[^"]+)"', behind.text)
    assert log is not None
    assert "办了什么" in words(auditor.get(log[1]))
    assert desk_of(app, "P0001", "district_publicity").get(log[1]).status_code == 403


COMMENTS = (
    "师傅很耐心，打 138 0013 8000 找我",
    "测小工办得快，谢谢",
    "=还没退钱",
    "我的微信 wb_bee2026",
    "证件 44030119900101123X 在你们那里",
)


def written(street: TradeUnion, keep: Keep, *comments: str) -> list[Case]:
    cases = []
    for comment in comments:
        cases.append(keep(street, closed=DUE, asked=True))
        with transaction() as session:
            session.add(
                CaseRating(case_id=cases[-1].id, round=0, at=DUE, solved=True, attitude=5, result=5, comment=comment)
            )
    return cases


def test_what_workers_wrote_is_read_by_a_district_without_telling_whose_words_they_are(app: Flask, keep: Keep) -> None:
    street = make_street("440304003")
    cases = written(street, keep, *COMMENTS)
    desk = desk_of(app, "R0001", "district_rights")
    assert "工友写的话" in words(desk.get(ADDRESS))
    address = ADDRESS.replace("report?", "report/comments?")
    seen = words(desk.get(address))
    for said in ("师傅很耐心，打 […] 找我", "=还没退钱", "我的微信 […]", "证件 […] 在你们那里"):
        assert said in seen
    assert not any(case.no in seen for case in cases)
    looked = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "figures.read_comments")).one()
    assert (looked.actor, looked.detail["comments"]) == ("staff:R0001", 5)
    assert "没有能给你看的" in words(desk_of(app, "S0001", "street_worker", union=street).get(address))
    assert "没有能给你看的" in words(desk_of(app, "C0001", "audit_admin").get(address))
    assert "工友写的话" not in words(Desk(app).sign_in("S0001").get(ADDRESS))


def test_few_wrote_something_or_one_had_a_part_in_it_and_nothing_is_shown(app: Flask, keep: Keep) -> None:
    street = make_street("440304003")
    cases = written(street, keep, *COMMENTS)
    desk = desk_of(app, "R0001", "district_rights")
    address = ADDRESS.replace("report?", "report/comments?")
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.id == cases[0].id).values(worker_id=cases[1].worker_id))
    assert "没有能给你看的" in words(desk.get(address)), "two of one person are not two persons"
    more = written(street, keep, "办得好")
    assert "办得好" in words(desk.get(address))
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.id == more[0].id).values(handler_no="R0001"))
    assert "没有能给你看的" in words(desk.get(address)), "whoever handled it reads none of it"


def test_small_numbers_are_in_neither_page_nor_sheet(app: Flask, keep: Keep) -> None:
    small = make_street("440304003")
    for _ in range(3):
        keep(small, closed=DUE)
    desk = desk_of(app, "R0001", "district_rights")
    assert "3/3" not in words(desk.get(ADDRESS))
    assert "人少不显示" in words(desk.get(ADDRESS))
    sheet = openpyxl.load_workbook(io.BytesIO(desk.get("/console/report/sheet?from=2026-11&to=2026-11").data))
    assert {row[1].value for row in list(sheet["按街道"].iter_rows())[2:]} == {"人少不显示"}
