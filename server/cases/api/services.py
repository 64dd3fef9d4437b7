"""`/services`: what can be asked for."""

from typing import Any

from flask import Response

from server.cases.api.blueprint import answer, blp
from server.cases.catalogue import catalogue
from server.cases.describing import description_of, summary_of
from server.cases.opening import open_services
from server.cases.schemas.services import ServiceFormSchema, ServiceListSchema
from server.core.db import db, read_only
from server.core.errors import not_found
from server.core.web.guard import access


@blp.route("/services")
@access.public
@read_only
@blp.response(200, ServiceListSchema)
def list_services() -> dict[str, Any]:
    """能办的事"""
    known = open_services(db.session())
    items = [summary_of(service, is_open=key in known) for key, service in catalogue().asked_for.items()]
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
    return answer(description_of(service, catalogue().emergency, is_open=is_open), 200)
