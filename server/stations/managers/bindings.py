"""Who keeps which place."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import Problem, not_found, unprocessable
from server.notices import service as notices
from server.notices.worded import worded
from server.stations.directory import announce
from server.stations.managers import codes
from server.stations.managers.models import StationManager
from server.stations.models import Station, StationStatus


class Bound(Struct, frozen=True):
    """The place that a code was for, and whether the worker was not its manager before."""

    station_code: str
    is_new: bool


def bind(*, worker_id: uuid.UUID, code: str) -> Bound:
    """Make a worker the manager of the place that a code was given for. The same worker may use it again.

    Raises:
        Problem: 422 for a code that is wrong, used or too old, which is counted; 429 after too many of them.
    """
    with transaction() as session:
        redeemed = codes.redeem(session, code=code, worker_id=worker_id)
        bound = None if redeemed is None else _bind(session, worker_id=worker_id, station_id=redeemed.station_id)
    if bound is None:
        # Raised outside: the transaction that counts the try has to stand.
        raise unprocessable(
            {"code": ["这个码不对，或者已经用过、过期了。看清楚再输，或者请街道工会再给一个"]},
            code="manager_code_invalid",
        )
    return bound


def unbind(*, worker_id: uuid.UUID, code: str) -> None:
    """Stop keeping a place.

    Raises:
        Problem: 404 for a place that this worker does not keep.
    """
    with transaction() as session:
        row = session.execute(
            sa.select(StationManager, Station)
            .join(Station, Station.id == StationManager.station_id)
            .where(_living(worker_id), Station.code == code.upper())
            .with_for_update(of=StationManager)
        ).one_or_none()
        if row is None:
            raise not_found()
        _revoke(session, *row, actor=f"worker:{worker_id}")


def revoke(*, binding_id: uuid.UUID, by: str) -> None:
    """Take a place away from one who keeps it, and tell them.

    Raises:
        LookupError: no such binding, or it ended before.
    """
    with transaction() as session:
        row = session.execute(
            sa.select(StationManager, Station)
            .join(Station, Station.id == StationManager.station_id)
            .where(StationManager.id == binding_id, StationManager.revoked_at.is_(None))
            .with_for_update(of=StationManager)
        ).one_or_none()
        if row is None:
            raise LookupError(str(binding_id))
        manager, station = row
        _revoke(session, manager, station, actor=by)
        notices.notify(
            worker_id=manager.worker_id,
            kind="station.manager_ended",
            title="你不再是站长了",
            body=worded(
                "{station}（{code}）的站长，街道工会已经给你取消了。有疑问，打电话给街道工会。",
                station=station.name,
                code=station.code,
            ),
            link=f"/stations/{station.code}",
        )


def kept_stations(*, worker_id: uuid.UUID) -> Sequence[str]:
    """Codes of the places a worker keeps, without those that are closed for good."""
    return db.session.scalars(
        sa.select(Station.code)
        .join(StationManager, StationManager.station_id == Station.id)
        .where(_living(worker_id), Station.status == StationStatus.OPEN)
        .order_by(Station.code)
    ).all()


def keeps(*, worker_id: uuid.UUID, code: str) -> bool:
    """Whether a worker keeps this place."""
    return code.upper() in kept_stations(worker_id=worker_id)


def managers_of(station: Station) -> Sequence[StationManager]:
    """Those who keep a place, who began first first."""
    return db.session.scalars(
        sa.select(StationManager)
        .where(StationManager.station_id == station.id, StationManager.revoked_at.is_(None))
        .order_by(StationManager.created_at)
    ).all()


def not_a_manager() -> Problem:
    """The place exists, but somebody else keeps it."""
    return Problem(403, "not_manager", "你不是这个驿站的站长。要当站长，请街道工会给你一个绑定码")


def _bind(session: Session, *, worker_id: uuid.UUID, station_id: uuid.UUID) -> Bound:
    # Two codes of one place, used by one worker at the same moment, must not meet the unique index.
    station = session.get_one(Station, station_id, with_for_update={"key_share": True})
    held = session.scalar(
        sa.select(StationManager.id).where(_living(worker_id), StationManager.station_id == station_id)
    )
    if held is not None:
        return Bound(station.code, False)
    session.add(StationManager(station_id=station_id, worker_id=worker_id, created_at=now()))
    audit.record(
        actor=f"worker:{worker_id}", action="station.manager_bind", subject_kind="station", subject_id=station_id
    )
    notices.notify(
        worker_id=worker_id,
        kind="station.manager",
        title="你是站长了",
        body=worded(
            "{station}（{code}）由你来管。每天开门点一下“开门”，来的人就知道开着；今天不开也说一声。",
            station=station.name,
            code=station.code,
        ),
        link="/me/stations",
    )
    session.flush()
    announce()
    return Bound(station.code, True)


def _revoke(session: Session, manager: StationManager, station: Station, *, actor: str) -> None:
    manager.revoked_at = now()
    audit.record(
        actor=actor,
        action="station.manager_unbind",
        subject_kind="station",
        subject_id=station.id,
        detail={"binding_id": str(manager.id)},
    )
    session.flush()
    announce()


def _living(worker_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return sa.and_(StationManager.worker_id == worker_id, StationManager.revoked_at.is_(None))
