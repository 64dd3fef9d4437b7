"""What places tell a worker who keeps them, and what of it goes with the account."""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.clock import spoken_instant
from server.core.db import transaction
from server.core.personal import Erased, Part
from server.stations.managers.bindings import kept_stations, unbind
from server.stations.managers.models import ManagerCode, StationManager, WrongManagerCode
from server.stations.models import Station


class ManagerData:
    """Places kept. Reports of visitors hold a digest that nobody can look up, and are deleted after a month."""

    tables = frozenset({"station_manager", "station_manager_code", "station_manager_wrong_code"})

    def export(self, session: Session, worker_id: uuid.UUID) -> list[Part]:
        rows = session.execute(
            sa.select(StationManager, Station.name)
            .join(Station, Station.id == StationManager.station_id)
            .where(StationManager.worker_id == worker_id)
            .order_by(StationManager.created_at)
        )
        entries = [
            {
                "驿站": name,
                "从": spoken_instant(kept.created_at),
                "到": "现在" if kept.revoked_at is None else spoken_instant(kept.revoked_at),
            }
            for kept, name in rows
        ]
        return [Part("stations", "你管过的驿站", entries)]

    def erase(self, session: Session, worker_id: uuid.UUID) -> Erased:
        stop_keeping("erasure", worker_id=worker_id)
        removed = {
            model.__tablename__: len(
                session.scalars(sa.delete(model).where(model.worker_id == worker_id).returning(model.id)).all()
            )
            for model in (StationManager, WrongManagerCode)
        }
        codes = session.scalars(
            sa.update(ManagerCode)
            .where(ManagerCode.used_by == worker_id)
            .values(used_by=None)
            .returning(ManagerCode.id)
        ).all()
        return Erased(removed=removed | {"station_manager_code": len(codes)})


def stop_keeping(_sender: Any, *, worker_id: uuid.UUID) -> None:
    """Receiver of `account_closing` and `member_died`: the places have to be kept by others, and the street has to
    know."""
    with transaction():
        for code in kept_stations(worker_id=worker_id):
            unbind(worker_id=worker_id, code=code)
