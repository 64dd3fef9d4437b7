"""`/services`, `/cases` and `/me/cases`."""

from typing import Any

from flask import Response, request

from server.cases import acts, reading
from server.cases.capabilities.publishing import published
from server.cases.catalogue import catalogue
from server.cases.describing import description_of, summary_of
from server.cases.likeness import suggestions
from server.cases.opening import open_services
from server.cases.ownership import Key
from server.cases.schemas import (
    AgreementSchema,
    AlikeListSchema,
    AlikeQuestionSchema,
    CaseListSchema,
    CaseSchema,
    MessageSchema,
    NewCaseSchema,
    PublicationListSchema,
    RatingSchema,
    ReopeningSchema,
    SecretHeader,
    ServiceFormSchema,
    ServiceListSchema,
    SubmissionSchema,
    SupplementSchema,
    TalkingSchema,
    WithdrawalSchema,
    drawn,
)
from server.cases.submission import Submission, submit
from server.core import json
from server.core.access import Level
from server.core.clock import now
from server.core.db import db, read_only
from server.core.errors import Problem, not_found
from server.core.limits import address_key, limiter, was_made
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, principal, worker
from server.core.web.idempotency import idempotency_exempt, idempotent
from server.core.web.paging import PageQuery
from server.identity.pins import require_pin

blp = ApiBlueprint("cases", __name__, description="办事")

NEW_CASES = "120/hour"
"""By one worker, or without a token from one address: behind it may be a whole station."""
LOOKS = "60/hour"
"""For what is alike. Fewer than cases: nobody types so fast, and who asks about place after place is not reporting."""
MOST_BYTES = 256 * 1024
"""Of a body: several times the longest form."""
WRONG_SECRETS = "20/minute"
"""From one address. What protects a case is counted for it in PostgreSQL."""

wrong_secrets = limiter.limit(
    WRONG_SECRETS,
    key_func=address_key,
    deduct_when=lambda response: response.status_code == 404,
    exempt_when=lambda: principal() is not None,
)


@blp.before_request
def refuse_endless_bodies() -> None:
    """Only files are large, and they have a route of their own."""
    request.max_content_length = MOST_BYTES


@blp.route("/services")
@access.public
@read_only
@blp.response(200, ServiceListSchema)
def list_services() -> dict[str, Any]:
    """能办的事"""
    known = open_services(db.session())
    items = [summary_of(service, is_open=key in known) for key, service in catalogue().current.items()]
    return {"items": items, "next_cursor": None}


@blp.route("/services/<key>")
@access.public
@read_only
@blp.response(200, ServiceFormSchema)
@blp.problems(404)
def get_service(key: str) -> Response:
    """一件事怎么办：表、期限、要同意什么、填好的例子"""
    service = catalogue().current.get(key)
    if service is None:
        raise not_found()
    is_open = key in open_services(db.session())
    return _answer(description_of(service, catalogue().emergency, is_open=is_open), 200)


@blp.route("/publications")
@access.public
@read_only
@blp.response(200, PublicationListSchema)
def list_publications() -> dict[str, Any]:
    """公示：只写姓、街道和类别，到期就没有了"""
    return {"items": published(at=now()), "next_cursor": None}


@blp.route("/cases", methods=["POST"])
@access(Level.L0)
@idempotent
@limiter.limit(NEW_CASES, deduct_when=was_made)
@blp.arguments(SubmissionSchema)
@blp.response(201, NewCaseSchema)
@blp.problems(403, 409, 429)
def submit_case(body: dict[str, Any]) -> Response:
    """提交；匿名的不带登录信息"""
    submitted = submit(
        Submission(
            service=body["service"],
            identity_mode=body["identity_mode"],
            answers=body["answers"],
            consents=body["consents"],
            items=body["attachments"],
            place=drawn(body["place"]),
            joins=body["joins"],
            apart=body["apart"],
        ),
        caller=principal(),
    )
    case = submitted.case
    key = Key(worker_id=case.worker_id, secret=submitted.secret)
    shown = _shown(case.no, key, alarming=submitted.alarming)
    if submitted.paged is not None:
        shown["paged"] = submitted.paged
    if submitted.secret:
        shown["secret"] = submitted.secret
    return _answer(shown, 201)


@blp.route("/services/<key>/alike", methods=["POST"])
@access(Level.L0)
@idempotency_exempt("asks, and keeps nothing")
@limiter.limit(LOOKS)
@read_only
@blp.arguments(AlikeQuestionSchema)
@blp.response(200, AlikeListSchema)
@blp.problems(404, 429)
def list_alike(body: dict[str, Any], key: str) -> dict[str, Any]:
    """可能已经有人反映过的；什么都不保存"""
    service = catalogue().current.get(key)
    if service is None:
        raise not_found()
    answers, _ = service.asked.accept(body["answers"], whole=False)
    return {"items": suggestions(service, answers, drawn(body["place"]))}


@blp.route("/me/cases")
@access.signed_in
@read_only
@blp.arguments(PageQuery, location="query")
@blp.response(200, CaseListSchema)
@blp.problems(403)
def list_my_cases(query: dict[str, Any]) -> Response:
    """我的事，新的在前"""
    require_pin(worker())
    page = reading.own_cases(key=Key(worker_id=worker().worker_id), cursor=query["cursor"], limit=query["limit"])
    return _answer({"items": page.items, "next_cursor": page.next_cursor}, 200)


@blp.route("/cases/<no>")
@access(Level.L0)
@wrong_secrets
@read_only
@blp.arguments(SecretHeader, location="headers")
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 429)
def get_case(headers: dict[str, Any], no: str) -> Response:
    """一件事的全部"""
    return _answer(_shown(no, _key(headers)), 200)


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
    key = _key(headers)
    alarming = acts.say(no=no, key=key, text=body["text"].strip(), items=body["attachments"])
    return _answer(_shown(no, key, alarming=alarming), 201)


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
    key = _key(headers)
    alarming = acts.supplement(no=no, key=key, answers=body["answers"], items=body["attachments"])
    return _answer(_shown(no, key, alarming=alarming), 201)


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
    key = _key(headers)
    acts.withdraw(no=no, key=key, reason=(body["reason"] or "").strip() or None)
    return _answer(_shown(no, key), 200)


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
    key = _key(headers)
    acts.agree(no=no, key=key, consents=body["consents"])
    return _answer(_shown(no, key), 200)


@blp.route("/cases/<no>/refusal", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 409, 429)
def decline_in_case(headers: dict[str, Any], no: str) -> Response:
    """不同意；工会接着办"""
    key = _key(headers)
    acts.decline(no=no, key=key)
    return _answer(_shown(no, key), 200)


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
    key = _key(headers)
    acts.rate(no=no, key=key, rating=acts.Rating(**body))
    return _answer(_shown(no, key), 201)


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
    key = _key(headers)
    acts.reopen(no=no, key=key, reason=body["reason"].strip())
    return _answer(_shown(no, key), 200)


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
    key = _key(headers)
    acts.ask_for_another(no=no, key=key, reason=body["reason"].strip())
    return _answer(_shown(no, key), 200)


@blp.route("/cases/<no>/talk", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.arguments(TalkingSchema)
@blp.response(201, CaseSchema)
@blp.problems(403, 404, 409, 429)
def talk(headers: dict[str, Any], body: dict[str, Any], no: str) -> Response:
    """单独给在办的人（比如律师）写话，工会的人看不到"""
    key = _key(headers)
    alarming = acts.talk(no=no, key=key, text=body["text"].strip())
    return _answer(_shown(no, key, alarming=alarming), 201)


@blp.route("/cases/<no>/handing-on", methods=["POST"])
@access(Level.L0)
@wrong_secrets
@idempotent
@blp.arguments(SecretHeader, location="headers")
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 409, 429)
def hand_on(headers: dict[str, Any], no: str) -> Response:
    """把以前单独谈的话转给现在在办的人看"""
    key = _key(headers)
    acts.hand_on(no=no, key=key)
    return _answer(_shown(no, key), 200)


def _key(headers: dict[str, Any]) -> Key:
    """What the caller shows to open a case: the token or the secret, never both."""
    caller, secret = principal(), headers["secret"]
    if secret is not None:
        if caller is not None:
            raise Problem(422, "anonymous_with_token", "看匿名的事不要带登录信息，这样谁也不知道是你")
        return Key(secret=secret)
    require_pin(worker())
    return Key(worker_id=worker().worker_id)


def _shown(no: str, key: Key, *, alarming: bool = False) -> dict[str, Any]:
    shown = reading.own_case(no=no, key=key)
    if alarming:
        shown["safety"] = catalogue().emergency.advice()
    return shown


def _answer(body: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")
