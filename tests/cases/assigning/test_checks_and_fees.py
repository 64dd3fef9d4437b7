"""After the lawyer's report somebody else asks the worker; then the lawyer is paid by stages, by twice two persons."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases import desk as case_desk
from server.cases import paying, working
from server.cases.assigning import service as assigning
from server.cases.assigning.service import Profile
from server.cases.capabilities.fees import reckon
from server.cases.capabilities.models import CaseCall, CasePayment
from server.cases.catalogue import catalogue
from server.cases.working import Named
from server.core.access import Level
from server.core.clock import SHANGHAI
from server.core.db import db
from server.core.errors import Problem
from server.notices.models import StaffNotice
from tests.cases.conftest import FRIDAY, STAFF, Desk, Follow, Freeze, Submit
from tests.cases.declared import services
from tests.desk import Desk as Browser
from tests.desk import desk_of, words
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

ACCOUNT = "演示律师事务所 演示银行 990304000000123"
Reported = tuple[str, Headers]


def step(no: str, code: str, by: str = STAFF, text: str | None = None) -> None:
    working.staff_step(no=no, code=code, staff_no=by, text=text, named=Named())


def refusal(no: str, code: str, by: str, text: str | None = None) -> str | None:
    with pytest.raises(Problem) as refused:
        step(no, code, by, text)
    db.session.rollback()
    return refused.value.code


@pytest.fixture
def reported(app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze) -> Reported:
    """L1 mediated, went to arbitration, and has written the report."""
    freeze(FRIDAY)
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    desk.do(case, "screen", "grant")
    desk.give(case)
    no = case["no"]
    for code in ("begin", "mediate", "file", "arb_accepted"):
        step(no, code, "L1")
    received = Named(event_at=FRIDAY)
    working.staff_step(no=no, code="award", staff_no="L1", text="裁决支付工钱", named=received)
    step(no, "finish", "L1", "工钱执行到位")
    step(no, "close", "L1", "到庭一次，材料齐全")
    return no, headers


def test_whoever_had_the_case_does_not_check_their_own_work(reported: Reported, app: Flask) -> None:
    no, _ = reported
    assert refusal(no, "check_true", "L1", "都办了") in {"staff_not_allowed", "not_assigned"}
    make_staff("L1B", "legal_coordinator")
    # Somebody who had it and may also work at the desk.
    db.session.execute(sa.text("UPDATE case_assignment SET staff_no = 'L1B'"))
    db.session.commit()
    assert refusal(no, "check_true", "L1B", "都办了") == "own_work"
    assert refusal(no, "check_missed", "L1B") == "own_work"


def test_the_board_says_who_waits_for_a_call(reported: Reported, app: Flask) -> None:
    board = words(desk_of(app, "C1", "legal_coordinator").get("/console/boards/legal_aid"))
    assert "等回访 1 " in board
    assert "打电话问工友律师办得怎么样" in board


def test_what_the_worker_denies_goes_back_to_the_lawyer_who_is_told(
    reported: Reported, follow: Follow, db_session: Session
) -> None:
    no, headers = reported
    step(no, "check_false", text="工友说没有到庭")
    me = follow({"no": no}, headers).read()
    assert me["state_name"] == "律师办理中"
    assert "工友说没有到庭" not in str(me)
    texts = db_session.scalars(sa.select(StaffNotice.text).where(StaffNotice.staff_no == "L1")).all()
    assert any("和报告不一样" in text for text in texts)
    assert [call.reached for call in db_session.scalars(sa.select(CaseCall))] == [True]


def test_without_an_answer_it_ends_after_three_calls_on_two_days(reported: Reported, freeze: Freeze) -> None:
    no, _ = reported
    for hour in (10, 12, 15):
        freeze(FRIDAY.replace(hour=hour).astimezone(SHANGHAI))
        step(no, "check_missed")
    assert refusal(no, "check_over", STAFF, "打过三次") == "too_few_calls"
    freeze(FRIDAY.replace(day=FRIDAY.day + 3))
    step(no, "check_missed")
    step(no, "check_over", text="打过四次")


def pay_to(account: str) -> None:
    known: dict[str, Any] = {"skills": [], "languages": [], "most": 8, "phone": None, "parties": ""}
    profile = Profile(account=account, **known)
    assigning.keep_profile(catalogue().current["legal_aid"], number="L1", profile=profile, by=STAFF)


def still_unpaid(browser: Browser) -> str:
    return words(browser.get("/console/boards/legal_aid/unpaid"))


def paid_out(no: str) -> CasePayment:
    db.session.rollback()
    return db.session.scalars(sa.select(CasePayment)).one()


def test_the_fee_is_reckoned_by_stages_granted_by_two_and_paid_by_two_others(
    reported: Reported, app: Flask, follow: Follow
) -> None:
    no, headers = reported
    assert refusal(no, "grant_fee", STAFF) == "step_not_possible"
    step(no, "check_true", text="都办了")
    assert refusal(no, "grant_fee", STAFF) == "not_ready", "no account to pay it to"
    pay_to(ACCOUNT)
    fee = case_desk.opened_case(no=no, staff_no=STAFF).fee
    assert fee is not None
    assert (fee.staff_no, fee.total) == ("L1", 200_000)
    assert [name for name, _ in fee.parts] == ["调解中", "仲裁中"]
    browser = desk_of(app, "C1", "district_rights")
    shown = words(browser.get(f"/console/cases/{no}"))
    assert "2,000.00 元" in shown
    assert ACCOUNT in shown
    assert "还没人定" in still_unpaid(browser)
    step(no, "grant_fee")
    assert "等另一个人批准" in still_unpaid(browser)
    with pytest.raises(Problem):
        working.decide(no=no, what="grant_fee", staff_no=STAFF, approve=True)
    db.session.rollback()
    working.decide(no=no, what="grant_fee", staff_no="C1", approve=True)
    assert (paid_out(no).payee_no, paid_out(no).amount) == ("L1", 200_000)
    with pytest.raises(Problem) as elsewhere:
        pay_to("另一个账户")
    assert elsewhere.value.code == "owed"
    db.session.rollback()
    # Once is enough.
    assert case_desk.opened_case(no=no, staff_no=STAFF).fee is None
    assert refusal(no, "grant_fee", STAFF) == "not_ready"
    one, two = desk_of(app, "F1", "finance"), desk_of(app, "F2", "finance")
    seen = words(one.get("/console/payments"))
    assert all(part in seen for part in ("2,000.00 元", "办这件事的补贴", ACCOUNT, "测小工L1"))
    assert "等财务发钱" in still_unpaid(browser)
    one.post(f"/console/payments/{no}", {"do": "prepare"})
    assert "等财务另一位确认" in still_unpaid(browser)
    confirmed = words(two.post(f"/console/payments/{no}", {"do": "confirm"}, follow=True))
    assert "确认发了" in confirmed
    assert no not in still_unpaid(browser)
    assert "工友会收到消息" not in confirmed
    assert (paid_out(no).prepared_by, paid_out(no).confirmed_by) == ("F1", "F2")
    read = str(follow({"no": no}, headers).read())
    assert "不用你出钱" in read
    assert "200000" not in read
    assert "2,000.00" not in read
    assert ACCOUNT not in read


def test_taken_up_again_what_is_not_paid_yet_is_taken_back(reported: Reported, app: Flask, follow: Follow) -> None:
    no, headers = reported
    make_staff("C1", "district_rights")
    pay_to(ACCOUNT)
    step(no, "check_true", text="都办了")
    step(no, "grant_fee")
    working.decide(no=no, what="grant_fee", staff_no="C1", approve=True)
    assert follow({"no": no}, headers).post("reopening", {"reason": "钱没到"}).status_code == 200
    assert paid_out(no).cancelled_at is not None
    make_staff("F1", "finance")
    assert paying.owed(staff_no="F1") == []


def test_a_stage_counts_once_and_none_at_all_is_worth_the_least() -> None:
    aid = services()["legal_aid"]
    rule = {"least": 1, "stages": {"mediation": 5, "arbitrating": 7}}
    assert reckon(["in_service", "arbitrating", "arbitrating"], aid, rule) == [("仲裁中", 7)]
    assert [amount for _, amount in reckon(["in_service"], aid, rule)] == [1]
