"""Who has died: what others wait for goes on, nobody is addressed any more, and whoever works for them is told."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from server.activities.planning import announce
from server.activities.service import sign_up
from server.cases.phone_ratings import people_to_ask
from server.cases.tasks import ask_for_ratings, remind_of_last_days
from server.core.access import Level, Principal
from server.core.clock import SHANGHAI
from server.core.db import db, transaction
from server.identity.models import ActKind
from server.me import account_desk
from server.notices.models import Notice, StaffNotice
from server.seats.models import ClaimState, SeatClaim
from server.unions.models import TradeUnion
from server.unions.service import admit, change_state
from server.unions.vocabulary import MembershipState
from tests.activities.conftest import new_activity
from tests.cases.conftest import FRIDAY, Desk, Freeze, Submit
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff


@pytest.fixture
def union(app: Flask) -> TradeUnion:
    return make_district()


@pytest.fixture
def member(union: TradeUnion, sign_in: SignIn, freeze: Freeze) -> Headers:
    freeze(FRIDAY)
    who = sign_in(Level.L2)
    with transaction() as session:
        admit(session, worker_id=who.worker_id, union=union)
    return who


def die(who: Headers) -> None:
    change_state(worker_id=who.worker_id, target=MembershipState.DECEASED, actor="staff:A1024")
    db.session.rollback()


def come_back(who: Headers) -> str:
    """Two undo it; what the worker is told."""
    for number in ("W1", "W2"):
        make_staff(number, "worker_desk")
    act = account_desk.propose(kind=ActKind.UNFREEZE, worker_id=who.worker_id, number="W1")
    account_desk.confirm(act_id=act.id, number="W2")
    db.session.rollback()
    told = sa.select(Notice.body).where(Notice.worker_id == who.worker_id, Notice.kind == "account.unfrozen")
    return db.session.scalars(told).one()


def told_to_staff(kind: str) -> list[tuple[str | None, str]]:
    db.session.rollback()
    asked = sa.select(StaffNotice).where(StaffNotice.kind == kind).order_by(StaffNotice.link)
    return [(one.staff_no, one.text) for one in db.session.scalars(asked)]


def test_seats_and_places_on_waiting_lists_go_on_and_a_mistake_brings_none_back(
    member: Headers, union: TradeUnion, sign_in: SignIn
) -> None:
    held = announce(new_activity(organiser=union, seats=1, waiting_list=True), actor="system")
    waited = announce(new_activity(organiser=union, seats=1, waiting_list=True), actor="system")
    first, next_one = sign_in(Level.L1), sign_in(Level.L1)
    for who, activity in ((member, held), (next_one, held), (first, waited), (member, waited)):
        principal = Principal(worker_id=who.worker_id, level=Level.L1, session_id=who.worker_id)
        sign_up(who=principal, activity_id=activity, group_key=None)
    die(member)
    claims = {(one.scope_id, one.holder_id): one.state for one in db.session.scalars(sa.select(SeatClaim))}
    assert claims == {
        (held, member.worker_id): ClaimState.CANCELLED,
        (held, next_one.worker_id): ClaimState.SIGNED,
        (waited, first.worker_id): ClaimState.SIGNED,
        (waited, member.worker_id): ClaimState.CANCELLED,
    }
    assert "你报的 2 个活动，名额已经给了别人" in come_back(member)
    again = sa.select(SeatClaim.state).where(SeatClaim.holder_id == member.worker_id)
    assert set(db.session.scalars(again)) == {ClaimState.CANCELLED}


def test_handlers_are_told_and_nobody_is_asked_or_rung_up(
    member: Headers, submit: Submit, desk: Desk, freeze: Freeze
) -> None:
    answered = submit("grievance", member)
    desk.do(answered, "accept", ("reply", "问过站点了，多扣的钱下月退。"))
    in_hand = submit("grievance", member)
    desk.do(in_hand, "accept")
    aid = submit("legal_aid", member, answers={"last_day": "2025-06-01"})
    die(member)
    told = told_to_staff("case.member_died")
    assert [(number, text[: len(answered["no"])]) for number, text in told] == sorted(
        [("A1024", answered["no"]), ("A1024", in_hand["no"]), (None, aid["no"])], key=lambda one: one[1]
    ), "who has it in hand, else whoever is on duty"
    assert all("登记为已经去世" in text for _, text in told)
    # Where the account was open they would be asked at noon, and again three days later.
    for moment in ("2026-03-13 12:30", "2026-03-16 12:30"):
        freeze(datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI))
        ask_for_ratings()
    db.session.rollback()
    asked = sa.select(sa.func.count()).select_from(Notice).where(Notice.kind == "case.rating")
    assert db.session.scalar(asked) == 0
    assert people_to_ask(staff_no="B2") == []
    freeze(datetime(2026, 5, 2, 9, 7, tzinfo=SHANGHAI))
    remind_of_last_days()
    assert [text[: len(aid["no"])] for _, text in told_to_staff("case.date")] == [aid["no"]]
    last_day = sa.select(sa.func.count()).select_from(Notice).where(Notice.kind == "case.last_day")
    assert db.session.scalar(last_day) == 0
