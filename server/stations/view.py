"""How a place is put on the wire: the parts that never change, the door, the services.

The list joins these parts as bytes, the single place as a dictionary; both say the same.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from server.core.clock import SHANGHAI
from server.stations.amenities import Amenity, AmenityState
from server.stations.hours import Opening, Schedule
from server.stations.models import Station
from server.stations.policy import Policy
from server.stations.rules import Door, Live, service


def record(station: Station | Any, schedule: Schedule) -> dict[str, Any]:
    """What only the directory changes. `station` is a row or anything with its columns."""
    return {
        "code": station.code,
        "name": station.name,
        "kind": station.kind,
        "address": station.address,
        "district": station.district_code,
        "street": station.street_code,
        "lat": round(station.lat, 6),
        "lng": round(station.lng, 6),
        "entry": station.entry,
        "capacity": station.capacity,
        "is_24h": schedule.round_the_clock,
        "duty_phone": station.duty_phone,
    }


def dumps(value: Any) -> bytes:
    """JSON with whole seconds, as `server.core.schema.Instant` has them."""
    return orjson.dumps(value, option=orjson.OPT_OMIT_MICROSECONDS)


def packed(fields: dict[str, Any]) -> bytes:
    """A record as JSON without its last brace, so that more can be joined to it.

    The cut also copies: orjson leaves some 4 KB of room behind what it returns.
    """
    return orjson.dumps(fields)[:-1]


def unpacked(stored: bytes) -> dict[str, Any]:
    """The inverse of `packed`."""
    fields: dict[str, Any] = orjson.loads(stored + b"}")
    return fields


def searched(stored: bytes) -> str:
    """What `q` looks in, of a packed record."""
    fields = unpacked(stored)
    return f"{fields['name']} {fields['address']} {fields['code']}"


def door_fields(door: Door, plan: Opening) -> dict[str, Any]:
    """The contract's `open`. `until`: closes then; `opens_at`: opens next; `reason`: why today is different."""
    return {
        "state": door.state,
        "until": local(door.until),
        "opens_at": local(door.opens_at),
        "confirmed_at": local(door.confirmed_at),
        "confirmed_by": door.confirmed_by,
        "reports": door.reports,
        "reason": plan.reason or None,
    }


def service_fields(
    offered: Sequence[Amenity], live: Live, *, moment: datetime, numbers: Policy
) -> list[dict[str, Any]]:
    """The contract's `amenities`, with the words of people beside each."""
    fields = []
    for amenity in offered:
        shown = service(amenity.code, live, moment=moment, independent=numbers.independent)
        fields.append(_service(amenity, shown.state, shown.reports))
    return fields


def _service(amenity: Amenity, state: AmenityState, reports: str | None) -> dict[str, Any]:
    return {
        "code": amenity.code,
        "name": amenity.name,
        "short": amenity.short,
        "state": state,
        "reports": reports,
    }


def local(moment: datetime | None) -> datetime | None:
    """With Shanghai's offset, as `dumps` writes it; costs nothing where it already has it."""
    return moment and moment.astimezone(SHANGHAI)
