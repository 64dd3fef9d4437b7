"""A thousand seats come free at once while people go on signing up: how long does one of those wait?

    python -m bench.seat_promotion [--seats N]

All seats of an activity are offered, and twice as many people wait behind them. All offers run out at the same moment,
and the job passes the seats on; or the capacity is doubled. Meanwhile people sign up; the slowest may wait a second.
"""

import argparse
import multiprocessing
import sys
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from statistics import median

import sqlalchemy as sa
from flask import Flask

from bench.harness import world
from bench.signup_rush import make_union
from server.activities import planning
from server.activities.cards import find_card
from server.activities.models import ActivityKind
from server.activities.planning import NewActivity, NewGroup
from server.app import create_app
from server.core import clock
from server.core.clock import now
from server.core.db import db, new_id, transaction
from server.core.settings import Settings
from server.seats import offers
from server.seats import service as seats
from server.seats.capacity import set_capacity
from server.seats.claims import claims
from server.seats.models import ClaimState
from server.seats.service import PoolRef
from server.seats.verify import verify

CROWD = 4
"""So many sign up at once."""
LIMIT = 1.0
"""Seconds."""


def prepare(organiser_id: uuid.UUID, count: int) -> PoolRef:
    """So many offers, and twice as many people who wait behind them."""
    at, day = now(), timedelta(days=1)
    activity_id = planning.announce(
        NewActivity(
            title="骑手电动车安全讲座",
            kind=ActivityKind.LECTURE,
            summary="车怎么查，路怎么走。",
            rules="带上头盔。",
            place="福田区福民路 12 号",
            district_code="440304",
            organiser_id=organiser_id,
            starts_at=at + 9 * day,
            ends_at=at + 10 * day,
            opens_at=at - day,
            closes_at=at + 8 * day,
            cancel_until=at + 8 * day,
            waiting_list=True,
            offers=True,
            groups=[NewGroup("all", "所有人", 0)],
        ),
        actor="system",
    )
    card = find_card(activity_id)
    assert card is not None
    pool = card.groups[0].pool
    waiting = [
        {"id": new_id(), "pool_id": pool.id, "scope_id": activity_id, "holder_id": new_id()} for _ in range(3 * count)
    ]
    with transaction() as session:
        session.execute(claims.insert().values(state=ClaimState.WAITING, queued_at=at), waiting)
    set_capacity(pool_id=pool.id, capacity=count)
    return pool


def pass_on(environ: dict[str, str], pool_id: uuid.UUID, capacity: int | None) -> None:
    """In a process of its own, as the worker is: let all offers run out, or have as many seats as that."""
    with create_app(Settings.from_env(environ)).app_context():
        if capacity is None:
            clock.source = lambda: datetime.now(UTC) + timedelta(hours=13)
            offers.expire()
        else:
            set_capacity(pool_id=pool_id, capacity=capacity)


def sign_up_until(over: threading.Event, app: Flask, pool: PoolRef, waits: list[float]) -> None:
    """One newcomer after the other; seconds each waited for the answer."""
    while not over.is_set():
        with app.app_context():
            began = time.perf_counter()
            seats.claim_seat(pool=pool, holder_id=new_id())
            waits.append(time.perf_counter() - began)


def waits_while(app: Flask, environ: dict[str, str], pool: PoolRef, capacity: int | None) -> tuple[float, list[float]]:
    """Seconds it took to pass all seats on, and what those who signed up meanwhile waited."""
    waits, over = list[float](), threading.Event()
    crowd = [threading.Thread(target=sign_up_until, args=(over, app, pool, waits)) for _ in range(CROWD)]
    passing = multiprocessing.get_context("spawn").Process(target=pass_on, args=(environ, pool.id, capacity))
    began = time.perf_counter()
    passing.start()
    for thread in crowd:
        thread.start()
    passing.join()
    took = time.perf_counter() - began
    over.set()
    for thread in crowd:
        thread.join()
    if passing.exitcode:
        raise RuntimeError("the seats were not passed on")
    return took, waits


def promoted(pool: PoolRef) -> int:
    """How many have come up on this waiting list."""
    counted = sa.select(sa.func.count(claims.c.promoted_at)).where(claims.c.pool_id == pool.id)
    with db.engine.connect() as connection:
        return connection.execute(counted).scalar_one()


def main() -> bool:
    """Print how long it took and the slowest sign-up; returns whether the limit holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seats", type=int, default=1_000)
    count = parser.parse_args().seats
    holds = True
    with world("bench-promotion") as base:
        environ = dict(base) | {"WEB_THREADS": str(CROWD + 1)}
        app = create_app(Settings.from_env(environ))
        with app.app_context():
            union = make_union()
            for what, capacity in (("offers run out", None), ("seats are added", 2 * count)):
                pool = prepare(union, count)
                took, waits = waits_while(app, environ, pool, capacity)
                passed_on = promoted(pool) - count
                holds = holds and max(waits) <= LIMIT and passed_on == count
                print(
                    f"{passed_on} {what}: {took:.1f} s, {len(waits)} sign-ups meanwhile,"
                    f" median {median(waits):.3f} s, slowest {max(waits):.3f} s (limit {LIMIT:.0f} s)"
                )
            wrong = verify()[1]
    print("books fit" if not wrong else f"BOOKS DO NOT FIT: {wrong}")
    return holds and not wrong


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
