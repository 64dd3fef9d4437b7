"""Taking a seat, giving it back, and promotion from the waiting list.

Every change locks the pool's row first and its claims after it, so that nothing can deadlock and the waiting list
cannot miss a seat: whoever joins it does so while no seat can be freed, and a freed seat is handed on before the row is
let go. Hence a pool with somebody waiting has no free seat, seen from any other transaction.
"""

import uuid
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.db import after_commit, new_id, transaction
from server.notices import service as notices
from server.seats import soldout
from server.seats.claims import Claim, claims, holders, last_claim, living_claim, pools
from server.seats.models import LIVING_SQL, ClaimState, OwnerKind, SeatPool
from server.seats.owners import Change, owner_of


class Outcome(StrEnum):
    """How asking for a seat ended."""

    NEW = "new"
    """A claim was made."""
    REPEATED = "repeated"
    """The holder had one already; nothing changed."""
    FULL = "full"
    """No seat and no waiting list."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking for a seat; `claim` is None only when full."""

    outcome: Outcome
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class Released:
    """A claim that was given up; `seat_freed` only if it had a seat and this call gave it back."""

    claim: Claim
    seat_freed: bool


@dataclass(frozen=True, slots=True)
class PoolRef:
    """What a caller knows of a pool from its own short cache; never the counters."""

    id: uuid.UUID
    owner: OwnerKind
    scope_id: uuid.UUID
    waiting_enabled: bool


@dataclass(frozen=True, slots=True)
class LockedPool:
    """A pool whose row this transaction has locked, and how it stands."""

    id: uuid.UUID
    owner: OwnerKind
    taken: int
    closed: bool


# The one rule that lives in SQL: a seat is taken while one is free, by whoever locks the row first.
_FREE = "taken < capacity AND NOT closed"
_TAKE = f"""
    UPDATE seat_pool
       SET taken = taken + 1,
           last_no = COALESCE(free_nos[1], taken + 1),
           free_nos = free_nos[2:]
     WHERE id = :pool_id AND {_FREE}
"""  # noqa: S608 - put together from constants
TAKE = sa.text(_TAKE + " RETURNING last_no")
TAKE_UNLESS_HELD = sa.text(
    _TAKE
    + f"""
       AND NOT EXISTS (
           SELECT FROM seat_claim
            WHERE scope_id = :scope_id AND holder_id = :holder_id AND {LIVING_SQL})
    RETURNING last_no
    """
)
"""Spares the row a useless version when a holder taps again; what forbids a second claim is the unique index."""
GIVE_BACK = sa.text(
    "UPDATE seat_pool SET taken = taken - 1, free_nos = free_nos || CAST(:seat_no AS integer) WHERE id = :pool_id"
)
INSERT_CLAIM = sa.text(
    f"""
    INSERT INTO seat_claim (id, pool_id, scope_id, holder_id, state, seat_no, queued_at)
    VALUES (:id, :pool_id, :scope_id, :holder_id, :state, CAST(:seat_no AS integer),
            CASE WHEN CAST(:seat_no AS integer) IS NULL THEN clock_timestamp() END)
    ON CONFLICT (scope_id, holder_id) WHERE {LIVING_SQL} DO NOTHING
    RETURNING created_at
    """  # noqa: S608 - put together from constants
)


def create_pool(*, owner: OwnerKind, scope_id: uuid.UUID, capacity: int, waiting_enabled: bool) -> uuid.UUID:
    """A new pool with nothing taken."""
    with transaction() as session:
        pool = SeatPool(id=new_id(), owner=owner, scope_id=scope_id, capacity=capacity, waiting_enabled=waiting_enabled)
        session.add(pool)
        session.flush()
        return pool.id


def claim_seat(*, pool: PoolRef, holder_id: uuid.UUID) -> Answer:
    """Take a seat, or a place on the waiting list where there is one. Asking again changes nothing.

    Must not be called inside a transaction of the caller's: the flag is read before and written after ours.
    """
    flagged = not pool.waiting_enabled
    if flagged and soldout.is_known_full(pool_id=pool.id, holder_id=holder_id):
        return Answer(Outcome.FULL, None)
    with transaction() as session:
        answer = _claim(session, pool=pool, holder_id=holder_id)
        refused = flagged and answer.outcome is Outcome.FULL
        # Read after the refusal, so that the flag names whoever got the last seats.
        named = holders(session, scope_id=pool.scope_id) if refused else []
    if refused:
        soldout.raise_flag(pool_id=pool.id, holder_id=holder_id, holders=named)
    return answer


def _claim(session: Session, *, pool: PoolRef, holder_id: uuid.UUID) -> Answer:
    asked = {"pool_id": pool.id, "scope_id": pool.scope_id, "holder_id": holder_id}
    seat_no = session.execute(TAKE_UNLESS_HELD, asked).scalar()
    if seat_no is None:
        held = living_claim(scope_id=pool.scope_id, holder_id=holder_id)
        if held is not None:
            return Answer(Outcome.REPEATED, held)
        # From the lock on nothing can be freed; since the first try something may have been.
        if not pool.waiting_enabled or _lock(session, pool.id).closed:
            return Answer(Outcome.FULL, None)
        seat_no = session.execute(TAKE, {"pool_id": pool.id}).scalar()
    made = _insert(session, pool=pool, holder_id=holder_id, seat_no=seat_no)
    if made is not None:
        change = Change.QUEUED if seat_no is None else Change.SIGNED
        _tell(pool.owner, change, scope_id=pool.scope_id, holder_id=holder_id, position=made.position)
        return Answer(Outcome.NEW, made)
    # The same holder got a claim at the same moment through another request: that one stands.
    if seat_no is not None:
        session.execute(GIVE_BACK, {"pool_id": pool.id, "seat_no": seat_no})
    held = living_claim(scope_id=pool.scope_id, holder_id=holder_id)
    # Gone again only if it was on another pool of the scope and has been given up since.
    return Answer(Outcome.REPEATED, held) if held else _claim(session, pool=pool, holder_id=holder_id)


def _insert(session: Session, *, pool: PoolRef, holder_id: uuid.UUID, seat_no: int | None) -> Claim | None:
    """The new claim; None when the holder has a living one already."""
    claim_id = new_id()
    state = ClaimState.WAITING if seat_no is None else ClaimState.SIGNED
    created_at = session.execute(
        INSERT_CLAIM,
        {
            "id": claim_id,
            "pool_id": pool.id,
            "scope_id": pool.scope_id,
            "holder_id": holder_id,
            "state": state.value,
            "seat_no": seat_no,
        },
    ).scalar()
    if created_at is None:
        return None
    if state is ClaimState.WAITING:
        # Its place is counted under the lock, so that no two are told the same.
        return living_claim(scope_id=pool.scope_id, holder_id=holder_id)
    return Claim(claim_id, pool.id, pool.scope_id, holder_id, state, seat_no, created_at, None)


def release(*, scope_id: uuid.UUID, holder_id: uuid.UUID) -> Released | None:
    """Give a claim up; its seat goes to the first who waits. Doing so again changes nothing.

    Returns:
        the cancelled claim, also when it was cancelled before; None for who never had one.
    """
    with transaction() as session:
        found = _lock_living(session, scope_id=scope_id, holder_id=holder_id)
        if found is None:
            before = last_claim(scope_id=scope_id, holder_id=holder_id)
            return None if before is None else Released(before, seat_freed=False)
        pool, held = found
        _tell(pool.owner, Change.CANCELLED, scope_id=scope_id, holder_id=holder_id)
        _give_up(session, pool, held)
        given_up = replace(held, state=ClaimState.CANCELLED, seat_no=None, position=None)
        return Released(given_up, seat_freed=held.state is ClaimState.SIGNED)


def hand_over(session: Session, *, old: uuid.UUID, new: uuid.UUID) -> None:
    """Give all claims of one holder to another: they are one person, inside the caller's transaction.

    Where both have a living claim one is given up, a seat rather kept than a place in the queue; nobody is told, since
    the person loses nothing.

    Raises:
        IntegrityError: one of them took another claim at this moment.
    """
    scopes = session.scalars(
        sa.select(claims.c.scope_id)
        .where(claims.c.holder_id.in_([old, new]), sa.text(LIVING_SQL))
        .group_by(claims.c.scope_id)
        .having(sa.func.count() > 1)
        .order_by(claims.c.scope_id)
    ).all()
    for scope_id in scopes:
        theirs = living_claim(scope_id=scope_id, holder_id=new)
        loser = new if theirs is not None and theirs.state is ClaimState.WAITING else old
        found = _lock_living(session, scope_id=scope_id, holder_id=loser)
        if found is not None:
            _give_up(session, *found)
    session.execute(claims.update().where(claims.c.holder_id == old).values(holder_id=new))


def set_capacity(*, pool_id: uuid.UUID, capacity: int) -> int:
    """Change how many seats there are; new ones go to those who wait first.

    Returns:
        how many were promoted.

    Raises:
        ValueError: fewer seats than are taken.
        LookupError: no such pool.
    """
    with transaction() as session:
        pool = _lock(session, pool_id)
        if capacity < pool.taken:
            raise ValueError(f"{pool.taken} seats are taken, {capacity} would be too few")
        session.execute(pools.update().where(pools.c.id == pool_id).values(capacity=capacity))
        return promote(session, pool=pool)


def close_scope(*, scope_id: uuid.UUID) -> list[uuid.UUID]:
    """Hand out nothing more, neither seats nor places on a waiting list. Claims stay as they are.

    Returns:
        everybody with a living claim; the list is final once this transaction commits.
    """
    with transaction() as session:
        session.execute(pools.update().where(pools.c.scope_id == scope_id).values(closed=True))
        return holders(session, scope_id=scope_id)


def promote(session: Session, *, pool: LockedPool) -> int:
    """Every path that frees a seat ends here: hand what is free to those who wait.

    They are served by priority, and then in the order of joining the waiting list.

    Returns:
        how many were promoted.
    """
    first = (
        sa.select(claims.c.scope_id, claims.c.holder_id, claims.c.id)
        .where(claims.c.pool_id == pool.id, claims.c.state == ClaimState.WAITING)
        .order_by(claims.c.priority, claims.c.queued_at, claims.c.id)
        .limit(1)
    )
    promoted = 0
    while (waiting := session.execute(first).first()) is not None:
        seat_no = session.execute(TAKE, {"pool_id": pool.id}).scalar()
        if seat_no is None:
            break
        session.execute(
            claims.update().where(claims.c.id == waiting.id).values(state=ClaimState.SIGNED, seat_no=seat_no)
        )
        _tell(pool.owner, Change.PROMOTED, scope_id=waiting.scope_id, holder_id=waiting.holder_id)
        promoted += 1
    after_commit(lambda: soldout.lower_flag(pool_id=pool.id))
    return promoted


def _give_up(session: Session, pool: LockedPool, held: Claim) -> None:
    session.execute(claims.update().where(claims.c.id == held.id).values(state=ClaimState.CANCELLED, seat_no=None))
    if held.state is ClaimState.SIGNED:
        session.execute(GIVE_BACK, {"pool_id": pool.id, "seat_no": held.seat_no})
        promote(session, pool=pool)


def _lock(session: Session, pool_id: uuid.UUID) -> LockedPool:
    # NO KEY: inserting a claim elsewhere needs only that the row stays.
    row = session.execute(
        sa.select(pools.c.id, pools.c.owner, pools.c.taken, pools.c.closed)
        .where(pools.c.id == pool_id)
        .with_for_update(key_share=True)
    ).first()
    if row is None:
        raise LookupError(f"no pool {pool_id}")
    return LockedPool(*row)


def _lock_living(session: Session, *, scope_id: uuid.UUID, holder_id: uuid.UUID) -> tuple[LockedPool, Claim] | None:
    """A holder's living claim with its pool locked. The pool is known only from the claim, so look twice."""
    while (seen := living_claim(scope_id=scope_id, holder_id=holder_id)) is not None:
        pool = _lock(session, seen.pool_id)
        held = living_claim(scope_id=scope_id, holder_id=holder_id)
        if held is not None and held.pool_id == pool.id:
            return pool, held
    return None


def _tell(
    owner: OwnerKind,
    change: Change,
    *,
    scope_id: uuid.UUID,
    holder_id: uuid.UUID,
    position: int | None = None,
) -> None:
    """Write the notice of a change into its transaction, in the owner's words."""
    words = owner_of(owner).wording(change, scope_id=scope_id, position=position)
    notices.notify(worker_id=holder_id, kind=words.kind, title=words.title, body=words.body, link=words.link)
