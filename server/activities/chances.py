"""How likely it is that who waits comes up: from what happened at earlier activities of the same kind."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from server.activities.models import Activity, ActivityGroup, ActivityKind, Publication
from server.activities.rules import Chance, PastList, chance_of
from server.core.clock import now
from server.core.db import db
from server.seats.models import ClaimState, SeatClaim

LOOK_BACK = timedelta(days=365)
KEPT = timedelta(minutes=10)

_kept: dict[ActivityKind, tuple[datetime, list[PastList]]] = {}


def chance(*, kind: ActivityKind, position: int, companions: int) -> Chance:
    """The chance of who stands at `position` now.

    Of those who bring somebody history says nothing: they are passed over where only one seat is free.
    """
    return chance_of([] if companions else _history(kind), position=position)


def _history(kind: ActivityKind) -> list[PastList]:
    """Waiting lists of what took place in the last year, kept for a few minutes: they are over and change no more."""
    at = now()
    seen = _kept.get(kind)
    if seen is not None and abs(at - seen[0]) < KEPT:
        return seen[1]
    rows = db.session.execute(
        sa.select(
            sa.func.count(SeatClaim.promoted_at),
            sa.func.count().filter(SeatClaim.state == ClaimState.WAITING),
        )
        .join(ActivityGroup, ActivityGroup.pool_id == SeatClaim.pool_id)
        .join(Activity, Activity.id == ActivityGroup.activity_id)
        .where(
            Activity.kind == kind,
            Activity.publication == Publication.PUBLISHED,
            Activity.ends_at.between(at - LOOK_BACK, at),
            SeatClaim.queued_at.is_not(None),
        )
        .group_by(SeatClaim.pool_id)
    )
    found = [PastList(came_up, left) for came_up, left in rows]
    _kept[kind] = (at, found)
    return found
