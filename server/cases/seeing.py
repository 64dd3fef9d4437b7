"""Who of the staff sees which answers: whom the field names, else whom its type lets see it. Pure.

A worker sees all that is held of them; that is decided elsewhere.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec.structs import replace

from server.cases.declaration import Service
from server.cases.forms.computed import Computed
from server.cases.forms.fields import FieldType, FormDeclaration, FormField, Viewer
from server.unions.staff.vocabulary import Right

WHO_OPENS = frozenset({Viewer.HANDLER, Viewer.READER, Viewer.ASSIGNEE})
"""Those who open a whole case, with its papers and files."""
BY_TYPE: Mapping[FieldType, frozenset[Viewer]] = {
    FieldType.BANK_CARD: frozenset({Viewer.HANDLER, Viewer.FINANCE}),
    FieldType.PAPER: frozenset({Viewer.HANDLER}),
    FieldType.IDENTITY: frozenset({Viewer.HANDLER}),
}
"""Types that not everybody sees who opens the case."""


def viewers_of(field: FormField) -> frozenset[Viewer]:
    """Who sees the answer."""
    inside = BY_TYPE.get(field.type, WHO_OPENS) if field.seen_by is None else field.seen_by
    return inside | {Viewer.OUTSIDE} if field.outside else inside


def seen(fields: Iterable[FormField], viewers: Collection[Viewer]) -> tuple[FormField, ...]:
    """The fields whose answers any of these viewers sees, tables with the columns that they see."""
    return tuple(_seen(fields, frozenset(viewers)))


def _seen(fields: Iterable[FormField], viewers: frozenset[Viewer]) -> Iterator[FormField]:
    for field in fields:
        if viewers.isdisjoint(viewers_of(field)):
            continue
        if field.type is not FieldType.ROWS:
            yield field
        elif columns := seen(field.fields, viewers):
            yield replace(field, fields=columns)


def seen_by_all(fields: Iterable[FormField], viewers: Collection[Viewer]) -> tuple[FormField, ...]:
    """The fields whose answers each of these viewers sees."""
    left = tuple(fields)
    for viewer in viewers:
        left = seen(left, {viewer})
    return left


def seen_computed(service: Service, viewers: Collection[Viewer]) -> list[Computed]:
    """The computed values that any of these viewers sees: those of which they see every answer, whole."""
    form = service.form.declaration
    whole = {field.key for field in form.fields() if seen((field,), viewers) == (field,)}
    return [rule for rule in service.computed if rule.needs() <= whole]


def faults_of_seeing(service: Service) -> Iterator[str]:
    """What is named in `seen-by` against what else the service does with the answer."""
    form = service.form.declaration
    paid = any(step.right is Right.PAYMENTS for step in service.machine.steps.values())
    for field in (*form.fields(), *form.files()):
        where = f"form: {field.key}.seen-by"
        named = frozenset[Viewer]().union(*(one.seen_by or () for one in (field, *field.fields)))
        if Viewer.ASSIGNEE in named and service.assignment is None:
            yield f"{where}: its cases are assigned to nobody"
        if Viewer.FINANCE in named and not paid:
            yield f"{where}: nothing of its cases is paid"
        if field.by_staff and seen((field,), {Viewer.HANDLER}) != (field,):
            yield f"{where}: by: staff goes with handler"
        if field.type is FieldType.FILE and not WHO_OPENS.issuperset(viewers_of(field)):
            yield f"{where}: files are opened on the page of the case, where finance and offices outside do not come"
    for where, key in _read_by_handlers(service):
        if form.field(key) is not None and not _sees_whole(form, key, Viewer.HANDLER):
            yield f"{where}: {key} is not seen by the handler"
    dates = service.board.dates if service.board is not None else ()
    for rule in service.computed:
        if rule.key in dates and not all(
            rule in seen_computed(service, {viewer}) for viewer in (Viewer.HANDLER, Viewer.ASSIGNEE)
        ):
            yield f"board.dates: {rule.key} follows from answers that not everybody at the board sees"


def _sees_whole(form: FormDeclaration, key: str, viewer: Viewer) -> bool:
    field = form.field(key)
    return field is not None and seen((field,), {viewer}) == (field,)


def _read_by_handlers(service: Service) -> Iterator[tuple[str, str]]:
    """Where else handlers read an answer, and which."""
    for code, step in service.machine.steps.items():
        for key in step.bulk:
            yield f"flow.transitions.{code}.bulk", key
    rule = service.assignment
    if rule is not None:
        parties = None if rule.parties is None else rule.parties.field
        for part, named in (("skill", rule.skill), ("language", rule.language), ("parties", parties)):
            if named is not None:
                yield f"assignment.{part}", named
