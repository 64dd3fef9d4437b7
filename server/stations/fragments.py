"""A place's JSON, made on first use and kept together with the moments between which it is true."""

from datetime import datetime
from typing import NamedTuple

from server.stations.amenities import offered
from server.stations.hours import Opening
from server.stations.policy import Policy
from server.stations.rules import NOTHING, REWRITE_AGE, Door, Live
from server.stations.view import door_fields, dumps, service_fields

KEPT = 16_384
"""Fragments of about 1 KB: many times what the city has places."""


class _Fragment(NamedTuple):
    live: Live
    made_at: datetime
    valid_until: datetime
    body: bytes


class Fragments:
    """The fragments of one edition's places, by row. Bounded: when it is full it starts anew."""

    def __init__(self) -> None:
        self._fragments: dict[int, _Fragment] = {}
        self._services: dict[int, bytes] = {}

    def get(self, row: int, live: Live, moment: datetime) -> bytes | None:
        """The fragment of a row, if it still holds."""
        known = self._fragments.get(row)
        if known is None or not known.made_at <= moment < known.valid_until:
            return None
        # What is live is read anew as a whole, so the same object means that nothing was said since.
        return known.body if known.live is live else None

    def make(
        self,
        row: int,
        *,
        record: bytes,
        bits: int,
        plan: Opening,
        door: Door,
        live: Live,
        moment: datetime,
        numbers: Policy,
    ) -> bytes:
        """A place's JSON up to and with `"distance_m":`, to be followed by the distance and a brace.

        `record` is what `view.packed` made.
        """
        about_services = live is not NOTHING and (live.amenities or any(report.amenity for report in live.reports))
        valid_until = min(door.valid_until, moment + REWRITE_AGE) if about_services else door.valid_until
        body = b'%b,"open":%b,"amenities":%b,"distance_m":' % (
            record,
            dumps(door_fields(door, plan)),
            dumps(service_fields(offered(bits), live, moment=moment, numbers=numbers))
            if about_services
            else self._services_of(bits, moment, numbers),
        )
        if len(self._fragments) >= KEPT:
            self._fragments = {}
        self._fragments[row] = _Fragment(live, moment, valid_until, body)
        return body

    def _services_of(self, bits: int, moment: datetime, numbers: Policy) -> bytes:
        """Shared by all places that offer the same and where nobody said anything about it."""
        known = self._services.get(bits)
        if known is None:
            if len(self._services) >= KEPT:
                self._services = {}
            made = service_fields(offered(bits), NOTHING, moment=moment, numbers=numbers)
            known = self._services[bits] = dumps(made)
        return known
