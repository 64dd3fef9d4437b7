"""What workers say about their own work, and change without anybody's leave."""

from typing import Any

from server.core.access import Level
from server.core.db import db, read_only
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.identity.pins import require_pin
from server.me import corrections
from server.me.profile import Profile, profile_of
from server.me.schemas import ProfileSchema
from server.me.work_schemas import OwnChangesSchema, StreetListSchema, WorkSchema
from server.unions.areas import StreetKind, areas

blp = ApiBlueprint("work", __name__, description="我的工作：单位、就业形式、常在的街道")


@blp.route("/streets")
@access(Level.L0)
@blp.response(200, StreetListSchema)
def list_streets() -> dict[str, Any]:
    """可以选的街道"""
    known = areas()
    items = [
        {"code": one.code, "name": one.name, "district": known.districts[one.district_code].name}
        for one in known.streets.values()
        if one.kind is StreetKind.STREET
    ]
    return {"items": items, "next_cursor": None}


@blp.route("/me/work")
@access(Level.L1)
@read_only
@blp.response(200, WorkSchema)
@blp.problems(403)
def show_work() -> corrections.Work:
    """我填的工作情况"""
    require_pin(worker())
    return corrections.work_of(db.session(), worker().worker_id)


# Not PATCH /me: WeChat's request knows no PATCH.
@blp.route("/me/work", methods=["PUT"])
@access(Level.L1)
@blp.arguments(OwnChangesSchema)
@blp.response(200, ProfileSchema)
@blp.problems(403)
def correct_me(body: dict[str, Any]) -> Profile:
    """更正自己能改的：工作类别、就业形式、单位、常在的街道、原来的工会；没写的不变"""
    require_pin(worker())
    corrections.correct(worker_id=worker().worker_id, changes=body)
    return profile_of(db.session(), worker().worker_id)
