"""The money of help in need: granted by two, paid by two others, and what comes after it."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases import paying
from server.cases.capabilities.models import CasePayment
from server.cases.deciding import to_decide
from server.cases.desk import opened_case
from server.cases.flow.machine import Words
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.models import Worker
from server.notices.models import StaffNotice
from tests.cases.aid import ACCOUNT, KEY, RIDER, Office
from tests.cases.aid import case as case
from tests.cases.aid import office as office
from tests.cases.aid import publicised as publicised
from tests.cases.aid import rider as rider
from tests.cases.aid import street as street
from tests.cases.conftest import Desk, Follow, Freeze, consents, submission
from tests.cases.declared import services
from tests.moments import at
from tests.sign_in import Headers
from tests.staff import make_staff, make_street


def test_money_is_granted_by_two_and_paid_by_two_others(
    publicised: Office, desk: Desk, case: dict[str, Any], follow: Follow, rider: Headers
) -> None:
    assert "金额" in publicised.refused("A1", "grant", "按标准。")
    publicised.grant(300_000)
    assert "权限" in publicised.refused("A1", "pay"), "who grants is not finance"
    seen = desk.run("payments", staff="F1").output
    assert f"{case['no']}  3,000.00 元  {RIDER.name}  演示银行  {ACCOUNT['number']}" in seen
    assert services()[KEY].example["text"] not in seen
    publicised.do("F1", "pay")
    assert "另一个人" in publicised.not_second("F1", "pay")
    publicised.second("F2", "pay")
    assert follow(case, rider).read()["state_name"] == "钱发了"
    assert "没有要发的钱" in desk.run("payments", staff="F1").output
    assert "3,000.00 元  批：A1、B2  发：F1、F2" in desk.run("ledger", staff="R1").output
    assert RIDER.name not in desk.run("ledger", staff="R1").output


def test_finance_reads_no_story_and_nobody_else_reads_accounts(publicised: Office, desk: Desk) -> None:
    publicised.grant()
    assert desk.run("show", publicised.no, staff="F1").exit_code == 1
    for staff in ("S1", "A1", "R1"):
        assert desk.run("payments", staff=staff).exit_code == 1
    assert desk.run("ledger", staff="S1").exit_code == 1
    with pytest.raises(Problem):
        paying.owed(staff_no="nobody")
    desk.run("payments", staff="F1")
    reads = db.session.scalars(sa.select(AuditEvent.actor).where(AuditEvent.action == "payment.read")).all()
    assert reads == ["staff:F1"]


def test_nobody_gets_money_whom_staff_have_not_seen(publicised: Office, desk: Desk) -> None:
    publicised.do("A1", "grant", "按标准。", "--amount", "300000")
    with transaction() as session:
        session.execute(sa.update(Worker).values(level=Level.L2))
    assert "本人先核验" in publicised.not_second("B2", "grant")
    desk.run("decline", publicised.no, "grant", staff="B2")
    why = {one.step.code: one.closed for one in opened_case(no=publicised.no, staff_no="A1").actions}["grant"]
    assert why is not None
    assert why.startswith("工友还没有核实到“已当面核实”这一级")
    assert why in publicised.refused("A1", "grant", "按标准。", "--amount", "300000")
    assert db.session.scalars(sa.select(CasePayment)).all() == []


@pytest.mark.parametrize("amount", ["0", "-1", "2000001"])
def test_an_amount_past_the_limit_is_not_granted(publicised: Office, amount: str) -> None:
    publicised.do("A1", "grant", "多给点。", "--amount", amount)
    assert "金额要在" in publicised.not_second("B2", "grant")


def test_in_an_emergency_a_small_sum_comes_first_and_the_papers_within_ten_working_days(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers, desk: Desk
) -> None:
    office.do("S1", "talk", "今晚就没地方住。")
    assert office.fill("S1", {"account": ACCOUNT}, "finance").exit_code == 0
    office.do("S1", "fast_grant", "先安顿下来。", "--amount", "300001")
    assert "金额要在" in office.not_second("Z1", "fast_grant")
    desk.run("decline", office.no, "fast_grant", staff="Z1")
    office.do("S1", "fast_grant", "先安顿下来。", "--amount", "100000")
    office.second("Z1", "fast_grant")
    assert follow(case, rider).read()["next"]["by"] == "2026-12-10T18:00:00+08:00"
    office.do("F1", "pay_first")
    office.second("F2", "pay_first")
    assert office.fill().exit_code == 0
    office.do("S1", "file")
    assert follow(case, rider).read()["state_name"] == "等上门看望"


@pytest.mark.parametrize("staff", ["S2", "A1", "Z9"])
def test_only_a_chair_grants_what_cannot_wait_for_papers(office: Office, staff: str) -> None:
    make_staff("Z9", "street_chair", union=make_street("440304002"))
    office.do("S1", "talk", "今晚就没地方住。")
    assert office.fill("S1", {"account": ACCOUNT}, "finance").exit_code == 0
    office.do("S1", "fast_grant", "先安顿下来。", "--amount", "100000")
    assert "权限" in office.not_second(staff, "fast_grant"), "not a colleague, not the department, not the next street"
    waits = [(one.no, one.title) for one in to_decide(staff_no="Z1")]
    assert waits == [(office.no, "先给应急的钱")]
    assert [one for one in to_decide(staff_no=staff) if one.no == office.no] == []
    assert db.session.scalars(sa.select(CasePayment)).all() == []
    assert "权限" in office.refused("Z1", "add_photos", "看看。"), "who grants works on no case"


def test_the_chairs_of_the_street_and_of_the_district_are_told_what_waits_for_them(office: Office) -> None:
    office.do("S1", "talk", "今晚就没地方住。")
    assert office.fill("S1", {"account": ACCOUNT}, "finance").exit_code == 0
    office.do("S1", "fast_grant", "先安顿下来。", "--amount", "100000")
    told = sa.select(StaffNotice.staff_no).where(StaffNotice.kind == "case.to_decide")
    assert set(db.session.scalars(told)) == {"Z1", "Z2"}


def test_the_decision_takes_longer_once_with_a_reason_and_a_second_person_of_the_district(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers
) -> None:
    def due() -> str:
        clock = next(one for one in follow(case, rider).read()["clocks"] if one["key"] == "decide")
        return str(clock["due_at"])

    office.file()
    first = due()
    assert "写明" in office.refused("S1", "extend")
    assert "最多" in office.refused("S1", "extend", "要等医院的单子。", "--amount", "6")
    office.do("S1", "extend", "要等医院的单子。", "--amount", "5")
    assert "权限" in office.not_second("S2", "extend"), "the district decides, not the street alone"
    assert due() == first == "2026-12-10T18:00:00+08:00"
    office.second("A1", "extend")
    assert due() == "2026-12-17T18:00:00+08:00"
    read = follow(case, rider).read()
    assert (read["messages"][-1]["text"], read["state_name"]) == ("要等医院的单子。", "等上门看望")
    office.refused("S1", "extend", "还要等。")
    assert {one.step.code: one.closed for one in opened_case(no=office.no, staff_no="S1").actions}["extend"] == (
        "只能办一次，已经办过了"
    )


def test_what_was_granted_and_not_paid_goes_when_the_worker_takes_it_back(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers, desk: Desk
) -> None:
    office.do("S1", "talk", "今晚就没地方住。")
    office.fill()
    office.do("S1", "fast_grant", "先安顿下来。", "--amount", "100000")
    office.second("Z2", "fast_grant")
    office.do("S1", "file")
    assert follow(case, rider).post("withdrawal", {}).status_code == 200
    assert "没有要发的钱" in desk.run("payments", staff="F1").output


def test_it_is_followed_up_after_a_month_and_half_a_year(publicised: Office, desk: Desk, freeze: Freeze) -> None:
    def shown() -> str:
        return desk.run("show", publicised.no, staff="S1").output

    freeze(at("2026-12-07 10:00"))
    publicised.grant()
    publicised.do("F1", "pay")
    publicised.second("F2", "pay")
    assert "期限：发钱后一个月回访  1月6日（周三）24:00  在走" in shown()
    freeze(at("2027-01-06 10:00"))
    publicised.do("S1", "follow_up", "好多了。")
    assert "期限：半年后回访  6月7日（周一）24:00  在走" in shown(), "180 days, and on past a weekend"
    freeze(at("2027-06-04 10:00"))
    publicised.do("S1", "follow_up_again", "能跑单了。")
    publicised.do("S1", "leaves", "渡过难关了。")
    assert "渡过难关了" in shown().splitlines()[0]


def test_a_refusal_names_other_help_and_somebody_else_looks_again(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers
) -> None:
    office.file()
    office.do("S1", "visit", "看过了。")
    office.second("S2", "visit")
    assert "选一条理由" in office.refused("S1", "refuse", "高出 200 元。")
    assert "写明" in office.refused("S1", "refuse", None, "--ground", "above")
    office.do("S1", "refuse", "高出 200 元。", "--ground", "above")
    me = follow(case, rider)
    told = me.read()["messages"][-1]["text"]
    assert told == services()[KEY].machine.steps["refuse"].grounds["above"].say + "高出 200 元。"
    assert me.post("reopening", {"reason": "情况没看全。"}).status_code == 200
    assert me.read()["state_name"] == "打过电话，在填情况"
    # No way around what comes before the district's word: everything is filled in, read aloud and seen again.
    office.refused("A1", "district_agree")
    office.do("A1", "file")
    office.do("A1", "visit", "换人又看过了。")
    office.second("B2", "visit")


@pytest.mark.parametrize("code", ["refuse", "refuse_upper"])
def test_no_ground_sends_somebody_away_without_another_help(code: str) -> None:
    step = services()[KEY].machine.steps[code]
    assert {one.words for one in step.grounds.values()} == {Words.REQUIRED}
    helps = ("民政", "12345", "12351")
    assert [one.name for one in step.grounds.values() if not any(word in one.say for word in helps)] == []


def test_what_the_district_refused_it_looks_at_again_with_somebody_else(
    office: Office, case: dict[str, Any], follow: Follow, rider: Headers
) -> None:
    office.file()
    office.do("S1", "visit", "看过了。")
    office.second("S2", "visit")
    office.do("S1", "street_agree", "属实。")
    office.second("S3", "street_agree")
    office.do("A1", "refuse_upper", "高出 200 元。", "--ground", "above")
    me = follow(case, rider)
    assert me.post("reopening", {"reason": "情况没看全。"}).status_code == 200
    assert me.read()["state_name"] == "区总工会在审"
    office.do("B2", "district_agree")


def test_consents_at_the_tap_are_only_those_of_the_call(client: FlaskClient, rider: Headers, street: None) -> None:
    body = submission(KEY) | {"consents": consents("terms")}
    refused = client.post("/api/v1/cases", json=body, headers=rider)
    assert list(refused.json["errors"]) == ["consents.contact"]
