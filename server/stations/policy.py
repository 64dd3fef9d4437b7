"""Numbers of the station directory that an operator may change: `config/stations.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from server.core.documents import read_yaml
from server.stations.index import Box

CONFIG = Path(__file__).resolve().parents[2] / "config"


class Policy(Struct, frozen=True):
    """See the comments in the file for what each number means."""

    independent: int
    door_counts: timedelta
    amenity_counts: timedelta
    repeat: timedelta
    undo: timedelta
    kept: timedelta
    station_fresh: timedelta
    amenity_fresh: timedelta
    radius_m: int
    max_radius_m: int
    bounds: Box
    street_tolerance_m: int
    managers_report: timedelta
    code_valid: timedelta
    wrong_codes_an_hour: int
    wrong_codes_a_day: int

    @classmethod
    def from_mapping(cls, value: Mapping[str, Any]) -> Policy:
        """KeyError or ValueError for a file that does not hold together."""
        reports, freshness, managers = value["reports"], value["freshness"], value["managers"]
        made = cls(
            independent=int(reports["independent"]),
            door_counts=timedelta(minutes=reports["door_minutes"]),
            amenity_counts=timedelta(days=reports["amenity_days"]),
            repeat=timedelta(minutes=reports["repeat_minutes"]),
            undo=timedelta(seconds=reports["undo_seconds"]),
            kept=timedelta(days=reports["kept_days"]),
            station_fresh=timedelta(days=freshness["station_days"]),
            amenity_fresh=timedelta(days=freshness["amenity_days"]),
            radius_m=int(value["search"]["radius_m"]),
            max_radius_m=int(value["search"]["max_radius_m"]),
            bounds=Box(*map(float, value["import"]["bounds"])),
            street_tolerance_m=int(value["import"]["street_tolerance_m"]),
            managers_report=timedelta(minutes=managers["report_minutes"]),
            code_valid=timedelta(days=managers["code_days"]),
            wrong_codes_an_hour=int(managers["wrong_codes_an_hour"]),
            wrong_codes_a_day=int(managers["wrong_codes_a_day"]),
        )
        if made.kept < max(made.amenity_counts, made.door_counts):
            raise ValueError("config/stations.yaml: kept_days is shorter than reports count")
        return made


@cache
def policy() -> Policy:
    """The numbers in force, read once."""
    return Policy.from_mapping(read_yaml(CONFIG / "stations.yaml"))
