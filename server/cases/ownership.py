"""Whose case it is: a worker's own by the token, an anonymous one by its secret. Anything else does not exist."""

import hmac
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert

from server.cases.models import OPENS_CASE, Case, SecretTries
from server.cases.numbers import is_case_number, plain_secret
from server.cases.vocabulary import IdentityMode
from server.core.clock import now
from server.core.crypto import keyed_hmac, keyed_hmacs
from server.core.db import db, transaction
from server.core.errors import not_found, too_many

MOST_TRIES = 10
"""Wrong ones for one number within a window. Past them wrong ones are turned away; the right one never is, or
whoever knows a number could keep its reporter out. At 100 random bits no count of tries is what keeps others out."""
WINDOW = timedelta(minutes=15)
_NOBODYS = bytes(32)
"""Compared with where there is no case, so that this takes as long."""


class Key(Struct, frozen=True):
    """What opens a case: one of the two."""

    worker_id: uuid.UUID | None = None
    secret: str | None = None


def digest_of(secret: str) -> bytes:
    """What is stored of a secret."""
    return keyed_hmac(plain_secret(secret), purpose=OPENS_CASE)


def own(no: str, key: Key) -> sa.ColumnElement[bool]:
    """The condition that finds a case for whoever holds its key, and for nobody else.

    Raises:
        Problem: 404 for a wrong secret, whether there is such a case or not; 429 for one too many.
    """
    if key.worker_id is not None:
        return sa.and_(Case.no == no, Case.worker_id == key.worker_id)
    check_secret(no, key.secret)
    return sa.and_(Case.no == no, Case.identity_mode == IdentityMode.ANONYMOUS)


def forget_tries(*, before: datetime) -> None:
    """Drop counts whose window is over."""
    with transaction() as session:
        session.execute(sa.delete(SecretTries).where(SecretTries.since < before - WINDOW))


def check_secret(no: str, secret: str | None) -> None:
    """Let a secret pass that opens the anonymous case of this number.

    Raises:
        Problem: as `own` says.
    """
    if not is_case_number(no):
        # Not even a number: nothing to protect, and nothing to count by.
        raise not_found()
    given = sa.select(sa.literal(no).label("no")).subquery()
    row = db.session.execute(
        sa.select(Case.secret_digest, SecretTries.tries, SecretTries.since)
        .select_from(given)
        .outerjoin(Case, Case.no == given.c.no)
        .outerjoin(SecretTries, SecretTries.no == given.c.no)
    ).one()
    stored = row.secret_digest or _NOBODYS
    candidates = keyed_hmacs(plain_secret(secret or ""), purpose=OPENS_CASE)
    # All are compared, so that the time tells nothing.
    if sum(hmac.compare_digest(stored, candidate) for candidate in candidates):
        return
    at = now()
    if row.tries is not None and row.tries >= MOST_TRIES and row.since > at - WINDOW:
        raise too_many(
            retry_after=int((row.since + WINDOW - at).total_seconds()) + 1,
            title="输错的次数太多了。找到当时抄下的暗号，随时能打开；没有把握，请过一刻钟再试",
        )
    _count_try(no, at)
    raise not_found()


def _count_try(no: str, at: datetime) -> None:
    counted = insert(SecretTries).values(no=no, tries=1, since=at)
    over = SecretTries.since <= at - WINDOW
    # On a connection of its own: the request's transaction is about to be rolled back.
    with db.engine.begin() as connection:
        connection.execute(
            counted.on_conflict_do_update(
                index_elements=[SecretTries.no],
                set_={
                    "tries": sa.case((over, 1), else_=sa.func.least(SecretTries.tries + 1, 1000)),
                    "since": sa.case((over, at), else_=SecretTries.since),
                },
            )
        )
