"""One-time codes with which the street makes somebody the manager of a place.

Ten digits, so that they can be read out on the phone and typed with one thumb. What is tried is counted in
PostgreSQL, in the order in which it serves the tries.
"""

import secrets
import unicodedata
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import now
from server.core.crypto import keyed_hmac, keyed_hmacs
from server.core.db import transaction
from server.core.errors import too_many
from server.stations.managers.models import MANAGER_CODE, ManagerCode, StationManager, WrongManagerCode
from server.stations.models import Station, StationStatus
from server.stations.policy import policy

DIGITS = 10
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def issue(*, station: Station, by: str) -> str:
    """A new code; earlier ones stay good, since a place may have several managers. Told to nobody but the caller."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    with transaction() as session:
        row = ManagerCode(
            station_id=station.id,
            code_hmac=keyed_hmac(code, purpose=MANAGER_CODE),
            issued_by=by,
            created_at=now(),
            expires_at=now() + policy().code_valid,
        )
        session.add(row)
        session.flush()
        audit.record(
            actor=by,
            action="station.manager_code",
            subject_kind="station",
            subject_id=station.id,
            detail={"code_id": str(row.id)},
        )
    return code


def redeem(session: Session, *, code: str, worker_id: uuid.UUID) -> ManagerCode | None:
    """Use a code up; who became manager by it may come again. None for anything else, which counts as a wrong try.

    Raises:
        Problem: 429 after too many wrong tries, also for a right code.
    """
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_lock_number(worker_id))))
    at = now()
    _refuse_too_many(session, worker_id, at)
    still_manager = sa.exists().where(
        StationManager.station_id == ManagerCode.station_id,
        StationManager.worker_id == worker_id,
        StationManager.revoked_at.is_(None),
    )
    found = session.scalar(
        sa.select(ManagerCode)
        .join(Station, Station.id == ManagerCode.station_id)
        .where(
            ManagerCode.code_hmac.in_(keyed_hmacs(normalised(code), purpose=MANAGER_CODE)),
            ManagerCode.expires_at > at,
            # A place that was taken away again cannot be had back with the old code.
            sa.or_(ManagerCode.used_at.is_(None), sa.and_(ManagerCode.used_by == worker_id, still_manager)),
            Station.status == StationStatus.OPEN,
        )
        .with_for_update(of=ManagerCode)
    )
    if found is None:
        session.add(WrongManagerCode(worker_id=worker_id, created_at=at))
        return None
    found.used_at, found.used_by = found.used_at or at, worker_id
    return found


def normalised(code: str) -> str:
    """What was typed, without spaces and hyphens, digits of any width as 0–9."""
    return "".join(character for character in unicodedata.normalize("NFKC", code) if character.isalnum())


def forget_old() -> None:
    """Delete what no longer counts."""
    with transaction() as session:
        session.execute(sa.delete(WrongManagerCode).where(WrongManagerCode.created_at < now() - DAY))
        session.execute(sa.delete(ManagerCode).where(ManagerCode.expires_at < now() - policy().kept))


def _refuse_too_many(session: Session, worker_id: uuid.UUID, at: datetime) -> None:
    tries = WrongManagerCode.created_at
    hour, day, first = session.execute(
        sa.select(
            sa.func.count().filter(tries > at - HOUR), sa.func.count(), sa.func.min(tries).filter(tries > at - HOUR)
        ).where(WrongManagerCode.worker_id == worker_id, tries > at - DAY)
    ).one()
    if day >= policy().wrong_codes_a_day:
        raise too_many(retry_after=int(DAY.total_seconds()), title="今天试得太多了，明天再试，或者请街道工会再给一个码")
    if hour >= policy().wrong_codes_an_hour:
        wait = first + HOUR - at
        raise too_many(retry_after=int(wait.total_seconds()) + 1, title="试得太多了，过一个小时再试")


def _lock_number(worker_id: uuid.UUID) -> int:
    return int.from_bytes(worker_id.bytes[8:], signed=True)
