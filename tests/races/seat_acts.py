"""What racers do to seats, and the same without the lock that keeps them apart."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.activities import service as activities
from server.activities.personal import give_seats_back
from server.core import clock
from server.core.db import db
from server.core.errors import Problem
from server.seats import capacity, ledger, offers, promotion
from server.seats import service as seats
from server.seats.claims import claims, pools
from server.seats.ledger import LockedPool
from tests.races.signing_up import Person, leave, tap


class Deed(StrEnum):
    """All that changes who has a seat."""

    SIGN_UP = "sign_up"
    CANCEL = "cancel"
    EXPIRE = "expire"
    CONFIRM = "confirm"
    CAPACITY = "capacity"
    CLOSE = "close"


@dataclass(frozen=True)
class Act:
    """One deed of one person; for the capacity `number` is how many seats there shall be."""

    deed: Deed
    person: Person
    after: float = 0
    """Seconds after the others, to meet them at another point of their way."""


def do(act: Act) -> str:
    """Do it, and say what came of it; `!` and a name for what nobody expects."""
    time.sleep(act.after)
    try:
        return _do(act)
    except Problem as refused:
        return refused.code
    except Exception as error:
        return f"!{type(error).__name__}"


def _do(act: Act) -> str:
    person = act.person
    match act.deed:
        case Deed.SIGN_UP:
            told = tap(person)
            return f"{told.state} {told.position}"
        case Deed.CANCEL:
            return leave(person)
        case Deed.CONFIRM:
            return activities.confirm(worker_id=person.worker_id, signup_id=_signup(person)).claim.state.value
        case Deed.EXPIRE:
            # As far as the job knows all of its offers are over; the others' clocks are a little behind.
            with _later(timedelta(hours=13)):
                return f"ended {offers.expire()}"
        case Deed.CAPACITY:
            pool_id = db.session.execute(
                sa.select(pools.c.id).where(pools.c.scope_id == person.activity_id)
            ).scalar_one()
            db.session.rollback()
            try:
                return f"promoted {capacity.set_capacity(pool_id=pool_id, capacity=person.number)}"
            except capacity.CapacityTooSmallError:
                return "refused"
        case Deed.CLOSE:
            give_seats_back("race", worker_id=person.worker_id)
            return "closed"


def _signup(person: Person) -> uuid.UUID:
    found = db.session.execute(
        sa.select(claims.c.id).where(claims.c.scope_id == person.activity_id, claims.c.holder_id == person.worker_id)
    ).scalar_one()
    db.session.rollback()
    return found


_ahead = threading.local()


@contextmanager
def _later(ahead: timedelta) -> Iterator[None]:
    """Put this thread's clock forward."""
    clock.source = lambda: datetime.now(UTC) + getattr(_ahead, "by", timedelta(0))
    _ahead.by = ahead
    try:
        yield
    finally:
        _ahead.by = timedelta(0)


def _read(session: Session, pool_id: uuid.UUID) -> LockedPool:
    return LockedPool(*session.execute(sa.select(*ledger._COLUMNS).where(pools.c.id == pool_id)).one())


LOOKS = {
    (seats, "lock"): _read,
    (offers, "lock"): _read,
    (promotion, "lock"): _read,
    (capacity, "lock"): _read,
    (seats, "living_claim"): seats.living_claim,
    (offers, "own_claim"): offers.own_claim,
}
"""What is looked at before it is changed; without the lock, a pool's row is only read."""


def _thinking(look: Callable[..., Any]) -> Callable[..., Any]:
    """Look, and think it over before going on: what everybody's code does, only longer."""

    def slowly(*args: Any, **kwargs: Any) -> Any:
        seen = look(*args, **kwargs)
        time.sleep(0.05)
        return seen

    return slowly


_with_lock = {(module, name): getattr(module, name) for module, name in LOOKS}


def lock_with(locking: bool) -> None:
    """Take the lock off in this process, or put it back."""
    for (module, name), look in LOOKS.items():
        setattr(module, name, _with_lock[module, name] if locking else _thinking(look))
