"""Read an edition of the directory from PostgreSQL."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from server.core.clock import SHANGHAI
from server.core.datum import Point
from server.stations.amenities import AmenityState, amenities
from server.stations.edition import Group, LiveTable, Places
from server.stations.hours import ALL_DAY, ClosedDay, Exceptional, Schedule, Spans, parse_span, weekly_from_json
from server.stations.index import Index, Place
from server.stations.managers.models import StationManager
from server.stations.models import (
    Entry,
    OverrideKind,
    Station,
    StationAmenity,
    StationKind,
    StationOverride,
    StationReport,
    StationStatus,
    StationVersion,
)
from server.stations.policy import Policy
from server.stations.rules import Live, Managers, Report, ReportKind
from server.stations.view import packed, record, searched

_FIRST_FREE_BIT = 1 << 32
"""The lower ones are the services of config/amenities.csv."""
KIND_BITS = {kind: _FIRST_FREE_BIT << number for number, kind in enumerate(StationKind)}
ENTRY_BITS = {entry: _FIRST_FREE_BIT << (8 + number) for number, entry in enumerate(Entry)}
ROUND_THE_CLOCK_BIT = _FIRST_FREE_BIT << 16

_NOBODY = Managers(None, None)

Versions = tuple[UUID | None, UUID | None]


def read_versions(connection: sa.Connection) -> Versions:
    """(places, live); None before anything was ever written."""
    row = connection.execute(sa.select(StationVersion.places, StationVersion.live)).one_or_none()
    return (row.places, row.live) if row else (None, None)


def read_places(connection: sa.Connection, *, since: datetime) -> Places:
    """All places that are not closed for good. Overrides that ended before `since` are left out."""
    overrides = read_overrides(connection, since=since)
    offered = (
        sa.select(sa.func.array_agg(StationAmenity.code))
        .where(StationAmenity.station_id == Station.id)
        .scalar_subquery()
    )
    # Hours as text: most places share theirs, and each distinct text is read once.
    written = {"hours": sa.cast(Station.hours, sa.Text), "closed_days": sa.cast(Station.closed_days, sa.Text)}
    columns = [
        written[column.name].label(column.name) if column.name in written else column
        for column in Station.__table__.columns
        if not column.name.startswith("source_")
    ]
    stations = connection.execution_options(stream_results=True, max_row_buffer=5000).execute(
        sa.select(*columns, offered.label("offered")).where(Station.status == StationStatus.OPEN)
    )
    bit_of = {amenity.code: amenity.bit for amenity in amenities().values()}
    schedules: dict[Schedule, int] = {}
    groups: dict[Group, int] = {}
    known: dict[tuple[Any, ...], tuple[Schedule, int]] = {}
    confirmed: dict[str, datetime | None] = {}
    rows = []
    for station in stations:
        key = (station.hours, station.closed_days, *(overrides.get(scope) for scope in scopes_of(station)))
        if key not in known:
            schedule = schedule_of(
                orjson.loads(station.hours), orjson.loads(station.closed_days), exceptions_of(station, overrides)
            )
            known[key] = schedule, schedules.setdefault(schedule, len(schedules))
        schedule, number = known[key]
        group = Group(number, station.street_code or station.district_code)
        bits = KIND_BITS[station.kind] | ENTRY_BITS[station.entry]
        if schedule.round_the_clock:
            bits |= ROUND_THE_CLOCK_BIT
        for code in station.offered or ():
            bits |= bit_of.get(code, 0)
        rows.append(
            Place(
                code=station.code,
                position=Point(station.lat, station.lng),
                bits=bits,
                group=groups.setdefault(group, len(groups)),
                record=packed(record(station, schedule)),
            )
        )
        confirmed[station.code] = station.confirmed_at and station.confirmed_at.astimezone(SHANGHAI)
    index = Index(rows, text_of=searched)
    return Places(
        index,
        schedules=list(schedules),
        groups=list(groups),
        confirmed=[confirmed[code] for code in index.codes],
    )


def read_overrides(
    connection: sa.Connection, *, since: datetime, scopes: Iterable[UUID | str] | None = None
) -> Mapping[UUID | str, tuple[Exceptional, ...]]:
    """Exceptions by station id and by code of street and district; only of `scopes` where given.

    Of several the newest is first, after what a manager said: whoever stands before a locked door is right.
    """
    wanted = sa.select(StationOverride).where(StationOverride.last_day >= (since - timedelta(days=2)).date())
    if scopes is not None:
        listed = list(scopes)
        wanted = wanted.where(
            StationOverride.station_id.in_([scope for scope in listed if isinstance(scope, UUID)])
            | StationOverride.street_code.in_([scope for scope in listed if isinstance(scope, str)])
            | StationOverride.district_code.in_([scope for scope in listed if isinstance(scope, str)])
        )
    found: dict[UUID | str, list[Exceptional]] = defaultdict(list)
    order = (StationOverride.by_manager.desc(), StationOverride.created_at.desc(), StationOverride.id.desc())
    for row in connection.execute(wanted.order_by(*order)):
        spans: Spans = ()
        if row.kind == OverrideKind.ALL_DAY:
            spans = (ALL_DAY,)
        elif row.kind == OverrideKind.HOURS:
            spans = tuple(parse_span(text) for text in row.hours)
        scope = row.station_id or row.street_code or row.district_code
        found[scope].append(Exceptional(row.first_day, row.last_day, spans, row.reason, row.by_manager))
    return {scope: tuple(exceptions) for scope, exceptions in found.items()}


def exceptions_of(
    station: Station | Any, overrides: Mapping[UUID | str, tuple[Exceptional, ...]]
) -> tuple[Exceptional, ...]:
    """A place's own exceptions are stronger than its street's, and those than its district's."""
    return tuple(one for scope in scopes_of(station) for one in overrides.get(scope, ()))


def schedule_of(
    hours: Mapping[str, Sequence[str]], closed_days: Sequence[str], exceptions: tuple[Exceptional, ...]
) -> Schedule:
    """The schedule from what is stored."""
    weekly, holiday = weekly_from_json(hours)
    return Schedule(weekly, holiday, frozenset(ClosedDay(day) for day in closed_days), exceptions)


def scopes_of(station: Station | Any) -> tuple[UUID | str, ...]:
    """For what exceptions are made that hold for a place, the strongest first."""
    scopes = (station.id, station.street_code, station.district_code)
    return tuple(scope for scope in scopes if scope is not None)


def read_live(connection: sa.Connection, places: Places, *, now: datetime, numbers: Policy) -> LiveTable:
    """What people said and what is broken, by row of `places`."""
    row_of = places.index.row_of
    found = read_live_by_code(connection, now=now, numbers=numbers)
    return LiveTable({row_of[code]: live for code, live in found.items() if code in row_of}, loaded_at=now)


def read_live_by_code(
    connection: sa.Connection, *, now: datetime, numbers: Policy, only: UUID | None = None
) -> dict[str, Live]:
    """The same by station code; `only` reads one station."""
    reports: dict[str, list[Report]] = defaultdict(list)
    stored: dict[str, dict[str, AmenityState]] = defaultdict(dict)
    confirmed: dict[str, datetime] = {}
    managers: dict[str, Managers] = {}

    def of_station(statement: sa.Select[*tuple[Any, ...]], column: Any) -> Any:
        joined = statement.join(Station, Station.id == column)
        return connection.execute(joined if only is None else joined.where(column == only))

    # Of several at one moment the same is the last one, whoever reads them.
    valid = (
        sa.select(Station.code, StationReport)
        .where(StationReport.undone_at.is_(None), StationReport.expires_at > now)
        .order_by(StationReport.created_at, StationReport.id)
    )
    for row in of_station(valid, StationReport.station_id):
        reports[row.code].append(
            Report(row.kind, row.amenity, row.reporter, row.by_manager, row.created_at, row.expires_at)
        )
    said_at = sa.func.max(StationReport.created_at)
    last_open = (
        sa.select(Station.code, said_at.label("at"), said_at.filter(StationReport.by_manager).label("by_manager_at"))
        .where(StationReport.kind == ReportKind.OPEN, StationReport.undone_at.is_(None))
        .group_by(Station.code)
    )
    for row in of_station(last_open, StationReport.station_id):
        confirmed[row.code] = row.at
        if row.by_manager_at is not None:
            managers[row.code] = Managers(None, row.by_manager_at)
    kept = (
        sa.select(Station.code, sa.func.min(StationManager.created_at).label("since"))
        .where(StationManager.revoked_at.is_(None))
        .group_by(Station.code)
    )
    for row in of_station(kept, StationManager.station_id):
        managers[row.code] = managers.get(row.code, _NOBODY)._replace(since=row.since)
    ages = [amenity.code for amenity in amenities().values() if amenity.live]
    stale = sa.and_(StationAmenity.code.in_(ages), StationAmenity.updated_at < now - numbers.amenity_fresh)
    other_than_ok = sa.select(Station.code, StationAmenity.code.label("amenity"), StationAmenity.state).where(
        sa.or_(StationAmenity.state != AmenityState.OK, stale)
    )
    for row in of_station(other_than_ok, StationAmenity.station_id):
        state = AmenityState.UNKNOWN if row.state == AmenityState.OK else row.state
        stored[row.code][row.amenity] = state
    return {
        code: Live(confirmed.get(code), tuple(reports.get(code, ())), stored.get(code, {}), managers.get(code))
        for code in {*reports, *confirmed, *stored, *managers}
    }
