"""`/stations`: the list, one place, its code for the door, and reports."""

import re
import uuid
from typing import Any

import orjson
from flask import Response

from server.clocks.tables import calendar
from server.core import clock
from server.core.access import Level
from server.core.datum import Datum, Point, convert
from server.core.db import read_only
from server.core.errors import unprocessable
from server.core.limits import address_key, limiter, was_made
from server.core.schema import instant
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, principal
from server.core.web.idempotency import idempotent
from server.core.web.paging import open_cursor, scope_of, seal_cursor
from server.stations import detail, qr, service
from server.stations.directory import directory
from server.stations.fragments import Fragments
from server.stations.index import Box
from server.stations.listing import Listing, Question
from server.stations.managers import bindings
from server.stations.models import StationReport
from server.stations.policy import policy
from server.stations.schemas import (
    DeviceHeaders,
    PlaceQuery,
    ReportBody,
    ReportSchema,
    StationDetailSchema,
    StationListSchema,
    StationQuery,
    asked_at,
)
from server.stations.view import dumps

blp = ApiBlueprint("stations", __name__, description="驿站和其他服务点")

_DEVICE = re.compile(r"[A-Za-z0-9_-]{16,64}")


@blp.route("/stations")
@access.public
@blp.arguments(StationQuery(), location="query")
@blp.response(200, StationListSchema)
def list_stations(query: dict[str, Any]) -> Response:
    """附近的驿站，近的在前"""
    now = clock.now()
    open_at = asked_at(query, now)
    question = _question(query, open_at=open_at)
    listing = Listing(
        directory().current(),
        moment=query["at"] or now,
        calendar=calendar(),
        numbers=policy(),
        fragments=Fragments() if query["at"] else None,
    )
    scope = scope_of("stations", query)
    after = None if query["cursor"] is None else open_cursor(query["cursor"], scope=scope)
    page = listing.page(question, limit=query["limit"], after=(after[0], after[1]) if after else None)
    empty = not page.hits and after is None
    body = b'{"items":%b,"next_cursor":%b,"widen":%b,"datum":"gcj02"}' % (
        listing.items(page.hits, with_distance=question.near is not None),
        orjson.dumps(seal_cursor(page.last, scope=scope) if page.last else None),
        orjson.dumps(listing.widen(question) if empty else None),
    )
    return Response(body, content_type="application/json")


@blp.route("/stations/<code>")
@access.public
@read_only
@blp.arguments(PlaceQuery, location="query")
@blp.response(200, StationDetailSchema)
@blp.problems(404)
def get_station(query: dict[str, Any], code: str) -> Response:
    """一个驿站：现在开没开、开放时间、有什么、怎么进、值班电话"""
    near = convert(query["near"], query["datum"], Datum.GCJ02) if query["near"] else None
    return _json(detail.existing(service.known(code), near=near))


@blp.route("/stations/<code>/qr.png")
@access.public
@read_only
@blp.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
@blp.problems(404)
def get_qr(code: str) -> Response:
    """贴在门口的二维码，扫开就是这个驿站的页面"""
    response = Response(qr.png(service.known(code).station.code), content_type="image/png")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@blp.route("/stations/<code>/reports", methods=["POST"])
@access(Level.L0)
@idempotent
@limiter.limit("60/hour;300/day", key_func=address_key, deduct_when=was_made)
@blp.arguments(DeviceHeaders, location="headers")
@blp.arguments(ReportBody)
@blp.response(201, ReportSchema)
@blp.problems(404, 409, 429)
def add_report(headers: dict[str, Any], body: dict[str, Any], code: str) -> Response:
    """到了，开着还是没开门；什么坏了，什么修好了"""
    who = principal()
    report = service.add_report(
        code=code,
        reporter=_reporter(headers["device"]),
        by_manager=who is not None and bindings.keeps(worker_id=who.worker_id, code=code),
        kind=body["kind"],
        amenity=body["amenity"].code if body["amenity"] else None,
        note=body["note"],
    )
    return _kept(report, code)


@blp.route("/stations/<code>/reports/<uuid:report_id>", methods=["DELETE"])
@access(Level.L0)
@blp.arguments(DeviceHeaders, location="headers")
@blp.response(204)
@blp.problems(404, 409)
def undo_report(headers: dict[str, Any], code: str, report_id: uuid.UUID) -> None:
    """刚才点错了，收回（10 秒内）"""
    service.undo_report(code=code, report_id=report_id, reporter=_reporter(headers["device"]))


def _question(query: dict[str, Any], *, open_at: Any) -> Question:
    datum: Datum = query["datum"]
    near = convert(query["near"], datum, Datum.GCJ02) if query["near"] else None
    return Question(
        near=near,
        radius_m=(query["radius"] or policy().radius_m) if near else None,
        amenities=tuple(dict.fromkeys(query["amenity"])),
        open_at=open_at,
        kind=query["kind"],
        entry=query["entry"],
        area=query["district"],
        round_the_clock=query["is_24h"],
        q=query["q"],
        box=_box(query["bbox"], datum) if query["bbox"] else None,
    )


def _box(box: Box, datum: Datum) -> Box:
    """The box between the two corners, moved to GCJ-02."""
    south_west = convert(Point(box.south, box.west), datum, Datum.GCJ02)
    north_east = convert(Point(box.north, box.east), datum, Datum.GCJ02)
    return Box(south_west.lng, south_west.lat, north_east.lng, north_east.lat)


def _reporter(device: str) -> bytes:
    """Who says so: the worker behind the token, or the device that the header names."""
    who = principal()
    if who is not None:
        return service.reporter_digest(worker_id=who.worker_id)
    if not _DEVICE.fullmatch(device):
        raise unprocessable({"X-Device": ["没登录的要带本机随机号：16 到 64 个字母、数字、- 或 _"]})
    return service.reporter_digest(device=device)


def _kept(report: StationReport, code: str) -> Response:
    kept = {
        "id": str(report.id),
        "kind": report.kind,
        "amenity": report.amenity,
        "created_at": instant(report.created_at),
        "undo_until": instant(report.created_at + policy().undo),
        "station": detail.existing(service.known(code)),
    }
    return _json(kept, status=201)


def _json(value: dict[str, Any], *, status: int = 200) -> Response:
    return Response(dumps(value), status=status, content_type="application/json")
