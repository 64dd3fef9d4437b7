"""Deciding the verifications that wait for a person: each reading and each decision is recorded, the worker is told."""

import uuid

from server.core import audit
from server.core.db import db, transaction
from server.identity import verification
from server.identity.desk import NotWaiting
from server.identity.models import DeskRequest, DeskState
from server.notices.service import notify

PROFILE = "/me"
SUBJECT = "desk_request"


def read(*, request_id: uuid.UUID, actor: str) -> DeskRequest:
    """A waiting request with name and number, for somebody who compares them with the papers.

    Raises:
        NotWaiting
    """
    with transaction():
        request = db.session.get(DeskRequest, request_id)
        if request is None or request.state is not DeskState.OPEN:
            raise NotWaiting
        audit.record(actor=actor, action="verification.read", subject_kind=SUBJECT, subject_id=request_id)
        return request


def approve(*, request_id: uuid.UUID, actor: str) -> None:
    """Raise the worker to L2. Raises what `verification.approve` raises."""
    with transaction():
        worker_id = verification.approve(request_id=request_id, decided_by=actor)
        audit.record(actor=actor, action="verification.approve", subject_kind=SUBJECT, subject_id=request_id)
        notify(
            worker_id=worker_id,
            kind="verification.approved",
            title="实名认证通过了",
            body="工作人员已经核对好。现在可以用需要认证的服务了。",
            link=PROFILE,
        )


def refuse(*, request_id: uuid.UUID, actor: str, note: str) -> None:
    """Tell the worker why not. Raises what `verification.refuse` raises."""
    with transaction():
        worker_id = verification.refuse(request_id=request_id, decided_by=actor, note=note)
        audit.record(actor=actor, action="verification.refuse", subject_kind=SUBJECT, subject_id=request_id)
        notify(
            worker_id=worker_id,
            kind="verification.refused",
            title="实名认证没有通过",
            body=f"{note}\n改好以后可以再试一次，也可以带证件到服务中心办理。",
            link=PROFILE,
        )
