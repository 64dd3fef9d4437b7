"""What is kept of one case, in words: for staff on its page, for its worker when an account closes."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from server.cases.declaration import Service
from server.cases.models import Case
from server.cases.retention.classes import RetentionClass, retention_rules
from server.cases.retention.filing import filing_of
from server.cases.retention.models import CaseRetention
from server.core.db import db


class Gone(Struct, frozen=True):
    """A class of which nothing is left."""

    name: str
    day: str | None
    """ISO; None where it was not written down."""


class Keeping(Struct, frozen=True):
    """How a case is kept."""

    own: RetentionClass
    """Of the service itself."""
    until: datetime | None
    """When all that is personal goes; None while it is under way."""
    removed: tuple[Gone, ...]
    held_at: datetime | None


def keeping_of(case: Case, service: Service) -> Keeping:
    """How a case is kept by the rules as they are now."""
    rules = retention_rules()
    filing = filing_of(service, rules)
    kept = db.session.get(CaseRetention, case.id)
    own = rules.classes[filing.own]
    if kept is None:
        return Keeping(own, None, (), None)
    until = None if kept.ended_at is None else own.keep.after(kept.ended_at)
    return Keeping(own, until, gone(kept.purged), kept.held_at)


def gone(purged: Mapping[str, str | None]) -> tuple[Gone, ...]:
    """What was purged of a case, in words, in the order of the file."""
    classes = retention_rules().classes
    return tuple(Gone(one.name, purged[key]) for key, one in classes.items() if key in purged)
