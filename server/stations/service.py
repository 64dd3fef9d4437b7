"""Reports from the door, and one place with everything that is known of it right now."""

import hashlib
import uuid
from datetime import datetime, timedelta
from math import ceil

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session, selectinload

from server.clocks.tables import calendar
from server.core import clock
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.core.errors import Problem, conflict, not_found, unprocessable
from server.stations.amenities import AmenityState, amenities
from server.stations.directory import announce
from server.stations.edition import door_of
from server.stations.hours import Opening, Schedule, opening
from server.stations.loading import exceptions_of, read_live_by_code, read_overrides, schedule_of, scopes_of
from server.stations.models import REPORTER, Station, StationAmenity, StationReport, StationStatus
from server.stations.policy import policy
from server.stations.rules import NOTHING, Door, Live, Report, ReportKind, Word, counting, tally

_DOOR_KINDS = (ReportKind.OPEN, ReportKind.LOCKED)


class Known(Struct, frozen=True):
    """One place at one moment, straight from the database."""

    station: Station
    schedule: Schedule
    plan: Opening
    door: Door
    live: Live
    moment: datetime


def known(code: str) -> Known:
    """One place, also one that is closed for good.

    Raises:
        Problem: 404 for a code that was never given.
    """
    session = db.session()
    station = session.scalar(
        sa.select(Station).where(Station.code == code.upper()).options(selectinload(Station.amenities))
    )
    if station is None:
        raise not_found()
    now, numbers = clock.now(), policy()
    overrides = read_overrides(session.connection(), since=now, scopes=scopes_of(station))
    schedule = schedule_of(station.hours, station.closed_days, exceptions_of(station, overrides))
    plan = opening(schedule, now, calendar())
    live = read_live_by_code(session.connection(), now=now, numbers=numbers, only=station.id).get(station.code, NOTHING)
    door = door_of(plan, live, station.confirmed_at, moment=now, numbers=numbers)
    return Known(station, schedule, plan, door, live, now)


def reporter_digest(*, worker_id: uuid.UUID | None = None, device: str | None = None) -> bytes:
    """Tells one reporter from another; the same person with and without a token counts as two."""
    given = f"worker:{worker_id}" if worker_id is not None else f"device:{device}"
    return keyed_hmac(given, purpose=REPORTER)


def add_report(
    *,
    code: str,
    reporter: bytes,
    kind: ReportKind,
    amenity: str | None = None,
    note: str | None = None,
    by_manager: bool = False,
) -> StationReport:
    """Keep what somebody at the place says.

    Args:
        reporter: of `reporter_digest`.
        amenity: which service is broken or works again.
        by_manager: counts at once and as often as said; the caller has checked that it is the manager.

    Raises:
        Problem: 404, 422 for a service the place does not offer, 429 for a second report within minutes.
    """
    numbers = policy()
    with transaction() as session:
        station = _open_station(session, code)
        if amenity is not None and not _offers(session, station, amenity):
            raise unprocessable({"amenity": ["这里没有登记这项服务"]})
        # Two requests of one reporter take turns, so that the second one sees the first.
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_lock_number(reporter, station.id))))
        now = clock.now()
        if not by_manager:
            _refuse_repeat(session, station, reporter, now)
        counts = numbers.door_counts if kind in _DOOR_KINDS else numbers.amenity_counts
        report = StationReport(
            station_id=station.id,
            kind=kind,
            amenity=amenity,
            note=note or None,
            reporter=reporter,
            by_manager=by_manager,
            created_at=now,
            expires_at=now + counts,
        )
        session.add(report)
        session.flush()
        announce()
    return report


def undo_report(*, code: str, report_id: uuid.UUID, reporter: bytes) -> None:
    """Take one's own report back within seconds; a second time changes nothing.

    Raises:
        Problem: 404 for a report of somebody else, 409 `too_late`.
    """
    with transaction() as session:
        report = session.scalar(
            sa.select(StationReport)
            .join(Station, Station.id == StationReport.station_id)
            .where(StationReport.id == report_id, Station.code == code.upper())
            .with_for_update(of=StationReport)
        )
        if report is None or report.reporter != reporter:
            raise not_found()
        if report.undone_at is not None:
            return
        now, undo = clock.now(), policy().undo
        if now > report.created_at + undo:
            raise conflict("too_late", f"过了 {undo.seconds} 秒，撤不回来了。情况变了，就再报一次")
        report.undone_at = now
        session.flush()
        announce()


def settle_and_forget() -> int:
    """Write what came of reports into the directory, and delete the old ones; returns how many.

    A service that was stored as broken and that enough people say works again is stored as working; one that a
    manager says is broken is stored as such.
    """
    now, numbers = clock.now(), policy()
    with transaction() as session:
        _settle_services(session, now, numbers.independent)
        old = StationReport.created_at < now - numbers.kept
        last_open = (
            sa.select(StationReport.station_id, sa.func.max(StationReport.created_at).label("at"))
            .where(old, StationReport.kind == ReportKind.OPEN, StationReport.undone_at.is_(None))
            .group_by(StationReport.station_id)
            .subquery()
        )
        session.execute(
            sa.update(Station)
            .where(Station.id == last_open.c.station_id)
            .where(sa.or_(Station.confirmed_at.is_(None), Station.confirmed_at < last_open.c.at))
            .values(confirmed_at=last_open.c.at, updated_at=Station.updated_at)
        )
        deleted = session.execute(sa.delete(StationReport).where(old).returning(StationReport.id)).all()
        if deleted:
            announce(places=True)
    return len(deleted)


def _settle_services(session: Session, now: datetime, independent: int) -> None:
    about = session.scalars(
        sa.select(StationReport).where(
            StationReport.amenity.is_not(None), StationReport.undone_at.is_(None), StationReport.expires_at > now
        )
    ).all()
    words: dict[tuple[uuid.UUID, str | None], list[Report]] = {}
    for row in about:
        words.setdefault((row.station_id, row.amenity), []).append(
            Report(row.kind, row.amenity, row.reporter, row.by_manager, row.created_at, row.expires_at)
        )
    for (station_id, amenity), reports in words.items():
        stored = session.get(StationAmenity, (station_id, amenity))
        if stored is None:
            continue
        start = Word.BAD if stored.state is AmenityState.BROKEN else Word.SILENT
        told = tally(counting(reports, now), independent=independent, start=start)
        settled = stored.state
        if told.word is Word.GOOD:
            settled = AmenityState.OK
        elif told.word is Word.BAD and told.by_manager:
            settled = AmenityState.BROKEN
        if settled is not stored.state:
            stored.state, stored.updated_at = settled, now
            announce()


def _open_station(session: Session, code: str) -> Station:
    station = session.scalar(
        sa.select(Station).where(Station.code == code.upper(), Station.status == StationStatus.OPEN)
    )
    if station is None:
        raise not_found()
    return station


def _offers(session: Session, station: Station, amenity: str) -> bool:
    return amenity in amenities() and session.get(StationAmenity, (station.id, amenity)) is not None


def _refuse_repeat(session: Session, station: Station, reporter: bytes, now: datetime) -> None:
    repeat = policy().repeat
    last = session.scalar(
        sa.select(sa.func.max(StationReport.created_at)).where(
            StationReport.station_id == station.id,
            StationReport.reporter == reporter,
            StationReport.undone_at.is_(None),
            StationReport.created_at > now - repeat,
        )
    )
    if last is not None:
        wait = ceil((last + repeat - now) / timedelta(seconds=1))
        raise Problem(
            429,
            "already_reported",
            f"你刚报过了，我们收到了。{ceil(wait / 60)} 分钟后可以再报",
            headers={"Retry-After": str(max(1, wait))},
        )


def _lock_number(reporter: bytes, station_id: uuid.UUID) -> int:
    digest = hashlib.sha256(b"station report:" + reporter + station_id.bytes).digest()
    return int.from_bytes(digest[:8], signed=True)
