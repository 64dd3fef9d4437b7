"""`POST /attachments`, and what its links point to."""

import uuid
from typing import Any

from flask import Response, send_file
from werkzeug.datastructures import FileStorage

from server.cases.files.content import MAX_BYTES
from server.cases.files.media import MediaType
from server.cases.files.schemas import LinkQuery, UploadedSchema, UploadSchema
from server.cases.files.service import Stored, open_link, store_attachment
from server.core.access import Level
from server.core.db import read_only
from server.core.limits import limiter
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, principal
from server.core.web.idempotency import idempotent

blp = ApiBlueprint("attachments", __name__, description="附件")

GUEST_LIMIT = "30/hour"
"""Uploads without a token from one address; behind it may be a whole station."""

_BINARY = {"schema": {"type": "string", "format": "binary"}}


@blp.route("/attachments", methods=["POST"])
@access(Level.L0)
@limiter.limit(GUEST_LIMIT, exempt_when=lambda: principal() is not None)
@idempotent
@blp.arguments(UploadSchema, location="files")
@blp.response(201, UploadedSchema)
@blp.problems(409, 413, 415, 429, 503)
def upload(files: dict[str, Any]) -> dict[str, Any]:
    """Keep a file for a day, until a case claims it."""
    given: FileStorage = files["file"]
    caller = principal()
    stored = store_attachment(content=given.stream.read(MAX_BYTES + 1), worker_id=caller.worker_id if caller else None)
    return uploaded(stored)


def uploaded(stored: Stored) -> dict[str, Any]:
    """What `UploadedSchema` says of a stored file."""
    attachment = stored.attachment
    return {
        "id": attachment.id,
        "sha256": attachment.sha256,
        "size": attachment.size,
        "media_type": attachment.media_type,
        "left": stored.left,
        **({} if attachment.seconds is None else {"seconds": attachment.seconds}),
        **({"claim": stored.claim} if stored.claim else {}),
    }


@blp.route("/attachments/<uuid:attachment_id>/content")
@access.public
@read_only
@blp.arguments(LinkQuery, location="query")
@blp.doc(responses={"200": {"description": "文件", "content": {kind.value: _BINARY for kind in MediaType}}})
@blp.problems(404, 410, 416, 503)
def content(query: dict[str, Any], attachment_id: uuid.UUID) -> Response:
    """The file behind a link, or the part of it that a player asks for. The signature is the right to see it."""
    attachment, file = open_link(attachment_id=attachment_id, expires=query["expires"], signature=query["sig"])
    response = send_file(
        file,
        mimetype=attachment.media_type,
        as_attachment=attachment.media_type is MediaType.PDF,
        download_name=f"attachment-{attachment.id.hex[-8:]}.{attachment.media_type.suffix}",
        etag=False,
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
