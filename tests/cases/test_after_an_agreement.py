"""An agreement in mediation has a day of payment, and a way to the court's order where it passes; a month after the end
somebody asks whether it was kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases import working
from server.cases.assigning import service as assigning
from server.cases.assigning.service import Profile
from server.cases.capabilities.models import CaseCall, CasePayment
from server.cases.catalogue import catalogue
from server.cases.models import Case
from server.cases.tasks import lapse_cases
from server.cases.working import Named
from server.clocks.models import Clock
from server.core.access import Level
from server.core.errors import Problem
from server.notices.models import Notice
from tests.cases.conftest import FRIDAY, STAFF, Desk, Follow, Freeze, Submit
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

PAY_ON = FRIDAY + timedelta(days=12)
InService = tuple[str, Headers]


def step(no: str, code: str, by: str = STAFF, text: str | None = None, **named: object) -> None:
    working.staff_step(no=no, code=code, staff_no=by, text=text, named=Named(**named))  # type: ignore[arg-type]


@pytest.fixture
def in_service(app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze) -> Iterator[InService]:
    """L1 has begun."""
    freeze(FRIDAY)
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    desk.do(case, "screen", "grant")
    desk.give(case)
    step(case["no"], "begin", "L1")
    return case["no"], headers


def told(session: Session) -> list[str]:
    return list(session.scalars(sa.select(Notice.body).order_by(Notice.created_at, Notice.id)))


def state(session: Session, no: str) -> str:
    """Read past the login, which does not last a month."""
    session.expire_all()
    return session.scalars(sa.select(Case.state).where(Case.no == no)).one()


def at(freeze: Freeze, moment: datetime) -> None:
    freeze(moment)
    lapse_cases()


@pytest.fixture
def agreed(in_service: InService) -> InService:
    no, headers = in_service
    step(no, "mediate", "L1")
    step(no, "agree_to_pay", "L1", "公司答应 3 月 25 日付 15,700 元", event_at=PAY_ON)
    return no, headers


def test_the_day_of_payment_is_promised_and_the_worker_is_told_when_it_comes(
    agreed: InService, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    no, headers = agreed
    read = follow({"no": no}, headers).read()
    assert (read["state_name"], read["next"]["name"]) == ("谈成了，等公司付钱", "公司")
    (pay,) = [clock for clock in read["clocks"] if clock["key"] == "pay"]
    assert pay["last_day"] == "2026-03-25"
    assert "可以去法院申请支付令" in told(db_session)[-1]
    at(freeze, PAY_ON)
    assert follow({"no": no}, headers).read()["state"] == "promised"
    at(freeze, PAY_ON + timedelta(days=1))
    read = follow({"no": no}, headers).read()
    assert read["state_name"] == "约定付钱的日子到了，看钱到没有"
    assert [clock["last_day"] for clock in read["clocks"] if clock["key"] == "paid"] == ["2026-03-31"]
    assert "不用先仲裁" in told(db_session)[-1]


def test_what_was_not_paid_goes_to_the_court_and_from_there_to_enforcement_or_arbitration(
    agreed: InService, follow: Follow, freeze: Freeze
) -> None:
    no, headers = agreed
    at(freeze, PAY_ON + timedelta(days=1))
    step(no, "order_to_pay", "L1")
    read = follow({"no": no}, headers).read()
    assert (read["state_name"], read["next"]["name"]) == ("已申请支付令，等法院", "人民法院")
    assert "paid" not in [clock["key"] for clock in read["clocks"]]
    step(no, "order_failed", "L1", "公司提了异议，下周去仲裁")
    step(no, "file", "L1")
    assert follow({"no": no}, headers).read()["state"] == "filed"


def test_what_was_paid_in_time_lets_the_lawyer_finish(agreed: InService, follow: Follow, freeze: Freeze) -> None:
    no, headers = agreed
    step(no, "paid", "L1", "15,700 元都到了")
    assert "pay" not in [clock["key"] for clock in follow({"no": no}, headers).read()["clocks"]]
    at(freeze, PAY_ON + timedelta(days=1))
    assert follow({"no": no}, headers).read()["state"] == "in_service"


def test_the_day_comes_while_the_lawyer_changes_too(
    agreed: InService, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    no, headers = agreed
    worker = follow({"no": no}, headers)
    assert worker.post("replacement", {"reason": "说话听不懂"}).status_code == 200
    at(freeze, PAY_ON + timedelta(days=1))
    assert worker.read()["state"] == "changing"
    assert "约定付钱的日子到了" in told(db_session)[-1]


@pytest.fixture
def settled(in_service: InService) -> InService:
    """The report was right, by the worker's own words."""
    no, headers = in_service
    step(no, "finish", "L1", "谈成了")
    step(no, "close", "L1", "材料齐全")
    step(no, "check_true", text="律师到场了")
    return no, headers


def test_a_month_after_the_end_somebody_has_to_ring_up_again(
    settled: InService, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    no, headers = settled
    worker = follow({"no": no}, headers)
    read = worker.read()
    assert (read["state_name"], "rating" in read["can"]) == ("办结了，满 30 天再回访", True)
    with pytest.raises(Problem):
        step(no, "follow_up", text="都到了")
    db_session.rollback()
    at(freeze, FRIDAY + timedelta(days=31))
    assert state(db_session, no) == "following"
    (clock,) = db_session.scalars(sa.select(Clock).where(Clock.stopped_at.is_(None)))
    assert (clock.key, f"{clock.last_day}") == ("follow", "2026-04-20")
    step(no, "follow_up_missed")
    step(no, "follow_up", text="钱都到了")
    assert state(db_session, no) == "closed"
    calls = db_session.scalars(sa.select(CaseCall.reached).order_by(CaseCall.at, CaseCall.id)).all()
    assert calls == [True, False, True]


def test_what_was_not_kept_is_handled_again(settled: InService, freeze: Freeze, db_session: Session) -> None:
    no, _ = settled
    at(freeze, FRIDAY + timedelta(days=31))
    step(no, "follow_up_short", text="还差 5,000 元")
    assert state(db_session, no) == "reopened"
    assert "还没有兑现的，工会接着办" in told(db_session)[-1]


def test_nobody_who_cannot_be_reached_is_given_up_before_three_calls_on_two_days(
    settled: InService, freeze: Freeze, db_session: Session
) -> None:
    no, _ = settled
    for days in (31, 31, 32):
        at(freeze, FRIDAY + timedelta(days=days))
        with pytest.raises(Problem):
            step(no, "follow_up_over", text="打过")
        db_session.rollback()
        step(no, "follow_up_missed")
    step(no, "follow_up_over", text="4 月 13 日两次、14 日一次")
    assert state(db_session, no) == "closed"


def test_the_worker_can_have_it_done_again_within_the_month(settled: InService, follow: Follow) -> None:
    no, headers = settled
    worker = follow({"no": no}, headers)
    assert worker.post("reopening", {"reason": "钱没到"}).status_code == 200
    assert worker.read()["state"] == "reopened"


def test_the_lawyer_is_paid_without_waiting_for_the_month(settled: InService, db_session: Session) -> None:
    no, _ = settled
    make_staff("A77")
    assigning.keep_profile(
        catalogue().current["legal_aid"],
        number="L1",
        profile=Profile(skills=[], languages=[], most=5, phone=None, account="演示银行 1", parties=""),
        by=STAFF,
    )
    step(no, "grant_fee")
    working.decide(no=no, what="grant_fee", staff_no="A77", approve=True)
    assert db_session.scalars(sa.select(CasePayment.payee_no)).all() == ["L1"]
