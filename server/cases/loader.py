"""Reads the services' YAML files strictly: a wrong file is refused, naming the file and the path in it."""

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from jsonschema import Draft202012Validator

from server.cases.assigning.prove import faults_of_assignment, faults_of_board
from server.cases.capabilities.registry import faults_of as faults_of_capabilities
from server.cases.declaration import Service, WayBy
from server.cases.fitting import faults_of_taking_over
from server.cases.flow.machine import Step
from server.cases.flow.prove import faults
from server.cases.forms.computed import DATES, FUNCTIONS
from server.cases.forms.fields import Condition, FieldType
from server.cases.forms.prove import faults_of_condition, faults_of_form
from server.cases.papers.prove import faults_of_papers
from server.cases.reader import Document, service_of
from server.cases.retention.classes import retention_rules
from server.cases.routing import tables
from server.cases.seeing import faults_of_seeing
from server.cases.vocabulary import Actor, IdentityMode, Office, PairedAct, Words
from server.core.documents import DocumentError, read_yaml
from server.identity.models import ConsentKey
from server.unions.staff.vocabulary import Right

SHAPE = Path(__file__).with_name("service.schema.yaml")
PLACEHOLDERS = {"no", "due"}
"""What the text of a notice may name: the case's number, and until when it is whose turn."""
PLACEHOLDERS_OF_DATES = {"no", "told", "left"}
PRIVATE_WORDS = ("投诉", "举报", "援助", "欠薪", "工伤")
"""Never in a notice's title: it shows on a locked screen, and others look on."""
HEALTH = "health"
"""The class of config/retention.yaml for answers about health."""


class ServiceError(ValueError):
    """Service files that must not be used: every reason at once."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__("These services cannot be used:\n" + "\n".join(f"  - {reason}" for reason in reasons))


def load_services(folder: Path, *, pausable: Mapping[str, bool]) -> dict[str, Service]:
    """All services of a folder by key.

    Args:
        pausable: the deadlines that exist, and whether each may pause.

    Raises:
        ServiceError: names everything that is wrong in any file.
    """
    services: dict[str, Service] = {}
    reasons: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            service = declare(read_yaml(path), pausable=pausable, name=path.name)
        except DocumentError as error:
            reasons.append(str(error))
            continue
        except ServiceError as error:
            reasons += error.reasons
            continue
        if service.key != path.stem:
            reasons.append(f"{path.name}: key: must be the name of the file, {path.stem}")
        for other in services.values():
            if other.prefix == service.prefix:
                reasons.append(f"{path.name}: prefix: {service.prefix} belongs to {other.key}")
        services[service.key] = service
    for service in services.values():
        reasons += [f"{service.key}.yaml: {fault}" for fault in _faults_of_taking_over(service, services)]
        for key in sorted(set(service.opened_from) - services.keys()):
            reasons.append(f"{service.key}.yaml: opened-from: there is no service {key}")
    if reasons:
        raise ServiceError(reasons)
    return services


def declare(document: Any, *, pausable: Mapping[str, bool], name: str) -> Service:
    """The service that a document declares, with everything in it proved.

    Args:
        name: of the file, for the reasons.

    Raises:
        ServiceError: names everything that is wrong, with its path in the document.
    """
    reasons = list(_misshapen(document)) or list(_unknown_deadlines(document, pausable))
    if not reasons:
        service = service_of(document, pausable=pausable)
        reasons = [
            *faults_of_form(service.form.declaration),
            *_faults_of_rules(service),
            *_faults_of_route(service),
            *_faults_of_retention(service),
            *faults_of_capabilities(service),
            *faults_of_assignment(service),
            *faults_of_board(service),
            *faults_of_seeing(service),
            *faults_of_papers(service),
            *_faults_of_alike(service),
            *(service.group.faults(service.form.declaration) if service.group is not None else ()),
            *_faults_of_words(service),
            *_faults_of_bulk(service),
            *_faults_of_urgency(service),
            *_faults_of_payments(service),
            *_faults_of_modes(service),
            *faults(service.machine, frozenset(service.modes)),
        ]
        if not reasons:
            return service
    raise ServiceError([f"{name}: {reason}" for reason in reasons])


@cache
def _shape() -> Draft202012Validator:
    return Draft202012Validator(read_yaml(SHAPE))


def _misshapen(document: Any) -> Iterator[str]:
    for error in sorted(_shape().iter_errors(document), key=lambda error: list(map(str, error.absolute_path))):
        where = ".".join(map(str, error.absolute_path)) or "(top)"
        chinese = error.validator == "pattern" and "\u4e00" in str(error.validator_value)
        yield f"{where}: needs words in Chinese" if chinese else f"{where}: {error.message}"


def _unknown_deadlines(document: Document, pausable: Mapping[str, bool]) -> Iterator[str]:
    for key, clock in document["flow"]["clocks"].items():
        named = {part: clock[part] for part in ("deadline", "urgent") if part in clock}
        for answer, code in clock.get("by-answer", {}).get("deadlines", {}).items():
            named[f"by-answer.deadlines.{answer}"] = code
        for path, code in named.items():
            if code not in pausable:
                yield f"flow.clocks.{key}.{path}: config/deadlines.csv has no {code}"
    for step, given in document["flow"]["transitions"].items():
        code = given.get("clocks", {}).get("extend-to")
        if code is not None and code not in pausable:
            yield f"flow.transitions.{step}.clocks.extend-to: config/deadlines.csv has no {code}"


def _faults_of_taking_over(service: Service, services: Mapping[str, Service]) -> Iterator[str]:
    yield from faults_of_taking_over(service, services)
    for number, rule in enumerate(service.takes_over):
        if (other := services.get(rule.source)) is not None:
            yield from faults_of_condition(other.asked.declaration, rule.condition, f"takes-over.{number}.if")


def _faults_of_rules(service: Service) -> Iterator[str]:
    """Consents, computed values, clocks and the example against the form."""
    form = service.form.declaration
    if service.by_proxy and service.asked_by is not None and service.asked_by.members:
        yield "by-proxy: which union somebody belongs to is not known of who has no account"
    about_member = service.asked_by is not None and service.asked_by.members and service.one_at_a_time
    named = about_member != bool(service.opened_from)
    if service.by_desk and (not named or service.consents or service.step_up or service.by_proxy):
        yield "by-desk: is about a member, one at a time, or opened from a case, and nobody agrees to anything"
    if service.opened_from and (not service.by_desk or any(True for _ in service.asked.declaration.fields())):
        yield "opened-from: goes with by-desk, and asks nothing of a worker"
    named_by = service.called_by
    if named_by is not None and not (
        service.opened_from and (field := form.field(named_by)) is not None and field.type is FieldType.TEXT
    ):
        yield f"called-by: {named_by} is no line of text of a service that is opened from cases"
    if not service.by_desk and not service.consents:
        yield "consents: whoever asks for it agrees to something"
    objecting = [field.key for field in service.asked.declaration.fields() if field.type is FieldType.PUBLICATION]
    if objecting != ([] if service.objects_to is None else [service.objects_to]):
        yield "objects-to: names the one field of the type publication, which the worker is asked"
    either = service.text_or_file
    if either is not None and ((field := form.field(either)) is None or field.required):
        yield f"text-or-file: {either} is no field that may be left out"
    for field in form.fields():
        if field.outside and field.type is not FieldType.CHOICE:
            # Own words tell who wrote them.
            yield f"form: {field.key} is seen outside of the union and is no choice"
    for number, caution in enumerate(service.cautions):
        yield from faults_of_condition(form, caution.condition, f"cautions.{number}.if")
    for number, told in enumerate(service.tell):
        yield from faults_of_condition(form, told.condition, f"tell.{number}.if")
    if service.urgent_if is not None:
        yield from faults_of_condition(form, service.urgent_if, "urgent-if")
    yield from faults_of_condition(service.asked.declaration, service.page_if, "page-if")
    asked = service.asked.declaration
    for field in asked.fields():
        if field.filled_from is not None and field.required:
            yield f"form: {field.key} is filled from the account and cannot be required"
        if field.suggested is not None and field.type is not FieldType.AREA:
            yield f"form: {field.key} is suggested the street of a station and is no area"
        for condition in (field.visible_if, field.required_if):
            if condition is not None and any(asked.field(key) is None for key in condition.deciding()):
                yield f"form: {field.key} is asked of the worker and depends on what staff fill in"
    for consent in service.consents:
        yield from faults_of_condition(form, consent.condition, f"consents.{consent.key}.if")
    unconditional = {consent.key for consent in service.consents if consent.condition is None and not consent.optional}
    for field in form.fields():
        always = field.required_if is None and field.visible_if is None
        if always and field.retention == HEALTH and ConsentKey.HEALTH not in unconditional:
            # Sensitive data need a consent of their own (个人信息保护法 art. 29), whatever else was answered.
            yield f"form: {field.key} is asked of everybody and tells of health: that consent has no condition"
    for position in service.machine.states.values():
        for key in sorted((position.changeable or frozenset()) - {field.key for field in form.fields()}):
            yield f"flow.states.{position.code}.changeable: there is no field {key}"
    for computed in service.computed:
        where = f"computed.{computed.key}"
        function = FUNCTIONS.get(computed.function)
        if function is None:
            yield f"{where}.function: there is no {computed.function}"
            continue
        parameters = inspect.signature(function).parameters
        wanted = set(parameters) - {"today"}
        needed = {name for name in wanted if parameters[name].default is inspect.Parameter.empty}
        if not needed <= computed.answers.keys() | computed.conditions.keys() <= wanted:
            yield f"{where}: {computed.function} takes {', '.join(sorted(wanted))}"
        for key in computed.answers.values():
            if form.field(key) is None:
                yield f"{where}.answers: there is no field {key}"
        for name, condition in computed.conditions.items():
            yield from faults_of_condition(form, condition, f"{where}.conditions.{name}")
        if (reminder := computed.reminder) is not None:
            if computed.function not in DATES:
                yield f"{where}.remind: {computed.function} finds no date"
            for state in sorted(reminder.states - service.machine.states.keys()):
                yield f"{where}.remind.states: there is no state {state}"
            for code in sorted((reminder.done_by | reminder.undone_by) - service.machine.steps.keys()):
                yield f"{where}.remind: there is no step {code}"
            yield from faults_of_condition(form, reminder.unless, f"{where}.remind.unless")
    for code, step in service.machine.steps.items():
        if step.keeps is not None and (
            step.since is None or (kept := form.field(step.keeps)) is None or kept.type is not FieldType.DATE
        ):
            yield f"flow.transitions.{code}.keeps: goes with since, and names a field for a date"
    for clock in service.machine.clocks.values():
        if clock.by_answer:
            key, codes = clock.by_answer
            yield from faults_of_condition(
                form, Condition(({key: tuple(codes)},)), f"flow.clocks.{clock.key}.by-answer"
            )
    for path, sentences in service.asked.accept(service.example)[1].items():
        yield f"example: {path}: {sentences[0]}"
    for path, sentences in service.form.accept({**service.example, **service.example_by_staff})[1].items():
        yield f"example-by-staff: {path}: {sentences[0]}"


def _faults_of_route(service: Service) -> Iterator[str]:
    """Routing rules against the form, and steps that route without any."""
    form = service.form.declaration
    for number, way in enumerate(service.route):
        where = f"route.{number}"
        for part, key in (("field", way.field), ("area", way.area)):
            if key is not None and form.field(key) is None:
                yield f"{where}.{part}: there is no field {key}"
        if (way.by is WayBy.TABLE) != (way.table is not None and way.area is not None):
            yield f"{where}.table: table and area go with by: table, and only with it"
        wanted = {WayBy.POINT: FieldType.PLACE, WayBy.CASE: FieldType.OWN_CASE}.get(way.by)
        if wanted is not None and (field := form.field(way.field)) is not None and field.type is not wanted:
            yield f"{where}.field: {way.field} is no {wanted}"
        if way.by is WayBy.CASE and service.modes.keys() != {IdentityMode.NAMED}:
            yield f"{where}.by: only where everybody says who they are is a case placed by another"
        if way.away_from_home and way.by is not WayBy.DISTRICT:
            yield f"{where}.away-from-home: goes with by: district, which passes the street over"
        if way.table is not None and way.table not in tables().tables:
            yield f"{where}.table: config/routing.yaml has no {way.table}"
        yield from faults_of_condition(form, way.condition, f"{where}.if")
    for code in set(PairedAct) & service.machine.steps.keys():
        yield f"flow.transitions.{code}: the code belongs to an act of every service"
    routing = any(step.office is Office.ROUTE for step in (service.machine.opening, *service.machine.steps.values()))
    if routing != bool(service.route):
        yield "route: goes with office: route, and only with it"


def _faults_of_urgency(service: Service) -> Iterator[str]:
    """Steps that are only made while a computed value is urgent, against those that there are."""
    known = {rule.key for rule in service.computed}
    for code, step in service.machine.steps.items():
        for key in sorted(set(step.while_urgent) - known):
            yield f"flow.transitions.{code}.while-urgent: there is no computed {key}"


def _names_something(step: Step) -> bool:
    """Besides words and files."""
    return bool(
        step.office is Office.TO or step.lead or step.date or step.since or step.money or step.extend is not None
    )


def _faults_of_bulk(service: Service) -> Iterator[str]:
    """What is done for many cases at once is one click for each."""
    for code, step in service.machine.steps.items():
        if not step.bulk:
            continue
        where = f"flow.transitions.{code}.bulk"
        names = _names_something(step)
        if step.who != {Actor.STAFF} or names or step.second or step.complete or step.words is Words.REQUIRED:
            yield f"{where}: goes with a step of the staff that names nothing, needs no words and no second person"
        for key in step.bulk:
            field = service.form.declaration.field(key)
            if field is None or field.type is FieldType.ROWS:
                yield f"{where}: there is no field {key} that can be read in a row"


def _faults_of_retention(service: Service) -> Iterator[str]:
    """Classes that do not exist, or that would outlive the service's own: with that one everything goes."""
    classes = retention_rules().classes
    own = classes.get(service.retention or "")
    if own is None:
        yield f"retention: config/retention.yaml has no {service.retention}"
        return
    form = service.form.declaration
    for field in (*form.fields(), *form.files()):
        if field.retention is not None:
            named = classes.get(field.retention)
            if named is None:
                yield f"form: {field.key}.retention: config/retention.yaml has no {field.retention}"
            elif named.keep > own.keep:
                yield f"form: {field.key}.retention: {named.key} is kept longer than the service's own {own.key}"


def _faults_of_modes(service: Service) -> Iterator[str]:
    chosen = [mode.value for mode, takes in service.modes.items() if takes.preselected]
    if len(chosen) > 1:
        yield f"modes: {' and '.join(chosen)} cannot both be preselected"


def _faults_of_payments(service: Service) -> Iterator[str]:
    """Finance sees no case: two clicks beside the account have to be all that it does."""
    for code, step in service.machine.steps.items():
        names = _names_something(step)
        if step.right is Right.PAYMENTS and (names or step.words is Words.REQUIRED or not step.peer):
            yield f"flow.transitions.{code}.right: payments goes with second: peer, and names and says nothing"


def _faults_of_alike(service: Service) -> Iterator[str]:
    """What makes two cases alike, against the form; what workers are told of others' cases is listed words only."""
    form = service.form.declaration
    joining = any(step.joins for step in service.machine.steps.values())
    for number, rule in enumerate(service.alike):
        where = f"alike.{number}"
        yield from faults_of_condition(form, rule.condition, f"{where}.if")
        for key in rule.same:
            field = service.asked.declaration.field(key)
            if field is None:
                yield f"{where}.same: the worker's form has no field {key}"
            elif rule.told_from is not None and field.type not in {FieldType.CHOICE, FieldType.OPEN_CHOICE}:
                yield f"{where}.told-from: {key} is no choice, and a worker must not learn of it from another's case"
        if rule.near is not None and rule.near.field is None and not service.place:
            yield f"{where}.near: the service takes no place, so name a field"
        elif rule.near is not None and rule.near.field is not None:
            place = form.field(rule.near.field)
            if place is None or place.type is not FieldType.PLACE:
                yield f"{where}.near.field: {rule.near.field} is no place"
        if rule.told_from is not None and rule.near is None:
            yield f"{where}.told-from: only what is in one place is told, or anybody could ask who complained of what"
        if (rule.joins or rule.told_from is not None) and not joining:
            yield f"{where}: no transition says joins"


def _faults_of_words(service: Service) -> Iterator[str]:
    """Notices name nothing private where others look, and nothing that cannot be filled in."""
    named: dict[str, Step] = {"flow.opening": service.machine.opening}
    named |= {f"flow.transitions.{code}": step for code, step in service.machine.steps.items()}
    for where, step in named.items():
        if step.notice is not None:
            yield from _faults_of_notice(f"{where}.notice", step.notice.title, step.notice.body, PLACEHOLDERS)
    for rule in service.computed:
        if (told := rule.reminder) is not None:
            where = f"computed.{rule.key}.remind.notice"
            yield from _faults_of_notice(where, told.title, told.body, PLACEHOLDERS_OF_DATES)


def _faults_of_notice(where: str, title: str, body: str, fillable: set[str]) -> Iterator[str]:
    for part, text in (("title", title), ("body", body)):
        for _, placeholder, *_ in Formatter().parse(text):
            if placeholder is not None and placeholder not in fillable:
                yield f"{where}.{part}: cannot fill in {{{placeholder}}}"
    for word in PRIVATE_WORDS:
        if word in title:
            yield f"{where}.title: shows on a locked screen and must not say {word}"
