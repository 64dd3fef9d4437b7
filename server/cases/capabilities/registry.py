"""The capabilities by name. `flow.transitions.*.does` attaches them; they run inside the transaction of the step."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from server.cases.capabilities import (
    assigning,
    calls,
    exchange,
    fees,
    ledger,
    letters,
    membership,
    people,
    publishing,
    suggesting,
)
from server.cases.capabilities.doing import Capability, Doing
from server.cases.declaration import Service
from server.cases.flow.machine import Step
from server.cases.leaving import LETTER
from server.cases.models import Case
from server.cases.papers.templates import templates
from server.cases.vocabulary import Actor
from server.city.words import Word
from server.unions.vocabulary import MembershipState


class Known(Struct, frozen=True):
    """A capability and what may be said about it."""

    run: Capability
    fields: frozenset[str] = frozenset()
    """Parameters that name a field of the form, each of which may be left out."""
    needs: Mapping[str, Callable[[Service, Any], bool]] = {}
    """Parameters that have to be there, and what each has to be."""
    two_persons: bool = False
    """Only for steps that take two."""
    closed: Callable[[Case, Service, Mapping[str, Any]], str | None] | None = None
    """Why it could only fail as the case is now; None when it need not."""
    membership: bool = False
    """Whether it may change that its worker is a member."""


def _field(service: Service, value: Any) -> bool:
    return service.form.declaration.field(str(value)) is not None


def _computed(service: Service, value: Any) -> bool:
    return any(rule.key == value for rule in service.computed)


def _clock(service: Service, value: Any) -> bool:
    return value in service.machine.clocks


def _true_or_left_out(_service: Service, value: Any) -> bool:
    return value is None or value is True


def _number(_service: Service, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _word(_service: Service, value: Any) -> bool:
    return value in list(Word)


def _truth(_service: Service, value: Any) -> bool:
    return isinstance(value, bool)


def _words(_service: Service, value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _amounts(service: Service, value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        code in service.machine.states and _number(service, amount) for code, amount in value.items()
    )


def _membership(service: Service, value: Any) -> bool:
    field = service.form.declaration.field(str(value))
    named = [value] if field is None else [choice.value for choice in field.choices]
    return bool(named) and set(named) <= {state.value for state in MembershipState}


def _ending(_service: Service, value: Any) -> bool:
    return value in assigning.ENDINGS


def _letter(_service: Service, value: Any) -> bool:
    return value in templates() and templates()[value].series is not None


CHANGE = "change_membership"
LEVEL = "require_level"
GRANT = "grant_money"
PUBLISH, UNPUBLISH = "publish", "unpublish"
ASSIGN = "assign"
GRANT_ASSIGNEE = "grant_assignee"

CAPABILITIES: Mapping[str, Known] = {
    "enrol": Known(membership.enrol, membership.RECORD, membership=True),
    "begin_transfer": Known(membership.begin_transfer, membership=True),
    "stop_transfer": Known(membership.stop_transfer, membership=True),
    "end_transfer": Known(membership.end_transfer, membership.RECORD, membership=True),
    CHANGE: Known(membership.change_membership, needs={"to": _membership}, membership=True),
    "restore_membership": Known(membership.restore_membership, membership=True),
    "assign": Known(assigning.assign),
    "accept_assignment": Known(assigning.accept_assignment),
    "release": Known(assigning.release, needs={"because": _ending}),
    "not_by_assignee": Known(assigning.not_by_assignee),
    "tell_assignee": Known(assigning.tell_assignee, needs={"what": _words}),
    LEVEL: Known(people.require_level, needs={"least": _number}, closed=people.too_low),
    "log_call": Known(calls.log_call, needs={"reached": _truth}),
    "require_missed_calls": Known(
        calls.require_missed_calls, needs={"tries": _number, "days": _number}, closed=calls.too_few
    ),
    PUBLISH: Known(publishing.publish, needs={"until": _clock, "place": _field, "kind": _computed}),
    UNPUBLISH: Known(publishing.unpublish),
    "grant_money": Known(ledger.grant_money, needs={"most": _number}, two_persons=True, closed=ledger.why_not_granted),
    GRANT_ASSIGNEE: Known(
        fees.grant_assignee,
        needs={"least": _number, "stages": _amounts},
        two_persons=True,
        closed=fees.why_not_granted,
    ),
    "pay_money": Known(ledger.pay_money, two_persons=True),
    "accept_account": Known(ledger.accept_account, two_persons=True, closed=ledger.why_account_stands),
    "cancel_money": Known(ledger.cancel_money),
    LETTER: Known(letters.letter, needs={"template": _letter, "reply": _clock}, two_persons=True),
    "tell_source": Known(letters.tell_source, needs={"what": _words}),
    "suggest": Known(suggesting.suggest, needs={"to": _words}, closed=suggesting.why_not_suggested),
    "require_gone_on": Known(suggesting.require_gone_on, needs={"with": _words}, closed=suggesting.why_not_settled),
    "exchange": Known(exchange.exchange, needs={"send": _word, "files": _true_or_left_out}),
}


def run(doing: Doing) -> None:
    """Do what the step attaches, in the order of the file."""
    for name, parameters in doing.step.does.items():
        CAPABILITIES[name].run(doing, parameters)


def why_not(case: Case, service: Service, step: Step) -> str | None:
    """Why what a step attaches could only fail as the case is now; None when it need not. Whose hands it is in is not
    looked at."""
    for name, parameters in step.does.items():
        closed = CAPABILITIES[name].closed
        if closed is not None and (why := closed(case, service, parameters)) is not None:
            return why
    return None


def changes_membership(service: Service) -> bool:
    """Whether a step of the service may change that its worker is a member."""
    return any(CAPABILITIES[name].membership for step in service.machine.steps.values() for name in step.does)


def faults_of(service: Service) -> list[str]:
    """What is wrong with what the steps of a service attach, each with its path in the file."""
    found: list[str] = []
    for code, step in service.machine.steps.items():
        if step.money != (GRANT in step.does):
            found.append(f"flow.transitions.{code}.money: goes with {GRANT}, and only with it")
        if step.person != (ASSIGN in step.does):
            found.append(f"flow.transitions.{code}.person: goes with {ASSIGN}, and only with it")
        for name, parameters in step.does.items():
            where = f"flow.transitions.{code}.does.{name}"
            known = CAPABILITIES.get(name)
            if known is None:
                found.append(f"{where}: there is no such capability")
                continue
            found += [f"{where}.{fault}" for fault in _faults(service, known, parameters)]
            if known.two_persons and not step.second:
                found.append(f"{where}: takes two persons")
            if service.by_proxy and known.membership and (Actor.SYSTEM in step.who or LEVEL not in step.does):
                found.append(f"{where}: may be typed for who has no account, so staff do it, with {LEVEL}")
    return found


def _faults(service: Service, known: Known, parameters: Mapping[str, Any]) -> Iterator[str]:
    for parameter, value in parameters.items():
        if parameter not in known.fields and parameter not in known.needs:
            yield f"{parameter}: it takes {', '.join(sorted({*known.fields, *known.needs})) or 'nothing'}"
        elif parameter in known.fields and not _field(service, value):
            yield f"{parameter}: there is no field {value}"
    for parameter, fits in known.needs.items():
        if not fits(service, parameters.get(parameter)):
            yield f"{parameter}: {parameters.get(parameter)} does not do"
