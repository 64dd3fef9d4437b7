"""Going on with another service: what its form begins with, and the files that come along."""

from typing import Any

from flask import Response

from server.cases import going_on
from server.cases.api.blueprint import answer, blp, key_of, wrong_secrets
from server.cases.files.api import uploaded
from server.cases.schemas.case import SecretHeader
from server.cases.schemas.going_on import CarriedSchema, CopiedSchema, FilesToCopySchema
from server.core.access import Level
from server.core.db import read_only
from server.core.web.guard import access
from server.core.web.idempotency import idempotent


@blp.route("/cases/<no>/carried/<service>")
@access(Level.L0)
@wrong_secrets
@read_only
@blp.arguments(SecretHeader, location="headers")
@blp.response(200, CarriedSchema)
@blp.problems(403, 404, 409, 429)
def get_carried(headers: dict[str, Any], no: str, service: str) -> Response:
    """接着办另一项服务：表里先填上写过的，什么都不提交"""
    return answer(going_on.carried_over(no=no, to=service, key=key_of(headers)), 200)


@blp.route("/cases/<no>/carried/<service>/files", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.arguments(FilesToCopySchema)
@blp.response(201, CopiedSchema)
@blp.problems(403, 404, 409, 429, 503)
def copy_carried_files(headers: dict[str, Any], body: dict[str, Any], no: str, service: str) -> dict[str, Any]:
    """把交过的文件也带上：各存一份，像刚上传的一样，一天内提交有效"""
    stored = going_on.copy_files(no=no, to=service, ids=body["files"], key=key_of(headers))
    return {"items": [uploaded(one) for one in stored]}
