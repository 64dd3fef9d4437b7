"""Covering what a sender does not want to be seen of a picture."""

import hashlib
import uuid
from collections.abc import Sequence
from functools import partial

from server.cases.files.content import covered
from server.cases.files.images import Spot
from server.cases.files.models import Attachment
from server.cases.files.service import content_of, may_claim
from server.core.db import after_commit, transaction
from server.core.errors import not_found, unprocessable
from server.core.storage import storage


def cover_spots(
    *, attachment_id: uuid.UUID, claim: str | None, worker_id: uuid.UUID | None, spots: Sequence[Spot]
) -> Attachment:
    """Take out of a picture that nothing has claimed yet what its sender does not want to be seen; it is kept nowhere.

    Raises:
        Problem: 404 for what is not the sender's, or claimed; 422 for what is no picture; 503 when there is no room.
    """
    # Drawing takes as long as the picture is large: nobody waits for it, and it is done again where another covered
    # something of the same picture meanwhile.
    while True:
        with transaction():
            before = _own_picture(attachment_id, claim, worker_id)
            key, content = before.storage_key, content_of(before)
        content = covered(content, spots)
        with transaction():
            attachment = _own_picture(attachment_id, claim, worker_id, lock=True)
            if attachment.storage_key != key:
                continue
            after_commit(partial(storage().delete, key))
            attachment.storage_key = storage().put(content)
            attachment.sha256, attachment.size = hashlib.sha256(content).hexdigest(), len(content)
            return attachment


def _own_picture(
    attachment_id: uuid.UUID, claim: str | None, worker_id: uuid.UUID | None, *, lock: bool = False
) -> Attachment:
    with transaction() as session:
        attachment = session.get(Attachment, attachment_id, with_for_update=lock, populate_existing=True)
    if attachment is None or not may_claim(attachment, claim, worker_id):
        raise not_found()
    if attachment.media_type.kind != "image":
        raise unprocessable({"spots": ["只有照片能遮"]})
    return attachment
