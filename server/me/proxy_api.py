"""`/stations/{code}/proxies` and `/me/case-claims`: filing for somebody in a station, and taking such a case over."""

from typing import Any

from flask import Response

from server.cases import reading
from server.cases.ownership import Key
from server.cases.proxies.claiming import claim, typed_today
from server.cases.proxies.filing import Told, Typist, file_at_station
from server.cases.schemas.case import CaseSchema
from server.core import json
from server.core.access import Level
from server.core.db import read_only
from server.core.limits import limiter, was_made
from server.core.schema import instant
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.core.web.idempotency import idempotency_exempt, idempotent
from server.identity.pins import require_pin
from server.me.proxy_schemas import ClaimBody, ProxyBody, ProxyListSchema, ReceiptSchema
from server.stations import service
from server.stations.managers.bindings import keeps, not_a_manager

blp = ApiBlueprint("proxies", __name__, description="代填")


@blp.route("/stations/<code>/proxies", methods=["POST"])
@access(Level.L1)
@limiter.limit("60/hour", deduct_when=was_made)
@idempotent
@blp.arguments(ProxyBody)
@blp.response(201, ReceiptSchema)
@blp.problems(403, 404, 409, 429)
def file_for_somebody(body: dict[str, Any], code: str) -> Response:
    """站长替来驿站的工友填；要念的都念过、工友说了同意"""
    station = _kept(code)
    told = Told(
        service=body["service"],
        mode=body["identity_mode"],
        answers=body["answers"],
        consents=body["consents"],
        name=body["name"],
        phone=body["phone"],
    )
    typist = Typist(actor=f"worker:{worker().worker_id}", station_code=station.code, area=station.street_code)
    made = file_at_station(told, typist=typist)
    shown = {"no": made.case.no, "at": instant(made.case.created_at), "by_sms": made.secret is None}
    if made.secret is not None:
        shown["secret"] = made.secret
    return Response(json.dumps(shown), status=201, content_type="application/json")


@blp.route("/stations/<code>/proxies")
@access(Level.L1)
@read_only
@blp.response(200, ProxyListSchema)
@blp.problems(403, 404)
def list_typed_today(code: str) -> dict[str, Any]:
    """这个驿站今天代填的；过了今天就看不到了"""
    return {"items": typed_today(station_code=_kept(code).code), "next_cursor": None}


@blp.route("/me/case-claims", methods=["POST"])
@access(Level.L1)
@limiter.limit("20/hour")
@idempotency_exempt("a case becomes its worker's once, and coming again changes nothing")
@blp.arguments(ClaimBody)
@blp.response(200, CaseSchema)
@blp.problems(403, 404, 409, 429)
def claim_case(body: dict[str, Any]) -> Response:
    """把别人替我填的事放到“我的事”里：凭编号和登录的手机号"""
    require_pin(worker())
    no = body["no"].strip().upper()
    claim(no=no, worker_id=worker().worker_id)
    shown = reading.own_case(no=no, key=Key(worker_id=worker().worker_id))
    return Response(json.dumps(shown), status=200, content_type="application/json")


def _kept(code: str) -> Any:
    station = service.known(code).station
    if not keeps(worker_id=worker().worker_id, code=code):
        raise not_a_manager()
    return station
