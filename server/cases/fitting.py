"""Whether what a service takes over from another fits into its form, and is seen by nobody new. Pure."""

from collections.abc import Iterator, Mapping

from server.cases.declaration import Service
from server.cases.forms.fields import FieldType, FormField, Viewer
from server.cases.forms.schema import LONG, SHORT
from server.cases.seeing import viewers_of
from server.cases.taking_over import TakenAnswer
from server.cases.vocabulary import Actor

_CHOOSING = frozenset({FieldType.CHOICE, FieldType.OPEN_CHOICE})
_WORDS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})


def faults_of_taking_over(service: Service, services: Mapping[str, Service]) -> Iterator[str]:
    """The rules of a service against its own form, and form and flow of those that it takes over from."""
    for number, rule in enumerate(service.takes_over):
        where = f"takes-over.{number}"
        other = services.get(rule.source)
        if other is None or other is service:
            yield f"{where}.from: there is no other service {rule.source}"
            continue
        step = None if rule.suggested_by is None else other.machine.steps.get(rule.suggested_by)
        if rule.suggested_by is not None and (step is None or step.who != {Actor.STAFF}):
            yield f"{where}.suggested-by: {rule.source} has no step of the staff {rule.suggested_by}"
        if rule.condition is None and rule.suggested_by is None:
            yield f"{where}: is offered to nobody; it takes if or suggested-by"
        if rule.told_on is not None:
            day = service.asked.declaration.field(rule.told_on)
            if day is None or day.type is not FieldType.DATE:
                yield f"{where}.told-on: {rule.told_on} is no date that is asked for"
        for taken in rule.answers:
            yield from _faults_of_answer(taken, service, other, f"{where}.answers.{taken.field}")


def _faults_of_answer(taken: TakenAnswer, service: Service, other: Service, where: str) -> Iterator[str]:
    source, target = other.asked.declaration.field(taken.source), service.asked.declaration.field(taken.field)
    if source is None or not source.answers:
        yield f"{where}.from: {other.key} does not ask for {taken.source}"
        return
    if target is None or not target.answers:
        yield f"{where}.field: is not asked for"
        return
    if (viewers_of(target) - {Viewer.OUTSIDE}) - viewers_of(source):
        yield f"{where}: would be seen by more of the staff than {taken.source} of {other.key}"
    if taken.column is not None:
        column = next((one for one in target.fields if one.key == taken.column), None)
        if column is None or any(one.required and one is not column for one in target.fields):
            yield f"{where}.column: {taken.column} is no column that makes a row by itself"
            return
        target = column
    yield from _misfits(taken, source, target, where)


def _misfits(taken: TakenAnswer, source: FormField, target: FormField, where: str) -> Iterator[str]:
    """Why an answer of the one field is none of the other."""
    if taken.values is not None:
        known = [{choice.value for choice in one.choices} for one in (source, target)]
        if not {source.type, target.type} <= _CHOOSING:
            yield f"{where}.as: goes from a choice to a choice"
        elif unknown := (taken.values.keys() - known[0]) | (set(taken.values.values()) - known[1]):
            yield f"{where}.as: {min(unknown)} cannot be chosen"
    elif source.type in _CHOOSING or target.type in _CHOOSING:
        yield f"{where}.as: says what each choice is called here"
    elif not ({source.type, target.type} <= _WORDS or source.type is target.type) or source.fields:
        yield f"{where}: {source.type} does not fit into {target.type}"
    elif source.type in _WORDS and _longest(target) < _longest(source):
        yield f"{where}: holds {_longest(target)} characters, {taken.source} up to {_longest(source)}"


def _longest(field: FormField) -> int:
    return field.maximum or (LONG if field.type is FieldType.LONG_TEXT else SHORT)
