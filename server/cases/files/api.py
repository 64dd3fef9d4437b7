"""Attachments: sent at once or in parts, and what their links point to."""

import uuid
from typing import Any

from flask import Response, request, send_file
from werkzeug.datastructures import FileStorage

from server.cases.files import uploads
from server.cases.files.content import MAX_BYTES
from server.cases.files.covering import cover_spots
from server.cases.files.images import Spot
from server.cases.files.media import MediaType
from server.cases.files.models import Attachment
from server.cases.files.schemas import (
    CoveredSchema,
    CoversSchema,
    LinkQuery,
    NewUploadSchema,
    PartHeaders,
    UploadClaimHeader,
    UploadedSchema,
    UploadProgressSchema,
    UploadSchema,
)
from server.cases.files.service import Stored, open_link, store_attachment
from server.cases.files.uploads import Progress, Sender
from server.core.access import Level
from server.core.db import read_only
from server.core.limits import caller_key, limiter
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, principal
from server.core.web.idempotency import idempotency_exempt, idempotent

blp = ApiBlueprint("attachments", __name__, description="附件")

GUEST_LIMIT = "30/hour"
"""Uploads without a token from one address; behind it may be a whole station."""

COVERS = "60/hour"

_BINARY = {"schema": {"type": "string", "format": "binary"}}


guests = limiter.shared_limit(GUEST_LIMIT, scope="uploads", exempt_when=lambda: principal() is not None)


@blp.route("/attachments", methods=["POST"])
@access(Level.L0)
@guests
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


@blp.route("/attachments/<uuid:attachment_id>/covers", methods=["POST"])
@access(Level.L0)
@limiter.limit(COVERS, key_func=caller_key)
@idempotency_exempt("what is covered stays covered, however often it is asked for")
@blp.arguments(CoversSchema)
@blp.response(200, CoveredSchema)
@blp.problems(404, 503)
def cover(body: dict[str, Any], attachment_id: uuid.UUID) -> Attachment:
    """Cover faces and number plates of a picture, before a case claims it. What lay there is kept nowhere."""
    caller = principal()
    return cover_spots(
        attachment_id=attachment_id,
        claim=body.get("claim"),
        worker_id=caller.worker_id if caller else None,
        spots=[Spot(**spot) for spot in body["spots"]],
    )


@blp.route("/uploads", methods=["POST"])
@access(Level.L0)
@guests
@idempotent
@blp.arguments(NewUploadSchema)
@blp.response(201, UploadProgressSchema)
@blp.problems(409, 413, 429)
def begin_upload(body: dict[str, Any]) -> dict[str, Any]:
    """Begin a file that comes in parts, e.g. over a bad network."""
    caller = principal()
    return in_progress(uploads.begin(size=body["size"], worker_id=caller.worker_id if caller else None))


@blp.route("/uploads/<uuid:upload_id>")
@access(Level.L0)
@read_only
@blp.arguments(UploadClaimHeader, location="headers")
@blp.response(200, UploadProgressSchema)
@blp.problems(404)
def get_upload(headers: dict[str, Any], upload_id: uuid.UUID) -> dict[str, Any]:
    """Which parts are missing."""
    return in_progress(uploads.progress_of(upload_id=upload_id, sender=_sender(headers)))


@blp.route("/uploads/<uuid:upload_id>/parts/<int:number>", methods=["PUT"])
@access(Level.L0)
@blp.arguments(PartHeaders, location="headers")
@blp.doc(requestBody={"required": True, "content": {"application/octet-stream": _BINARY}})
@blp.response(200, UploadProgressSchema)
@blp.problems(404, 409, 413)
def put_part(headers: dict[str, Any], upload_id: uuid.UUID, number: int) -> dict[str, Any]:
    """Send a part, in any order; the same one again is fine."""
    request.max_content_length = uploads.PART
    progress = uploads.put_part(
        upload_id=upload_id,
        number=number,
        content=request.get_data(cache=False),
        sha256=bytes.fromhex(headers["sha256"]),
        sender=_sender(headers),
    )
    return in_progress(progress)


@blp.route("/uploads/<uuid:upload_id>/attachment", methods=["POST"])
@access(Level.L0)
@idempotency_exempt("an upload becomes one attachment, however often it is asked to")
@blp.arguments(UploadClaimHeader, location="headers")
@blp.response(201, UploadedSchema)
@blp.problems(404, 409, 413, 415, 429)
def finish_upload(headers: dict[str, Any], upload_id: uuid.UUID) -> dict[str, Any]:
    """Make the attachment out of the parts; its secret is the upload's."""
    return uploaded(uploads.finish(upload_id=upload_id, sender=_sender(headers)))


def in_progress(progress: Progress) -> dict[str, Any]:
    """What `UploadProgressSchema` says of an upload."""
    upload = progress.upload
    answer = {
        "id": upload.id,
        "size": upload.size,
        "part_size": uploads.PART,
        "missing": list(progress.missing),
        "expires_at": progress.expires_at,
        "attachment_id": upload.attachment_id,
        "left": progress.left,
        "claim": progress.claim,
    }
    return {name: value for name, value in answer.items() if value is not None}


def _sender(headers: dict[str, Any]) -> Sender:
    caller = principal()
    return Sender(caller.worker_id if caller else None, headers["claim"])


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
    attachment, file = open_link(
        attachment_id=attachment_id, expires=query["expires"], signature=query["sig"], name=query.get("name")
    )
    response = send_file(
        file,
        mimetype=attachment.media_type,
        as_attachment=attachment.media_type in {MediaType.PDF, MediaType.DOCX},
        download_name=query.get("name") or f"attachment-{attachment.id.hex[-8:]}.{attachment.media_type.suffix}",
        etag=False,
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
