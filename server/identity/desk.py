"""What no source could decide: requests that a person decides, within two working days.

The clock stands still while the worker is asked to send something.
"""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.clocks.models import Clock, OwnerKind
from server.clocks.service import clocks_of, pause_clocks, resume_clocks, start_clock, stop_clocks
from server.core.clock import now
from server.core.crypto import keyed_hmac
from server.core.db import transaction
from server.identity.models import ID_NUMBER, DeskReason, DeskRequest, DeskState, Worker, WorkerGroup
from server.identity.papers import IdType, match_key

BATCH = 200
_WIPED = {"name": None, "id_number": None, "id_number_hmac": None, "wanted": None}

CLOCK = "decide"
DEADLINE = "ID_DESK"


class NotWaiting(LookupError):
    """There is no such request, or it was decided already."""


def ask(
    session: Session,
    *,
    worker_id: uuid.UUID,
    reason: DeskReason,
    id_type: IdType,
    id_number: str,
    name: str,
    worker_group: WorkerGroup,
) -> None:
    """Put a worker's data before a person. The same data asked twice keep their place, others take a new one."""
    waiting = open_request_of(session, worker_id)
    if waiting is not None:
        if (waiting.id_type, waiting.id_number, waiting.name) == (id_type, id_number, name):
            waiting.reason = reason
            waiting.worker_group = worker_group
            return
        withdraw(session, worker_id=worker_id)
    request = DeskRequest(
        worker_id=worker_id,
        created_at=now(),
        reason=reason,
        id_type=id_type,
        id_number=id_number,
        id_number_hmac=keyed_hmac(match_key(id_type, id_number), purpose=ID_NUMBER),
        name=name,
        worker_group=worker_group,
    )
    session.add(request)
    session.flush()
    start_clock(**_owner(request.id), key=CLOCK, deadline=DEADLINE, at=request.created_at)


def make_findable() -> int:
    """Let what waits since before numbers had a digest be found by the paper, as what came later is.

    Can be stopped at any moment and begun again; what somebody decides just now is left alone.

    Returns:
        how many.
    """
    count, last = 0, uuid.UUID(int=0)
    while True:
        with transaction() as session:
            waiting = session.scalars(
                sa.select(DeskRequest)
                .where(DeskRequest.id > last, DeskRequest.state == DeskState.OPEN, DeskRequest.id_number_hmac.is_(None))
                .order_by(DeskRequest.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            ).all()
            for request in waiting:
                if request.id_number is not None:
                    number = match_key(request.id_type, request.id_number)
                    request.id_number_hmac = keyed_hmac(number, purpose=ID_NUMBER)
                    count += 1
        if len(waiting) < BATCH:
            return count
        last = waiting[-1].id


def withdraw(session: Session, *, worker_id: uuid.UUID) -> None:
    """Take back what waits; its name and number are wiped."""
    taken_back = session.scalars(
        sa.update(DeskRequest)
        .where(DeskRequest.worker_id == worker_id, DeskRequest.state == DeskState.OPEN)
        .values(state=DeskState.REPLACED, decided_at=now(), **_WIPED)
        .returning(DeskRequest.id)
    ).all()
    for request_id in taken_back:
        stop_clocks(**_owner(request_id), at=now())


def want(session: Session, request_id: uuid.UUID, *, words: str) -> DeskRequest:
    """Ask the worker of a waiting request for something, in words for them.

    Raises:
        NotWaiting
    """
    request, _ = take(session, request_id)
    request.wanted = words
    pause_clocks(**_owner(request_id), at=now())
    return request


def supplied(session: Session, *, worker_id: uuid.UUID) -> DeskRequest:
    """The worker sent what was wanted: it is the desk's turn again.

    Raises:
        NotWaiting: nothing waits, or nothing is wanted.
    """
    request = open_request_of(session, worker_id)
    if request is None or request.wanted is None:
        raise NotWaiting
    take(session, request.id)
    request.wanted = None
    resume_clocks(**_owner(request.id), at=now())
    return request


def clock_of(request: DeskRequest) -> Clock | None:
    """Until when it is decided."""
    clocks = clocks_of(**_owner(request.id))
    return clocks[0] if clocks else None


def open_request_of(session: Session, worker_id: uuid.UUID) -> DeskRequest | None:
    """What waits for this worker."""
    return session.scalar(
        sa.select(DeskRequest).where(DeskRequest.worker_id == worker_id, DeskRequest.state == DeskState.OPEN)
    )


def latest_request_of(session: Session, worker_id: uuid.UUID) -> DeskRequest | None:
    """The last request that was decided or still waits."""
    return session.scalar(
        sa.select(DeskRequest)
        .where(DeskRequest.worker_id == worker_id, DeskRequest.state != DeskState.REPLACED)
        .order_by(DeskRequest.created_at.desc())
        .limit(1)
    )


def take(session: Session, request_id: uuid.UUID) -> tuple[DeskRequest, Worker]:
    """A waiting request and its worker, both locked until the transaction ends.

    Raises:
        NotWaiting
    """
    request = session.get(DeskRequest, request_id)
    if request is None:
        raise NotWaiting
    # The worker first: a worker who tries again takes the locks in this order too.
    worker = session.get_one(Worker, request.worker_id, with_for_update={"key_share": True})
    session.refresh(request, with_for_update=True)
    if request.state is not DeskState.OPEN:
        raise NotWaiting
    return request, worker


def close(request: DeskRequest, *, state: DeskState, decided_by: str, note: str | None = None) -> None:
    """Note a decision and wipe what it was about."""
    request.state = state
    request.decided_at = now()
    request.decided_by = decided_by
    request.note = note
    request.name = request.id_number = request.id_number_hmac = request.wanted = None
    stop_clocks(**_owner(request.id), at=request.decided_at)


def waiting_requests(session: Session, condition: sa.ColumnElement[bool]) -> Sequence[DeskRequest]:
    """What waits and fulfils a condition, the oldest first."""
    return session.scalars(
        sa.select(DeskRequest).where(DeskRequest.state == DeskState.OPEN, condition).order_by(DeskRequest.created_at)
    ).all()


def count_waiting_requests(session: Session, condition: sa.ColumnElement[bool]) -> int:
    """How much waits and fulfils a condition."""
    counted = sa.select(sa.func.count()).select_from(DeskRequest).where(DeskRequest.state == DeskState.OPEN, condition)
    return session.scalar(counted) or 0


def _owner(request_id: uuid.UUID) -> dict[str, Any]:
    return {"owner_kind": OwnerKind.DESK_REQUEST, "owner_id": request_id}
