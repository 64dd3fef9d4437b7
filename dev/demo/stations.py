"""Demo places: `config/demo/stations.csv`, with what people said about some of them."""

import csv
import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from dev.demo import people
from server.core import clock
from server.core.datum import Datum
from server.core.db import transaction
from server.stations.amenities import AmenityState
from server.stations.directory import announce
from server.stations.imports.service import import_file
from server.stations.managers import bindings, codes
from server.stations.models import Station, StationAmenity, StationReport
from server.stations.policy import policy
from server.stations.rules import ReportKind
from server.stations.service import reporter_digest

MANAGER, MANAGED = "luoguifang", "FT0003"
DEMO = Path(__file__).resolve().parents[2] / "config" / "demo"
STALE = timedelta(hours=12)
"""Older confirmations are made fresh again, or a demo of last month would say “说不准” everywhere."""


def load() -> str:
    """Import the places once; at each later start only what people said grows young again."""
    with transaction() as session:
        if session.scalar(sa.select(Station.id).where(Station.code == "FT0001")) is None:
            report = import_file(DEMO / "stations.csv", datum=Datum.GCJ02, dry_run=False, actor="system", scope=None)
            if not report.written:
                raise ValueError("\n".join(report.lines()))
            _freshen(session)
        elif _has_aged(session):
            _freshen(session)
        _appoint(session)
        count = session.scalar(sa.select(sa.func.count()).select_from(Station))
    return f"{count} places"


def _appoint(session: Session) -> None:
    """Give the one place of the demo's shopkeeper into her hands, as the street would."""
    worker_id, code = people.worker_id(MANAGER), MANAGED
    if not bindings.keeps(worker_id=worker_id, code=code):
        station = session.scalars(sa.select(Station).where(Station.code == code)).one()
        bindings.bind(worker_id=worker_id, code=codes.issue(station=station, by="staff:demo"))


def _has_aged(session: Session) -> bool:
    newest = session.scalar(sa.select(sa.func.max(Station.confirmed_at)))
    return newest is None or newest < clock.now() - STALE


def _freshen(session: Session) -> None:
    now = clock.now()
    demo = session.scalars(sa.select(Station).where(Station.name.like("%·演示"))).all()
    by_code = {station.code: station for station in demo}
    for station in demo:
        station.confirmed_at = now - _age(station.code)
    ids = [station.id for station in demo]
    session.execute(sa.delete(StationReport).where(StationReport.station_id.in_(ids)))
    fresh = sa.update(StationAmenity).where(StationAmenity.station_id.in_(ids))
    session.execute(fresh.values(state=AmenityState.OK, updated_at=now - timedelta(hours=3)))
    with (DEMO / "station_live.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at = now - timedelta(minutes=int(row["minutes_ago"]))
            _say(session, by_code[row["code"]], ReportKind(row["kind"]), row["amenity"], int(row["people"]), at)
    session.flush()
    announce(places=True)


def _say(session: Session, station: Station, kind: ReportKind, amenity: str, people: int, at: datetime) -> None:
    """So many people say it, the last one at `at`; with nobody, the union has it on its list as broken."""
    if people == 0:
        broken = sa.update(StationAmenity).where(
            StationAmenity.station_id == station.id, StationAmenity.code == amenity
        )
        session.execute(broken.values(state=AmenityState.BROKEN, updated_at=at))
    for number in range(people):
        created_at = at - timedelta(minutes=4 * number)
        counts = policy().amenity_counts if amenity else policy().door_counts
        session.add(
            StationReport(
                station_id=station.id,
                kind=kind,
                amenity=amenity or None,
                reporter=reporter_digest(device=f"demo-{station.code}-{kind}-{number}"),
                created_at=created_at,
                expires_at=created_at + counts,
            )
        )


def _age(code: str) -> timedelta:
    """When somebody last confirmed a place: mostly today or yesterday, of a few too long ago to be sure."""
    number = int.from_bytes(hashlib.sha256(code.encode()).digest()[:4])
    if number % 16 == 0:
        return timedelta(days=35 + number % 20)
    return timedelta(minutes=10 + number % 2500)
