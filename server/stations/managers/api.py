"""`/me/stations` and what managers say of their places."""

from typing import Any

from flask import Response

from server.core.access import Level
from server.core.db import read_only
from server.core.limits import limiter
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.core.web.idempotency import idempotency_exempt, idempotent
from server.stations import detail, service
from server.stations.managers import bindings, duty
from server.stations.managers.schemas import BindingBody, DutyBody, KeptStationListSchema, KeptStationSchema
from server.stations.view import dumps, local

blp = ApiBlueprint("station_managers", __name__, description="站长")


@blp.route("/me/stations")
@access(Level.L1)
@read_only
@blp.response(200, KeptStationListSchema)
def list_kept_stations() -> Response:
    """我管的驿站：今天怎么样，每天要看哪些设备"""
    kept = [_kept(code) for code in bindings.kept_stations(worker_id=worker().worker_id)]
    return _json({"items": kept, "next_cursor": None})


@blp.route("/me/manager-bindings", methods=["POST"])
@access(Level.L1)
@limiter.limit("30/hour")
@idempotency_exempt("a code makes its worker a manager once, and coming again with it changes nothing")
@blp.arguments(BindingBody)
@blp.response(201, KeptStationSchema)
@blp.alt_response(200, schema=KeptStationSchema, description="已经是这里的站长")
@blp.problems(429)
def bind(body: dict[str, Any]) -> Response:
    """用街道工会给的码当站长"""
    bound = bindings.bind(worker_id=worker().worker_id, code=body["code"])
    return _json(_kept(bound.station_code), status=201 if bound.is_new else 200)


@blp.route("/me/manager-bindings/<code>", methods=["DELETE"])
@access(Level.L1)
@blp.response(204)
@blp.problems(404)
def unbind(code: str) -> None:
    """不当这个驿站的站长了"""
    bindings.unbind(worker_id=worker().worker_id, code=code)


@blp.route("/stations/<code>/duty", methods=["POST"])
@access(Level.L1)
@limiter.limit("120/hour")
@idempotent
@blp.arguments(DutyBody)
@blp.response(200, KeptStationSchema)
@blp.problems(404, 409, 429)
def say(body: dict[str, Any], code: str) -> Response:
    """开门了，或者今天不开；顺便说看过的设备好不好。说错了，再说一次，以最后一次为准"""
    duty.say(
        worker_id=worker().worker_id,
        code=code,
        state=body["state"],
        reason=body["reason"],
        checked=body["amenities"],
    )
    return _json(_kept(code))


@blp.route("/stations/<code>/duty", methods=["DELETE"])
@access(Level.L1)
@blp.response(200, KeptStationSchema)
@blp.problems(404)
def take_back(code: str) -> Response:
    """收回站长今天说的开门或不开，回到没说过的样子"""
    duty.take_back(worker_id=worker().worker_id, code=code)
    return _json(_kept(code))


def _kept(code: str) -> dict[str, Any]:
    known = service.known(code)
    said = duty.duty_of(known)
    return {
        **detail.existing(known),
        "duty": {
            "state": said.state,
            "said_at": local(said.said_at),
            "reason": said.reason,
            "due_at": local(said.due_at),
            "shut": said.shut,
        },
        "to_check": duty.checkable(known),
    }


def _json(value: dict[str, Any], *, status: int = 200) -> Response:
    return Response(dumps(value), status=status, content_type="application/json")
