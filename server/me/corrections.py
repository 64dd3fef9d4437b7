"""Correcting what is wrong: some of it a worker changes alone, the rest a person looks at."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import conflict, not_found
from server.core.private import Private
from server.identity.models import Worker, WorkerGroup
from server.me.models import CorrectionRequest, CorrectionState
from server.notices.service import notify
from server.notices.worded import worded
from server.unions.areas import Area, areas
from server.unions.joining import keep_joining_record
from server.unions.models import JoiningRecord
from server.unions.responsible import name_street
from server.unions.staff.authority import authorise_about, in_reach_of
from server.unions.staff.vocabulary import Right
from server.unions.vocabulary import Employment

SUBJECT = "correction_request"
ACCOUNT_FIELDS = frozenset({"worker_group"})


class Work(Private, frozen=True):
    """What a worker said about their own work; None where nothing was said."""

    worker_group: WorkerGroup | None
    employment: Employment | None
    employer: str | None
    work_area: Area | None
    former_union: str | None


def work_of(session: Session, worker_id: uuid.UUID) -> Work:
    """What a worker may change alone, as it stands."""
    group = session.scalar(sa.select(Worker.worker_group).where(Worker.id == worker_id))
    said = session.scalar(sa.select(JoiningRecord).where(JoiningRecord.worker_id == worker_id))
    if said is None:
        return Work(group, None, None, None, None)
    area = None if said.work_area is None else Area(said.work_area, areas().name_of(said.work_area))
    return Work(group, said.employment, said.employer, area, said.former_union)


def correct(*, worker_id: uuid.UUID, changes: Mapping[str, Any]) -> None:
    """Change what a worker says about themselves and nobody has to confirm."""
    account = {key: value for key, value in changes.items() if key in ACCOUNT_FIELDS}
    joining = {key: value for key, value in changes.items() if key not in ACCOUNT_FIELDS}
    with transaction() as session:
        if account:
            session.execute(sa.update(Worker).where(Worker.id == worker_id).values(**account))
        if joining:
            keep_joining_record(session, worker_id=worker_id, fields=joining)
        if joining.get("work_area"):
            name_street(session, worker_id=worker_id, area=joining["work_area"])
        audit.record(
            actor=f"worker:{worker_id}",
            action="account.correct",
            subject_kind="worker",
            subject_id=worker_id,
            detail={"fields": sorted(changes)},
        )


def ask(*, worker_id: uuid.UUID, text: str) -> CorrectionRequest:
    """Ask a person to correct something.

    Raises:
        Problem: 409 while another request waits.
    """
    with transaction() as session:
        session.get_one(Worker, worker_id, with_for_update={"key_share": True})
        if _open_of(session, worker_id) is not None:
            raise conflict("already_asked", "你上次的更正申请还在办，办好会在消息里告诉你")
        request = CorrectionRequest(worker_id=worker_id, text=text, state=CorrectionState.OPEN, created_at=now())
        session.add(request)
        session.flush()
        audit.record(actor=f"worker:{worker_id}", action="correction.ask", subject_kind=SUBJECT, subject_id=request.id)
        return request


def hand_over(session: Session, *, old: uuid.UUID, new: uuid.UUID) -> None:
    """Give one account's requests to another of the same person; where both wait, the other account's ends."""
    if _open_of(session, new) is not None:
        session.execute(
            sa.update(CorrectionRequest)
            .where(CorrectionRequest.worker_id == old, CorrectionRequest.state == CorrectionState.OPEN)
            .values(state=CorrectionState.REFUSED, text=None, decided_at=now(), decided_by=audit.SYSTEM)
        )
    session.execute(sa.update(CorrectionRequest).where(CorrectionRequest.worker_id == old).values(worker_id=new))


def actor_for(*, request_id: uuid.UUID, number: str) -> str:
    """The actor for whoever may deal with a request.

    Raises:
        Problem: 403 for everybody else.
    """
    session: Session = db.session()
    worker_id = session.scalar(sa.select(CorrectionRequest.worker_id).where(CorrectionRequest.id == request_id))
    authorise_about(session, number=number, right=Right.CORRECTIONS, worker_id=worker_id)
    return audit.staff(number)


def read_list(*, number: str) -> Sequence[CorrectionRequest]:
    """What waits for this member of the staff, the oldest first, without the words; the reading is recorded.

    Raises:
        Problem: 403 for whoever corrects nothing.
    """
    with transaction() as session:
        reach = in_reach_of(session, number=number, right=Right.CORRECTIONS, worker_id=CorrectionRequest.worker_id)
        found = session.scalars(
            sa.select(CorrectionRequest)
            .where(CorrectionRequest.state == CorrectionState.OPEN, reach)
            .options(defer(CorrectionRequest.text))
            .order_by(CorrectionRequest.created_at)
        ).all()
        audit.record(
            actor=audit.staff(number),
            action="correction.read_list",
            subject_kind=SUBJECT,
            detail={"requests": len(found)},
        )
        return found


def count_waiting(*, number: str) -> int:
    """How much waits for this member of the staff.

    Raises:
        Problem: 403 for whoever corrects nothing.
    """
    session: Session = db.session()
    reach = in_reach_of(session, number=number, right=Right.CORRECTIONS, worker_id=CorrectionRequest.worker_id)
    still = sa.and_(CorrectionRequest.state == CorrectionState.OPEN, reach)
    return session.scalar(sa.select(sa.func.count()).select_from(CorrectionRequest).where(still)) or 0


def read(*, request_id: uuid.UUID, actor: str) -> CorrectionRequest:
    """A waiting request, for somebody who decides; the reading is recorded.

    Raises:
        Problem: 404.
    """
    with transaction() as session:
        request = _take(session, request_id)
        audit.record(actor=actor, action="correction.read", subject_kind=SUBJECT, subject_id=request_id)
        return request


def decide(*, request_id: uuid.UUID, state: CorrectionState, answer: str, actor: str) -> None:
    """Say what became of it; the worker's words are wiped.

    Raises:
        Problem: 404.
    """
    with transaction() as session:
        request = _take(session, request_id)
        request.state, request.text, request.answer = state, None, answer
        request.decided_at, request.decided_by = now(), actor
        audit.record(actor=actor, action=f"correction.{state}", subject_kind=SUBJECT, subject_id=request_id)
        done = state is CorrectionState.DONE
        notify(
            worker_id=request.worker_id,
            kind=f"correction.{state}",
            title="你要更正的信息改好了" if done else "你要更正的信息没有改",
            body=worded("{text}", text=answer),
            link="/me",
        )


def _open_of(session: Session, worker_id: uuid.UUID) -> CorrectionRequest | None:
    return session.scalar(
        sa.select(CorrectionRequest).where(
            CorrectionRequest.worker_id == worker_id, CorrectionRequest.state == CorrectionState.OPEN
        )
    )


def _take(session: Session, request_id: uuid.UUID) -> CorrectionRequest:
    request = session.get(CorrectionRequest, request_id, with_for_update=True)
    if request is None or request.state is not CorrectionState.OPEN:
        raise not_found()
    return request
