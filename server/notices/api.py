"""`/notices`: the inbox."""

import uuid
from typing import Any

from server.core.db import read_only
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.core.web.idempotency import idempotency_exempt
from server.core.web.paging import Page, PageQuery
from server.notices import service
from server.notices.models import Notice
from server.notices.schemas import NoticeListSchema, NoticeSchema

blp = ApiBlueprint("notices", __name__, description="收件箱")


@blp.route("/notices")
@access.signed_in
@read_only
@blp.arguments(PageQuery, location="query")
@blp.response(200, NoticeListSchema)
def list_notices(query: dict[str, Any]) -> Page[Notice]:
    """我的消息，新的在前"""
    return service.inbox(worker_id=worker().worker_id, cursor=query["cursor"], limit=query["limit"])


@blp.route("/notices/<uuid:notice_id>/read", methods=["POST"])
@access.signed_in
@idempotency_exempt("reading twice is reading once")
@blp.response(200, NoticeSchema)
@blp.problems(404)
def read_notice(notice_id: uuid.UUID) -> Notice:
    """标为已读"""
    return service.mark_read(worker_id=worker().worker_id, notice_id=notice_id)
