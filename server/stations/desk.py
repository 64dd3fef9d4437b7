"""Places as those of the street see them: what their managers said today, what is broken, what visitors wrote."""

import uuid
from collections.abc import Iterator, Sequence
from enum import StrEnum

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.clocks.tables import calendar
from server.core import audit, clock
from server.core.db import db, transaction
from server.core.errors import not_found
from server.stations.amenities import Amenity, AmenityState, amenities, offered
from server.stations.directory import directory
from server.stations.edition import door_of
from server.stations.managers import bindings, codes
from server.stations.managers.duty import Duty, DutyState, closed_today, duty_of, opened_or_awaited
from server.stations.managers.models import StationManager
from server.stations.models import Station, StationReport, StationStatus
from server.stations.policy import policy
from server.stations.rules import DoorState, Live, service
from server.stations.service import Known, known
from server.stations.view import unpacked
from server.unions.staff.authority import authorise, offices_of
from server.unions.staff.scope import scope_of
from server.unions.staff.vocabulary import Right
from server.unions.tree import union_of_area

WORDS_SHOWN = 30
"""Words of people at one place."""


class Need(StrEnum):
    """Which places somebody asks for."""

    SILENT = "silent"
    """Somebody keeps it, it opens today, and nobody has said anything."""
    CLOSED = "closed"
    """Its manager has closed it for today."""
    BROKEN = "broken"
    UNKEPT = "unkept"
    """Nobody keeps it."""
    ALL = "all"


class Fault(Struct, frozen=True):
    """A service that does not work, or may not."""

    amenity: Amenity
    state: AmenityState
    words: str | None
    """Who said so how long ago."""


class Line(Struct, frozen=True):
    """One place today."""

    code: str
    name: str
    duty_phone: str | None
    door: DoorState
    kept: bool
    """Whether somebody keeps it."""
    duty: Duty
    late: bool
    """Whether its managers should have said by now that it opened."""
    faults: Sequence[Fault]

    def answers(self, need: Need) -> bool:
        """Whether it is one of those asked for."""
        match need:
            case Need.SILENT:
                return self.kept and self.duty.state is None and self.duty.due_at is not None
            case Need.CLOSED:
                return self.duty.state is DutyState.CLOSED_TODAY
            case Need.BROKEN:
                return any(fault.state is AmenityState.BROKEN for fault in self.faults)
            case Need.UNKEPT:
                return not self.kept
            case Need.ALL:
                return True


class Board(Struct, frozen=True):
    """Some of the places asked for, those that are late first, and how many there are of each need."""

    lines: Sequence[Line]
    counts: dict[Need, int]
    more: bool
    """Whether others follow."""


class Opened(Struct, frozen=True):
    """One place, whole."""

    known: Known
    line: Line
    words: Sequence[StationReport]
    """What people said, the newest first."""
    managers: Sequence[StationManager]


def board(*, staff_no: str, need: Need, start: int, limit: int) -> Board:
    """The places of somebody's areas. Places and what is live there come from the process, one query besides.

    Args:
        start: how many to leave out.

    Raises:
        Problem: 403 for whoever keeps no stations anywhere.
    """
    lines = list(_lines(staff_no))
    found = sorted((one for one in lines if one.answers(need)), key=lambda one: (not one.late, one.code))
    return Board(
        lines=found[start : start + limit],
        counts={one: sum(line.answers(one) for line in lines) for one in Need},
        more=len(found) > start + limit,
    )


def count_late(*, staff_no: str) -> int:
    """How many places should have said by now that they opened. Raises as `board` does."""
    return sum(line.late for line in _lines(staff_no))


def opened(*, code: str, staff_no: str) -> Opened:
    """One place with what visitors wrote of it, which is recorded.

    Raises:
        Problem: 403 for whoever may not, 404.
    """
    with transaction():
        station = _station(code, staff_no)
        audit.record(actor=audit.staff(staff_no), action="station.read", subject_kind="station", subject_id=station.id)
        now = known(station.code)
        words = db.session.scalars(
            sa.select(StationReport)
            .where(StationReport.station_id == station.id, StationReport.undone_at.is_(None))
            .order_by(StationReport.created_at.desc())
            .limit(WORDS_SHOWN)
        ).all()
        keeping = bindings.managers_of(station)
        line = Line(
            code=station.code,
            name=station.name,
            duty_phone=station.duty_phone,
            door=now.door.state,
            kept=bool(keeping),
            duty=(said := duty_of(now)),
            late=_is_late(bool(keeping), said),
            faults=_faults([amenities()[row.code] for row in station.amenities if row.code in amenities()], now.live),
        )
        return Opened(known=now, line=line, words=words, managers=keeping)


def give_code(*, code: str, staff_no: str) -> str:
    """A code with which one person becomes a manager of the place: show it once. Raises as `opened` does."""
    with transaction():
        return codes.issue(station=_station(code, staff_no), by=audit.staff(staff_no))


def end_manager(*, code: str, binding_id: uuid.UUID, staff_no: str) -> None:
    """Take the place away from one who keeps it, and tell them. Raises as `opened` does."""
    with transaction():
        station = _station(code, staff_no)
        if binding_id not in {manager.id for manager in bindings.managers_of(station)}:
            raise not_found()
        bindings.revoke(binding_id=binding_id, by=audit.staff(staff_no))


def require_staff(area_code: str, number: str) -> None:
    """Only for those of the street or the district, or above it.

    Raises:
        Problem: 403
    """
    session: Session = db.session()
    union = union_of_area(session, area_code)
    authorise(session, number=number, right=Right.STATIONS, union_id=None if union is None else union.id)


def require_places(codes: Sequence[str], *, staff_no: str) -> None:
    """Only for those of all their streets; what they print of them is recorded.

    Raises:
        Problem: 403, 404 for a place that there is not, or not any more.
    """
    with transaction():
        for code in codes:
            station = _station(code, staff_no)
            audit.record(
                actor=audit.staff(staff_no), action="station.sheet", subject_kind="station", subject_id=station.id
            )


def _station(code: str, staff_no: str) -> Station:
    station = db.session.scalar(
        sa.select(Station).where(Station.code == code.upper(), Station.status == StationStatus.OPEN)
    )
    if station is None:
        raise not_found()
    require_staff(station.area_code, staff_no)
    return station


def names_with(words: str, *, staff_no: str, limit: int) -> Sequence[str]:
    """Names, with these words in them, of the places in the areas where somebody works on cases.

    Raises:
        Problem: 403 for who does so nowhere.
    """
    areas = [one.area_code for one in offices_of(db.session(), number=staff_no, right=Right.CASE_WORK)]
    return db.session.scalars(
        sa.select(Station.name)
        .where(
            Station.name.contains(words, autoescape=True),
            sa.or_(*(Station.street_code.startswith(area) for area in areas)),
        )
        .order_by(Station.name)
        .limit(limit)
    ).all()


def _lines(staff_no: str) -> Iterator[Line]:
    scope = scope_of(db.session(), number=staff_no, right=Right.STATIONS)
    closed = closed_today()
    edition, moment, numbers = directory().current(), clock.now(), policy()
    places = edition.places
    minute = places.minute(moment, calendar())
    mine = [scope.covers_area(group.area) for group in places.groups]
    for row, code in enumerate(places.index.codes):
        if not mine[places.index.groups[row]]:
            continue
        live, plan = edition.live.get(row), places.plan(row, minute)
        kept = live.managers is not None and live.managers.since is not None
        duty = closed.get(code) or opened_or_awaited(plan, live.managers, moment=moment)
        fields = unpacked(places.index.records[row])
        yield Line(
            code=code,
            name=fields["name"],
            duty_phone=fields["duty_phone"],
            door=door_of(plan, live, places.confirmed[row], moment=moment, numbers=numbers).state,
            kept=kept,
            duty=duty,
            late=_is_late(kept, duty),
            faults=_faults(offered(places.index.bits[row]), live) if live.reports or live.amenities else (),
        )


def _is_late(kept: bool, duty: Duty) -> bool:
    return kept and duty.state is None and duty.due_at is not None and duty.due_at <= clock.now()


def _faults(of: Sequence[Amenity], live: Live) -> list[Fault]:
    moment, independent = clock.now(), policy().independent
    shown = [(one, service(one.code, live, moment=moment, independent=independent)) for one in of]
    return [Fault(one, seen.state, seen.reports) for one, seen in shown if seen.state is not AmenityState.OK]
