"""Taking a seat, or a place on the waiting list, and giving it up. How a pool's row is kept: `ledger`."""

import uuid
from enum import StrEnum

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from server.core.db import new_id, transaction
from server.seats import soldout
from server.seats.claims import Claim, claims, holders, last_claim, living_claim, pools
from server.seats.ledger import TAKE, TAKE_UNLESS_HELD, LockedPool, end, give_back, lock
from server.seats.models import HOLDING, LIVING, LIVING_SQL, ClaimState, OwnerKind, SeatPool
from server.seats.owners import Change, Facts
from server.seats.promotion import promote, tell


class Outcome(StrEnum):
    """How asking for a seat ended."""

    NEW = "new"
    """A claim was made."""
    REPEATED = "repeated"
    """The holder had one already; nothing changed."""
    FULL = "full"
    """No seat and no waiting list."""


class Answer(Struct, frozen=True):
    """What came of asking for a seat; `claim` is None only when full."""

    outcome: Outcome
    claim: Claim | None


class Released(Struct, frozen=True):
    """A claim that was given up; `seat_freed` only if it had a seat and this call gave it back."""

    claim: Claim
    seat_freed: bool


class PoolRef(Struct, frozen=True):
    """What a caller knows of a pool from its own short cache; never the counters."""

    id: uuid.UUID
    owner: OwnerKind
    scope_id: uuid.UUID
    waiting_enabled: bool


class Wish(Struct, frozen=True):
    """Who wants seats, and how many."""

    holder_id: uuid.UUID
    companions: int = 0
    priority: int = 0

    @property
    def seats(self) -> int:
        return 1 + self.companions


INSERT_CLAIM = sa.text(
    f"""
    INSERT INTO seat_claim (id, pool_id, scope_id, holder_id, state, seat_no, companions, priority, queued_at)
    VALUES (:id, :pool_id, :scope_id, :holder_id, :state, CAST(:seat_no AS integer), :companions, :priority,
            CASE WHEN CAST(:seat_no AS integer) IS NULL THEN clock_timestamp() END)
    ON CONFLICT (scope_id, holder_id) WHERE {LIVING_SQL} DO NOTHING
    RETURNING created_at
    """  # noqa: S608 - put together from constants
)


def create_pool(
    *, owner: OwnerKind, scope_id: uuid.UUID, capacity: int, waiting_enabled: bool, offers: bool = False
) -> uuid.UUID:
    """A new pool with nothing taken.

    Args:
        offers: whether who comes up on the waiting list is asked first.
    """
    with transaction() as session:
        pool = SeatPool(
            id=new_id(),
            owner=owner,
            scope_id=scope_id,
            capacity=capacity,
            waiting_enabled=waiting_enabled,
            offers=offers,
        )
        session.add(pool)
        session.flush()
        return pool.id


def claim_seat(*, pool: PoolRef, holder_id: uuid.UUID, companions: int = 0, priority: int = 0) -> Answer:
    """Take a seat, or a place on the waiting list where there is one. Asking again changes nothing.

    Must not be called inside a transaction of the caller's: the flag is read before and written after ours.

    Args:
        companions: how many the holder brings; all get in or none.
        priority: on the waiting list; smaller comes up first.
    """
    flagged = not pool.waiting_enabled
    if flagged and soldout.is_known_full(pool_id=pool.id, holder_id=holder_id):
        return Answer(Outcome.FULL, None)
    wish = Wish(holder_id, companions, priority)
    with transaction() as session:
        answer = _claim(session, pool=pool, wish=wish)
        # Where three find no room, one may.
        refused = flagged and answer.outcome is Outcome.FULL and not companions
        # Read after the refusal, so that the flag names whoever got the last seats.
        named = holders(session, scope_id=pool.scope_id) if refused else []
    if refused:
        soldout.raise_flag(pool_id=pool.id, holder_id=holder_id, holders=named)
    return answer


def _claim(session: Session, *, pool: PoolRef, wish: Wish) -> Answer:
    holder_id = wish.holder_id
    take = {"pool_id": pool.id, "seats": wish.seats, "claims": 1}
    asked = take | {"scope_id": pool.scope_id, "holder_id": holder_id}
    seat_no = session.execute(TAKE_UNLESS_HELD, asked).scalar()
    if seat_no is None:
        held = living_claim(scope_id=pool.scope_id, holder_id=holder_id)
        if held is not None:
            return Answer(Outcome.REPEATED, held)
        # From the lock on nothing can be freed; since the first try something may have been.
        if not pool.waiting_enabled or lock(session, pool.id).closed:
            return Answer(Outcome.FULL, None)
        seat_no = session.execute(TAKE, take).scalar()
    made = _insert(session, pool=pool, wish=wish, seat_no=seat_no)
    if made is not None:
        change = Change.QUEUED if seat_no is None else Change.SIGNED
        facts = Facts(position=made.position, companions=wish.companions)
        tell(pool.owner, change, scope_id=pool.scope_id, holder_id=holder_id, facts=facts)
        return Answer(Outcome.NEW, made)
    # The same holder got a claim at the same moment through another request: that one stands.
    if seat_no is not None:
        give_back(session, pool_id=pool.id, seats=wish.seats, numbers=[seat_no])
    held = living_claim(scope_id=pool.scope_id, holder_id=holder_id)
    # Gone again only if it was on another pool of the scope and has been given up since.
    return Answer(Outcome.REPEATED, held) if held else _claim(session, pool=pool, wish=wish)


def _insert(session: Session, *, pool: PoolRef, wish: Wish, seat_no: int | None) -> Claim | None:
    """The new claim; None when the holder has a living one already."""
    claim_id, holder_id = new_id(), wish.holder_id
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
            "companions": wish.companions,
            "priority": wish.priority,
        },
    ).scalar()
    if created_at is None:
        return None
    if state is ClaimState.WAITING:
        # Its place is counted under the lock, so that no two are told the same.
        return living_claim(scope_id=pool.scope_id, holder_id=holder_id)
    return Claim(
        id=claim_id,
        pool_id=pool.id,
        scope_id=pool.scope_id,
        holder_id=holder_id,
        state=state,
        seat_no=seat_no,
        companions=wish.companions,
        offer_until=None,
        created_at=created_at,
        position=None,
    )


def release(*, scope_id: uuid.UUID, holder_id: uuid.UUID) -> Released | None:
    """Give a claim up, or turn an offer down; the seat goes to the first who waits. Doing so again changes nothing.

    Returns:
        the claim as it is now, also when it was given up before; None for who never had one.
    """
    with transaction() as session:
        found = _lock_living(session, scope_id=scope_id, holder_id=holder_id)
        if found is None:
            before = last_claim(scope_id=scope_id, holder_id=holder_id)
            if before is not None and before.state in LIVING:
                # The holder signed up anew between the two looks: nobody is told that they left while they are in.
                return release(scope_id=scope_id, holder_id=holder_id)
            return None if before is None else Released(before, seat_freed=False)
        pool, held = found
        offered = held.state is ClaimState.OFFERED
        change = Change.PASSED if offered else Change.CANCELLED
        tell(pool.owner, change, scope_id=scope_id, holder_id=holder_id)
        given_up = _give_up(session, held, ClaimState.PASSED if offered else ClaimState.CANCELLED)
        return Released(given_up, seat_freed=held.state is ClaimState.SIGNED)


def remove(*, claim_id: uuid.UUID, reason: str) -> Claim | None:
    """Take a claim away from its holder, who is told why. Doing so again changes nothing.

    Returns:
        the claim that was taken away; None when there was none that lived.
    """
    with transaction() as session:
        row = session.execute(sa.select(claims.c.scope_id, claims.c.holder_id).where(claims.c.id == claim_id)).first()
        found = None if row is None else _lock_living(session, scope_id=row.scope_id, holder_id=row.holder_id)
        if found is None or found[1].id != claim_id:
            return None
        pool, held = found
        facts = Facts(reason=reason)
        tell(pool.owner, Change.REMOVED, scope_id=held.scope_id, holder_id=held.holder_id, facts=facts)
        return _give_up(session, held, ClaimState.CANCELLED)


def hand_over(session: Session, *, old: uuid.UUID, new: uuid.UUID) -> None:
    """Give all claims of one holder to another: they are one person, inside the caller's transaction.

    Where both have a living claim the better one stays: a seat before an offer, that before a place in the queue, and
    of two places the one further ahead. Nobody is told, since the person loses nothing.

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
        standing = {who: _standing(living_claim(scope_id=scope_id, holder_id=who)) for who in (old, new)}
        loser = max(standing, key=standing.__getitem__)
        found = _lock_living(session, scope_id=scope_id, holder_id=loser)
        if found is not None:
            _give_up(session, found[1], ClaimState.CANCELLED)
    session.execute(claims.update().where(claims.c.holder_id == old).values(holder_id=new))


def close_scope(*, scope_id: uuid.UUID) -> list[uuid.UUID]:
    """Hand out nothing more, neither seats nor places on a waiting list. Claims stay as they are.

    Returns:
        everybody with a living claim; the list is final once this transaction commits.
    """
    with transaction() as session:
        session.execute(pools.update().where(pools.c.scope_id == scope_id).values(closed=True))
        return holders(session, scope_id=scope_id)


def _standing(claim: Claim | None) -> tuple[int, int]:
    """How well a claim stands; smaller is better."""
    return (len(LIVING), 0) if claim is None else (LIVING.index(claim.state), claim.position or 0)


def _give_up(session: Session, held: Claim, state: ClaimState) -> Claim:
    end(session, [held], state)
    if held.state in HOLDING:
        promote(session, pool_id=held.pool_id)
    return replace(held, state=state, seat_no=None, offer_until=None, position=None)


def _lock_living(session: Session, *, scope_id: uuid.UUID, holder_id: uuid.UUID) -> tuple[LockedPool, Claim] | None:
    """A holder's living claim with its pool locked. The pool is known only from the claim, so look twice."""
    while (seen := living_claim(scope_id=scope_id, holder_id=holder_id)) is not None:
        pool = lock(session, seen.pool_id)
        held = living_claim(scope_id=scope_id, holder_id=holder_id)
        if held is not None and held.pool_id == pool.id:
            return pool, held
    return None
