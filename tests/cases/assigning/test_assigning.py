"""A case in a lawyer's hands: suggested with reasons, accepted or handed on, changed when the worker asks."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.assigning import service
from server.cases.assigning.models import CaseAssignment, Ending
from server.cases.assigning.service import Profile
from server.cases.catalogue import catalogue
from server.cases.models import Case
from server.cases.steps import answers_of
from server.cases.tasks import lapse_cases
from server.core.access import Level
from server.core.clock import now, today
from server.core.db import db, transaction
from server.core.errors import Problem
from server.notices.models import StaffNotice
from server.notices.staff import ASSIGNMENT, send_to_office
from server.unions.duty.service import be_absent
from server.unions.service import admit
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import FRIDAY, STAFF, Desk, Follow, Freeze, Submit
from tests.cases.doing import done
from tests.cases.test_in_confidence import make_union
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff
from tests.standins import StandIn

PHONE = "0755-83000001"


def keep(number: str, **others: object) -> None:
    known: dict[str, Any] = {
        "skills": ["wages"],
        "languages": ["mandarin"],
        "most": 8,
        "phone": PHONE,
        "account": None,
        "parties": "",
    } | others
    service.keep_profile(catalogue().current["legal_aid"], number=number, profile=Profile(**known), by=STAFF)


def granted(sign_in: SignIn, submit: Submit, desk: Desk) -> tuple[dict[str, Any], Headers]:
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    desk.do(case, "screen", "grant")
    return case, headers


def inbox(session: Session, number: str) -> list[str]:
    session.rollback()
    return [
        notice.text
        for notice in session.scalars(
            sa.select(StaffNotice).where(StaffNotice.staff_no == number).order_by(StaffNotice.created_at)
        )
    ]


def suggested(session: Session, no: str) -> list[tuple[str, str | None]]:
    case = session.scalars(sa.select(Case).where(Case.no == no)).one()
    found = service.candidates(case, catalogue().current["legal_aid"], answers_of(case))
    return [(one.person.number, one.barred) for one in found]


def test_a_lawyer_of_the_employers_own_union_is_not_suggested(
    sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session
) -> None:
    firm = make_union("U1", firm_side=True, kind=UnionKind.UNIT)
    make_staff("L1", "lawyer", union=firm)
    make_staff("L2", "lawyer")
    case, member = granted(sign_in, submit, desk)
    with transaction() as session:
        admit(session, worker_id=member.worker_id, union=firm)
    assert suggested(db_session, case["no"]) == [("L2", None)]
    assert desk.run("do", case["no"], "assign", "--assignee", "L1").exit_code == 1


def test_it_is_the_turn_of_the_one_who_fits_and_the_worker_hears_who_it_is_once_they_accept(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, db_session: Session
) -> None:
    for number in ("L1", "L2"):
        make_staff(number, "lawyer")
    keep("L1", skills=["traffic"])
    keep("L2")
    case, headers = granted(sign_in, submit, desk)
    assert [number for number, _ in suggested(db_session, case["no"])] == ["L2", "L1"]
    assert desk.run("do", case["no"], "assign", "--assignee", "L2").exit_code == 0
    assert "指派给你了" in inbox(db_session, "L2")[0]
    me = follow(case, headers)
    assert me.read()["assignees"] == []
    assert desk.run("do", case["no"], "accept", staff="L2").exit_code == 0
    (lawyer,) = me.read()["assignees"]
    assert (lawyer["title"], lawyer["name"], lawyer["phone"], lawyer["now"]) == ("律师", "测小工L2", PHONE, True)
    assert inbox(db_session, STAFF)[-1].endswith("律师接了")
    # Round robin: the next one goes to the other, were he able.
    keep("L1")
    case, _ = granted(sign_in, submit, desk)
    assert [number for number, _ in suggested(db_session, case["no"])] == ["L1", "L2"]


def test_conflict_absence_and_other_people_are_refused_with_the_reason(
    sign_in: SignIn, submit: Submit, desk: Desk
) -> None:
    for number in ("L1", "L2"):
        make_staff(number, "lawyer")
    keep("L1", parties="演示配送站")
    be_absent(number="L2", first_day=today(), last_day=today() + timedelta(days=3), delegate=None)
    case, _ = granted(sign_in, submit, desk)
    for number, why in (("L1", "利益冲突"), ("L2", "请假到"), ("A1", "不是能办这件事的律师"), ("X9", "不是能办")):
        refused = desk.run("do", case["no"], "assign", "--assignee", number)
        assert (refused.exit_code, why in refused.output) == (1, True), refused.output
    assert desk.run("do", case["no"], "assign").exit_code == 1


def test_who_declines_says_why_and_the_next_one_is_looked_for(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, db_session: Session
) -> None:
    for number in ("L1", "L2"):
        make_staff(number, "lawyer")
    case, headers = granted(sign_in, submit, desk)
    assert desk.run("do", case["no"], "assign", "--assignee", "L1").exit_code == 0
    assert desk.run("do", case["no"], "decline", staff="L1").exit_code == 1
    assert desk.run("do", case["no"], "decline", "--text", "代理过这家", staff="L2").exit_code == 1
    assert desk.run("do", case["no"], "decline", "--text", "代理过这家", staff=STAFF).exit_code == 1
    assert desk.run("do", case["no"], "decline", "--text", "代理过这家", staff="L1").exit_code == 0
    read = follow(case, headers).read()
    assert (read["state"], read["assignees"]) == ("granted", [])
    assert "代理过这家" not in str(read)
    assert inbox(db_session, STAFF)[-1].endswith("没有接，请另找")
    assert suggested(db_session, case["no"]) == [("L2", None), ("L1", "这件事没有接")]
    assert desk.run("show", case["no"], staff="L1").exit_code == 1, "no longer theirs"


def test_who_is_silent_for_a_working_day_loses_it(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    make_staff("L1", "lawyer")
    case, headers = granted(sign_in, submit, desk)
    assert desk.run("do", case["no"], "assign", "--assignee", "L1").exit_code == 0
    me = follow(case, headers)
    assert me.read()["next"]["by"] == "2026-03-16T18:00:00+08:00"
    freeze(FRIDAY + timedelta(days=3, hours=9))
    lapse_cases()
    read = me.read()
    assert (read["state"], read["timeline"][-1]["what"]) == ("granted", "律师没有按时答复，正在另找")
    assert read["next"]["by"] == "2026-03-20T00:00:00+08:00"
    assert db_session.scalars(sa.select(CaseAssignment.ending)).one() is Ending.SILENT
    assert inbox(db_session, STAFF)[-1].endswith("没有按时答复，请另找")


def test_a_lawyer_reads_and_works_on_what_is_theirs_and_decides_nothing(
    sign_in: SignIn, submit: Submit, desk: Desk
) -> None:
    case, _ = granted(sign_in, submit, desk)
    other, _ = granted(sign_in, submit, desk)
    desk.give(case)
    assert desk.run("show", case["no"], staff="L1").exit_code == 0
    assert desk.run("show", other["no"], staff="L1").exit_code == 1
    assert desk.run("do", case["no"], "terminate", "--ground", "asked", "--text", "x", staff="L1").exit_code == 1
    assert desk.run("do", case["no"], "take_back", "--text", "x", staff="L1").exit_code == 1
    assert desk.run("message", case["no"], "--text", "你好", staff="L1").exit_code == 1
    assert desk.run("do", case["no"], "begin", staff="L1").exit_code == 0
    assert desk.run("do", case["no"], "report", "--text", "已经立案", staff="L1").exit_code == 0


def test_the_worker_asks_for_another_lawyer_and_the_laws_periods_run_on(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    case, headers = granted(sign_in, submit, desk)
    desk.give(case)
    desk.do(case, "begin")
    done(desk, case["no"], "award", "--text", "裁决支付一半。", "--on", f"{now():%Y-%m-%d}T00:00")
    me = follow(case, headers)
    assert me.post("replacement", {"reason": " "}).status_code == 422
    changing = me.post("replacement", {"reason": "总是联系不上。"})
    assert (changing.status_code, changing.json["state"]) == (200, "changing")
    clocks = {clock["key"]: clock["last_day"] for clock in changing.json["clocks"]}
    assert clocks == {"sue": "2026-03-28", "change": "2026-03-18"}
    assert me.post("replacement", {"reason": "再换"}).status_code == 409
    assert suggested(db_session, case["no"]) == [("L1", "工友要求换人")]
    desk.give(case, "L2")
    names = [(one["name"], one["now"], one["phone"]) for one in me.read()["assignees"]]
    assert names == [("测小工L1", False, None), ("测小工L2", True, None)]


def test_what_was_said_to_the_first_lawyer_is_given_to_the_second_once(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow
) -> None:
    case, headers = granted(sign_in, submit, desk)
    desk.give(case)
    me = follow(case, headers)
    assert me.post("talk", {"text": "只跟你说。"}).json["assignees"][0]["talk"][0]["text"] == "只跟你说。"
    me.post("replacement", {"reason": "总是联系不上。"})
    desk.give(case, "L2")
    assert "handing-on" in me.read()["can"]
    given = me.post("handing-on", {}).json
    assert "handing-on" not in given["can"]
    assert given["assignees"][1]["handed_on"]
    assert me.post("handing-on", {}).status_code == 200


def test_the_page_asks_for_the_name_as_long_as_a_step_ahead_will(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow
) -> None:
    case, headers = granted(sign_in, submit, desk)
    me = follow(case, headers)
    assert me.read()["level_ahead"] == "L2"
    assert me.post("withdrawal", {}).json["level_ahead"] is None
    assert follow(submit("call_me", headers, answers={}), headers).read()["level_ahead"] is None


def test_the_end_lets_go_of_the_lawyer(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, db_session: Session
) -> None:
    case, headers = granted(sign_in, submit, desk)
    desk.give(case)
    me = follow(case, headers)
    assert me.post("withdrawal", {}).status_code == 200
    assert db_session.scalars(sa.select(CaseAssignment.ending)).one() is Ending.OVER
    assert desk.run("show", case["no"], staff="L1").exit_code == 1


def test_aid_ends_on_one_of_the_grounds_of_the_law_and_that_can_be_objected_to(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow
) -> None:
    case, headers = granted(sign_in, submit, desk)
    desk.give(case)
    assert "要选一条理由" in desk.run("do", case["no"], "terminate", "--text", "案子撤了").output
    assert desk.run("do", case["no"], "terminate", "--ground", "boredom", "--text", "x").exit_code == 1
    done = desk.run("do", case["no"], "terminate", "--ground", "ended", "--text", "仲裁申请已经撤回。")
    assert done.exit_code == 0, done.output
    me = follow(case, headers)
    assert me.read()["messages"][-1]["text"] == "案件终止审理或者已经被撤销。仲裁申请已经撤回。"
    objected = me.post("reopening", {"reason": "我没有撤回。"})
    assert (objected.json["state"], objected.json["next"]["who"]) == ("objection", "union")


def test_only_of_those_who_can_be_assigned_something_is_kept(app: Flask) -> None:
    with pytest.raises(Problem) as refused:
        keep("A1")
    assert refused.value.status == 404


@pytest.mark.parametrize(("phone", "sent"), [("19900000009", 1), (PHONE, 0), (None, 0)])
def test_a_lawyer_hears_of_a_case_by_sms_on_the_mobile_phone_that_was_noted_and_the_form_says_where_there_is_none(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, sms_standin: StandIn, phone: str | None, sent: int
) -> None:
    freeze(FRIDAY)
    make_staff("L1", "lawyer")
    keep("L1", phone=phone)
    case, _ = granted(sign_in, submit, desk)
    row = db.session.scalars(sa.select(Case).where(Case.no == case["no"])).one()
    (offered,) = service.candidates(row, catalogue().current["legal_aid"], answers_of(row))
    assert offered.person.takes_sms is bool(sent)
    done(desk, case["no"], "assign", "--assignee", "L1")
    notice = db.session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == ASSIGNMENT)).one()
    for _ in range(2):
        send_to_office(notice_id=str(notice.id))
    lines = [one["params"]["line"] for one in sms_standin.messages() if one["phone"] == phone]
    assert lines == ["有一件事指派给你，请看接不接"] * sent
