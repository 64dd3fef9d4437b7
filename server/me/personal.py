"""What the account as a whole tells a worker about themselves, and what of it goes with the account."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.files.service import remove_evidence
from server.core.clock import spoken_instant
from server.core.personal import Erased, Part, spoken
from server.identity.models import DeskRequest
from server.me.models import AccountClosing, CorrectionRequest, CorrectionState

STATES = {CorrectionState.OPEN: "在办", CorrectionState.DONE: "改好了", CorrectionState.REFUSED: "没有改"}


class AccountData:
    """Requests for correction, closings that were called off, and photos of papers."""

    tables = frozenset({"correction_request", "account_closing"})

    def export(self, session: Session, worker_id: uuid.UUID) -> list[Part]:
        requests = session.scalars(
            sa.select(CorrectionRequest)
            .where(CorrectionRequest.worker_id == worker_id)
            .order_by(CorrectionRequest.created_at)
        )
        closings = session.scalars(
            sa.select(AccountClosing).where(AccountClosing.worker_id == worker_id).order_by(AccountClosing.requested_at)
        )
        return [
            Part(
                "corrections",
                "更正申请",
                [
                    {
                        "时间": spoken_instant(one.created_at),
                        "内容": spoken(one.text),
                        "结果": STATES[one.state],
                        "答复": spoken(one.answer),
                    }
                    for one in requests
                ],
            ),
            Part(
                "closings",
                "注销申请",
                [
                    {
                        "申请时间": spoken_instant(one.requested_at),
                        "撤销时间": "—" if one.cancelled_at is None else spoken_instant(one.cancelled_at),
                    }
                    for one in closings
                ],
            ),
        ]

    def erase(self, session: Session, worker_id: uuid.UUID) -> Erased:
        requests = session.scalars(
            sa.delete(CorrectionRequest).where(CorrectionRequest.worker_id == worker_id).returning(CorrectionRequest.id)
        ).all()
        verifications = session.scalars(sa.select(DeskRequest.id).where(DeskRequest.worker_id == worker_id)).all()
        photos = sum(remove_evidence(desk_request_id=one) for one in verifications)
        return Erased(removed={"correction_request": len(requests), "attachment": photos})
