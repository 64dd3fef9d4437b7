"""Services as a worker sees them before asking: the form, what is promised, what has to be agreed to."""

from collections.abc import Iterator
from typing import Any

from server.cases.declaration import ConsentRule, Service
from server.cases.emergency import Emergency
from server.cases.flow.machine import ClockRule
from server.cases.vocabulary import IDENTITY_NAMES
from server.clocks.deadlines import Counted, Deadline, deadline_of
from server.clocks.rules import Basis
from server.core.clock import today
from server.identity.consents import consent_texts
from server.identity.models import ConsentKey

UNITS = {
    Basis.CALENDAR_DAYS: "天",
    Basis.PLAIN_DAYS: "天",
    Basis.WORKING_DAYS: "个工作日",
    Basis.HOURS: "小时",
    Basis.WORKING_HOURS: "个工作小时",
    Basis.DAY_HOURS: "小时（7 点到 22 点之间）",
    Basis.YEARS: "年",
}


def summary_of(service: Service, *, is_open: bool) -> dict[str, Any]:
    """A service in the list."""
    return {
        "key": service.key,
        "name": service.name,
        "summary": service.summary,
        "open": is_open,
        "by_proxy": service.by_proxy,
        "members": None if service.asked_by is None else service.asked_by.members,
        "required_level": {mode.value: takes.level.name for mode, takes in service.modes.items()},
    }


def description_of(service: Service, emergency: Emergency, *, is_open: bool) -> dict[str, Any]:
    """All that a page needs to let somebody ask for it."""
    return {
        **summary_of(service, is_open=is_open),
        "version": service.version,
        "modes": [
            {
                "mode": mode.value,
                "name": IDENTITY_NAMES[mode],
                "level": takes.level.name,
                "explain": takes.explain,
                "preselected": takes.preselected,
            }
            for mode, takes in service.modes.items()
        ],
        "place": service.place,
        "alike": any(rule.told_from is not None for rule in service.alike),
        "form": service.asked.schema,
        # What is promised to some only, is not promised before they say who they are.
        "deadlines": [
            shown
            for rule in service.machine.clocks.values()
            if rule.modes >= service.modes.keys()
            for shown in _deadlines(rule)
        ],
        "consents": [_consent(rule) for rule in service.consents if not rule.later],
        "example": service.example,
        "emergency": {**emergency.advice(), "words": sorted(emergency.words)},
    }


def _deadlines(rule: ClockRule) -> Iterator[dict[str, Any]]:
    """One promise, or one for each group of answers that leads to its own."""
    field, codes = rule.by_answer or ("", {})
    for code in dict.fromkeys(codes.values()):
        answers = [answer for answer, chosen in codes.items() if chosen == code]
        yield _deadline(rule, deadline_of(code, on=today()), when={field: answers})
    yield _deadline(rule, deadline_of(rule.deadline, on=today()), when=None)


def _deadline(rule: ClockRule, deadline: Deadline, *, when: dict[str, list[str]] | None) -> dict[str, Any]:
    return {
        "key": rule.key,
        "name": rule.name or deadline.name,
        "amount": deadline.amount,
        "basis": deadline.basis.value,
        "text": _spoken(deadline),
        "pausable": deadline.pausable,
        "when": when,
    }


def _spoken(deadline: Deadline) -> str:
    period = f"{deadline.amount} {UNITS[deadline.basis]}"
    if deadline.counted is Counted.AFTER:
        return f"{period}内"
    return f"提前 {period}" if deadline.amount else "当天"


def asked_consent(service: Service, key: ConsentKey) -> dict[str, Any]:
    """A text that a case asks its worker to agree to, with why, as the service says it."""
    text = consent_texts()[key]
    why = next((rule.why for rule in service.consents if rule.key is key), None)
    return {"key": text.key.value, "version": text.version, "title": text.title, "text": text.text, "why": why}


def _consent(rule: ConsentRule) -> dict[str, Any]:
    text = consent_texts()[rule.key]
    return {
        "key": text.key.value,
        "version": text.version,
        "title": text.title,
        "text": text.text,
        "separate": text.separate,
        "why": rule.why,
        "if": rule.condition.document() if rule.condition else None,
        "with_place": rule.with_place,
        "modes": sorted(mode.value for mode in rule.modes),
        "optional": rule.optional,
    }
