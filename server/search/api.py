"""`/search`."""

from typing import Any

import orjson
from flask import Response

from server.activities.schemas import ActivitySchema, activity_fields
from server.cases.describing import summary_of
from server.cases.opening import open_services
from server.core.datum import Datum, convert
from server.core.db import db, read_only
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access
from server.search import service
from server.search.schemas import FoundSchema, SearchQuery

blp = ApiBlueprint("search", __name__, description="找驿站、活动和能办的事")

_activities = ActivitySchema(many=True)


@blp.route("/search")
@access.public
@read_only
@blp.arguments(SearchQuery, location="query")
@blp.response(200, FoundSchema)
def search(query: dict[str, Any]) -> Response:
    """一次找三样：驿站（近的在前）、活动、能办的事"""
    q, limit = query["q"], query["limit"]
    near = convert(query["near"], query["datum"], Datum.GCJ02) if query["near"] else None
    activities = [activity_fields(shown) for shown in service.find_activities(q, limit=limit)]
    known = open_services(db.session())
    services = [summary_of(found, is_open=found.key in known) for found in service.find_services(q, limit=limit)]
    body = b'{"stations":%b,"activities":%b,"services":%b,"datum":"gcj02"}' % (
        service.find_stations(q, near=near, limit=limit),
        orjson.dumps(_activities.dump(activities)),
        orjson.dumps(services),
    )
    return Response(body, content_type="application/json")
