"""One edition of the directory as a process holds it: places that do not move, and what is live on top.

Both are replaced as a whole, never changed, so that a request works on one edition from start to end.
What depends on the clock is worked out once a minute for each distinct schedule, not for each place.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct, field

from server.stations.fragments import Fragments
from server.stations.hours import Calendar, Opening, Schedule, opening
from server.stations.index import Index
from server.stations.policy import Policy
from server.stations.rules import NOTHING, Door, DoorState, Live, door

_KEPT_MINUTES = 64
"""Minutes whose work is kept: now, and the `at` of a few callers."""


class Group(NamedTuple):
    """Places that open and close together in one area."""

    schedule: int
    area: str
    """Street code, or district code where the street is not known."""


class Minute(Struct, frozen=True):
    """What holds for one minute: the plan of each schedule, and which groups pass."""

    openings: Sequence[Opening]
    groups: Sequence[Group]
    _flags: dict[tuple[bool, str], bytes] = field(default_factory=dict)

    def flags(self, *, open_only: bool, area: str) -> bytes:
        """One byte for each group: 1 if the plan says open (where that is asked) and the area fits."""
        known = self._flags.get((open_only, area))
        if known is None:
            known = bytes(
                (not open_only or self.openings[group.schedule].open) and group.area.startswith(area)
                for group in self.groups
            )
            if len(self._flags) < 256:
                self._flags[open_only, area] = known
        return known


class Places:
    """The places, their schedules and when each was last confirmed by the directory itself."""

    def __init__(
        self,
        index: Index,
        *,
        schedules: Sequence[Schedule],
        groups: Sequence[Group],
        confirmed: Sequence[datetime | None],
    ) -> None:
        """`confirmed` goes by the index's rows."""
        self.index = index
        self.schedules = schedules
        self.groups = groups
        self.confirmed = confirmed
        self.fragments = Fragments()
        self._minutes: dict[int, Minute] = {}

    def minute(self, moment: datetime, calendar: Calendar) -> Minute:
        """The plans of the minute that `moment` lies in."""
        number = int(moment.timestamp() // 60)
        known = self._minutes.get(number)
        if known is None:
            start = moment.replace(second=0, microsecond=0)
            before = self._minutes.get(number - 1)
            known = Minute(
                openings=[
                    before.openings[at]
                    if before is not None and before.openings[at].valid_until > start
                    else opening(schedule, start, calendar)
                    for at, schedule in enumerate(self.schedules)
                ],
                groups=self.groups,
            )
            if len(self._minutes) >= _KEPT_MINUTES:
                self._minutes = {}
            self._minutes[number] = known
        return known

    def plan(self, row: int, minute: Minute) -> Opening:
        """The plan of one place."""
        return minute.openings[self.groups[self.index.groups[row]].schedule]


class Differing(NamedTuple):
    """Rows where words of people change whether the place counts as open."""

    never: frozenset[int]
    besides: frozenset[int]


class LiveTable:
    """What is live, by row. Most rows are not in it."""

    def __init__(self, rows: Mapping[int, Live], *, loaded_at: datetime) -> None:
        self.rows = rows
        self.loaded_at = loaded_at
        self._differing: dict[int, Differing] = {}

    def get(self, row: int) -> Live:
        return self.rows.get(row, NOTHING)

    def differing(self, places: Places, minute: Minute, *, moment: datetime, numbers: Policy) -> Differing:
        """Where words about the door overrule the plan at `moment`."""
        number = int(moment.timestamp() // 60)
        known = self._differing.get(number)
        if known is None:
            never, besides = set(), set()
            for row, live in self.rows.items():
                if not live.reports:
                    continue
                plan = places.plan(row, minute)
                shown = door_of(plan, live, places.confirmed[row], moment=moment, numbers=numbers).state
                if plan.open and shown is DoorState.CLOSED:
                    never.add(row)
                elif not plan.open and shown is not DoorState.CLOSED:
                    besides.add(row)
            known = Differing(frozenset(never), frozenset(besides))
            if len(self._differing) >= _KEPT_MINUTES:
                self._differing = {}
            self._differing[number] = known
        return known


class Edition(Struct, frozen=True):
    """Places and what is live there, with the versions they were loaded as (None: nothing was ever written)."""

    places_version: UUID | None
    live_version: UUID | None
    places: Places
    live: LiveTable

    def is_stale(self, now: datetime) -> bool:
        """Services age without anybody writing, so what is live is read anew now and then."""
        return abs(now - self.live.loaded_at) > timedelta(hours=1)


def door_of(plan: Opening, live: Live, confirmed_at: datetime | None, *, moment: datetime, numbers: Policy) -> Door:
    """`rules.door` with the numbers in force."""
    return door(
        plan,
        live,
        confirmed_at=confirmed_at,
        moment=moment,
        independent=numbers.independent,
        door_counts=numbers.door_counts,
        fresh=numbers.station_fresh,
        managers_report=numbers.managers_report,
    )
