"""Which events reach a worker outside of the app, and how: the second half of `config/notices.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from msgspec import Struct

from server.core.documents import read_yaml
from server.notices.templates import FILE, Template, declared, templates


class Plan(Struct, frozen=True):
    """How one kind of notice is sent."""

    line: str
    """All that a lock screen shows."""
    template: str | None = None
    """Of WeChat's message."""
    sms: bool = False
    call: bool = False
    """Somebody must ring up who was not reached."""
    urgent: bool = False
    """Also at night."""

    def usable_template(self) -> Template | None:
        """The template, where it may be sent here: demo ids are none in production."""
        return next((one for one in templates() if one.id == self.template), None)


@cache
def plans() -> Mapping[str, Plan]:
    """Kind of notice → its plan, read once.

    Raises:
        ValueError: an event names a template that is not declared.
    """
    events = read_yaml(FILE)["events"]
    found = {kind: Plan(**event) for kind, event in events.items()}
    unknown = {plan.template for plan in found.values() if plan.template} - {one.id for one in declared()}
    if unknown:
        raise ValueError(f"{FILE.name}: no such template: {', '.join(sorted(unknown))}")
    return found


@cache
def hint() -> str:
    """The words that are the same in all messages."""
    return str(read_yaml(FILE)["hint"])


def kinds_to_call() -> list[str]:
    """Kinds of which somebody must ring up who was not reached."""
    return sorted(kind for kind, plan in plans().items() if plan.call)
