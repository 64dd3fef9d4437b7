"""`/notices`: the inbox; and what a worker allows to be sent by WeChat."""

import uuid
from typing import Any

from server.core.db import read_only
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.core.web.idempotency import idempotency_exempt, idempotent
from server.core.web.paging import Page, PageQuery
from server.identity.pins import require_pin
from server.notices import grants, service
from server.notices.models import Notice, SubscriptionAnswer
from server.notices.schemas import (
    MomentQuery,
    NoticeListSchema,
    NoticeSchema,
    SubscriptionListSchema,
    SubscriptionReportSchema,
    TemplateListSchema,
)
from server.notices.templates import Moment, templates

blp = ApiBlueprint("notices", __name__, description="收件箱")


@blp.route("/notices")
@access.signed_in
@read_only
@blp.arguments(PageQuery, location="query")
@blp.response(200, NoticeListSchema)
@blp.problems(403)
def list_notices(query: dict[str, Any]) -> Page[Notice]:
    """我的消息，新的在前"""
    require_pin(worker())
    return service.inbox(worker_id=worker().worker_id, cursor=query["cursor"], limit=query["limit"])


@blp.route("/notices/<uuid:notice_id>/read", methods=["POST"])
@access.signed_in
@idempotency_exempt("reading twice is reading once")
@blp.response(200, NoticeSchema)
@blp.problems(403, 404)
def read_notice(notice_id: uuid.UUID) -> Notice:
    """标为已读"""
    require_pin(worker())
    return service.mark_read(worker_id=worker().worker_id, notice_id=notice_id)


@blp.route("/subscription-templates")
@access.public
@blp.arguments(MomentQuery, location="query")
@blp.response(200, TemplateListSchema)
def list_templates(query: dict[str, Moment | None]) -> dict[str, Any]:
    """可以订阅的微信提醒"""
    return {"items": templates(query["moment"]), "next_cursor": None}


@blp.route("/me/subscriptions")
@access.signed_in
@read_only
@blp.response(200, SubscriptionListSchema)
def list_subscriptions() -> dict[str, Any]:
    """我订阅的微信提醒，每种还能发几次"""
    return _subscriptions(worker().worker_id)


@blp.route("/me/subscriptions", methods=["POST"])
@access.signed_in
@idempotent
@blp.arguments(SubscriptionReportSchema)
@blp.response(200, SubscriptionListSchema)
@blp.problems(409)
def report_subscriptions(body: dict[str, dict[str, SubscriptionAnswer]]) -> dict[str, Any]:
    """在微信的弹窗里选了什么；同意一次，就能发一次"""
    grants.report(worker_id=worker().worker_id, results=body["results"])
    return _subscriptions(worker().worker_id)


def _subscriptions(worker_id: uuid.UUID) -> dict[str, Any]:
    return {
        "items": [
            {
                "id": one.template.id,
                "name": one.template.name,
                "tells": one.template.tells,
                "moments": one.template.moments,
                "remaining": one.grant.remaining if one.grant else 0,
                "answer": one.grant.answer if one.grant else None,
                "answered_at": one.grant.answered_at if one.grant else None,
            }
            for one in grants.subscriptions_of(worker_id=worker_id)
        ],
        "next_cursor": None,
        "counted_from_reports": grants.counted_from_reports(),
    }
