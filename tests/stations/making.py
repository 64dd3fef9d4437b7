"""Places for tests, made with as few words as a test needs."""

from datetime import datetime, timedelta
from typing import Any

from server.core import clock
from server.core.datum import Datum
from server.core.db import transaction
from server.stations.amenities import AmenityState
from server.stations.directory import announce
from server.stations.hours import weekly_to_json
from server.stations.hours_text import parse_weekly
from server.stations.models import Entry, Station, StationAmenity, StationKind, StationStatus

CENTRE = (22.541, 114.06)
"""Latitude and longitude of 福田's centre, GCJ-02."""
LATITUDE_METRE = 1 / 111_195.08
"""Degrees of latitude for one metre."""


def make_station(
    code: str = "FT0001",
    *,
    north_m: float = 0.0,
    hours: str = "全天",
    services: tuple[str, ...] = (),
    confirmed_ago: timedelta | None = timedelta(hours=1),
    status: StationStatus = StationStatus.OPEN,
    **other: Any,
) -> Station:
    """A place so many metres north of the centre, in the directory when this returns."""
    now = clock.now()
    lat, lng = CENTRE[0] + north_m * LATITUDE_METRE, CENTRE[1]
    values: dict[str, Any] = {
        "name": f"{code} 驿站",
        "kind": StationKind.POST,
        "address": "福田区华强北街道",
        "district_code": "440304",
        "street_code": "440304011",
        "lat": lat,
        "lng": lng,
        "source_datum": Datum.GCJ02,
        "source_lat": lat,
        "source_lng": lng,
        "entry": Entry.WALK_IN,
        "closed_days": [],
    }
    station = Station(
        code=code,
        hours=weekly_to_json(*parse_weekly(hours)),
        status=status,
        confirmed_at=_ago(now, confirmed_ago),
        amenities=[StationAmenity(code=one, state=AmenityState.OK, updated_at=now) for one in services],
        **(values | other),
    )
    with transaction() as session:
        session.add(station)
        session.flush()
        announce(places=True)
    return station


def _ago(now: datetime, ago: timedelta | None) -> datetime | None:
    return None if ago is None else now - ago
