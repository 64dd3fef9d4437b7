"""`/me/cases` and `/cases/{no}`: a worker's own cases."""

from typing import Any

from flask import Response

from server.cases.api.blueprint import answer, blp, key_of, shown, wrong_secrets
from server.cases.ownership import Key
from server.cases.schemas.case import CaseListSchema, CaseSchema, SecretHeader
from server.cases.summaries import own_cases
from server.core.access import Level
from server.core.db import read_only
from server.core.web.guard import access, worker
from server.core.web.paging import PageQuery
from server.identity.pins import require_pin


@blp.route("/me/cases")
@access.signed_in
@read_only
@blp.arguments(PageQuery, location="query")
@blp.response(200, CaseListSchema)
@blp.problems(403)
def list_my_cases(query: dict[str, Any]) -> Response:
    """我的事，新的在前"""
    require_pin(worker())
    page = own_cases(key=Key(worker_id=worker().worker_id), cursor=query["cursor"], limit=query["limit"])
    return answer({"items": page.items, "next_cursor": page.next_cursor}, 200)


@blp.route("/cases/<no>")
@access(Level.L0)
@wrong_secrets
@read_only
@blp.arguments(SecretHeader, location="headers")
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 429)
def get_case(headers: dict[str, Any], no: str) -> Response:
    """一件事的全部"""
    return answer(shown(no, key_of(headers)), 200)
