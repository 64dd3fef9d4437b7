"""`/areas` and `/organisations`: what a worker picks from. Nothing in them is about a person."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from server.core.db import db, read_only
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access
from server.unions.areas import areas
from server.unions.models import TradeUnion
from server.unions.schemas import AreaTreeSchema, OrganisationListSchema, OrganisationQuery
from server.unions.tree import OFFICES

blp = ApiBlueprint("unions", __name__, description="街道社区和工会组织")

MOST = 20


@blp.route("/areas")
@access.public
@blp.response(200, AreaTreeSchema)
def list_areas() -> dict[str, Any]:
    """区、街道、社区"""
    return {"items": _tree(), "next_cursor": None}


@blp.route("/organisations")
@access.public
@read_only
@blp.arguments(OrganisationQuery, location="query")
@blp.response(200, OrganisationListSchema)
def list_organisations(query: dict[str, Any]) -> dict[str, Any]:
    """名字里有这几个字的单位工会、工联会；没有也可以自己写"""
    unions = db.session.scalars(
        sa.select(TradeUnion)
        .where(TradeUnion.name.contains(query["q"].strip(), autoescape=True), TradeUnion.kind.not_in(OFFICES))
        .order_by(TradeUnion.name)
        .limit(MOST)
    )
    return {"items": [{"code": one.code, "name": one.name, "kind": one.kind} for one in unions], "next_cursor": None}


@cache
def _tree() -> list[dict[str, Any]]:
    known = areas()
    return [
        {
            "code": district.code,
            "name": district.name,
            "streets": [
                {
                    "code": street.code,
                    "name": street.name,
                    "communities": [{"code": one.code, "name": one.name} for one in known.communities_of(street.code)],
                }
                for street in known.streets_of(district.code)
            ],
        }
        for district in known.districts.values()
    ]
