"""Codes by SMS, signing out, consents: their texts, agreeing and taking back."""

from typing import Any

from flask.typing import ResponseReturnValue

from server.core.access import Level
from server.core.db import db, read_only
from server.core.errors import not_found
from server.core.limits import address_key, limiter
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.core.web.idempotency import idempotent
from server.identity import codes, sessions
from server.identity.consents import agree, consent_texts, consents_of, withdraw
from server.identity.models import ConsentKey
from server.identity.pins import require_pin
from server.identity.schemas import (
    ConsentTextListSchema,
    ConsentVersionSchema,
    GrantedConsentListSchema,
    SmsCodeAnswerSchema,
    SmsCodeRequestSchema,
)

blp = ApiBlueprint("identity", __name__, description="登录、验证码、同意书")


@blp.route("/sms-codes", methods=["POST"])
@access(Level.L0)
@limiter.limit("10/minute;60/hour", key_func=address_key)
@idempotent
@blp.arguments(SmsCodeRequestSchema)
@blp.response(202, SmsCodeAnswerSchema)
@blp.problems(409, 429)
def request_sms_code(body: dict[str, Any]) -> dict[str, int]:
    """发短信验证码；不管号码有没有登记过，回答都一样"""
    codes.request_code(phone=codes.read_phone(body["phone"]))
    return {
        "valid_seconds": int(codes.VALID.total_seconds()),
        "again_after_seconds": int(codes.AGAIN_AFTER.total_seconds()),
    }


@blp.route("/sessions/current", methods=["DELETE"])
@access.signed_in
@blp.response(204)
def sign_out() -> ResponseReturnValue:
    """退出登录"""
    sessions.revoke(session_id=worker().session_id)
    return "", 204


@blp.route("/consents")
@access(Level.L0)
@read_only
@blp.response(200, ConsentTextListSchema)
def list_consents() -> dict[str, Any]:
    """各项同意书的现行版本"""
    return {"items": list(consent_texts().values()), "next_cursor": None}


@blp.route("/me/consents/<key>", methods=["PUT"])
@access.signed_in
@blp.arguments(ConsentVersionSchema)
@blp.response(200, GrantedConsentListSchema)
@blp.problems(404)
def give_consent(body: dict[str, Any], key: str) -> dict[str, Any]:
    """同意一项说明；旧版本不算"""
    agree(worker_id=worker().worker_id, key=_key(key), version=body["version"])
    return _mine()


@blp.route("/me/consents/<key>", methods=["DELETE"])
@access.signed_in
@blp.response(200, GrantedConsentListSchema)
@blp.problems(403, 404, 409)
def take_consent_back(key: str) -> dict[str, Any]:
    """撤回同意；靠它做的事马上停，见说明里的 stops"""
    require_pin(worker())
    withdraw(worker_id=worker().worker_id, key=_key(key))
    return _mine()


def _key(named: str) -> ConsentKey:
    try:
        return ConsentKey(named)
    except ValueError:
        raise not_found() from None


def _mine() -> dict[str, Any]:
    return {"items": consents_of(db.session(), worker().worker_id), "next_cursor": None}
