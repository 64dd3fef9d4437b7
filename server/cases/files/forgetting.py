"""What no longer belongs to anything goes: uploads that nobody claimed, and files without a row."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from itertools import islice

import sqlalchemy as sa
import structlog

from server.cases.files.models import Attachment, UploadPart
from server.cases.files.quotas import KEPT
from server.core.clock import now
from server.core.db import after_commit, transaction
from server.core.outside import OutsideUnavailable
from server.core.storage import storage
from server.unions.lists.service import parts_known

log = structlog.get_logger(__name__)

_BATCH = 500


def forget_unclaimed() -> None:
    """Remove what nobody claimed within a day: rows and their files."""
    before = now() - KEPT
    while _forget_batch(before):
        pass


def sweep_orphans() -> None:
    """Remove files that never got a row, or lost it while they could not be deleted.

    While the files cannot be reached nothing is done; the next run finds the same.
    """
    before = now() - KEPT
    files = storage()
    old_keys = files.keys_older_than(before)
    try:
        while keys := list(islice(old_keys, _BATCH)):
            _remove_orphans(keys)
        files.clear_incoming(before=before)
    except (OSError, OutsideUnavailable) as error:
        log.warning("orphans_left", kind=type(error).__name__)


def _forget_batch(before: datetime) -> int:
    with transaction() as session:
        oldest = (
            sa.select(Attachment.id)
            .where(Attachment.claimed_at.is_(None), Attachment.created_at < before)
            .limit(_BATCH)
            # One that is being claimed right now is left to its claim.
            .with_for_update(skip_locked=True)
        )
        keys = session.scalars(
            sa.delete(Attachment).where(Attachment.id.in_(oldest)).returning(Attachment.storage_key)
        ).all()
        files = storage()
        for key in keys:
            after_commit(partial(files.delete, key))
    return len(keys)


def _remove_orphans(keys: Collection[str]) -> None:
    with transaction() as session:
        known = {
            key
            for column in (Attachment.storage_key, UploadPart.storage_key)
            for key in session.scalars(sa.select(column).where(column.in_(keys)))
        } | parts_known(session, list(keys))
    for key in set(keys) - known:
        storage().delete(key)
