"""`/activities`, signing up, and a worker's own sign-ups."""

import uuid
from typing import Any

from flask import Response

from server.activities import listing, passes, service
from server.activities.calendar import Entry, calendar_file
from server.activities.chances import chance
from server.activities.listing import Wanted
from server.activities.schemas import (
    ActivityDetailSchema,
    ActivityListSchema,
    ActivityQuery,
    OwnSignupListSchema,
    PassKeyListSchema,
    PassSchema,
    SignupBodySchema,
    SignupSchema,
    activity_fields,
    mine_fields,
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
    return {**activity_fields(shown), "server_time": instant, "mine": mine and _with_chance(mine)}


def _with_chance(signup: Signup) -> dict[str, Any]:
    claim, hope = signup.claim, None
    if claim.position is not None:
        hope = chance(kind=signup.card.kind, position=claim.position, companions=claim.companions)
    return mine_fields(signup, hope)


@blp.route("/activities/<uuid:activity_id>/signups", methods=["POST"])
@access.signed_in
@idempotency_exempt("a worker has one living sign-up for an activity, and asking again gives it")
@blp.arguments(SignupBodySchema)
@blp.response(201, SignupSchema)
@blp.alt_response(200, schema=SignupSchema, description="已经报过名，还是那一个")
@blp.problems(403, 404, 409)
def sign_up(body: dict[str, Any], activity_id: uuid.UUID) -> tuple[Signup, int]:
    """报名；满了就排候补（有候补的活动）"""
    signup, is_new = service.sign_up(
        who=worker(), activity_id=activity_id, group_key=body["group"], companions=body["companions"]
    )
    return signup, 201 if is_new else 200


@blp.route("/activities/<uuid:activity_id>/signups/mine", methods=["DELETE"])
@access.signed_in
@blp.response(200, SignupSchema)
@blp.problems(404, 409)
def give_up(activity_id: uuid.UUID) -> Signup:
    """取消自己的报名，或不要轮到的名额；名额让给下一个人"""
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


@blp.route("/signups/<uuid:signup_id>/confirmation", methods=["POST"])
@access.signed_in
@idempotency_exempt("a seat is confirmed once, and confirming again gives the same")
@blp.response(200, SignupSchema)
@blp.problems(404, 409)
def confirm(signup_id: uuid.UUID) -> Signup:
    """要轮到的名额"""
    return service.confirm(worker_id=worker().worker_id, signup_id=signup_id)


@blp.route("/signups/<uuid:signup_id>/pass")
@access.signed_in
@read_only
@blp.response(200, PassSchema)
@blp.problems(404, 409)
def show_pass(signup_id: uuid.UUID) -> passes.Pass:
    """入场码；到活动结束前有效，没有网络也能出示"""
    return passes.issue(service.own_seat(worker_id=worker().worker_id, signup_id=signup_id), at=now())


@blp.route("/pass-keys")
@access.public
@blp.response(200, PassKeyListSchema)
def list_pass_keys() -> dict[str, Any]:
    """核对入场码用的公钥"""
    keys = passes.pass_signer()
    return {
        "items": [{"kid": keys.key_id, "algorithm": "Ed25519", "public_key": keys.public_key}],
        "next_cursor": None,
    }


@blp.route("/signups/<uuid:signup_id>/calendar.ics")
@access.signed_in
@read_only
@blp.response(200, {"type": "string"}, content_type="text/calendar")
@blp.problems(404, 409)
def show_calendar_entry(signup_id: uuid.UUID) -> Response:
    """放进手机日历的一条，提前一天和两小时各提醒一次"""
    card = service.own_seat(worker_id=worker().worker_id, signup_id=signup_id).card
    entry = Entry(
        id=signup_id,
        title=card.title,
        place=card.place,
        text="\n".join(part for part in (card.summary, card.rules) if part),
        starts_at=card.starts_at,
        ends_at=card.ends_at,
    )
    response = Response(calendar_file(entry, made_at=now()), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="activity.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
