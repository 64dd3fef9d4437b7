"""What a manager says of a place today: open, or not today and why; and what works.

The door and what works are reports like those of anybody, only that they count at once. “Not today” is besides an
exception until midnight, so that every answer goes by it, also one about this evening.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core import audit, clock
from server.core.clock import day_of, midnight
from server.core.db import db, transaction
from server.core.errors import conflict, not_found, unprocessable
from server.stations.amenities import AmenityState, amenities
from server.stations.directory import announce
from server.stations.hours import Opening
from server.stations.loading import read_live_by_code
from server.stations.managers.bindings import not_a_manager
from server.stations.managers.models import StationManager
from server.stations.managers.reasons import ask_union, passed
from server.stations.models import (
    OverrideKind,
    Station,
    StationAmenity,
    StationOverride,
    StationReport,
    StationStatus,
)
from server.stations.policy import policy
from server.stations.rules import NOTHING, Managers, ReportKind, counting, doubted, report_due
from server.stations.service import Known, reporter_digest
from server.stations.service import known as known_place


class DutyState(StrEnum):
    """What a manager says of the day."""

    OPEN = "open"
    CLOSED_TODAY = "closed_today"


class Duty(Struct, frozen=True):
    """What the managers have said today. `due_at`: until when their word is awaited."""

    state: DutyState | None
    said_at: datetime | None = None
    reason: str | None = None
    due_at: datetime | None = None
    shut: str | None = None
    """Why the union has the place closed the whole day: nobody opens it then."""


def say(
    *,
    worker_id: uuid.UUID,
    code: str,
    state: DutyState,
    reason: str | None = None,
    checked: Mapping[str, AmenityState] | None = None,
) -> None:
    """Say that a place is open, or is not today; with what was seen of its services. The last word counts.

    Args:
        reason: why not today; shown to everybody.
        checked: ok or broken, by amenity code.

    Raises:
        Problem: 404, 403 for a place that somebody else keeps, 409 `shut_by_union` for opening what the union has
            closed today, 422 for a service that is not checked here, and for a reason that must not be shown.
    """
    with transaction() as session:
        # WeChat is asked before anything is locked.
        _kept_station(session, worker_id=worker_id, code=code, lock=False)
        harmless = state is DutyState.OPEN or passed(session, reason or "", worker_id=worker_id)
        station = _kept_station(session, worker_id=worker_id, code=code)
        _require_checkable(session, station, checked or {})
        now = clock.now()
        reporter = reporter_digest(worker_id=worker_id)
        if state is DutyState.OPEN:
            _require_not_shut(code)
            moved = _withdraw_closing(session, station)
            _report(session, station, ReportKind.OPEN, reporter, now)
        else:
            _close_today(session, station, reason or "")
            _report(session, station, ReportKind.LOCKED, reporter, now)
            if not harmless:
                ask_union(session, station, at=now)
            moved = True
        _note_checked(session, station, checked or {}, reporter, now)
        _audit(station, worker_id, state)
        session.flush()
        announce(places=moved)


def take_back(*, worker_id: uuid.UUID, code: str) -> None:
    """Have nothing said of the door today, as before the first word of the managers.

    Raises:
        Problem: as for `say`.
    """
    with transaction() as session:
        station = _kept_station(session, worker_id=worker_id, code=code)
        now = clock.now()
        moved = _withdraw_closing(session, station)
        session.execute(
            sa.update(StationReport)
            .where(
                StationReport.station_id == station.id,
                StationReport.by_manager,
                StationReport.kind.in_((ReportKind.OPEN, ReportKind.LOCKED)),
                StationReport.undone_at.is_(None),
                StationReport.created_at >= midnight(day_of(now)),
            )
            .values(undone_at=now)
        )
        _audit(station, worker_id, None)
        announce(places=moved)


def duty_of(known: Known) -> Duty:
    """What the managers of a place have said today."""
    closing = db.session.scalar(_closings().where(StationOverride.station_id == known.station.id))
    if closing is not None:
        return Duty(DutyState.CLOSED_TODAY, closing.created_at, closing.reason, shut=known.plan.shut)
    return opened_or_awaited(known.plan, known.live.managers, moment=known.moment)


def opened_or_awaited(plan: Opening, managers: Managers | None, *, moment: datetime) -> Duty:
    """What the managers of a place that they have not closed have said today."""
    if managers is not None and managers.opened_at is not None and managers.opened_at >= midnight(day_of(moment)):
        return Duty(DutyState.OPEN, managers.opened_at, shut=plan.shut)
    within = policy().managers_report
    due = report_due(plan, managers, within=within)
    if due is None and plan.opens_at is not None and not plan.open and day_of(plan.opens_at) == day_of(moment):
        due = plan.opens_at + within
    return Duty(None, due_at=due, shut=plan.shut)


def closed_today() -> dict[str, Duty]:
    """The places that their managers have closed for today, by code. One query."""
    found = _closings().join(Station, Station.id == StationOverride.station_id)
    told = found.with_only_columns(Station.code, StationOverride.created_at, StationOverride.reason)
    return {row.code: Duty(DutyState.CLOSED_TODAY, row.created_at, row.reason) for row in db.session.execute(told)}


def checkable(known: Known) -> list[str]:
    """Codes of the services whose state is looked at each day: those offered here that can be out of order."""
    return [row.code for row in known.station.amenities if row.code in amenities() and amenities()[row.code].live]


def _kept_station(session: Session, *, worker_id: uuid.UUID, code: str, lock: bool = True) -> Station:
    """The place, locked, so that two managers take turns."""
    found = sa.select(Station).where(Station.code == code.upper(), Station.status == StationStatus.OPEN)
    station = session.scalar(found.with_for_update(key_share=True) if lock else found)
    if station is None:
        raise not_found()
    kept = sa.select(StationManager.id).where(
        StationManager.station_id == station.id,
        StationManager.worker_id == worker_id,
        StationManager.revoked_at.is_(None),
    )
    if session.scalar(kept) is None:
        raise not_a_manager()
    return station


def _require_not_shut(code: str) -> None:
    shut = known_place(code).plan.shut
    if shut is not None:
        raise conflict("shut_by_union", f"工会说今天关门：{shut}。要开的话，先打电话给街道工会")


def _require_checkable(session: Session, station: Station, checked: Mapping[str, AmenityState]) -> None:
    offered = set(session.scalars(sa.select(StationAmenity.code).where(StationAmenity.station_id == station.id)))
    known = amenities()
    errors = {
        f"amenities.{code}": ["这里没有这项服务，或者它不用每天看"]
        for code in checked
        if code not in offered or code not in known or not known[code].live
    }
    if errors:
        raise unprocessable(errors)


def _report(
    session: Session,
    station: Station,
    kind: ReportKind,
    reporter: bytes,
    now: datetime,
    *,
    amenity: str | None = None,
) -> None:
    counts = policy().door_counts if amenity is None else policy().amenity_counts
    session.add(
        StationReport(
            station_id=station.id,
            kind=kind,
            amenity=amenity,
            reporter=reporter,
            by_manager=True,
            created_at=now,
            expires_at=now + counts,
        )
    )


def _note_checked(
    session: Session, station: Station, checked: Mapping[str, AmenityState], reporter: bytes, now: datetime
) -> None:
    """What is broken is said each time. What works is said only against a doubt; else it is just seen to be fresh."""
    live = read_live_by_code(session.connection(), now=now, numbers=policy(), only=station.id).get(
        station.code, NOTHING
    )
    for code, seen in checked.items():
        stored = session.get_one(StationAmenity, (station.id, code))
        stored.updated_at = now
        words = [one for one in counting(live.reports, now) if one.amenity == code]
        if seen is AmenityState.BROKEN:
            _report(session, station, ReportKind.BROKEN, reporter, now, amenity=code)
        elif doubted(stored.state, words, independent=policy().independent):
            _report(session, station, ReportKind.FIXED, reporter, now, amenity=code)


def _close_today(session: Session, station: Station, reason: str) -> None:
    closing = session.scalar(_closings().where(StationOverride.station_id == station.id))
    if closing is not None:
        closing.reason = reason
        return
    today = clock.today()
    session.add(
        StationOverride(
            station_id=station.id,
            first_day=today,
            last_day=today,
            kind=OverrideKind.CLOSED,
            reason=reason,
            by_manager=True,
            created_at=clock.now(),
        )
    )


def _withdraw_closing(session: Session, station: Station) -> bool:
    """Whether there was one."""
    closing = session.scalar(_closings().where(StationOverride.station_id == station.id))
    if closing is None:
        return False
    session.delete(closing)
    session.flush()
    return True


def _closings() -> sa.Select[StationOverride]:
    """Of today; a place has one at most."""
    return sa.select(StationOverride).where(StationOverride.by_manager, StationOverride.first_day == clock.today())


def _audit(station: Station, worker_id: uuid.UUID, state: DutyState | None) -> None:
    audit.record(
        actor=f"worker:{worker_id}",
        action="station.duty",
        subject_kind="station",
        subject_id=station.id,
        detail={"state": state},
    )
