"""A worker and whoever has their case in hand: `/cases/{no}/…`."""

from typing import Any

from flask import Response

from server.cases import acts
from server.cases.api.blueprint import answer, blp, key_of, shown, wrong_secrets
from server.cases.schemas.acts import ReopeningSchema
from server.cases.schemas.assignees import TalkingSchema
from server.cases.schemas.case import CaseSchema, SecretHeader
from server.core.access import Level
from server.core.web.guard import access
from server.core.web.idempotency import idempotent


@blp.route("/cases/<no>/replacement", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.arguments(ReopeningSchema)
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 409, 429)
def replace_assignee(headers: dict[str, Any], body: dict[str, Any], no: str) -> Response:
    """要求换人，比如换一位律师"""
    key = key_of(headers)
    acts.ask_for_another(no=no, key=key, reason=body["reason"].strip())
    return answer(shown(no, key), 200)


@blp.route("/cases/<no>/talk", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.arguments(TalkingSchema)
@blp.response(201, CaseSchema)
@blp.problems(403, 404, 409, 429)
def talk(headers: dict[str, Any], body: dict[str, Any], no: str) -> Response:
    """单独给在办的人（比如律师）写话、传文件，工会的人看不到"""
    key = key_of(headers)
    alarming = acts.talk(no=no, key=key, text=body["text"].strip(), items=body["attachments"])
    return answer(shown(no, key, alarming=alarming), 201)


@blp.route("/cases/<no>/handing-on", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 409, 429)
def hand_on(headers: dict[str, Any], no: str) -> Response:
    """把以前单独谈的话转给现在在办的人看"""
    key = key_of(headers)
    acts.hand_on(no=no, key=key)
    return answer(shown(no, key), 200)
