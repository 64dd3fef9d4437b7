"""What people type for what they mean: `config/search.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from server.core.documents import read_yaml

CONFIG = Path(__file__).resolve().parents[2] / "config"


class Words(Struct, frozen=True):
    """Everyday words by the key of a service and by the code of an amenity."""

    services: Mapping[str, tuple[str, ...]]
    amenities: Mapping[str, tuple[str, ...]]

    @classmethod
    def from_mapping(cls, value: Mapping[str, Any]) -> Words:
        """KeyError for a file without one of its parts."""
        return cls(services=_words(value["services"]), amenities=_words(value["amenities"]))


def _words(value: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(str(word) for word in words) for key, words in value.items()}


@cache
def words() -> Words:
    """The words in force, read once."""
    return Words.from_mapping(read_yaml(CONFIG / "search.yaml"))
