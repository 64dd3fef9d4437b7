"""Links to attachments: they work for minutes, for whoever has them, and for one file only."""

import base64
import hashlib
import hmac
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from server.cases.files.models import Attachment
from server.core.clock import now
from server.core.errors import Problem, not_found
from server.core.settings import settings
from server.core.web.blueprint import API_PREFIX

VALID = timedelta(minutes=5)


def link_for(attachment: Attachment) -> dict[str, Any]:
    """How an attachment is shown: `{"id", "url", "media_type", "size", "seconds"?}`.

    Give it only to who may see the case.
    """
    return link(
        attachment_id=attachment.id,
        media_type=attachment.media_type,
        size=attachment.size,
        seconds=attachment.seconds,
    )


def link(
    *, attachment_id: uuid.UUID | str, media_type: str, size: int, seconds: int | None, name: str | None = None
) -> dict[str, Any]:
    """`link_for` for who has only these of an attachment. `name`: what the file is called where it is saved."""
    expires = int((now() + VALID).timestamp())
    called = "" if name is None else f"&name={quote(name)}"
    return {
        "id": attachment_id,
        "url": f"{API_PREFIX}/attachments/{attachment_id}/content"
        f"?expires={expires}&sig={_signature(attachment_id, expires, name)}{called}",
        "media_type": media_type,
        "size": size,
        **({} if seconds is None else {"seconds": seconds}),
    }


def check_link(*, attachment_id: uuid.UUID, expires: int, signature: str, name: str | None = None) -> None:
    """Let a link pass.

    Raises:
        Problem: 404 for a forged link, 410 for an expired one.
    """
    if not hmac.compare_digest(_signature(attachment_id, expires, name).encode(), signature.encode()):
        raise not_found()
    if now().timestamp() >= expires:
        raise Problem(410)


def _signature(attachment_id: uuid.UUID | str, expires: int, name: str | None) -> str:
    message = f"attachment:{attachment_id}:{expires}{'' if name is None else f':{name}'}".encode()
    digest = hmac.digest(settings().signing_key, message, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
