"""What a capability is told."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from server.cases.declaration import Service
from server.cases.flow.machine import Step
from server.cases.forms.fields import Answers
from server.cases.models import Case


class Doing(Struct, frozen=True):
    """A step that is being made, after it moved the case and before its notice goes out."""

    case: Case
    """Locked."""
    service: Service
    step: Step
    answers: Answers
    actor: str
    """As in the audit."""
    at: datetime
    staff_no: str | None = None
    """Who of the staff makes it."""
    asked_by: str | None = None
    """Who asked for what takes two persons."""
    text: str | None = None
    """The words of the step; of one that follows another, of that."""
    assignee_no: str | None = None
    """Whom a step assigns the case to."""
    amount: int | None = None
    """分, of a step that names one."""


Capability = Callable[[Doing, Mapping[str, Any]], None]
"""Raises a Problem to refuse the step."""
