"""The retention classes of config/retention.yaml: which period, by which right. Pure but for reading the file."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from server.core.clock import SHANGHAI
from server.core.documents import read_yaml

FILE = Path(__file__).resolve().parents[3] / "config" / "retention.yaml"


class SetBy(StrEnum):
    """Who decided on a period."""

    LAW = "law"
    UNION = "union"
    """The union itself: its archive has to confirm it."""


class Period(Struct, frozen=True, order=True):
    """So many years and days after the end of a case."""

    years: int
    days: int

    @classmethod
    def of(cls, text: str) -> "Period":
        """From `30 days`, `1 year`, `3 years`.

        Raises:
            ValueError: for anything else, and for nothing.
        """
        amount, _, unit = text.partition(" ")
        if not amount.isdecimal() or int(amount) < 1 or unit not in {"day", "days", "year", "years"}:
            raise ValueError(f"no period: {text}")
        return cls(years=int(amount), days=0) if unit.startswith("year") else cls(years=0, days=int(amount))

    def after(self, instant: datetime) -> datetime:
        """The instant from which on nothing is kept; what ended on 29 February goes on 1 March."""
        local = instant.astimezone(SHANGHAI) + timedelta(days=self.days)
        try:
            local = local.replace(year=local.year + self.years)
        except ValueError:
            local = local.replace(year=local.year + self.years, month=3, day=1)
        return local.astimezone(instant.tzinfo)

    def before(self, instant: datetime) -> datetime:
        """The latest instant of which nothing is kept any more; on 29 February that of the day before counts."""
        local = instant.astimezone(SHANGHAI) - timedelta(days=self.days)
        try:
            local = local.replace(year=local.year - self.years)
        except ValueError:
            local = local.replace(year=local.year - self.years, day=28)
        return local.astimezone(instant.tzinfo)

    @property
    def words(self) -> str:
        """For people."""
        return f"{self.years} 年" if self.years else f"{self.days} 天"


class RetentionClass(Struct, frozen=True):
    """One class."""

    key: str
    name: str
    keep: Period
    set_by: SetBy
    basis: str


class RetentionRules(Struct, frozen=True):
    """The file, as it is now."""

    version: int
    classes: Mapping[str, RetentionClass]
    types: Mapping[str, str]
    """Field type → class."""
    media: Mapping[str, str]
    """`audio` of `audio/mp4` → class."""
    place: str
    calls: str
    evidence: str
    """Of photos for a verification, which belong to no case."""
    otherwise: str

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "RetentionRules":
        """From the file.

        Raises:
            KeyError, ValueError: it says too little, or nonsense.
        """
        classes = {
            key: RetentionClass(key, one["name"], Period.of(one["keep"]), SetBy(one["set_by"]), one["basis"])
            for key, one in document["classes"].items()
        }
        rules = cls(
            version=int(document["version"]),
            classes=classes,
            types=document["types"],
            media=document["media"],
            place=document["place"],
            calls=document["calls"],
            evidence=document["evidence"],
            otherwise=document["otherwise"],
        )
        single = {rules.place, rules.calls, rules.evidence, rules.otherwise}
        named = {*rules.types.values(), *rules.media.values(), *single}
        if unknown := named - classes.keys():
            raise ValueError(f"config/retention.yaml: there is no class {min(unknown)}")
        return rules


@cache
def retention_rules() -> RetentionRules:
    """The rules of this installation."""
    return RetentionRules.of(read_yaml(FILE))
