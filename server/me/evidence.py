"""Photos of papers: sent only when the desk asks, deleted some time after the decision, and the deletion is proved.

How long they are kept says `config/retention.yaml`.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from server.cases.files.models import Attachment
from server.cases.files.service import claim_attachments, remove_evidence
from server.cases.retention.classes import retention_rules
from server.core import audit
from server.core.clock import now
from server.core.db import transaction
from server.core.errors import conflict, unprocessable
from server.identity import desk
from server.identity.desk import NotWaiting
from server.identity.models import DeskRequest, DeskState
from server.me.desk import SUBJECT

_BATCH = 200


def send(*, worker_id: uuid.UUID, items: Sequence[Mapping[str, Any]]) -> None:
    """Give uploaded photos to the desk that asked for them.

    Raises:
        Problem: 409 when nobody asked, 422 for files that cannot be used.
    """
    if not items:
        raise unprocessable({"attachments": ["请先拍照或选一张照片"]})
    with transaction() as session:
        try:
            request = desk.supplied(session, worker_id=worker_id)
        except NotWaiting:
            raise conflict("nothing_wanted", "现在没有要你补的东西，不用传照片") from None
        claim_attachments(desk_request_id=request.id, items=items, worker_id=worker_id)
        audit.record(
            actor=f"worker:{worker_id}", action="verification.supply", subject_kind=SUBJECT, subject_id=request.id
        )


def forget() -> None:
    """Delete the photos of what was decided long enough ago, and at once those of what the worker took back.

    Each deletion leaves an audit event that says how many files there were and that none is left.
    """
    while due := _due():
        for request_id in due:
            _forget_one(request_id)


def _due() -> Sequence[uuid.UUID]:
    rules = retention_rules()
    over = rules.classes[rules.evidence].keep.before(now())
    with transaction() as session:
        return session.scalars(
            sa.select(DeskRequest.id)
            .where(
                DeskRequest.evidence_gone_at.is_(None),
                sa.or_(
                    DeskRequest.state == DeskState.REPLACED,
                    sa.and_(DeskRequest.state != DeskState.OPEN, DeskRequest.decided_at < over),
                ),
                sa.exists().where(Attachment.desk_request_id == DeskRequest.id),
            )
            .order_by(DeskRequest.id)
            .limit(_BATCH)
        ).all()


def _forget_one(request_id: uuid.UUID) -> None:
    with transaction() as session:
        request = session.get_one(DeskRequest, request_id, with_for_update=True, populate_existing=True)
        if request.evidence_gone_at is not None:
            return
        files = remove_evidence(desk_request_id=request_id)
        request.evidence_gone_at = now()
        audit.record(
            actor="system",
            action="verification.evidence_deleted",
            subject_kind=SUBJECT,
            subject_id=request_id,
            detail={"files": files, "left": 0},
        )
