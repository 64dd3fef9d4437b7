"""Storing, claiming and reading attachments.

For the rest of `cases`:

    claim_attachments(case_id=…, items=body["attachments"], worker_id=… or None, message_id=… or None)
                                    inside the transaction that makes the case or message
    attachments_of(case_id=…)       all of a case, oldest first; `links.link_for(attachment)` shows one. What staff
                                    claimed with `note_id=…` is among them for staff only (`inside=True`)
    attachments_apart(talk_ids=…)   what came with talk, claimed with `talk_id=…` too: for those two alone

A verification claims with `desk_request_id=…` in place of `case_id`, and has `evidence_of` and `remove_evidence`.

`items` are what `schemas.ClaimSchema` loads: `{"id": UUID, "claim": str | absent}`, and beside answers
`schemas.AnswerFileSchema`: with the `field` of the form that a file is given to.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, BinaryIO

import sqlalchemy as sa
import structlog
from msgspec import Struct

from server.cases.files.content import MAX_BYTES, MEGABYTE, accept
from server.cases.files.links import check_link
from server.cases.files.media import Accepted, Refused, TooLarge, Unsupported
from server.cases.files.models import Attachment
from server.cases.files.quotas import KEPT, Left, Quota, check_of_case, take_of_guest, take_of_worker
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import Problem, not_found, unprocessable
from server.core.storage import storage

log = structlog.get_logger(__name__)

MAX_AT_ONCE = 9
"""Attachments of one message."""
MAX_WITH_ANSWERS = 30
"""Attachments that come with answers, whose form may ask for files in several fields."""

NO_FIELDS: Mapping[str, Collection[str]] = {}
KIND_NAMES = {"image": "照片", "pdf": "PDF", "audio": "录音", "video": "视频"}

_UNUSABLE = "这个文件用不了：可能已经过期、用过，或不是你传的，请重新传"


class EvidenceLeft(Exception):
    """A file that had to go is still there."""


class Stored(Struct, frozen=True):
    """An attachment and, when it has no owner, the secret that claims it."""

    attachment: Attachment
    left: Left
    claim: str | None = None


def store_attachment(*, content: bytes, worker_id: uuid.UUID | None) -> Stored:
    """Check an uploaded file and keep it for a day, until a case claims it.

    Raises:
        Problem: 413 or 422 for what cannot be kept, 415 for another kind of file, 429 for more than one may send,
            503 when there is no room.
    """
    if len(content) > MAX_BYTES:
        raise Problem(413, title=f"文件太大了，一次最多传 {MAX_BYTES // MEGABYTE} MB，请压缩或截图后再传")
    if not content:
        raise unprocessable({"file": ["这个文件是空的，请重新选一个"]})
    accepted = check_content(content, nameless=worker_id is None)
    claim = None if worker_id else secrets.token_urlsafe(32)
    with transaction():
        size = len(accepted.content)
        left = take_of_worker(worker_id, size) if worker_id else take_of_guest(size)
        attachment = keep(accepted, worker_id=worker_id, claim_hash=hash_of(claim) if claim else None)
    return Stored(attachment, left, claim)


def check_content(content: bytes, *, nameless: bool) -> Accepted:
    """What of it is stored.

    Raises:
        Problem: 413, 415 or 422.
    """
    try:
        return accept(content, nameless=nameless)
    except Unsupported as error:
        raise Problem(415, title=error.sentence) from error
    except TooLarge as error:
        raise Problem(413, title=error.sentence) from error
    except Refused as error:
        raise unprocessable({"file": [error.sentence]}) from error


def keep(accepted: Accepted, *, worker_id: uuid.UUID | None, claim_hash: bytes | None) -> Attachment:
    """Store what was accepted, inside the transaction that counts it.

    Raises:
        Problem: 503 when there is no room.
    """
    attachment = Attachment(
        owner_worker_id=worker_id,
        claim_hash=claim_hash,
        sha256=hashlib.sha256(accepted.content).hexdigest(),
        size=len(accepted.content),
        media_type=accepted.media_type,
        seconds=accepted.seconds,
        # A file whose row does not follow is found by `sweep_orphans`.
        storage_key=storage().put(accepted.content),
        created_at=now(),
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def hash_of(claim: str) -> bytes:
    """How a secret is stored: 256 random bits need no slow hash."""
    return hashlib.sha256(claim.encode()).digest()


def may_claim(attachment: Attachment, claim: str | None, worker_id: uuid.UUID | None) -> bool:
    """Whether an upload that nothing has claimed yet is this sender's."""
    if attachment.claimed_at is not None or attachment.created_at < now() - KEPT:
        return False
    if attachment.owner_worker_id is not None:
        return attachment.owner_worker_id == worker_id
    assert attachment.claim_hash is not None
    return claim is not None and hmac.compare_digest(attachment.claim_hash, hash_of(claim))


def claim_attachments(
    *,
    case_id: uuid.UUID | None = None,
    desk_request_id: uuid.UUID | None = None,
    items: Sequence[Mapping[str, Any]],
    worker_id: uuid.UUID | None,
    message_id: uuid.UUID | None = None,
    talk_id: uuid.UUID | None = None,
    note_id: uuid.UUID | None = None,
    kinds: Mapping[str, Collection[str]] = NO_FIELDS,
) -> list[Attachment]:
    """Give attachments to a case or to a verification, each once.

    Args:
        items: `{"id", "claim"?, "field"?}`; the secret is needed for what was uploaded without a token.
        worker_id: who submits; None for an anonymous case, which never takes what somebody uploaded by name.
        kinds: what each field takes (`MediaType.kind`).

    Raises:
        Problem: 422 naming the item. It does not say which of the reasons it was.
    """
    if not items:
        return []
    if len(items) > MAX_WITH_ANSWERS:
        raise unprocessable({"attachments": [f"一次最多 {MAX_WITH_ANSWERS} 个文件"]})
    with transaction() as session:
        # Locked in one order, so that two claims cannot wait for each other.
        rows = session.scalars(
            sa.select(Attachment)
            .where(Attachment.id.in_([item["id"] for item in items]))
            .order_by(Attachment.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        found = {row.id: row for row in rows}
        claimed: list[Attachment] = []
        errors: dict[str, list[str]] = {}
        for index, item in enumerate(items):
            attachment = found.pop(item["id"], None)
            if attachment is None or not may_claim(attachment, item.get("claim"), worker_id):
                errors[f"attachments.{index}.id"] = [_UNUSABLE]
                continue
            taken = kinds.get(item.get("field") or "")
            if taken is not None and attachment.media_type.kind not in taken:
                errors[f"attachments.{index}.id"] = [f"这一栏只收{kinds_in_words(taken)}"]
            claimed.append(attachment)
        if errors:
            raise unprocessable(errors)
        check_of_case(_claimed_before(case_id, desk_request_id), Quota(len(claimed), sum(one.size for one in claimed)))
        fields = {item["id"]: item.get("field") for item in items}
        for attachment in claimed:
            attachment.case_id = case_id
            attachment.desk_request_id = desk_request_id
            attachment.message_id = message_id
            attachment.field = fields.get(attachment.id)
            attachment.talk_id = talk_id
            attachment.note_id = note_id
            attachment.claim_hash = None
            attachment.claimed_at = now()
        session.flush()
        return claimed


def kinds_in_words(kinds: Collection[str]) -> str:
    """照片、PDF."""
    return "、".join(name for kind, name in KIND_NAMES.items() if kind in kinds)


def count_by_field(*, case_id: uuid.UUID) -> dict[str, int]:
    """How many files each field of a case's form was given."""
    counted = sa.select(Attachment.field, sa.func.count()).where(
        Attachment.case_id == case_id, Attachment.field.is_not(None)
    )
    return {str(field): count for field, count in db.session.execute(counted.group_by(Attachment.field))}


def copy_attachments(*, of_message: uuid.UUID, case_id: uuid.UUID, message_id: uuid.UUID) -> None:
    """Give the files of a message to another case's message too, each as a file of its own that goes with its case."""
    of_it = sa.select(Attachment).where(Attachment.message_id == of_message)
    with transaction() as session:
        for one in session.scalars(of_it.order_by(Attachment.claimed_at, Attachment.id)).all():
            session.add(_again(one, case_id=case_id, message_id=message_id, claimed_at=now()))


def copied_for(files: Sequence[Attachment], *, worker_id: uuid.UUID) -> list[Stored]:
    """Files that a worker handed in before, each once more as one that they have just sent: counted against what they
    may send, kept for a day, and claimed like any other.

    Raises:
        Problem: 429 for more than one may send, 503 when there is no room.
    """
    stored: list[Stored] = []
    with transaction() as session:
        for one in files:
            left = take_of_worker(worker_id, one.size)
            copy = _again(one, owner_worker_id=worker_id)
            session.add(copy)
            session.flush()
            stored.append(Stored(copy, left))
    return stored


def _again(one: Attachment, **whose: Any) -> Attachment:
    """The same content as a file of its own, that goes with what it is given to."""
    return Attachment(
        sha256=one.sha256,
        size=one.size,
        media_type=one.media_type,
        seconds=one.seconds,
        storage_key=storage().put(content_of(one)),
        created_at=now(),
        **whose,
    )


def store_of_staff(content: bytes) -> dict[str, Any]:
    """Check a file that staff add to a case, and keep it until their step takes it. It says nothing of who made it.

    Returns:
        what `claim_attachments` takes.

    Raises:
        Problem: 413, 415 or 422 for what cannot be kept, 503 when there is no room.
    """
    accepted = check_content(content, nameless=True)
    claim = secrets.token_urlsafe(32)
    with transaction():
        return {"id": keep(accepted, worker_id=None, claim_hash=hash_of(claim)).id, "claim": claim}


def attachments_of(*, case_id: uuid.UUID, inside: bool = False) -> Sequence[Attachment]:
    """All attachments of a case that those who handle it may see, oldest first: none of what was said apart.

    Args:
        inside: also those of notes, which only staff read.
    """
    of_note = sa.true() if inside else Attachment.note_id.is_(None)
    return db.session.scalars(
        sa.select(Attachment)
        .where(Attachment.case_id == case_id, Attachment.talk_id.is_(None), of_note)
        .order_by(Attachment.claimed_at, Attachment.id)
    ).all()


def attachments_apart(*, talk_ids: Collection[uuid.UUID]) -> Sequence[Attachment]:
    """What came with these messages between a worker and whoever has the case, oldest first."""
    return db.session.scalars(
        sa.select(Attachment).where(Attachment.talk_id.in_(talk_ids)).order_by(Attachment.claimed_at, Attachment.id)
    ).all()


def evidence_of(*, desk_request_id: uuid.UUID) -> Sequence[Attachment]:
    """What a worker sent for a verification, oldest first."""
    return db.session.scalars(
        sa.select(Attachment)
        .where(Attachment.desk_request_id == desk_request_id)
        .order_by(Attachment.claimed_at, Attachment.id)
    ).all()


def content_of(attachment: Attachment) -> bytes:
    """What is in it. Only for who may see it; whoever calls this records the look."""
    with storage().open(attachment.storage_key) as stored:
        return stored.read()


def remove_evidence(*, desk_request_id: uuid.UUID) -> int:
    """Delete what was sent for a verification, files first, and look whether they are gone.

    If the transaction fails after that, the rows are still there and the next call finds no files, which is fine.

    Returns:
        how many files there were.

    Raises:
        EvidenceLeft: a file is still there.
    """
    with transaction() as session:
        rows = session.scalars(
            sa.select(Attachment).where(Attachment.desk_request_id == desk_request_id).with_for_update()
        ).all()
        for row in rows:
            storage().delete(row.storage_key)
            if storage().has(row.storage_key):
                raise EvidenceLeft
            session.delete(row)
        return len(rows)


def open_link(
    *, attachment_id: uuid.UUID, expires: int, signature: str, name: str | None = None
) -> tuple[Attachment, BinaryIO]:
    """The attachment behind a link, and its file for reading.

    Raises:
        Problem: 404 for a forged link, 410 for an expired one, 503 when the disk does not answer.
    """
    check_link(attachment_id=attachment_id, expires=expires, signature=signature, name=name)
    attachment = db.session.get(Attachment, attachment_id)
    if attachment is None:
        raise not_found()
    return attachment, storage().open(attachment.storage_key)


def _claimed_before(case_id: uuid.UUID | None, desk_request_id: uuid.UUID | None) -> Quota:
    same = Attachment.case_id == case_id if case_id else Attachment.desk_request_id == desk_request_id
    files, size = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Attachment.size), 0)).where(same)
    ).one()
    return Quota(files, int(size))
