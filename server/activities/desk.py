"""Activities as those who organise them see them at the desk: how full they are, calling off, more seats."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.activities import planning
from server.activities.cards import card_of, whole
from server.activities.listing import Shown, show
from server.activities.models import Activity, ActivityGroup
from server.core import audit
from server.core.clock import now
from server.core.db import db
from server.core.errors import conflict, not_found
from server.seats.capacity import CapacityTooSmallError, set_capacity
from server.unions.staff.authority import authorise
from server.unions.staff.scope import scope_of
from server.unions.staff.vocabulary import Right

MOST_SHOWN = 100
"""A street has a few at a time."""


def running(*, staff_no: str) -> Sequence[Shown]:
    """Those that are not over, of the unions whose activities somebody has in hand, the first first.

    Raises:
        Problem: 403 for whoever has none in hand.
    """
    session: Session = db.session()
    unions = scope_of(session, number=staff_no, right=Right.ACTIVITIES).unions
    activities = session.scalars(
        sa.select(Activity)
        .where(Activity.ends_at > now(), Activity.organiser_id.in_(unions))
        .order_by(Activity.starts_at, Activity.id)
        .limit(MOST_SHOWN)
        .options(*whole())
    )
    return show([card_of(activity) for activity in activities], instant=now())


def one(*, activity_id: uuid.UUID, staff_no: str) -> Shown:
    """One of them.

    Raises:
        Problem: 404, also once it is over; 403.
    """
    return show([card_of(_activity(activity_id, staff_no))], instant=now())[0]


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
        waiting = f"，其中 {error.offered} 个还在等人答复" if error.offered else ""
        raise conflict("seats_taken", f"已经有 {error.taken} 个名额给出去了{waiting}，最少填 {error.taken}") from None


def _activity(activity_id: uuid.UUID, staff_no: str) -> Activity:
    session: Session = db.session()
    activity = session.scalar(
        sa.select(Activity).where(Activity.id == activity_id, Activity.ends_at > now()).options(*whole())
    )
    if activity is None:
        raise not_found()
    authorise(session, number=staff_no, right=Right.ACTIVITIES, union_id=activity.organiser_id)
    return activity
