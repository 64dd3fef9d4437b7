"""Who says that there is danger now: whoever is on duty is called at once; nobody is for words alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.unread import pass_on_unread
from server.cases.working import staff_step
from server.core import jobs
from server.core.access import Level
from server.core.db import transaction
from server.notices.models import StaffNotice
from server.unions.duty.models import StaffDuty
from server.unions.duty.vocabulary import DutyKind
from server.unions.service import admit
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import FRIDAY, Submit
from tests.cases.test_in_confidence import make_union
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff, put_on_duty
from tests.standins import StandIn

PHONE = "19900000761"
NIGHT = FRIDAY.replace(hour=3)


@pytest.fixture
def on_duty(app: Flask, freeze: Callable[[datetime], None]) -> None:
    freeze(NIGHT)
    put_on_duty(make_staff("DESK"), DutyKind.DESK, make_district(), phone=PHONE)


def told(session: Session) -> list[tuple[str | None, str]]:
    rows = session.execute(sa.select(StaffNotice.staff_no, StaffNotice.text).where(StaffNotice.kind == "case.danger"))
    return [(number, text) for number, text in rows]


def ask(submit: Submit, sign_in: SignIn, mode: str, **answers: Any) -> dict[str, Any]:
    headers = None if mode == "anonymous" else sign_in(Level.L1)
    return submit("grievance", headers, identity_mode=mode, answers=answers)


@pytest.mark.parametrize("mode", ["named", "confidential", "anonymous"])
@pytest.mark.usefixtures("on_duty")
def test_whoever_is_on_duty_is_told_at_night_too(
    app: Flask, submit: Submit, sign_in: SignIn, db_session: Session, sms_standin: StandIn, mode: str
) -> None:
    case = ask(submit, sign_in, mode, danger=True)
    assert case["paged"] is True
    assert case["urgent"] is True
    assert told(db_session) == [("DESK", f"{case['no']}（反映问题）工友说现在有危险，请马上看")]
    jobs.run_worker(app, wait=False, periodic_tasks=False)
    assert any(sent["phone"] == PHONE for sent in sms_standin.messages())


def test_where_nobody_is_on_duty_it_is_said(submit: Submit, sign_in: SignIn, db_session: Session) -> None:
    case = ask(submit, sign_in, "named", danger=True)
    assert case["paged"] is False
    assert [number for number, _ in told(db_session)] == [None]


@pytest.mark.usefixtures("on_duty")
def test_the_employers_own_union_is_not_called(submit: Submit, sign_in: SignIn, db_session: Session) -> None:
    firm = make_union("U1", firm_side=True, kind=UnionKind.UNIT)
    account = make_staff("FIRM", union=firm)
    put_on_duty(account, DutyKind.DESK, firm)
    member = sign_in(Level.L1)
    with transaction() as session:
        admit(session, worker_id=member.worker_id, union=firm)
    case = submit("grievance", member, identity_mode="confidential", answers={"danger": True})
    assert case["paged"] is True
    assert [number for number, _ in told(db_session)] == ["DESK"]
    with transaction() as session:
        session.execute(sa.delete(StaffNotice))
        session.execute(sa.delete(StaffDuty).where(StaffDuty.union_id != firm.id))
    case = submit("grievance", member, identity_mode="confidential", answers={"danger": True})
    assert case["paged"] is False, "the firm's desk is nobody"
    assert [number for number, _ in told(db_session)] == [None]


@pytest.mark.parametrize("answers", [{}, {"danger": False}])
@pytest.mark.usefixtures("on_duty")
def test_words_alone_call_nobody(submit: Submit, sign_in: SignIn, db_session: Session, answers: dict[str, Any]) -> None:
    case = ask(submit, sign_in, "named", text="站长打人了，说再闹就杀人，我很害怕。", **answers)
    assert "110" in str(case["safety"]["phones"])
    assert "paged" not in case
    assert told(db_session) == []


def urgent(session: Session) -> list[tuple[str | None, str]]:
    rows = session.execute(sa.select(StaffNotice.staff_no, StaffNotice.text).where(StaffNotice.kind == "case.urgent"))
    return [(number, text) for number, text in rows]


@pytest.mark.usefixtures("on_duty")
def test_what_is_promised_within_two_hours_is_told_at_once_and_by_sms(
    app: Flask, submit: Submit, sign_in: SignIn, db_session: Session, sms_standin: StandIn
) -> None:
    case = submit("hardship_aid", sign_in(Level.L1), answers={"urgent": "now"})
    assert "paged" not in case
    assert urgent(db_session) == [
        ("DESK", f"{case['no']}（一键即救）刚来的，要先办：今天就给工友回电话，最晚 3月13日（周五）05:00")
    ]
    jobs.run_worker(app, wait=False, periodic_tasks=False)
    assert any(sent["phone"] == PHONE for sent in sms_standin.messages())


@pytest.mark.usefixtures("on_duty")
def test_a_date_that_is_near_is_told_at_once_and_wakes_nobody(
    app: Flask, submit: Submit, sign_in: SignIn, db_session: Session
) -> None:
    case = submit(
        "legal_aid",
        sign_in(Level.L1),
        answers={"matter": "dismissal", "last_day": "2025-03-16", "known_on": "2025-03-16"},
    )
    assert case["urgent"] is True
    assert [number for number, _ in urgent(db_session)] == ["DESK"]
    jobs.run_worker(app, wait=False, periodic_tasks=False)
    assert db_session.scalars(sa.select(StaffNotice.sms_at)).all() == [None]


@pytest.mark.usefixtures("on_duty")
def test_what_can_wait_a_day_waits_in_the_queue(submit: Submit, sign_in: SignIn, db_session: Session) -> None:
    submit("hardship_aid", sign_in(Level.L1), answers={"urgent": "later"})
    assert urgent(db_session) == []


@pytest.mark.usefixtures("on_duty")
def test_what_nobody_on_duty_opens_goes_on_to_those_above_once(
    submit: Submit, sign_in: SignIn, db_session: Session, freeze: Callable[[datetime], None]
) -> None:
    put_on_duty(make_staff("HEAD"), DutyKind.HEAD, make_district())
    missed, opened, begun = (ask(submit, sign_in, "named", danger=True)["no"] for _ in range(3))
    with transaction() as session:
        seen = sa.update(StaffNotice).where(StaffNotice.link == f"/cases/{opened}")
        session.execute(seen.values(read_at=NIGHT))
    staff_step(no=begun, code="accept", staff_no="DESK")
    freeze(NIGHT + timedelta(minutes=9))
    assert pass_on_unread(at=NIGHT + timedelta(minutes=9)) == 0, "they have a moment to open it"
    freeze(NIGHT + timedelta(minutes=11))
    assert [pass_on_unread(at=NIGHT + timedelta(minutes=11)) for _ in range(2)] == [1, 0]
    rows = db_session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "case.unread"))
    assert {(one.staff_no, one.link) for one in rows} == {("DESK", f"/cases/{missed}"), ("HEAD", f"/cases/{missed}")}
