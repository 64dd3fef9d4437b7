"""Demo activities: `config/demo/activities.yaml`, around the day of loading."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from server.activities import planning
from server.activities.cards import find_card
from server.activities.models import Activity, ActivityKind
from server.activities.planning import NewActivity, NewGroup
from server.activities.rules import priority_of
from server.core.access import Level
from server.core.clock import SHANGHAI, now, today
from server.core.crypto import keyed_hmac
from server.core.db import transaction
from server.identity.models import PHONE, Worker, WorkerGroup
from server.identity.rules import normalise_phone
from server.seats import service as seats
from server.unions.tree import unions_by_code

FILE = Path(__file__).resolve().parents[2] / "config" / "demo" / "activities.yaml"
GUESTS = 64
"""People who fill seats. Nobody can sign in as one of them."""
Entry = Mapping[str, Any]


def load() -> str:
    """Announce what is not there yet; at a later start on another day all of it moves to around that day."""
    entries: list[Entry] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    with transaction() as session:
        rows = session.execute(sa.select(Activity.title, Activity.starts_at))
        known: dict[str, datetime] = {row.title: row.starts_at for row in rows}
        _move_to_today(session, entries, known)
        guests = _guests(session)
    new = [entry for entry in entries if entry["title"] not in known]
    for entry in new:
        _announce(entry, iter(guests))
    return f"{len(entries)} activities, {len(new)} of them new"


def _move_to_today(session: Session, entries: list[Entry], known: Mapping[str, datetime]) -> None:
    for entry in entries:
        if entry["title"] not in known:
            continue
        late = _at(entry["day"], entry["from"]) - known[entry["title"]]
        if late:
            columns = (
                Activity.starts_at,
                Activity.ends_at,
                Activity.opens_at,
                Activity.closes_at,
                Activity.cancel_until,
            )
            session.execute(
                sa.update(Activity)
                .where(Activity.title == entry["title"])
                .values({column: column + late for column in columns})
            )


def _announce(entry: Entry, guests: Iterator[uuid.UUID]) -> None:
    starts_at = _at(entry["day"], entry["from"])
    groups = entry.get("groups") or [
        {"key": "all", "name": "所有人", "capacity": entry["seats"], "taken": entry.get("taken", 0)}
    ]
    activity_id = planning.announce(
        NewActivity(
            title=entry["title"],
            kind=ActivityKind(entry["kind"]),
            summary=entry["summary"],
            rules=entry["rules"],
            place=entry["place"],
            station_code=entry.get("station"),
            district_code=entry["district"],
            organiser_id=unions_by_code()[entry["organiser"]].id,
            starts_at=starts_at,
            ends_at=_at(entry["day"], entry["to"]),
            opens_at=_at(*entry.get("opens", [-5, "10:00"])),
            closes_at=starts_at - timedelta(hours=entry.get("closes", 12)),
            cancel_until=starts_at - timedelta(hours=entry.get("give_up", 24)),
            required_level=Level[entry.get("level", "L1")],
            waiting_list=entry.get("waiting", False),
            offers=entry.get("offers", False),
            waiting_first=[WorkerGroup(value) for value in entry["waiting_first"]]
            if "waiting_first" in entry
            else None,
            companions=entry.get("companions", 0),
            groups=[
                NewGroup(
                    group["key"],
                    group["name"],
                    group["capacity"],
                    _work(group, "worker_groups"),
                )
                for group in groups
            ],
        ),
        actor="system",
    )
    card = find_card(activity_id)
    assert card is not None
    for group, shown in zip(groups, card.groups, strict=True):
        for guest in islice(guests, group.get("taken", 0)):
            # Past the times and groups that bind workers, but by the one way to a seat.
            priority = priority_of(None, waiting_first=card.waiting_first)
            seats.claim_seat(pool=shown.pool, holder_id=guest, priority=priority)
    if "called_off" in entry:
        planning.call_off(activity_id=activity_id, reason=entry["called_off"], actor="system")


def _work(entry: Entry, key: str = "waiting_first") -> list[WorkerGroup] | None:
    return [WorkerGroup(value) for value in entry[key]] if key in entry else None


def _guests(session: Session) -> list[uuid.UUID]:
    """Accounts with a phone and nothing else."""
    found = []
    for number in range(GUESTS):
        phone = normalise_phone(f"199000300{number:02d}")
        digest = keyed_hmac(phone, purpose=PHONE)
        guest = session.scalar(sa.select(Worker).where(Worker.phone_hmac == digest))
        if guest is None:
            guest = Worker(level=Level.L1, phone=phone, phone_hmac=digest, phone_confirmed_at=now(), created_at=now())
            session.add(guest)
            session.flush()
        found.append(guest.id)
    return found


def _at(day: int, clock: str) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    found: date = today() + timedelta(days=day)
    return datetime.combine(found, time(hours, minutes), SHANGHAI)
