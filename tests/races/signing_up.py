"""What racers do to activities. Each function runs in a process and thread of its own."""

import os
import signal
import uuid
from dataclasses import dataclass

import redis as redis_library
import sqlalchemy as sa
from flask import current_app

from server.activities import service
from server.app import create_app
from server.core.access import Level, Principal
from server.core.db import db, new_id, transaction
from server.core.errors import Problem
from server.core.settings import Settings
from server.seats.capacity import set_capacity
from server.seats.claims import claims, pools
from server.seats.ledger import TAKE
from server.seats.models import ClaimState


@dataclass(frozen=True)
class Person:
    """Somebody who wants into an activity."""

    worker_id: uuid.UUID
    activity_id: uuid.UUID
    number: int = 0

    @property
    def principal(self) -> Principal:
        return Principal(worker_id=self.worker_id, level=Level.L1, session_id=self.worker_id)


@dataclass(frozen=True)
class Told:
    """What somebody was answered."""

    word: str
    """`new` and `repeated`, or the code of a refusal."""
    claim_id: uuid.UUID | None = None
    state: str | None = None
    position: int | None = None


def tap(person: Person) -> Told:
    """Sign up once."""
    try:
        signup, is_new = service.sign_up(who=person.principal, activity_id=person.activity_id, group_key=None)
    except Problem as refused:
        return Told(refused.code)
    claim = signup.claim
    return Told("new" if is_new else "repeated", claim.id, claim.state.value, claim.position)


def tap_again_and_again(person: Person) -> list[str]:
    """Sign up eight times in a row, as one does with a slow network."""
    return [tap(person).word for _ in range(8)]


def tap_while_redis_goes_away(person: Person) -> list[str]:
    """The same, while every third person's process loses Redis half-way."""
    told = [tap(person).word for _ in range(4)]
    if person.number % 3 == 0:
        away = redis_library.Redis.from_url("redis://127.0.0.1:1")
        present = current_app.extensions["warmbee_redis"]
        current_app.extensions["warmbee_redis"] = away
        try:
            told += [tap(person).word for _ in range(4)]
        finally:
            current_app.extensions["warmbee_redis"] = present
    return told + [tap(person).word for _ in range(4)]


def count_then_insert(person: Person) -> bool:
    """The way everybody writes it first: look whether a seat is free, then take it."""
    with transaction() as session:
        pool = session.execute(
            sa.select(pools.c.id, pools.c.capacity).where(pools.c.scope_id == person.activity_id)
        ).one()
        taken = session.execute(
            sa.select(sa.func.count()).where(claims.c.pool_id == pool.id, claims.c.state == ClaimState.SIGNED)
        ).scalar_one()
        # Somebody else always gets in between; here it is made sure of.
        session.execute(sa.text("SELECT pg_sleep(0.1)"))
        if taken >= pool.capacity:
            return False
        session.execute(
            claims.insert().values(
                id=new_id(),
                pool_id=pool.id,
                scope_id=person.activity_id,
                holder_id=person.worker_id,
                state=ClaimState.SIGNED,
                seat_no=person.number,
            )
        )
    return True


def leave(person: Person) -> str:
    """Give up once."""
    try:
        return service.give_up(worker_id=person.worker_id, activity_id=person.activity_id).claim.state.value
    except Problem as refused:
        return refused.code


def come_or_go(person: Person) -> str:
    """Even numbers give up what they have, odd ones come new."""
    return leave(person) if person.number % 2 == 0 else tap(person).word


def change_ones_mind(person: Person) -> list[str]:
    """Sign up and give up by turns; several taps of one person overlap."""
    return [(leave(person) if (turn + person.number) % 2 else tap(person).word) for turn in range(6)]


def enlarge_or_leave(person: Person) -> str:
    """Number 0 is the organiser, who adds seats one by one; the others give up."""
    if person.number:
        return leave(person)
    pool_id, capacity = db.session.execute(
        sa.select(pools.c.id, pools.c.capacity).where(pools.c.scope_id == person.activity_id)
    ).one()
    db.session.rollback()
    for more in range(1, 6):
        set_capacity(pool_id=pool_id, capacity=capacity + more)
    return "enlarged"


def take_and_die(environment: dict[str, str], person: Person) -> None:
    """A process that is killed between taking the seat and the commit."""
    with create_app(Settings.from_env(environment)).app_context(), transaction() as session:
        pool_id = session.execute(sa.select(pools.c.id).where(pools.c.scope_id == person.activity_id)).scalar_one()
        assert session.execute(TAKE, {"pool_id": pool_id, "seats": 1, "claims": 1}).scalar() is not None
        os.kill(os.getpid(), signal.SIGKILL)
