"""Those who keep the unions are reminded of elections: each time once, and of what is overdue the head hears too."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from server.core.clock import SHANGHAI
from server.core.db import db, transaction
from server.core.jobs import run_worker
from server.notices.elections import remind_of_elections
from server.notices.models import StaffNotice
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.rules import TERM_REMINDERS, term_reminder
from tests.moments import Freeze
from tests.rosters import make_union
from tests.staff import make_district, make_staff, put_on_duty
from tests.standins import StandIn

BEGAN, ENDS = date(2023, 6, 1), date(2026, 6, 1)


@pytest.fixture
def unions(app: Flask, freeze: Freeze) -> None:
    """A hundred and one of a district in which K keeps them and H heads; of all but one the term ends on 1 June."""
    freeze(datetime(2026, 1, 5, 12, 0, tzinfo=SHANGHAI))
    district = make_district()
    for number in range(101):
        make_union(f"GH440304-T{number:03d}", area_code="440304", under=district)
    with transaction() as session:
        below = sa.update(TradeUnion).where(TradeUnion.code.startswith("GH440304-T0"))
        session.execute(below.values(term_began=BEGAN, term_years=3))
    put_on_duty(make_staff("K", "district_organisation"), DutyKind.DESK, district, phone="13900000777")
    put_on_duty(make_staff("H", "district_rights"), DutyKind.HEAD, district)


def told(day: date, freeze: Freeze) -> list[tuple[str | None, str]]:
    """What was told in all by the morning of a day, on which the job ran twice."""
    freeze(datetime(day.year, day.month, day.day, 9, 23, tzinfo=SHANGHAI))
    remind_of_elections()
    remind_of_elections()
    db.session.rollback()
    asked = sa.select(StaffNotice).where(StaffNotice.kind == "union.election")
    return [
        (one.staff_no, one.text)
        for one in db.session.scalars(asked.order_by(StaffNotice.created_at, StaffNotice.staff_no))
    ]


@pytest.mark.usefixtures("unions")
def test_one_message_for_all_on_each_day_and_the_head_hears_of_what_is_overdue(
    app: Flask, freeze: Freeze, sms_standin: StandIn
) -> None:
    days = [ENDS - timedelta(days=left) for left in (91, 90, 89, 30, 0, -1, -30, -400)]
    counts = [len(told(day, freeze)) for day in days]
    assert counts == [0, 1, 1, 2, 4, 4, 6, 6]
    messages = told(days[-1], freeze)
    assert [number for number, _ in messages] == ["K", "K", "H", "K", "H", "K"]
    assert "还有 90 天到期" in messages[0][1]
    assert "等 100 个工会要换届" in messages[0][1]
    assert "过期 30 天" in messages[-1][1]
    freeze(datetime(2027, 7, 6, 10, 0, tzinfo=SHANGHAI))
    run_worker(app, wait=False, periodic_tasks=False)
    texts = [one for one in sms_standin.messages() if one["phone"] == "13900000777"]
    assert len(texts) == 4, "by the office's phone as well"


@pytest.mark.usefixtures("unions")
def test_a_new_term_has_days_of_its_own_and_nobody_there_is_said(freeze: Freeze) -> None:
    assert len(told(date(2026, 6, 1), freeze)) == 2
    with transaction() as session:
        session.execute(sa.update(TradeUnion).where(TradeUnion.term_began.is_not(None)).values(term_began=ENDS))
    assert len(told(date(2029, 3, 2), freeze)) == 2
    assert len(told(date(2029, 3, 3), freeze)) == 3


def test_where_nobody_keeps_them_it_lies_with_what_nobody_heard(app: Flask, freeze: Freeze) -> None:
    make_union("GH440307-T1", area_code="440307")
    with transaction() as session:
        session.execute(sa.update(TradeUnion).values(term_began=BEGAN, term_years=3))
    assert [number for number, _ in told(ENDS, freeze)] == [None]


@given(ends=st.dates(date(2000, 1, 1), date(2100, 1, 1)), after=st.integers(-400, 4000))
def test_a_day_of_reminding_never_lies_ahead_and_never_goes_back(ends: date, after: int) -> None:
    today = ends + timedelta(days=after)
    day, next_day = (term_reminder(ends, today=today + timedelta(days=more)) for more in (0, 1))
    assert (day is None) == (after < -TERM_REMINDERS[0])
    assert day is None or (day <= today and next_day is not None and next_day >= day)
