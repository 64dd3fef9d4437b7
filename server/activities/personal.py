"""What activities tell a worker about themselves, and what of it goes with the account."""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.activities.models import Activity
from server.activities.words import when
from server.core.clock import now, spoken_instant
from server.core.db import transaction
from server.core.personal import Erased, Kept, Part
from server.seats import service as seats
from server.seats.models import LIVING, ClaimState, SeatClaim

STATES = {
    ClaimState.SIGNED: "已报名",
    ClaimState.WAITING: "候补",
    ClaimState.OFFERED: "轮到了，等回应",
    ClaimState.CANCELLED: "已取消",
    ClaimState.PASSED: "给了下一位",
}


class ActivityData:
    """Sign-ups."""

    tables = frozenset({"seat_claim"})

    def export(self, session: Session, worker_id: uuid.UUID) -> list[Part]:
        rows = session.execute(
            sa.select(SeatClaim, Activity.title, Activity.starts_at)
            .join(Activity, Activity.id == SeatClaim.scope_id)
            .where(SeatClaim.holder_id == worker_id)
            .order_by(SeatClaim.id.desc())
        )
        return [
            Part(
                "signups",
                "活动报名",
                [
                    {
                        "活动": title,
                        "时间": when(starts_at),
                        "报名时间": spoken_instant(claim.created_at),
                        "带几个人": str(claim.companions),
                        "状态": STATES.get(claim.state, claim.state.value),
                    }
                    for claim, title, starts_at in rows
                ],
            )
        ]

    def erase(self, session: Session, worker_id: uuid.UUID) -> Erased:
        give_seats_back("erasure", worker_id=worker_id)
        claims = session.scalar(sa.select(sa.func.count()).where(SeatClaim.holder_id == worker_id)) or 0
        return Erased(
            removed={},
            kept=[Kept("seat_claim", claims, "活动名额的账目（工会会计档案），不再连着姓名和号码")],
        )


def give_seats_back(_sender: Any, *, worker_id: uuid.UUID) -> None:
    """Receiver of `account_closing` and `member_died`: seats of what has not begun go to those who wait, by the one way
    there is."""
    with transaction() as session:
        held = session.scalars(
            sa.select(SeatClaim.scope_id)
            .join(Activity, Activity.id == SeatClaim.scope_id)
            .where(SeatClaim.holder_id == worker_id, SeatClaim.state.in_(LIVING), Activity.starts_at > now())
            # In one order, so that two accounts that end at the same moment do not wait for each other crosswise.
            .order_by(SeatClaim.scope_id)
        ).all()
        for scope_id in held:
            seats.release(scope_id=scope_id, holder_id=worker_id)
