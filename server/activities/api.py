"""`/activities`, signing up, and a worker's own sign-ups."""

import uuid
from typing import Any

from server.activities import listing, service
from server.activities.listing import Wanted
from server.activities.schemas import (
    ActivityDetailSchema,
    ActivityListSchema,
    ActivityQuery,
    OwnSignupListSchema,
    SignupBodySchema,
    SignupSchema,
    activity_fields,
    own_signup_fields,
)
from server.activities.service import Signup
from server.core.access import Level
from server.core.clock import now
from server.core.db import read_only
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, principal, worker
from server.core.web.idempotency import idempotency_exempt
from server.core.web.paging import PageQuery

blp = ApiBlueprint("activities", __name__, description="活动和报名")


@blp.route("/activities")
@access(Level.L0)
@read_only
@blp.arguments(ActivityQuery, location="query")
@blp.response(200, ActivityListSchema)
def list_activities(query: dict[str, Any]) -> dict[str, Any]:
    """找活动，先开始的在前（已结束的，后开始的在前）"""
    cursor, limit = query.pop("cursor"), query.pop("limit")
    page = listing.find(Wanted(**query), cursor=cursor, limit=limit)
    return {
        "items": [activity_fields(shown) for shown in page.items],
        "next_cursor": page.next_cursor,
        "server_time": now(),
    }


@blp.route("/activities/<uuid:activity_id>")
@access(Level.L0)
@read_only
@blp.response(200, ActivityDetailSchema)
@blp.problems(404)
def get_activity(activity_id: uuid.UUID) -> dict[str, Any]:
    """一个活动：分组和余位、规则；登录后还有自己的报名"""
    card = service.require_card(activity_id)
    instant = now()
    [shown] = listing.show([card], instant=instant)
    who = principal()
    mine = service.mine(worker_id=who.worker_id, card=card) if who else None
    return {**activity_fields(shown), "server_time": instant, "mine": mine}


@blp.route("/activities/<uuid:activity_id>/signups", methods=["POST"])
@access.signed_in
@idempotency_exempt("a worker has one living sign-up for an activity, and asking again gives it")
@blp.arguments(SignupBodySchema)
@blp.response(201, SignupSchema)
@blp.alt_response(200, schema=SignupSchema, description="已经报过名，还是那一个")
@blp.problems(403, 404, 409)
def sign_up(body: dict[str, Any], activity_id: uuid.UUID) -> tuple[Signup, int]:
    """报名；满了就排候补（有候补的活动）"""
    signup, is_new = service.sign_up(who=worker(), activity_id=activity_id, group_key=body["group"])
    return signup, 201 if is_new else 200


@blp.route("/activities/<uuid:activity_id>/signups/mine", methods=["DELETE"])
@access.signed_in
@blp.response(200, SignupSchema)
@blp.problems(404, 409)
def give_up(activity_id: uuid.UUID) -> Signup:
    """取消自己的报名，名额让给下一个人"""
    return service.give_up(worker_id=worker().worker_id, activity_id=activity_id)


@blp.route("/me/signups")
@access.signed_in
@read_only
@blp.arguments(PageQuery, location="query")
@blp.response(200, OwnSignupListSchema)
def list_own_signups(query: dict[str, Any]) -> dict[str, Any]:
    """我的报名，新的在前"""
    page = service.own_signups(worker_id=worker().worker_id, cursor=query["cursor"], limit=query["limit"])
    instant = now()
    return {
        "items": [own_signup_fields(signup, instant=instant) for signup in page.items],
        "next_cursor": page.next_cursor,
    }
