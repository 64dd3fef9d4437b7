"""`/about`: what the front end has to know of this installation."""

from typing import Any

from marshmallow import fields

from server.core.access import Level
from server.core.db import read_only
from server.core.schema import Answer
from server.core.settings import settings
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access

blp = ApiBlueprint("about", __name__, description="这里是谁办的")


class MapTilesSchema(Answer):
    """Where the web page's map gets its tiles."""

    url = fields.String(required=True)
    attribution = fields.String(required=True)


class AboutSchema(Answer):
    """Who runs this installation."""

    union_name = fields.String(required=True)
    union_phone = fields.String(required=True)
    tiles = fields.Nested(MapTilesSchema, required=True, allow_none=True)
    demo = fields.Boolean(required=True, metadata={"description": "演示环境：可以用演示人物登录"})


@blp.route("/about")
@access(Level.L0)
@read_only
@blp.response(200, AboutSchema)
def show_about() -> dict[str, Any]:
    """谁办的、电话多少、地图用什么"""
    known = settings()
    tiles = {"url": known.tile_url, "attribution": known.tile_attribution} if known.tile_url else None
    return {
        "union_name": known.union_name,
        "union_phone": known.union_phone,
        "tiles": tiles,
        "demo": not known.production,
    }
