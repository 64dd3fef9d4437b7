"""Codes by SMS, signing out, and the texts of the consents."""

from typing import Any

from flask.typing import ResponseReturnValue

from server.core.access import Level
from server.core.db import read_only
from server.core.limits import address_key, limiter
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.core.web.idempotency import idempotent
from server.identity import codes, sessions
from server.identity.consents import consent_texts
from server.identity.schemas import ConsentTextListSchema, SmsCodeAnswerSchema, SmsCodeRequestSchema

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
