"""What signing up needs to know of an activity, kept for a second in each process.

A rush asks for the same activity thousands of times; whoever is refused by it should cost no query. A change made by
the staff is therefore seen up to a second late. What must not be late is decided elsewhere: times are compared with
the clock at every request, and seats are counted by the pool.
"""

import uuid
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from server.activities.models import Activity, ActivityGroup, ActivityKind, Mode, Publication
from server.activities.rules import Status, Times, status_at
from server.core.access import Level
from server.core.clock import now
from server.core.db import after_commit, db
from server.identity.models import WorkerGroup
from server.seats.service import PoolRef

KEPT = timedelta(seconds=1)
MOST = 500
"""Cards of one process; beyond that all are forgotten and read again."""


class UnionCard(Struct, frozen=True):
    """A union, by its name."""

    id: uuid.UUID
    name: str


class GroupCard(Struct, frozen=True):
    """A part of the seats."""

    key: str
    name: str
    worker_groups: frozenset[WorkerGroup] | None
    """Who may take these seats; None means everybody."""
    members_of: UnionCard | None
    """The union whose members may take these seats, those of the unions under it included; None means everybody."""
    pool: PoolRef


class Card(Struct, frozen=True):
    """An activity without its counters."""

    id: uuid.UUID
    title: str
    kind: ActivityKind
    summary: str
    rules: str
    place: str
    station_code: str | None
    district: str
    organiser: str
    """The union's name."""
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    cancel_until: datetime
    required_level: Level
    mode: Mode
    companions: int
    """How many each may bring."""
    offers: bool
    """Who comes up on the waiting list is asked first."""
    waiting_first: frozenset[WorkerGroup] | None
    """Whose work comes before all others on the waiting list."""
    cancelled: bool
    called_off_because: str | None
    groups: tuple[GroupCard, ...]

    @property
    def times(self) -> Times:
        return Times(self.opens_at, self.closes_at, self.cancel_until, self.ends_at)

    @property
    def waiting_list(self) -> bool:
        return any(group.pool.waiting_enabled for group in self.groups)

    def status_at(self, instant: datetime) -> Status:
        return status_at(instant, times=self.times, cancelled=self.cancelled)

    def group_of(self, pool_id: uuid.UUID) -> GroupCard:
        return next(group for group in self.groups if group.pool.id == pool_id)


@cache
def whole() -> tuple[ExecutableOption, ...]:
    """Reads all that a card needs together with activities, in two queries.

    Not a constant: making it configures every mapper, which no command should wait for at its import.
    """
    groups = selectinload(Activity.groups).options(joinedload(ActivityGroup.pool), joinedload(ActivityGroup.members_of))
    return (joinedload(Activity.organiser), groups)


_kept: dict[uuid.UUID, tuple[datetime, Card]] = {}


def card_of(activity: Activity) -> Card:
    """The card of a row that was read `whole`."""
    return Card(
        id=activity.id,
        title=activity.title,
        kind=activity.kind,
        summary=activity.summary,
        rules=activity.rules,
        place=activity.place,
        station_code=activity.station_code,
        district=activity.district_code,
        organiser=activity.organiser.name,
        starts_at=activity.starts_at,
        ends_at=activity.ends_at,
        opens_at=activity.opens_at,
        closes_at=activity.closes_at,
        cancel_until=activity.cancel_until,
        required_level=activity.required_level,
        mode=activity.mode,
        companions=activity.companions,
        offers=any(group.pool.offers for group in activity.groups),
        waiting_first=None if activity.waiting_first is None else frozenset(map(WorkerGroup, activity.waiting_first)),
        cancelled=activity.publication is Publication.CANCELLED,
        called_off_because=activity.called_off_because,
        groups=tuple(
            GroupCard(
                key=group.key,
                name=group.name,
                worker_groups=None if group.worker_groups is None else frozenset(map(WorkerGroup, group.worker_groups)),
                members_of=None if group.members_of is None else UnionCard(group.members_of.id, group.members_of.name),
                pool=PoolRef(
                    id=group.pool_id,
                    owner=group.pool.owner,
                    scope_id=group.pool.scope_id,
                    waiting_enabled=group.pool.waiting_enabled,
                ),
            )
            for group in activity.groups
        ),
    )


def find_card(activity_id: uuid.UUID) -> Card | None:
    """The card of an activity, at most a second old."""
    at = now()
    seen = _kept.get(activity_id)
    if seen is not None and abs(at - seen[0]) < KEPT:
        return seen[1]
    activity = db.session.scalar(sa.select(Activity).where(Activity.id == activity_id).options(*whole()))
    if activity is None:
        return None
    card = card_of(activity)
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[activity_id] = (at, card)
    return card


def forget_card(activity_id: uuid.UUID) -> None:
    """Have a change seen at once by this process, and by the others within a second; after the commit."""
    after_commit(lambda: _kept.pop(activity_id, None))
