"""A worker's rights over what is held about them: to see it, to have it corrected, to have it gone."""

from typing import Any

from flask.typing import ResponseReturnValue

from server.core.access import Level
from server.core.limits import caller_key, limiter
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.core.web.idempotency import idempotency_exempt, idempotent
from server.identity import codes, step_up
from server.identity.pins import require_pin
from server.identity.schemas import SmsCodeAnswerSchema
from server.me import closing, corrections
from server.me.export import Export, export
from server.me.models import AccountClosing
from server.me.privacy_schemas import (
    CorrectionAskedSchema,
    CorrectionSchema,
    ExportSchema,
    StepUpCodeSchema,
    StepUpSchema,
)
from server.me.schemas import ClosingSchema

blp = ApiBlueprint("privacy", __name__, description="我的信息：导出、更正、注销")


@blp.route("/me/sms-codes", methods=["POST"])
@access.signed_in
@limiter.limit("10/hour", key_func=caller_key)
@idempotent
@blp.response(202, SmsCodeAnswerSchema)
@blp.problems(409, 429)
def send_own_code() -> dict[str, int]:
    """给自己登记的手机号发验证码"""
    step_up.send_code(worker_id=worker().worker_id)
    return {
        "valid_seconds": int(codes.VALID.total_seconds()),
        "again_after_seconds": int(codes.AGAIN_AFTER.total_seconds()),
    }


@blp.route("/me/step-ups", methods=["POST"])
@access.signed_in
@limiter.limit("20/hour", key_func=caller_key)
@idempotency_exempt("a code works once")
@blp.arguments(StepUpCodeSchema)
@blp.response(201, StepUpSchema)
@blp.problems(409, 429)
def create_step_up(body: dict[str, str]) -> dict[str, Any]:
    """用短信验证码确认是本人；十分钟内可以导出信息、注销账号"""
    return {"expires_at": step_up.step_up(who=worker(), sms_code=body["sms_code"])}


@blp.route("/me/export")
@access.signed_in
@blp.response(200, ExportSchema)
@blp.problems(403)
def show_export() -> Export:
    """系统里关于我的全部信息；要先确认是本人"""
    require_pin(worker())
    step_up.require_step_up(worker())
    return export(worker_id=worker().worker_id)


@blp.route("/me", methods=["DELETE"])
@access.signed_in
@blp.response(200, ClosingSchema)
@blp.problems(403)
def close_account() -> AccountClosing:
    """注销账号：先有 15 天可以反悔；要先确认是本人"""
    require_pin(worker())
    step_up.require_step_up(worker())
    return closing.start(worker_id=worker().worker_id, session_id=worker().session_id)


@blp.route("/me/closing", methods=["DELETE"])
@access.signed_in
@blp.response(204)
def keep_account() -> ResponseReturnValue:
    """不注销了"""
    closing.call_off(worker_id=worker().worker_id)
    return "", 204


@blp.route("/me/corrections", methods=["POST"])
@access(Level.L1)
@idempotent
@blp.arguments(CorrectionSchema)
@blp.response(201, CorrectionAskedSchema)
@blp.problems(403, 409)
def ask_for_correction(body: dict[str, str]) -> object:
    """请工会更正自己改不了的信息"""
    require_pin(worker())
    return corrections.ask(worker_id=worker().worker_id, text=body["text"])
