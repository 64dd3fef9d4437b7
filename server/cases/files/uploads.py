"""Files in parts: begun with their size, sent in any order and as often as it takes, and finished into an attachment.

Each part is stored when it is acknowledged, so a broken connection loses the part that was on its way and no other. An
upload belongs to the worker who began it, or to whoever holds the secret that it was given; that secret claims the
attachment as well. What is not finished within a day vanishes.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from server.cases.files.content import MAX_VIDEO_BYTES, MEGABYTE
from server.cases.files.models import Attachment, Upload, UploadPart
from server.cases.files.quotas import KEPT, Left, left_of_guest, left_of_worker, take_of_guest, take_of_worker
from server.cases.files.service import Stored, check_content, hash_of, keep
from server.core.clock import now
from server.core.db import after_commit, db, transaction
from server.core.errors import Problem, conflict, not_found, unprocessable
from server.core.outside import OutsideUnavailable
from server.core.private import Private
from server.core.storage import storage

PART = 256 * 1024
"""Bytes of each part but the last."""
_BATCH = 200


class Sender(Private, frozen=True):
    """Who asks: a worker, somebody with the upload's secret, or both."""

    worker_id: uuid.UUID | None
    claim: str | None


class Progress(Private, frozen=True):
    """How far an upload is."""

    upload: Upload
    missing: Sequence[int]
    left: Left | None = None
    claim: str | None = None

    @property
    def expires_at(self) -> datetime:
        return self.upload.created_at + KEPT


def parts_of(size: int) -> int:
    """How many parts a file of so many bytes has."""
    return -(-size // PART)


def begin(*, size: int, worker_id: uuid.UUID | None) -> Progress:
    """Reserve room for a file; without a worker there is a secret, given this once.

    Raises:
        Problem: 413 for one that is larger than any may be, 429 for more than one may send.
    """
    if size > MAX_VIDEO_BYTES:
        raise Problem(413, title=f"文件太大了，最多 {MAX_VIDEO_BYTES // MEGABYTE} MB，请压缩或截短后再传")
    claim = None if worker_id else secrets.token_urlsafe(32)
    with transaction() as session:
        left = take_of_worker(worker_id, size) if worker_id else take_of_guest(size)
        upload = Upload(
            owner_worker_id=worker_id, claim_hash=hash_of(claim) if claim else None, size=size, created_at=now()
        )
        session.add(upload)
        session.flush()
    return Progress(upload, range(parts_of(size)), left, claim)


def progress_of(*, upload_id: uuid.UUID, sender: Sender) -> Progress:
    """Which parts are missing.

    Raises:
        Problem: 404, also for somebody else's.
    """
    upload = _own(upload_id, sender)
    return Progress(upload, _missing(upload))


def put_part(*, upload_id: uuid.UUID, number: int, content: bytes, sha256: bytes, sender: Sender) -> Progress:
    """Keep one part; the same one again changes nothing.

    Raises:
        Problem: 404; 409 for other content under the same number, or when the file is finished; 422 for a part that is
            damaged, too short or too long; 503 when there is no room.
    """
    upload = _own(upload_id, sender)
    if not 0 <= number < parts_of(upload.size):
        raise unprocessable({"number": ["这个文件没有这一段"]})
    if len(content) != min(PART, upload.size - number * PART):
        raise unprocessable({"content": ["这一段的长短不对，请重新传这一段"]})
    if not hmac.compare_digest(hashlib.sha256(content).digest(), sha256):
        raise unprocessable({"content": ["这一段在路上传坏了，请重新传这一段"]}, code="part_damaged")
    if upload.attachment_id is None and not _has(upload, number, sha256):
        _store_part(upload, number, content, sha256)
    return Progress(upload, _missing(upload))


def finish(*, upload_id: uuid.UUID, sender: Sender) -> Stored:
    """Make the attachment out of the parts; again, it is the same attachment.

    Raises:
        Problem: 404; 409 naming the parts that are missing; 413, 415 and 422 for what cannot be attached, and then the
            upload is gone; 503 when the files cannot be reached, and then every part is still there.
    """
    upload = _own(upload_id, sender)
    if upload.attachment_id is not None:
        return _finished(upload)
    try:
        return _made(upload)
    except Problem:
        # Whoever finished it at the same moment has taken the parts away; it is the same attachment then.
        again = db.session.get(Upload, upload_id, populate_existing=True)
        if again is None or again.attachment_id is None:
            raise
        return _finished(again)


def _made(upload: Upload) -> Stored:
    asked = sa.select(UploadPart.number, UploadPart.storage_key).where(UploadPart.upload_id == upload.id)
    parts = {row.number: row.storage_key for row in db.session.execute(asked)}
    numbers = range(parts_of(upload.size))
    missing = [number for number in numbers if number not in parts]
    if missing:
        raise Problem(409, "parts_missing", "文件还没有传完，请把缺的几段传上来", extra={"missing": missing})
    try:
        accepted = check_content(_joined([parts[n] for n in numbers]), nameless=upload.owner_worker_id is None)
    except Problem as problem:
        if problem.status != 503:
            _drop([upload.id])
        raise
    with transaction() as session:
        locked = session.get(Upload, upload.id, with_for_update=True, populate_existing=True)
        if locked is None:
            raise not_found()
        if locked.attachment_id is not None:
            return _finished(locked)
        attachment = keep(accepted, worker_id=locked.owner_worker_id, claim_hash=locked.claim_hash)
        locked.attachment_id = attachment.id
        _remove_parts([locked.id])
    return Stored(attachment, _left(locked))


def forget_unfinished() -> None:
    """Remove uploads that began more than a day ago, with the parts that came."""
    while True:
        with transaction() as session:
            old = session.scalars(
                sa.select(Upload.id)
                .where(Upload.created_at < now() - KEPT)
                .limit(_BATCH)
                # One that is being finished right now is left to that.
                .with_for_update(skip_locked=True)
            ).all()
            _drop(old)
        if not old:
            return


def drop_of_worker(worker_id: uuid.UUID) -> int:
    """Remove what a worker has on its way, inside a transaction; returns how many there were."""
    mine = db.session.scalars(sa.select(Upload.id).where(Upload.owner_worker_id == worker_id)).all()
    _drop(mine)
    return len(mine)


def _own(upload_id: uuid.UUID, sender: Sender) -> Upload:
    upload = db.session.get(Upload, upload_id, populate_existing=True)
    if upload is None or upload.created_at < now() - KEPT:
        raise not_found()
    mine = upload.owner_worker_id is not None and upload.owner_worker_id == sender.worker_id
    secret = upload.claim_hash is not None and sender.claim is not None
    if not (mine or (secret and hmac.compare_digest(upload.claim_hash or b"", hash_of(sender.claim or "")))):
        raise not_found()
    return upload


def _missing(upload: Upload) -> Sequence[int]:
    if upload.attachment_id is not None:
        return ()
    there = set(db.session.scalars(sa.select(UploadPart.number).where(UploadPart.upload_id == upload.id)))
    return [number for number in range(parts_of(upload.size)) if number not in there]


def _has(upload: Upload, number: int, sha256: bytes) -> bool:
    there = db.session.scalar(
        sa.select(UploadPart.sha256).where(UploadPart.upload_id == upload.id, UploadPart.number == number)
    )
    if there is not None and there != sha256:
        raise conflict("part_differs", "这一段已经传过别的内容，请把整个文件重新传一遍")
    return there is not None


def _store_part(upload: Upload, number: int, content: bytes, sha256: bytes) -> None:
    key = storage().put(content)
    with transaction() as session:
        # Whoever finishes or drops the upload takes it for themselves; until then it stays for this part.
        still = session.scalar(
            sa.select(Upload.id)
            .where(Upload.id == upload.id, Upload.attachment_id.is_(None))
            .with_for_update(read=True, key_share=True)
        )
        row = {"upload_id": upload.id, "number": number, "sha256": sha256, "storage_key": key}
        kept = still and session.scalar(
            insert(UploadPart).values(row).on_conflict_do_nothing().returning(UploadPart.storage_key)
        )
    if kept is not None:
        return
    _delete_files([key])
    if still is not None:
        # The same part at the same moment: the other one counts.
        _has(upload, number, sha256)
    elif db.session.get(Upload, upload.id, populate_existing=True) is None:
        raise not_found()


def _joined(keys: Sequence[str]) -> bytes:
    whole = bytearray()
    for key in keys:
        with storage().open(key) as part:
            whole += part.read()
    return bytes(whole)


def _finished(upload: Upload) -> Stored:
    attachment = db.session.get(Attachment, upload.attachment_id)
    if attachment is None:
        raise not_found()
    return Stored(attachment, _left(upload))


def _left(upload: Upload) -> Left:
    return left_of_worker(upload.owner_worker_id) if upload.owner_worker_id else left_of_guest()


def _drop(uploads: Sequence[uuid.UUID]) -> None:
    with transaction() as session:
        _remove_parts(uploads)
        session.execute(sa.delete(Upload).where(Upload.id.in_(uploads)))


def _remove_parts(uploads: Sequence[uuid.UUID]) -> None:
    keys = db.session.scalars(
        sa.delete(UploadPart).where(UploadPart.upload_id.in_(uploads)).returning(UploadPart.storage_key)
    ).all()
    after_commit(partial(_delete_files, keys))


def _delete_files(keys: Sequence[str]) -> None:
    """What cannot be deleted now is an orphan, and swept away."""
    files = storage()
    for key in keys:
        with suppress(OSError, OutsideUnavailable):
            files.delete(key)
