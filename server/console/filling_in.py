"""Filling in the rest of a form with the worker on the line, sections with staff's own questions first.

Only what was changed here is written. If somebody else was faster, their answers are put into the questions that were
not touched here, and said beside those that were; nothing that was typed is lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from wtforms import BooleanField, Field, FieldList
from wtforms import FormField as Group

from server.cases import filling, writing
from server.cases.barring import refuse_out
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.files.service import count_by_field
from server.cases.forms.fields import Answers, FieldType, FormField, Section, Viewer
from server.cases.forms.speaking import spoken_answers
from server.cases.models import Case
from server.cases.revisions import answers_at
from server.cases.seeing import seen
from server.cases.steps import CHANGED, answers_of
from server.console.attaching import fields_for_files, file_controls_of, files_in
from server.console.controls import ASKED, answers_in, area_names, controls_of, row_in, shown_in
from server.console.forms import ConsoleForm
from server.console.guard import go
from server.console.hidden import hidden
from server.console.meanwhile import Happened, VersionedForm, happened_since, names_in, version_now
from server.console.member import member
from server.console.pages import page, part, wants_part
from server.core import audit
from server.core.clock import now
from server.core.errors import Problem
from server.core.web.guard import access
from server.identity.consents import consent_texts
from server.identity.models import ConsentKey
from server.unions.staff.vocabulary import Right

bp = Blueprint("filling_in", __name__)

AGREED = "agreed_"
PARTS = {"from": "first", "to": "last"}
"""Of a group, where an attribute cannot have the name of the answer's part."""
OTHERS = "刚才别人写的是："


@bp.route("/cases/<no>/answers", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
def show(no: str) -> Response:
    """What was answered, to be added to and put right. That it was opened is recorded."""
    who = member()
    with hidden():
        case = writing.case_to_write_in(no=no, staff_no=who.number)
    service = version_of(case.service, case.service_version)
    made = _form_class(service, case)
    if request.method == "GET":
        refuse_out(case, who.number)
        audit.record(actor=who.actor, action="case.read", subject_kind="case", subject_id=case.id)
        return _page(case, service, made(data=_values(case, service, answers_of(case))))
    form = made()
    base = answers_at(case, form.number)
    try:
        done = form.done_by(lambda: _fill(case, service, form, base))
    except _ChangedError:
        happened = happened_since(case, form)
        fresh, others = _with_what_others_wrote(case, service, form, base)
        return _page(case, service, made(formdata=None, data=fresh), happened=happened, others=others)
    if done is None:
        return _page(case, service, form)
    flash("记下了" if service.opened_from else "记下了，工友会收到提醒，请他打开看看对不对", "done")
    return go(url_for("console.cases.show", no=no))


class _ChangedError(Exception):
    """Somebody else was faster."""


def _page(
    case: Case,
    service: Service,
    form: VersionedForm,
    *,
    happened: Sequence[Happened] = (),
    others: Mapping[str, str] | None = None,
) -> Response:
    values = {
        "case": case,
        "form": form,
        "sections": _sections(service),
        "prefix": ASKED,
        "agreed": [control for control in form if control.name.startswith(AGREED)],
        "answers": answers_of(case),
        "nobodys": bool(service.opened_from),
        "already": count_by_field(case_id=case.id),
        "areas": area_names,
        "meanwhile": happened,
        "names": names_in(happened),
        "others": others or {},
    }
    status = 200 if request.method == "GET" else 422
    if wants_part():
        return part("console/_filling_in.html", status=status, **values)
    return page("console/filling_in.html", status=status, **values)


def _sections(service: Service) -> list[Section]:
    """Staff's own questions first, in the form and in each section."""
    sections = sorted(
        service.form.declaration.sections, key=lambda section: not any(field.by_staff for field in section.fields)
    )
    return [
        Section(one.key, one.title, asked, one.help)
        for one in sections
        if (asked := tuple(sorted(_shown(one.fields), key=lambda field: not field.by_staff)))
    ]


def _fields(declared: Iterable[FormField]) -> list[FormField]:
    """What is asked here: what whoever works on a case sees whole, lest a table lose a column that is not shown."""
    return [one for one in declared if one.answers and seen((one,), {Viewer.HANDLER}) == (one,)]


def _shown(declared: Sequence[FormField]) -> list[FormField]:
    """The same, with fields for files."""
    files = fields_for_files(one for one in declared if one.type is FieldType.FILE)
    seen_here = {one.key for one in (*_fields(declared), *files)}
    return [one for one in declared if one.key in seen_here]


def _files(service: Service) -> list[FormField]:
    return fields_for_files(service.form.declaration.files())


def _form_class(service: Service, case: Case) -> type[VersionedForm]:
    controls = controls_of(_fields(service.form.declaration.fields())) | file_controls_of(_files(service))
    texts, known = consent_texts(), {one["key"] for one in case.consents}
    for rule in service.consents:
        if rule.key.value not in known:
            controls[AGREED + rule.key.value] = BooleanField(f"念了《{texts[rule.key].title}》，工友说同意")
    made: type[VersionedForm] = type("AnswersForm", (VersionedForm,), controls)
    return made


def _values(case: Case, service: Service, answers: Answers) -> dict[str, Any]:
    """What stands in the form of a case."""
    return {
        "version": str(version_now(case)),
        "seen": now().isoformat(),
        **shown_in(_fields(service.form.declaration.fields()), answers),
    }


def _mine(service: Service, form: VersionedForm, base: Answers) -> dict[str, Any]:
    """What was changed here since the form was opened; None for an answer taken out."""
    given = answers_in(_fields(service.form.declaration.fields()), form.data, base)
    return {key: answer for key, answer in given.items() if answer != base.get(key)}


def _fill(case: Case, service: Service, form: VersionedForm, base: Answers) -> Case:
    ticked = [control.name.removeprefix(AGREED) for control in form if control.name.startswith(AGREED) and control.data]
    try:
        return filling.fill_in(
            no=case.no,
            staff_no=member().number,
            answers=_mine(service, form, base),
            agreed=[ConsentKey(key) for key in ticked],
            items=files_in(_files(service), form),
            version=form.number,
        )
    except Problem as problem:
        if problem.code == CHANGED:
            raise _ChangedError from problem
        say_beside([*_fields(service.form.declaration.fields()), *_files(service)], form, problem)
        raise


def _with_what_others_wrote(
    case: Case, service: Service, form: VersionedForm, base: Answers
) -> tuple[dict[str, Any], dict[str, str]]:
    """What stands in the form now, and by key what others wrote where something else was typed here."""
    mine = _mine(service, form, base)
    fresh = _values(case, service, answers_of(case))
    latest = answers_of(case)
    typed = {name: form.data[name] for name in form.data if name.startswith(AGREED)}
    typed |= {ASKED + key: form.data[ASKED + key] for key in mine}
    others = {
        field.key: OTHERS + "；".join(words for _, words in spoken_answers((field,), latest))
        for field in _fields(service.form.declaration.fields())
        if field.key in mine and field.key in latest and latest[field.key] not in (base.get(field.key), mine[field.key])
    }
    return fresh | typed, others


def say_beside(asked: Sequence[FormField], form: ConsoleForm, problem: Problem) -> None:
    """Put what is wrong beside its question; what belongs to none stays in the problem.

    The service names `answers.<key>`, of a table `answers.<key>.<row>.<column>`, of a group `answers.<key>.<part>`.
    """
    fields = {field.key: field for field in asked}
    left: dict[str, Any] = {}
    for path, sentences in (problem.errors or {}).items():
        root, _, rest = path.partition(".")
        key, *within = rest.split(".")
        if root != "answers" or key not in fields:
            left[path] = sentences
            continue
        control = _control_of(form[ASKED + key], fields[key], within)
        control.errors = [*control.errors, *sentences]
    problem.errors = left


def _control_of(control: Field, field: FormField, within: Sequence[str]) -> Field:
    if isinstance(control, FieldList) and len(within) > 1:
        # Rows with nothing in them were not sent.
        rows = [entry for entry in control if row_in(field, entry.data)]
        return rows[int(within[0])].form[ASKED + within[1]]
    if isinstance(control, Group):
        parts = control.form
        name = PARTS.get(within[0], within[0]) if within else ""
        return parts[name] if name in parts else next(iter(parts))
    return control
