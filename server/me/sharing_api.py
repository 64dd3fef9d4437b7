"""A phone that several share: who is on it, changing over, and the PIN that keeps them apart."""

import uuid
from typing import Any

from flask.typing import ResponseReturnValue

from server.core.db import db, read_only
from server.core.limits import caller_key, limiter
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.core.web.idempotency import idempotency_exempt
from server.identity import pins, profiles
from server.me.schemas import SessionSchema
from server.me.sharing_schemas import (
    PinCheckSchema,
    PinSchema,
    PinStateSchema,
    SharingListSchema,
    SwitchSchema,
)
from server.me.sign_in import session_of

blp = ApiBlueprint("sharing", __name__, description="几个人合用一部手机：换人、解锁码")


@blp.route("/me/profiles")
@access.signed_in
@read_only
@blp.response(200, SharingListSchema)
def list_profiles() -> dict[str, Any]:
    """这部手机上的人，当前的在前"""
    return {"items": profiles.profiles_of(db.session(), session_id=worker().session_id), "next_cursor": None}


@blp.route("/me/profiles", methods=["POST"])
@access.signed_in
@limiter.limit("10/hour", key_func=caller_key)
@idempotency_exempt("the session that asks ends with it")
@blp.response(201, SessionSchema)
@blp.problems(409, 429)
def add_profile() -> dict[str, Any]:
    """另一个人也用这部手机：开一个新账号，换成他；自己的登录到此为止"""
    return session_of(profiles.start_another(who=worker()))


@blp.route("/me/profiles/<uuid:profile_id>/sessions", methods=["POST"])
@access.signed_in
@limiter.limit("60/hour", key_func=caller_key)
@idempotency_exempt("the session that asks ends with it")
@blp.arguments(SwitchSchema)
@blp.response(201, SessionSchema)
@blp.problems(403, 404, 429)
def switch_profile(body: dict[str, str | None], profile_id: uuid.UUID) -> dict[str, Any]:
    """换成这部手机上的另一个人；设了解锁码的要他自己的解锁码，自己的登录到此为止"""
    return session_of(profiles.switch(who=worker(), to=profile_id, pin=body["pin"]))


@blp.route("/me/pin")
@access.signed_in
@read_only
@blp.response(200, PinStateSchema)
def show_pin() -> dict[str, bool]:
    """设没设解锁码"""
    return {"has_pin": pins.has_pin(db.session(), worker().worker_id)}


@blp.route("/me/pin", methods=["PUT"])
@access.signed_in
@limiter.limit("20/hour", key_func=caller_key)
@blp.arguments(PinSchema)
@blp.response(200, PinStateSchema)
@blp.problems(403, 409, 429)
def set_pin(body: dict[str, str]) -> dict[str, bool]:
    """设 6 位解锁码或者换一个；要先输入旧解锁码，没有或忘了的用短信验证码确认是本人"""
    pins.set_pin(who=worker(), pin=body["pin"])
    return {"has_pin": True}


@blp.route("/me/pin", methods=["DELETE"])
@access.signed_in
@blp.response(204)
@blp.problems(403, 409)
def remove_pin() -> ResponseReturnValue:
    """不要解锁码了；要先输入解锁码"""
    pins.remove_pin(who=worker())
    return "", 204


@blp.route("/me/pin/checks", methods=["POST"])
@access.signed_in
@limiter.limit("60/hour", key_func=caller_key)
@idempotency_exempt("every try counts")
@blp.arguments(PinSchema)
@blp.response(201, PinCheckSchema)
@blp.problems(409, 429)
def check_pin(body: dict[str, str]) -> dict[str, Any]:
    """输入解锁码；十分钟内这台手机不再问"""
    return {"expires_at": pins.check_pin(who=worker(), pin=body["pin"])}
