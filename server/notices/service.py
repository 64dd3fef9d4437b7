"""Writing to and reading from the inbox."""

import uuid

import sqlalchemy as sa

from server.core.clock import now
from server.core.db import db, new_id, transaction
from server.core.errors import not_found
from server.core.json import dumps
from server.core.web.paging import Page, keyset_page
from server.notices.delivery import plan_delivery
from server.notices.models import Notice
from server.notices.worded import Worded


def notify(
    *,
    worker_id: uuid.UUID,
    kind: str,
    title: str,
    body: Worded,
    link: str,
    did_it_themselves: bool = False,
    in_confidence: bool = False,
) -> None:
    """Put a message into a worker's inbox, and have it sent as `config/notices.yaml` says.

    Stands or falls with the surrounding transaction. Nothing is sent about what workers `did_it_themselves`: they are
    looking at it. Of what is told `in_confidence` nobody is asked to ring up: whoever did would learn who it is.
    """
    with transaction() as session:
        notice = Notice(
            id=new_id(),
            worker_id=worker_id,
            kind=kind,
            title=title,
            body=body,
            worded=dumps({"words": body.words, "slots": body.slots}).decode() if body.slots else None,
            link=link,
            created_at=now(),
        )
        session.add(notice)
        if not did_it_themselves:
            session.flush()
            plan_delivery(session, notice, in_confidence=in_confidence)


def inbox(*, worker_id: uuid.UUID, cursor: str | None, limit: int) -> Page[Notice]:
    """A page of a worker's inbox, newest first."""
    return keyset_page(
        db.session(),
        sa.select(Notice).where(Notice.worker_id == worker_id),
        columns=(Notice.created_at, Notice.id),
        question={"worker_id": worker_id},
        cursor=cursor,
        limit=limit,
    )


def mark_read(*, worker_id: uuid.UUID, notice_id: uuid.UUID) -> Notice:
    """Note when a worker first opened a message.

    Raises:
        Problem: 404 when it is not in this worker's inbox.
    """
    with transaction() as session:
        notice = session.scalar(
            sa.select(Notice).where(Notice.id == notice_id, Notice.worker_id == worker_id).with_for_update()
        )
        if notice is None:
            raise not_found()
        notice.read_at = notice.read_at or now()
        return notice
