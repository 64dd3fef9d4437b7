"""One place as a dictionary: what the list says of it, and its hours."""

from typing import Any

import orjson

from server.clocks.tables import calendar
from server.core import clock
from server.core.datum import Point, distance_m
from server.core.errors import Problem
from server.stations.amenities import amenities
from server.stations.directory import directory
from server.stations.hours import Schedule, weekly_from_json
from server.stations.hours_text import spans_text, weekly_text
from server.stations.index import Hit
from server.stations.listing import Listing, Question
from server.stations.models import Station, StationStatus
from server.stations.policy import policy
from server.stations.service import Known
from server.stations.view import door_fields, record, service_fields
from server.stations.words import metres_text


def existing(known: Known, *, near: Point | None = None) -> dict[str, Any]:
    """The contract's Station with its hours.

    Raises:
        Problem: 404 `closed_for_good`, with the next open place.
    """
    station = known.station
    if station.status == StationStatus.CLOSED_FOR_GOOD:
        raise closed_for_good(station)
    offered = [found for row in station.amenities if (found := amenities().get(row.code))]
    here = near and round(distance_m(near.lat, near.lng, station.lat, station.lng))
    return {
        **record(station, known.schedule),
        "distance_m": here,
        "open": door_fields(known.door, known.plan),
        "amenities": service_fields(offered, known.live, moment=known.moment, numbers=policy()),
        "hours": station.hours,
        "hours_text": weekly_text(known.schedule),
        "closed_days": station.closed_days,
        "exceptions": [
            {
                "first_day": one.first_day,
                "last_day": one.last_day,
                "text": spans_text(one.spans).strip(),
                "reason": one.reason,
            }
            for one in known.schedule.exceptions
        ],
        "duty_hours_text": duty_text(station),
    }


def duty_text(station: Station) -> str | None:
    """When somebody answers the phone, in words."""
    if not station.duty_phone or station.duty_hours is None:
        return None
    weekly, holiday = weekly_from_json(station.duty_hours)
    return weekly_text(Schedule(weekly, holiday)).replace("全天开着", "全天有人接")


def open_nearby(station: Station, *, count: int) -> tuple[Listing, list[Hit]]:
    """The nearest other places of the same kind that are open now, or may be."""
    moment = clock.now()
    listing = Listing(directory().current(), moment=moment, calendar=calendar(), numbers=policy())
    question = Question(near=Point(station.lat, station.lng), radius_m=None, kind=station.kind, open_at=moment)
    hits = listing.page(question, limit=count + 1).hits
    return listing, [hit for hit in hits if hit[1] != station.code][:count]


def closed_for_good(station: Station) -> Problem:
    """What is said of a place that no longer exists."""
    listing, hits = open_nearby(station, count=1)
    places = orjson.loads(listing.items(hits, with_distance=True))
    next_one = {key: places[0][key] for key in ("code", "name", "distance_m")} if places else None
    where = f"最近开着的是{next_one['name']}，{metres_text(next_one['distance_m'])}" if next_one else None
    return Problem(404, "closed_for_good", "这里已经停用了", detail=where, extra={"nearest": next_one})
