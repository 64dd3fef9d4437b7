"""A pool's row: locked, its counters changed. Nothing else writes them.

Every change of a claim locks its pool's row first and the claim after it, so that nothing can deadlock and the waiting
list cannot miss a seat: whoever joins it does so while no seat can be freed, and a freed seat is handed on before the
row is let go. Hence, seen from any other transaction, nobody waits for whom there is room.
"""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.seats.claims import Claim, claims, pools
from server.seats.models import HOLDING, LIVING_SQL, ClaimState, OwnerKind


class LockedPool(Struct, frozen=True):
    """A pool whose row this transaction has locked, and how it stood then."""

    id: uuid.UUID
    owner: OwnerKind
    scope_id: uuid.UUID
    capacity: int
    taken: int
    parties: int
    free_nos: Sequence[int]
    closed: bool
    offers: bool

    def next_numbers(self, count: int) -> list[int]:
        """The numbers of the next so many claims: those given back first, then fresh ones."""
        again = list(self.free_nos[:count])
        first = self.parties + len(self.free_nos) + 1
        return again + list(range(first, first + count - len(again)))


# The one rule that lives in SQL: seats are taken while so many are free, by whoever locks the row first.
_TAKE = """
    UPDATE seat_pool
       SET taken = taken + :seats,
           parties = parties + :claims,
           last_no = COALESCE(free_nos[1], parties + 1),
           free_nos = free_nos[CAST(:claims AS integer) + 1:]
     WHERE id = :pool_id AND taken + :seats <= capacity AND NOT closed
"""
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
_GIVE_BACK = sa.text(
    """
    UPDATE seat_pool
       SET taken = taken - :seats,
           parties = parties - cardinality(CAST(:numbers AS integer[])),
           free_nos = free_nos || CAST(:numbers AS integer[])
     WHERE id = :pool_id
    """
)
_COLUMNS = tuple(pools.c[name] for name in LockedPool.__struct_fields__)


def lock(session: Session, pool_id: uuid.UUID) -> LockedPool:
    """Lock a pool's row, or look at it again.

    Raises:
        LookupError: no such pool.
    """
    # NO KEY: inserting a claim elsewhere needs only that the row stays.
    row = session.execute(sa.select(*_COLUMNS).where(pools.c.id == pool_id).with_for_update(key_share=True)).first()
    if row is None:
        raise LookupError(f"no pool {pool_id}")
    return LockedPool(*row)


def give_back(session: Session, *, pool_id: uuid.UUID, seats: int, numbers: Sequence[int]) -> None:
    """Free seats and the numbers of the claims that had them. What is free has to be handed on before the commit."""
    session.execute(_GIVE_BACK, {"pool_id": pool_id, "seats": seats, "numbers": list(numbers)})


def end(session: Session, ended: Sequence[Claim], state: ClaimState) -> None:
    """Let claims of one pool live no longer, and free the seats that they hold."""
    session.execute(
        claims.update()
        .where(claims.c.id.in_([one.id for one in ended]))
        .values(state=state, seat_no=None, offer_until=None)
    )
    held = [one for one in ended if one.state in HOLDING]
    if held:
        seats = sum(one.seats for one in held)
        numbers = [one.seat_no for one in held if one.seat_no is not None]
        give_back(session, pool_id=held[0].pool_id, seats=seats, numbers=numbers)
