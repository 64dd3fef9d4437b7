"""`/publications`: what is published of grants."""

from typing import Any

from server.cases.api.blueprint import blp
from server.cases.capabilities.publishing import published
from server.cases.publications import open_to_objection
from server.cases.schemas.publications import ObjectedListSchema, PublicationListSchema
from server.core.clock import now
from server.core.db import read_only
from server.core.web.guard import access


@blp.route("/publications")
@access.public
@read_only
@blp.response(200, PublicationListSchema)
def list_publications() -> dict[str, Any]:
    """公示：只写姓、街道和类别，到期就没有了"""
    return {"items": published(at=now()), "next_cursor": None}


@blp.route("/publications/open-to-objection")
@access.public
@read_only
@blp.response(200, ObjectedListSchema)
def list_open_to_objection() -> dict[str, Any]:
    """提异议时选哪一条公示：正在公示的，只写姓和街道"""
    return {"items": open_to_objection(at=now()), "next_cursor": None}
