"""How many seats a pool has."""

import uuid

from server.core import audit
from server.core.db import transaction
from server.seats.claims import pools
from server.seats.ledger import LockedPool, lock
from server.seats.offers import open_offers
from server.seats.promotion import PORTION, promote


class CapacityTooSmallError(ValueError):
    """Fewer seats than are taken; nothing was changed.

    What can be done: keep at least `taken`; wait for the answers to `offered` offers, which hold some of them; or take
    claims away one by one, each with a reason that its holder is told.
    """

    def __init__(self, pool: LockedPool, *, wanted: int, offered: int) -> None:
        self.taken = pool.taken
        self.parties = pool.parties
        self.offered = offered
        super().__init__(f"{self.taken} seats are taken, {wanted} would be too few")


def set_capacity(*, pool_id: uuid.UUID, capacity: int, actor: str = audit.SYSTEM) -> int:
    """Change how many seats there are; new ones go to those who wait first.

    While people wait the seats are added in portions, each in a transaction of its own, so that nobody who signs up
    meanwhile waits long. Must not be called inside a transaction of the caller's. Broken off in between, it may be
    repeated.

    Args:
        actor: who does it, as in the audit.

    Returns:
        how many came up on the waiting list.

    Raises:
        CapacityTooSmallError: fewer seats than are taken.
        LookupError: no such pool.
    """
    promoted, more, begun = 0, PORTION, False
    while True:
        with transaction() as session:
            pool = lock(session, pool_id)
            if capacity < pool.taken:
                raise CapacityTooSmallError(pool, wanted=capacity, offered=open_offers(pool_id))
            step = min(capacity, pool.capacity + more)
            session.execute(pools.update().where(pools.c.id == pool_id).values(capacity=step))
            if not begun:
                audit.record(
                    actor=actor,
                    action="seats.capacity",
                    subject_kind="seat_pool",
                    subject_id=pool_id,
                    detail={"before": pool.capacity, "wanted": capacity},
                )
            begun = True
            now_promoted = promote(session, pool_id=pool_id)
        promoted += now_promoted
        if step == capacity:
            return promoted
        # Nobody is left for whom there is room: the rest can be added at once.
        more = PORTION if now_promoted else capacity
