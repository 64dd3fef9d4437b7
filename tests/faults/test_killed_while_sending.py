"""Whoever sends dies while the provider is asked: nobody gets the same twice, and nothing stays under way."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from server.core import jobs
from server.core.clock import now, today
from server.core.db import db, transaction
from server.identity import codes
from server.identity.models import SmsCode
from server.notices.delivery import pick_up
from server.notices.models import DeliveryState, StaffNotice
from server.unions.duty.models import StaffDuty
from server.unions.duty.vocabulary import DutyKind
from tests.faults.job_worker import killed_when, queue_job
from tests.notices.conftest import DAY, Reached
from tests.notices.conftest import reached as reached
from tests.people import person
from tests.staff import make_district, make_staff
from tests.standins import StandIn

PATH = "/v1/messages"


def killed_while_it_asks(app: Flask, provider: StandIn) -> None:
    """Let a worker send what is queued, kill it before the answer comes, and let another go on."""
    provider.fault(PATH, delay_ms=500, times=1)
    killed_when(app, lambda: bool(provider.calls(PATH)))
    assert jobs.take_up_stalled_jobs() >= 1
    for _ in range(2):  # what is done, and what it has left to be done
        jobs.run_worker(app, wait=False, periodic_tasks=False)
    db.session.rollback()


def test_a_code_is_sent_once_and_wiped(app: Flask, sms_standin: StandIn) -> None:
    codes.request_code(phone=person(742).phone)
    killed_while_it_asks(app, sms_standin)
    row = db.session.scalars(sa.select(SmsCode)).one()
    assert (row.phone, row.code) == (None, None)
    assert row.sent_at is not None
    assert len(sms_standin.calls(PATH)) == 1


def test_an_office_is_sent_one_message(app: Flask, sms_standin: StandIn) -> None:
    account = make_staff("DESK")
    with transaction() as session:
        told = StaffNotice(staff_no="DESK", kind="clock.100", text="到期了", link="", created_at=now())
        duty = StaffDuty(staff_id=account.id, union_id=make_district().id, kind=DutyKind.DESK, first_day=today())
        duty.phone = "19900000743"
        session.add_all([told, duty])
        session.flush()
    queue_job("notices.send_to_office", {"notice_id": str(told.id)})
    killed_while_it_asks(app, sms_standin)
    assert db.session.scalar(sa.select(StaffNotice.sms_at)) is not None
    assert len(sms_standin.calls(PATH)) == 1


def test_a_notice_that_was_under_way_counts_as_one_that_may_have_arrived(
    reached: Reached, freeze: Callable[[datetime], None]
) -> None:
    notice_id = reached.tell()
    killed_while_it_asks(reached.app, reached.sms)
    assert reached.delivery(notice_id).state is DeliveryState.SENDING
    freeze(DAY + timedelta(hours=2))
    pick_up()
    assert reached.delivery(notice_id).state is DeliveryState.UNKNOWN
    reached.work()
    assert len(reached.sms.calls(PATH)) == 1
