"""`POST /cases`, and what is alike before it."""

from typing import Any

from flask import Response

from server.cases.api.blueprint import answer, blp, shown
from server.cases.catalogue import catalogue
from server.cases.likeness import suggestions
from server.cases.ownership import Key
from server.cases.schemas.case import NewCaseSchema
from server.cases.schemas.filing import AlikeListSchema, AlikeQuestionSchema, SubmissionSchema, drawn
from server.cases.submission import Submission, submit
from server.core.access import Level
from server.core.db import read_only
from server.core.errors import not_found
from server.core.limits import limiter, was_made
from server.core.web.guard import access, principal
from server.core.web.idempotency import idempotency_exempt, idempotent

NEW_CASES = "120/hour"
"""By one worker, or without a token from one address: behind it may be a whole station."""
LOOKS = "60/hour"
"""For what is alike. Fewer than cases: nobody types so fast, and who asks about place after place is not reporting."""


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
            goes_on_from=body["goes_on_from"],
        ),
        caller=principal(),
    )
    case = submitted.case
    key = Key(worker_id=case.worker_id, secret=submitted.secret)
    answered = shown(case.no, key, alarming=submitted.alarming)
    if submitted.paged is not None:
        answered["paged"] = submitted.paged
    if submitted.secret:
        answered["secret"] = submitted.secret
    return answer(answered, 201)


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
