"""Deciding the verifications that wait for a person: each reading and each decision is recorded, the worker is told."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from msgspec import Struct

from server.cases.files.links import link_for
from server.cases.files.service import content_of, evidence_of
from server.clocks.models import Clock, OwnerKind
from server.clocks.service import clocks_of_many
from server.core import audit
from server.core.access import Level
from server.core.crypto import keyed_hmacs
from server.core.db import db, transaction
from server.core.settings import settings
from server.identity import desk, verification
from server.identity.checks import said_of
from server.identity.desk import NotWaiting, count_waiting_requests, waiting_requests
from server.identity.models import ID_NUMBER, DeskRequest, DeskState, Said, Worker
from server.identity.papers import match_key
from server.identity.rules import mask_name, mask_phone
from server.notices.service import notify
from server.notices.worded import worded
from server.unions.models import TradeUnion
from server.unions.responsible import responsible_for
from server.unions.staff.authority import authorise_about, in_reach_of, offices_of
from server.unions.staff.vocabulary import Right

PROFILE = "/me"
VERIFY = "/me/verification"
SUBJECT = "desk_request"


class Dossier(Struct, frozen=True):
    """What there is to decide on."""

    request: DeskRequest
    said: Said | None
    """By the identity service, where it was asked."""
    links: list[str]
    """To the photos that the worker sent; good for minutes."""
    photos: list[uuid.UUID]
    """The same, for `photo`."""
    due_at: datetime | None


class Side(Struct, frozen=True):
    """One of two accounts that claim a number, masked: enough to compare them, too little to find anybody."""

    worker_id: uuid.UUID
    name_masked: str | None
    phone_masked: str | None
    level: Level
    created_at: datetime
    verified_at: datetime | None
    seen_at: datetime | None
    frozen: bool


def read_list(*, number: str) -> Sequence[DeskRequest]:
    """What waits for this member of the staff, the oldest first. One look, however many wait: the line has to be seen.

    Raises:
        Problem: 403 for whoever has no part in it.
    """
    with transaction() as session:
        reach = in_reach_of(session, number=number, right=Right.VERIFICATION, worker_id=DeskRequest.worker_id)
        waiting = waiting_requests(session, reach)
        audit.record(
            actor=audit.staff(number),
            action="verification.read_list",
            subject_kind=SUBJECT,
            detail={"requests": len(waiting)},
        )
        return waiting


def actor_for(*, request_id: uuid.UUID, number: str) -> str:
    """The actor for whoever may deal with a request.

    Raises:
        Problem: 403 for everybody else, and where there is no such request for whoever may not see that.
    """
    session = db.session()
    worker_id = session.scalar(sa.select(DeskRequest.worker_id).where(DeskRequest.id == request_id))
    authorise_about(session, number=number, right=Right.VERIFICATION, worker_id=worker_id)
    return audit.staff(number)


def due_times(requests: Sequence[DeskRequest]) -> Mapping[uuid.UUID, Clock]:
    """Until when each is decided. One query."""
    found = clocks_of_many(owner_kind=OwnerKind.DESK_REQUEST, owner_ids=[request.id for request in requests])
    return {request_id: clocks[0] for request_id, clocks in found.items() if clocks}


def other_offices(requests: Sequence[DeskRequest], *, number: str) -> Mapping[uuid.UUID, str]:
    """By the name of which union each is decided that is decided by none of this member's own. One query for all."""
    own = offices_of(db.session(), number=number, right=Right.VERIFICATION)
    asked = sa.select(DeskRequest.id, TradeUnion.name).join(
        TradeUnion, TradeUnion.id == responsible_for(DeskRequest.worker_id)
    )
    rows = db.session.execute(
        asked.where(
            DeskRequest.id.in_([request.id for request in requests]),
            TradeUnion.id.not_in([office.id for office in own]),
        )
    )
    return dict(iter(rows))


def count_waiting(*, number: str) -> int:
    """How much waits for this member of the staff. Raises as `read_list` does."""
    session = db.session()
    reach = in_reach_of(session, number=number, right=Right.VERIFICATION, worker_id=DeskRequest.worker_id)
    return count_waiting_requests(session, reach)


def read(*, request_id: uuid.UUID, actor: str) -> Dossier:
    """A waiting request with name, number and photos, for somebody who compares them with the papers.

    Raises:
        NotWaiting
    """
    with transaction() as session:
        request = _waiting(request_id)
        audit.record(actor=actor, action="verification.read", subject_kind=SUBJECT, subject_id=request_id)
        base = settings().public_base_url
        photos = evidence_of(desk_request_id=request_id)
        clock = desk.clock_of(request)
        return Dossier(
            request=request,
            said=said_of(session, request),
            links=[base + link_for(photo)["url"] for photo in photos],
            photos=[photo.id for photo in photos],
            due_at=None if clock is None else clock.due_at,
        )


def photo(*, request_id: uuid.UUID, photo_id: uuid.UUID, actor: str) -> bytes:
    """One photo of a waiting request; each look is recorded.

    Raises:
        NotWaiting: or the photo is not one of it.
    """
    with transaction():
        _waiting(request_id)
        found = next((one for one in evidence_of(desk_request_id=request_id) if one.id == photo_id), None)
        if found is None:
            raise NotWaiting
        audit.record(actor=actor, action="verification.read_photo", subject_kind=SUBJECT, subject_id=request_id)
        return content_of(found)


def conflict(*, request_id: uuid.UUID, actor: str) -> tuple[Side, Side]:
    """Who claims the number of a waiting request, and who holds it; the reading is recorded for both.

    Raises:
        NotWaiting: or nobody else holds the number.
    """
    with transaction() as session:
        request = _waiting(request_id)
        assert request.id_number, "wiped only with the decision"
        digests = keyed_hmacs(match_key(request.id_type, request.id_number), purpose=ID_NUMBER)
        claimant = session.get_one(Worker, request.worker_id)
        holder = session.scalar(sa.select(Worker).where(Worker.id_number_hmac.in_(digests), Worker.id != claimant.id))
        if holder is None:
            raise NotWaiting
        for worker in (claimant, holder):
            audit.record(actor=actor, action="verification.read_conflict", subject_kind="worker", subject_id=worker.id)
        return side_of(claimant, name=request.name), side_of(holder, name=holder.name)


def want(*, request_id: uuid.UUID, actor: str, words: str) -> None:
    """Ask the worker for photos; the clock stands still until they come. Raises what `desk.want` raises."""
    with transaction() as session:
        request = desk.want(session, request_id, words=words)
        audit.record(actor=actor, action="verification.want", subject_kind=SUBJECT, subject_id=request_id)
        notify(
            worker_id=request.worker_id,
            kind="verification.wanted",
            title="实名认证要你补一样东西",
            body=worded("{text}\n在“实名认证”里拍照上传就行。办完 30 天内删掉照片。", text=words),
            link=VERIFY,
        )


def approve(*, request_id: uuid.UUID, actor: str, paper_valid_to: date | None = None, born: date | None = None) -> None:
    """Raise the worker to L2. Raises what `verification.approve` raises."""
    with transaction():
        worker_id = verification.approve(
            request_id=request_id, decided_by=actor, paper_valid_to=paper_valid_to, born=born
        )
        audit.record(actor=actor, action="verification.approve", subject_kind=SUBJECT, subject_id=request_id)
        notify(
            worker_id=worker_id,
            kind="verification.approved",
            title="实名认证通过了",
            body=worded("已经核对好。现在可以用需要认证的服务了。"),
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
            body=worded("{text}\n改好以后可以再试一次，也可以带证件到服务中心办理。", text=note),
            link=PROFILE,
        )


def _waiting(request_id: uuid.UUID) -> DeskRequest:
    request = db.session.get(DeskRequest, request_id)
    if request is None or request.state is not DeskState.OPEN:
        raise NotWaiting
    return request


def side_of(worker: Worker, *, name: str | None) -> Side:
    return Side(
        worker_id=worker.id,
        name_masked=None if name is None else mask_name(name),
        phone_masked=None if worker.phone is None else mask_phone(worker.phone),
        level=worker.level,
        created_at=worker.created_at,
        verified_at=worker.verified_at,
        seen_at=worker.seen_at,
        frozen=worker.frozen_at is not None,
    )
