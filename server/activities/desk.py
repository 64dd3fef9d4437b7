"""Activities as those who organise them see them at the desk: announcing them, who comes in, calling them off."""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.activities import passes, planning
from server.activities.cards import Card, card_of, whole
from server.activities.listing import Shown, show
from server.activities.models import Activity, ActivityGroup, Publication
from server.activities.planning import NewActivity, NewGroup, Told
from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import conflict, not_found
from server.seats.capacity import CapacityTooSmallError, set_capacity
from server.seats.models import ClaimState, SeatClaim
from server.unions.models import TradeUnion
from server.unions.staff.authority import authorise, offices_of
from server.unions.staff.scope import scope_of
from server.unions.staff.vocabulary import Right
from server.unions.tree import above
from server.unions.vocabulary import UnionKind

MOST_SHOWN = 100
"""A street has a few at a time."""
MOST_COPIED = 20
"""Of those that are over."""


def running(*, staff_no: str) -> Sequence[Shown]:
    """Those that are not over, of the unions whose activities somebody has in hand, the first first.

    Raises:
        Problem: 403 for whoever has none in hand.
    """
    when = Activity.ends_at > now()
    return show(_in_hand(staff_no, when, first=Activity.starts_at, most=MOST_SHOWN), instant=now())


def one(*, activity_id: uuid.UUID, staff_no: str) -> Shown:
    """One of them.

    Raises:
        Problem: 404, also once it is over; 403.
    """
    return show([card_of(_activity(activity_id, staff_no))], instant=now())[0]


def over(*, staff_no: str) -> Sequence[Card]:
    """Those that were held last, the last first: what is held again and again is copied from them.

    Raises:
        Problem: 403 for whoever has none in hand.
    """
    return _in_hand(staff_no, Activity.ends_at <= now(), first=Activity.ends_at.desc(), most=MOST_COPIED)


def _in_hand(
    staff_no: str, when: sa.ColumnElement[bool], *, first: sa.ColumnExpressionArgument[Any], most: int
) -> list[Card]:
    session: Session = db.session()
    unions = scope_of(session, number=staff_no, right=Right.ACTIVITIES).unions
    activities = session.scalars(
        sa.select(Activity)
        .where(when, Activity.organiser_id.in_(unions))
        .order_by(first, Activity.id)
        .limit(most)
        .options(*whole())
    )
    return [card_of(activity) for activity in activities]


def to_copy(*, activity_id: uuid.UUID, staff_no: str) -> Shown:
    """One of them, also when it is over or was called off.

    Raises:
        Problem: 404, 403.
    """
    return show([card_of(_activity(activity_id, staff_no, also_over=True))], instant=now())[0]


def change(*, activity_id: uuid.UUID, told: Told, seen: str, staff_no: str) -> int:
    """Change what it says; returns how many were told of it. Raises as `one` and `planning.change`."""
    _activity(activity_id, staff_no)
    return planning.change(activity_id=activity_id, told=told, seen=seen, actor=audit.staff(staff_no))


def add_group(*, activity_id: uuid.UUID, group: NewGroup, staff_no: str) -> None:
    """Open another group of seats of it. Raises as `one` and `planning.add_group`."""
    _activity(activity_id, staff_no)
    planning.add_group(activity_id=activity_id, group=group, actor=audit.staff(staff_no))


def call_off(*, activity_id: uuid.UUID, reason: str, staff_no: str) -> int:
    """Say that it does not take place; returns how many were told, 0 if it was called off before. Raises as `one`."""
    _activity(activity_id, staff_no)
    return planning.call_off(activity_id=activity_id, reason=reason, actor=audit.staff(staff_no))


def set_seats(*, activity_id: uuid.UUID, pool_id: uuid.UUID, seats: int, staff_no: str) -> int:
    """Change how many seats a group has; returns how many came up on the waiting list.

    Raises:
        Problem: 404, 403; 409 for fewer than are taken, with what can be done.
    """
    _activity(activity_id, staff_no)
    session: Session = db.session()
    of_it = sa.select(ActivityGroup.pool_id).where(ActivityGroup.activity_id == activity_id)
    if pool_id not in set(session.scalars(of_it)):
        raise not_found()
    # Seats are added in transactions of their own, portion by portion.
    session.rollback()
    try:
        return set_capacity(pool_id=pool_id, capacity=seats, actor=audit.staff(staff_no))
    except CapacityTooSmallError as error:
        raise conflict("seats_taken", _choices(error)) from None


def _choices(error: CapacityTooSmallError) -> str:
    choices = [f"填 {error.taken}，大家的名额都留着"]
    if error.offered:
        choices.append(f"等一等：{error.offered} 个还在等人答复，没人要就空出来")
    choices.append("在下面“取消一个人的报名”里一个一个取消，本人会收到原因")
    return f"已经有 {error.taken} 个名额给出去了，没有改。可以：" + "；".join(choices)


def organisers(*, staff_no: str) -> Sequence[TradeUnion]:
    """The unions for which somebody may announce activities, the upper ones first.

    Raises:
        Problem: 403 for whoever has none in hand.
    """
    session: Session = db.session()
    unions = scope_of(session, number=staff_no, right=Right.ACTIVITIES).unions
    return _offices(session, TradeUnion.id.in_(unions))


def unions_of_members(*, staff_no: str) -> Sequence[TradeUnion]:
    """The unions whose members seats may be for: one's own, those under it, and those above it.

    Raises:
        Problem: 403 for whoever has no activities in hand.
    """
    session: Session = db.session()
    unions = scope_of(session, number=staff_no, right=Right.ACTIVITIES).unions
    higher = {
        one
        for office in offices_of(session, number=staff_no, right=Right.ACTIVITIES)
        for one in above(session, office.id)
    }
    return _offices(session, TradeUnion.id.in_(unions | higher))


def _offices(session: Session, which: sa.ColumnElement[bool]) -> Sequence[TradeUnion]:
    return session.scalars(
        sa.select(TradeUnion)
        .where(which, TradeUnion.kind != UnionKind.UNIT)
        .order_by(sa.func.length(TradeUnion.code), TradeUnion.code)
    ).all()


def announce(new: NewActivity, *, staff_no: str) -> uuid.UUID:
    """Publish one; everybody sees it from now on.

    Raises:
        Problem: 403.
    """
    with transaction() as session:
        authorise(session, number=staff_no, right=Right.ACTIVITIES, union_id=new.organiser_id)
        return planning.announce(new, actor=audit.staff(staff_no))


class Seat(Struct, frozen=True):
    """A seat that somebody has. Names nobody."""

    group: str
    number: int
    companions: int
    """How many they bring."""


def seat_of_pass(*, activity_id: uuid.UUID, code: str, staff_no: str) -> Seat:
    """What somebody shows at the door, and that they still have the seat.

    Raises:
        Problem: 404, 403; 409 with why they are not let in.
    """
    activity = _activity(activity_id, staff_no)
    shown = passes.read(code, at=now())
    if shown is None:
        raise conflict("no_pass", "这不是我们的入场码，或者已经过期。请工友打开“我的报名”，再给你看一次")
    if shown.activity_id != activity_id:
        raise conflict("other_activity", "这是另一个活动的入场码")
    if activity.publication is Publication.CANCELLED:
        raise conflict("called_off", "这个活动取消了")
    held = _held(activity_id, SeatClaim.id == shown.signup_id)
    if held is None:
        raise conflict("given_up", "这个名额已经退了，不能凭它入场")
    return Seat(card_of(activity).group_of(held.pool_id).name, held.seat_no or 0, held.companions)


def remove(*, activity_id: uuid.UUID, pool_id: uuid.UUID, seat_no: int, reason: str, staff_no: str) -> None:
    """Take the sign-up of a seat away; whose it was is told why, and the seat goes to who waits.

    Raises:
        Problem: 404, 403; 409 where nobody has that seat.
    """
    with transaction():
        _activity(activity_id, staff_no)
        held = _held(activity_id, SeatClaim.pool_id == pool_id, SeatClaim.seat_no == seat_no)
        if held is None or not planning.remove(signup_id=held.id, reason=reason, actor=audit.staff(staff_no)):
            raise conflict("nobodys_seat", "这个号现在没有人：看看组别和号码对不对，或者已经退了")


def _held(activity_id: uuid.UUID, *which: sa.ColumnElement[bool]) -> SeatClaim | None:
    return db.session.scalar(
        sa.select(SeatClaim).where(SeatClaim.scope_id == activity_id, SeatClaim.state == ClaimState.SIGNED, *which)
    )


def _activity(activity_id: uuid.UUID, staff_no: str, *, also_over: bool = False) -> Activity:
    session: Session = db.session()
    activity = session.scalar(sa.select(Activity).where(Activity.id == activity_id).options(*whole()))
    if activity is None or not (also_over or activity.ends_at > now()):
        raise not_found()
    authorise(session, number=staff_no, right=Right.ACTIVITIES, union_id=activity.organiser_id)
    return activity
