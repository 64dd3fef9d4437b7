"""`/s/{code}`: what the code at the door opens. One small page for any scanner, without script or login."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import quote

import orjson
from flask import Blueprint, Response, render_template

from server.core.db import read_only
from server.core.errors import Problem
from server.core.settings import settings
from server.core.web.guard import access
from server.stations import detail, service
from server.stations.amenities import amenities
from server.stations.hours_text import weekly_text
from server.stations.models import Station, StationStatus
from server.stations.policy import policy
from server.stations.rules import ConfirmedBy, DoorState, since
from server.stations.view import service_fields
from server.stations.words import DOOR_WORDS, ENTRY_SENTENCES, KIND_NAMES, metres_text, moment_text

bp = Blueprint("station_page", __name__, template_folder="templates")

NEARBY = 3
FRESH_SECONDS = 20
"""How long a browser may show the page again without asking."""


@bp.get("/s/<code>")
@access.public
@read_only
def show(code: str) -> Response:
    """The page of a place; of one that is closed for good and of a code nobody gave, the way on."""
    try:
        known = service.known(code)
    except Problem as problem:
        if problem.status != 404:
            raise
        return _page("stations/unknown.html", status=404)
    station = known.station
    nearby = _nearby(station)
    if station.status == StationStatus.CLOSED_FOR_GOOD:
        return _page("stations/gone.html", status=410, station=station, nearby=nearby)
    offered = [found for row in station.amenities if (found := amenities().get(row.code))]
    return _page(
        "stations/page.html",
        station=station,
        kind=KIND_NAMES[station.kind],
        door=DOOR_WORDS[known.door.state],
        state=str(known.door.state),
        until=_until(known),
        confirmed=_confirmed(known),
        reports=known.door.reports,
        reason=known.plan.reason,
        hours=weekly_text(known.schedule),
        entry=ENTRY_SENTENCES[station.entry],
        services=service_fields(offered, known.live, moment=known.moment, numbers=policy()),
        duty_hours=detail.duty_text(station),
        map_link=_map_link(station.lat, station.lng, station.name),
        nearby=nearby,
    )


def _until(known: service.Known) -> str | None:
    door = known.door
    if door.state is not DoorState.CLOSED:
        return f"开到{moment_text(door.until, now=known.moment)}" if door.until else "全天开着"
    return f"{moment_text(door.opens_at, now=known.moment)} 开门" if door.opens_at else None


def _confirmed(known: service.Known) -> str:
    door = known.door
    if door.confirmed_at is None:
        return "还没有人确认过"
    age = since(door.confirmed_at, known.moment)
    return f"站长 {age}确认" if door.confirmed_by is ConfirmedBy.MANAGER else f"最后确认：{age}"


def _nearby(station: Station) -> list[dict[str, str]]:
    """The next open ones, with the way there."""
    listing, hits = detail.open_nearby(station, count=NEARBY)
    return [
        {
            "code": place["code"],
            "name": place["name"],
            "away": metres_text(place["distance_m"]),
            "door": DOOR_WORDS[DoorState(place["open"]["state"])],
            "state": place["open"]["state"],
            "map_link": _map_link(place["lat"], place["lng"], place["name"]),
        }
        for place in orjson.loads(listing.items(hits, with_distance=True))
    ]


def _map_link(lat: float, lng: float, name: str) -> str:
    """Opens the map app, or its web page where there is none. Nothing is sent before somebody taps it."""
    return (
        f"https://uri.amap.com/navigation?to={lng:.6f},{lat:.6f},{quote(name)}&mode=ride&coordinate=gaode&callnative=1"
    )


def _page(template: str, *, status: int = 200, **values: object) -> Response:
    css, digest = _style()
    html = render_template(template, css=css, union=settings().union_name, union_phone=settings().union_phone, **values)
    response = Response(html, status=status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return response


@cache
def _style() -> tuple[str, str]:
    """The style sheet, which stands in the page to save a round trip, and its digest for the policy."""
    css = (Path(__file__).parent / "templates" / "stations" / "style.css").read_text(encoding="utf-8")
    return css, base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
