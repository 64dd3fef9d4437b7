"""`/sessions`, `/me` and what belongs to it."""

from typing import Any

from server.core.access import Level
from server.core.clock import now
from server.core.db import db, read_only, transaction
from server.core.errors import conflict
from server.core.limits import address_key, limiter
from server.core.settings import settings
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.core.web.idempotency import idempotency_exempt, idempotent
from server.identity.consents import require_consents
from server.identity.models import ConsentKey, Outcome, Worker
from server.identity.pins import require_pin
from server.identity.schemas import SignInSchema
from server.identity.service import confirm_phone
from server.identity.verification import Verdict, read_claim, verify
from server.me import evidence, inviting, sign_in
from server.me.card import Card, CardSigner
from server.me.desk import PROFILE
from server.me.profile import Profile, profile_of, summary_of
from server.me.schemas import (
    CardKeyListSchema,
    CardSchema,
    EvidenceSchema,
    InvitationAnswerSchema,
    OwnPhoneSchema,
    PhoneCodeSchema,
    ProfileSchema,
    SessionSchema,
    VerdictSchema,
    VerificationSchema,
)
from server.me.tasks import ask_about_what_waits
from server.notices.service import notify
from server.notices.worded import worded
from server.unions.responsible import name_street

blp = ApiBlueprint("me", __name__, description="登录和我的账号")


@blp.route("/sessions", methods=["POST"])
# A token that ran out must not keep anybody from getting a new one.
@access.public
@limiter.limit("300/minute", key_func=address_key)
@idempotency_exempt("a code works once, and two sessions do no harm")
@blp.arguments(SignInSchema)
@blp.response(201, SessionSchema)
@blp.problems(401, 403, 429)
def create_session(body: dict[str, str]) -> dict[str, Any]:
    """登录：用微信的 code，或者手机号加短信验证码"""
    if "code" in body:
        signed_in = sign_in.by_code(body["code"])
    else:
        signed_in = sign_in.by_sms_code(phone=body["phone"], code=body["sms_code"])
    return sign_in.session_of(signed_in)


@blp.route("/me")
@access.signed_in
@read_only
@blp.response(200, ProfileSchema)
def show_me() -> Profile:
    """我的账号"""
    return profile_of(db.session(), worker().worker_id)


@blp.route("/me/phone")
@access.signed_in
@read_only
@blp.response(200, OwnPhoneSchema)
@blp.problems(403)
def show_phone() -> dict[str, str | None]:
    """我登记的手机号，全的：给“请打给我”先填上"""
    require_pin(worker())
    return {"phone": db.session.get_one(Worker, worker().worker_id).phone}


@blp.route("/me/phone", methods=["PUT"])
@access.signed_in
@blp.arguments(PhoneCodeSchema)
@blp.response(200, ProfileSchema)
@blp.problems(403, 409, 429)
def set_phone(body: dict[str, str]) -> Profile:
    """用微信的手机号按钮登记手机号"""
    # Whoever has another phone put in could forget the PIN by it.
    require_pin(worker())
    phone = sign_in.phone_behind(body["code"])
    with transaction():
        if confirm_phone(worker_id=worker().worker_id, phone=phone):
            notify(
                worker_id=worker().worker_id,
                kind="account.phone_changed",
                title="手机号换了，要再当面核一次",
                body=worded(
                    "换手机号以后，办钱的事要带证件到服务中心再核实一次。别的事照常。不是你换的，请马上打工会电话。"
                ),
                link=PROFILE,
            )
    return profile_of(db.session(), worker().worker_id)


@blp.route("/me/verification", methods=["POST"])
@access(Level.L1)
@idempotent
@blp.arguments(VerificationSchema)
@blp.response(200, VerdictSchema)
@blp.problems(403, 409, 429)
def verify_me(body: dict[str, Any]) -> dict[str, Any]:
    """实名认证"""
    require_pin(worker())
    consents, area = body.pop("consents"), body.pop("area", None)
    claim = read_claim(**body)
    require_consents(consents, needed={ConsentKey.IDENTITY})
    with transaction():
        verdict = verify(worker_id=worker().worker_id, claim=claim, consents=consents)
        if area is not None and verdict.state is not Outcome.REFUSED:
            name_street(db.session(), worker_id=worker().worker_id, area=area)
        if verdict.state is Outcome.MANUAL:
            ask_about_what_waits(worker_id=worker().worker_id)
    return _told(verdict)


@blp.route("/me/verification/evidence", methods=["POST"])
@access(Level.L1)
@idempotent
@blp.arguments(EvidenceSchema)
@blp.response(200, ProfileSchema)
@blp.problems(403, 409)
def send_evidence(body: dict[str, Any]) -> Profile:
    """工作人员要的照片：先传附件，再在这里交上；办完 30 天内删掉"""
    require_pin(worker())
    evidence.send(worker_id=worker().worker_id, items=body["attachments"])
    return profile_of(db.session(), worker().worker_id)


@blp.route("/me/card")
@access.signed_in
@read_only
@blp.response(200, CardSchema)
@blp.problems(403, 409)
def show_card() -> Card:
    """我的会员码，一天内离线可用"""
    require_pin(worker())
    summary = summary_of(db.session(), db.session.get_one(Worker, worker().worker_id))
    if summary.membership is None:
        if profile_of(db.session(), worker().worker_id).invitation is not None:
            raise conflict("answer_first", "有单位把你报进了会员名单，先说是不是你、愿不愿意，说了愿意就有会员卡")
        raise conflict("not_a_member", "你还没有会籍，先完成实名认证；已经认证的，请联系你的工会")
    return _signer().issue(summary, at=now())


@blp.route("/me/invitation", methods=["PUT"])
@access(Level.L2)
@blp.arguments(InvitationAnswerSchema)
@blp.response(200, ProfileSchema)
@blp.problems(403, 409)
def answer_invitation(body: dict[str, Any]) -> Profile:
    """单位把我报进了会员名单：是我愿意、不想入会、不是我、以后再说"""
    require_pin(worker())
    inviting.answer(worker_id=worker().worker_id, union_code=body["union"], said=body["answer"])
    return profile_of(db.session(), worker().worker_id)


@blp.route("/card-keys")
@access(Level.L0)
@blp.response(200, CardKeyListSchema)
def list_card_keys() -> dict[str, Any]:
    """核对会员码用的公钥"""
    signer = _signer()
    return {
        "items": [{"kid": signer.key_id, "algorithm": "Ed25519", "public_key": signer.public_key}],
        "next_cursor": None,
    }


def _told(verdict: Verdict) -> dict[str, Any]:
    told = {"level": verdict.level, "state": verdict.state}
    return told if verdict.reason is None else told | {"reason": verdict.reason}


def _signer() -> CardSigner:
    return CardSigner(settings().signing_key)
