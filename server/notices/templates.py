"""WeChat's subscribe-message templates: `config/notices.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from server.core.documents import read_yaml
from server.core.settings import settings

FILE = Path(__file__).resolve().parents[2] / "config" / "notices.yaml"
DEMO = "demo_"
"""How ids begin that WeChat does not know."""


class Moment(StrEnum):
    """After what a worker is asked: when the answer is of use to them, never at the start."""

    CASE = "case"
    ACTIVITY = "activity"
    VERIFICATION = "verification"


class Word(StrEnum):
    """What may stand in a field of a message. None of them is about a person."""

    LINE = "line"
    """The event's neutral line."""
    AT = "at"
    """When it happened."""
    HINT = "hint"
    """The same for all."""


class Template(Struct, frozen=True):
    """A message that WeChat delivers, once for each time it was allowed."""

    id: str
    name: str
    tells: str
    moments: tuple[Moment, ...]
    fields: Mapping[str, Word]
    """WeChat's name of a field → what stands in it."""

    @classmethod
    def from_mapping(cls, value: Mapping[str, Any]) -> Template:
        """KeyError or ValueError for an entry that does not hold together."""
        return cls(
            value["id"],
            value["name"],
            value["tells"],
            tuple(Moment(moment) for moment in value["for"]),
            {key: Word(word) for key, word in value["fields"].items()},
        )


@cache
def declared() -> tuple[Template, ...]:
    """All templates of the file, in its order, read once."""
    entries = read_yaml(FILE)["templates"]
    return tuple(Template.from_mapping(entry) for entry in entries)


def templates(moment: Moment | None = None) -> list[Template]:
    """The templates that may be asked for here, of one moment or all, the most useful first."""
    return [
        template
        for template in declared()
        if (moment is None or moment in template.moments)
        and not (settings().production and template.id.startswith(DEMO))
    ]


def template_warnings() -> list[str]:
    """For /status."""
    if len(templates()) == len(declared()):
        return []
    return ["config/notices.yaml 里的订阅消息还是演示编号：填上小程序后台的模板编号，工人才能收到微信提醒"]
