"""What a worker does in a case: `/cases/{no}/…`."""

from typing import Any

from flask import Response

from server.cases import acts
from server.cases.api.blueprint import answer, blp, key_of, shown, wrong_secrets
from server.cases.schemas.acts import (
    AgreementSchema,
    MessageSchema,
    OutcomeSchema,
    RatingSchema,
    ReopeningSchema,
    SupplementSchema,
    WithdrawalSchema,
)
from server.cases.schemas.case import CaseSchema, SecretHeader
from server.core.access import Level
from server.core.web.guard import access
from server.core.web.idempotency import idempotent


@blp.route("/cases/<no>/messages", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.arguments(MessageSchema)
@blp.response(201, CaseSchema)
@blp.problems(403, 404, 409, 429)
def send_message(headers: dict[str, Any], body: dict[str, Any], no: str) -> Response:
    """留言"""
    key = key_of(headers)
    alarming = acts.say(no=no, key=key, text=body["text"].strip(), items=body["attachments"])
    return answer(shown(no, key, alarming=alarming), 201)


@blp.route("/cases/<no>/supplements", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.arguments(SupplementSchema)
@blp.response(201, CaseSchema)
@blp.problems(403, 404, 409, 429)
def supplement_case(headers: dict[str, Any], body: dict[str, Any], no: str) -> Response:
    """补充或改正填过的内容"""
    key = key_of(headers)
    alarming = acts.supplement(no=no, key=key, answers=body["answers"], items=body["attachments"])
    return answer(shown(no, key, alarming=alarming), 201)


@blp.route("/cases/<no>/withdrawal", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.arguments(WithdrawalSchema)
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 409, 429)
def withdraw_case(headers: dict[str, Any], body: dict[str, Any], no: str) -> Response:
    """撤回"""
    key = key_of(headers)
    acts.withdraw(no=no, key=key, reason=(body["reason"] or "").strip() or None)
    return answer(shown(no, key), 200)


@blp.route("/cases/<no>/agreement", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.arguments(AgreementSchema)
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 409, 429)
def agree_in_case(headers: dict[str, Any], body: dict[str, Any], no: str) -> Response:
    """同意这件事现在要你同意的，比如转给 12345"""
    key = key_of(headers)
    acts.agree(no=no, key=key, consents=body["consents"])
    return answer(shown(no, key), 200)


@blp.route("/cases/<no>/acknowledgement", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 409, 429)
def acknowledge_in_case(headers: dict[str, Any], no: str) -> Response:
    """看到了工会问的；匿名的事从看到以后才停下来等补充"""
    key = key_of(headers)
    acts.acknowledge(no=no, key=key)
    return answer(shown(no, key), 200)


@blp.route("/cases/<no>/refusal", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 409, 429)
def decline_in_case(headers: dict[str, Any], no: str) -> Response:
    """不同意；工会接着办"""
    key = key_of(headers)
    acts.decline(no=no, key=key)
    return answer(shown(no, key), 200)


@blp.route("/cases/<no>/rating", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.arguments(RatingSchema)
@blp.response(201, CaseSchema)
@blp.problems(403, 404, 409, 429)
def rate_case(headers: dict[str, Any], body: dict[str, Any], no: str) -> Response:
    """评价；没解决的可以接着要求重新办理"""
    key = key_of(headers)
    acts.rate(no=no, key=key, rating=acts.Rating(**body))
    return answer(shown(no, key), 201)


@blp.route("/cases/<no>/outcome", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.arguments(OutcomeSchema)
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 409, 429)
def tell_outcome(headers: dict[str, Any], body: dict[str, Any], no: str) -> Response:
    """说说解决没有，不算评价：由 12345 回访的事，评价由 12345 问"""
    key = key_of(headers)
    acts.tell_outcome(no=no, key=key, solved=body["solved"], reason=(body["reason"] or "").strip() or None)
    return answer(shown(no, key), 200)


@blp.route("/cases/<no>/reopening", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.arguments(ReopeningSchema)
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 409, 429)
def reopen_case(headers: dict[str, Any], body: dict[str, Any], no: str) -> Response:
    """要求重新办理，只有一次"""
    key = key_of(headers)
    acts.reopen(no=no, key=key, reason=body["reason"].strip())
    return answer(shown(no, key), 200)
