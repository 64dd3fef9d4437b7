"""What staff can begin a message with: `config/replies.yaml`. A beginning is never sent as it is."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

from server.core.documents import read_yaml

FILE = Path(__file__).resolve().parents[2] / "config" / "replies.yaml"
ALL = "all"
_GAP = re.compile(r"【[^】]*】")


class Reply(Struct, frozen=True):
    """One beginning."""

    title: str
    text: str
    """What stands in 【】 has to be replaced."""
    services: frozenset[str] | None
    """Keys; None for all."""


@cache
def _replies() -> Sequence[Reply]:
    return [
        Reply(one["title"], one["text"], None if one["services"] == ALL else frozenset(one["services"]))
        for one in read_yaml(FILE)
    ]


def replies_for(service: str) -> Sequence[Reply]:
    """Those that fit a service, in the order of the file."""
    return [one for one in _replies() if one.services is None or service in one.services]


def gap_in(text: str) -> str | None:
    """What is still to be replaced, if anything is."""
    found = _GAP.search(text)
    return found[0] if found else None
