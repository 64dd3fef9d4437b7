"""Somebody who was seen with the original of their paper by two of the staff, and has perhaps never opened the app."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.access import Level
from server.core.clock import now, today
from server.core.crypto import keyed_hmac, keyed_hmacs, one_at_a_time
from server.core.errors import unprocessable
from server.core.private import Private
from server.core.signals import identity_verified, person_seen
from server.identity import desk
from server.identity.models import ID_NUMBER, PHONE, Worker
from server.identity.rules import name_key, of_working_age
from server.identity.sessions import outdate_sessions_of
from server.identity.sharing import on_number
from server.identity.verification import UNDER_AGE, Claim, refuse_unaged


class NotOpened(Exception):
    """The account cannot be opened like this; says in Chinese what to do, and nothing about whose account there is."""


class Seen(Private, frozen=True):
    """What two of the staff found."""

    claim: Claim
    valid_to: date | None
    """Last day of the paper; None for one without an end."""
    phone: str | None
    """Their own, which was rung up before them."""


def refuse_too_young(claim: Claim, *, born: date | None = None) -> None:
    """Of a child nothing is kept.

    Args:
        born: as the paper says, where its number does not tell. It is looked at and not kept.

    Raises:
        Problem: 422.
    """
    if claim.number.born is None:
        refuse_unaged(born)
    elif not of_working_age(born=claim.number.born, today=today()):
        raise unprocessable({"id_number": [UNDER_AGE]})


def account_of(session: Session, seen: Seen) -> Worker:
    """The account of whoever was seen, at L3: the one that has the number, or a new one.

    A phone is written down where the account has none and nobody else is registered with it: who signs in by that
    phone must not find another account than before.

    Raises:
        NotOpened: the number's account has another name, or nobody may get into it; or somebody uses it right now.
    """
    claim = seen.claim
    phones = [] if seen.phone is None else keyed_hmacs(seen.phone, purpose=PHONE)
    numbers = keyed_hmacs(claim.number.key, purpose=ID_NUMBER)
    one_at_a_time(session, phones)
    one_at_a_time(session, numbers)
    worker = _holder(session, numbers)
    if worker is None:
        worker = Worker(level=Level.L0, created_at=now())
        session.add(worker)
        session.flush()
    elif worker.frozen_at is not None or (worker.name and name_key(worker.name) != name_key(claim.name)):
        raise NotOpened("这个号码和已有的登记对不上，先请区总工会在“工友账号”里弄清楚，再来办")
    desk.withdraw(session, worker_id=worker.id)
    at = now()
    worker.level = Level.L3
    worker.name, worker.id_type, worker.id_number = claim.name, claim.number.id_type, claim.number.text
    worker.id_number_hmac = keyed_hmac(claim.number.key, purpose=ID_NUMBER)
    worker.worker_group = worker.worker_group or claim.worker_group
    worker.verified_at = worker.seen_at = at
    worker.paper_valid_to = seen.valid_to
    if worker.phone is None and seen.phone is not None and not _is_registered(session, seen.phone):
        worker.phone, worker.phone_hmac = seen.phone, keyed_hmac(seen.phone, purpose=PHONE)
        worker.phone_confirmed_at = at
    session.flush()
    outdate_sessions_of(worker_id=worker.id)
    identity_verified.send("identity", worker_id=worker.id)
    person_seen.send("identity", worker_id=worker.id)
    return worker


def _holder(session: Session, digests: list[bytes]) -> Worker | None:
    """Whoever has the number, locked. Nobody is waited for: verifying locks the row first, and then what we hold."""
    held = sa.select(Worker).where(Worker.id_number_hmac.in_(digests))
    free = held.with_for_update(key_share=True, skip_locked=True).execution_options(populate_existing=True)
    worker = session.scalar(free)
    if worker is None and session.scalar(sa.select(held.exists())):
        raise NotOpened("刚才有人也在办这个号码，请再点一次")
    return worker


def _is_registered(session: Session, phone: str) -> bool:
    return bool(session.scalar(sa.select(sa.select(Worker.id).where(on_number(phone)).exists())))
