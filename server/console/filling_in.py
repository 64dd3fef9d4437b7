"""Filling in the rest of a form with the worker on the line: a control for each question that one line can answer."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from msgspec import Struct
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    IntegerField,
    MonthField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from server.cases import filling, working
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.forms.fields import FieldType, FormField
from server.cases.models import Case
from server.cases.steps import answers_of
from server.console.forms import ConsoleForm, stripped
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.pages import page
from server.core import audit
from server.core.errors import Problem
from server.core.web.guard import access
from server.identity.consents import consent_texts
from server.identity.models import ConsentKey
from server.unions.staff.vocabulary import Right

bp = Blueprint("filling_in", __name__)

ASKED = "q_"
"""Before the key of a field, so that it is no other attribute of the form."""
AGREED = "agreed_"


class Control(Struct, frozen=True):
    """How one type of question is asked here."""

    make: Callable[[FormField], Field]
    shown: Callable[[Any], Any] = lambda answer: answer
    """Answer → what stands in the control."""
    answer: Callable[[Any], Any] = lambda given: given or None
    """What stands in the control → answer; None for none."""


def _chosen(field: FormField) -> list[tuple[str, str]]:
    return [("", "没有选"), *((choice.value, choice.label) for choice in field.choices)]


def _line(field: FormField) -> Field:
    return StringField(field.label, filters=[stripped])


def _day(answer: str) -> date:
    """Of a date, or of a month its first."""
    return date.fromisoformat(answer if len(answer) > len("2026-01") else f"{answer}-01")


CONTROLS: Mapping[FieldType, Control] = {
    FieldType.TEXT: Control(_line),
    FieldType.PHONE: Control(_line),
    FieldType.AREA: Control(_line),
    FieldType.OPEN_CHOICE: Control(_line),
    FieldType.LONG_TEXT: Control(lambda field: TextAreaField(field.label, filters=[stripped])),
    FieldType.CHOICE: Control(lambda field: SelectField(field.label, choices=_chosen(field), validate_choice=False)),
    FieldType.CHOICES: Control(
        lambda field: SelectMultipleField(
            field.label,
            choices=[(choice.value, choice.label) for choice in field.choices],
            widget=ListWidget(prefix_label=False),
            option_widget=CheckboxInput(),
        )
    ),
    FieldType.YES_NO: Control(
        lambda field: RadioField(field.label, [Optional()], choices=[("yes", "是"), ("no", "不是")]),
        shown=lambda answer: "yes" if answer else "no",
        answer={"yes": True, "no": False}.get,
    ),
    FieldType.MONEY: Control(
        lambda field: DecimalField(f"{field.label}（元）", [Optional()], places=2),
        shown=lambda answer: answer / 100,
        answer=lambda yuan: None if yuan is None else int(yuan * 100),
    ),
    FieldType.INTEGER: Control(lambda field: IntegerField(field.label, [Optional()]), answer=lambda number: number),
    FieldType.DATE: Control(
        lambda field: DateField(field.label, [Optional()]), shown=_day, answer=lambda day: day and day.isoformat()
    ),
    FieldType.MONTH: Control(
        lambda field: MonthField(field.label, [Optional()]), shown=_day, answer=lambda day: day and f"{day:%Y-%m}"
    ),
}
"""Tables, cards, signatures and organisations are the worker's own to give, on the phone page."""


@bp.route("/cases/<no>/answers", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
def show(no: str) -> Response:
    """What was answered, to be added to and put right. That it was opened is recorded."""
    who = member()
    with hidden():
        case = working.case_to_write_in(no=no, staff_no=who.number)
    service = version_of(case.service, case.service_version)
    fields = [field for field in service.form.declaration.fields() if field.type in CONTROLS]
    # Staff's own questions first.
    fields.sort(key=lambda field: not field.by_staff)
    form = _form(service, case, fields)
    if request.method == "POST":
        if form.done_by(lambda: _fill(no, who.number, form, fields, case)) is not None:
            flash("记下了，工友会收到提醒，请他打开看看对不对", "done")
            return go(url_for("console.cases.show", no=no))
    else:
        audit.record(actor=who.actor, action="case.read", subject_kind="case", subject_id=case.id)
    return page(
        "console/filling_in.html",
        status=422 if form.is_submitted() else 200,
        case=case,
        service=service,
        form=form,
        asked=[(field, form[ASKED + field.key]) for field in fields],
        agreed=[control for control in form if control.name.startswith(AGREED)],
    )


def _form(service: Service, case: Case, fields: list[FormField]) -> ConsoleForm:
    controls: dict[str, Field] = {ASKED + field.key: CONTROLS[field.type].make(field) for field in fields}
    texts, known = consent_texts(), {one["key"] for one in case.consents}
    for rule in service.consents:
        if rule.key.value not in known:
            controls[AGREED + rule.key.value] = BooleanField(f"念了《{texts[rule.key].title}》，工友说同意")
    answers = answers_of(case)
    shown = {
        ASKED + field.key: CONTROLS[field.type].shown(answers[field.key]) for field in fields if field.key in answers
    }
    made: ConsoleForm = type("AnswersForm", (ConsoleForm,), controls)(data=shown)
    return made


def _fill(no: str, staff_no: str, form: ConsoleForm, fields: list[FormField], case: Case) -> Case:
    before = answers_of(case)
    given = {field.key: CONTROLS[field.type].answer(form[ASKED + field.key].data) for field in fields}
    changed = {key: answer for key, answer in given.items() if answer != before.get(key)}
    ticked = [control.name.removeprefix(AGREED) for control in form if control.name.startswith(AGREED) and control.data]
    agreed = [ConsentKey(key) for key in ticked]
    try:
        return filling.fill_in(no=no, staff_no=staff_no, answers=changed, agreed=agreed)
    except Problem as problem:
        raise _beside_its_question(problem) from None


def _beside_its_question(problem: Problem) -> Problem:
    """The service names `answers.<key>`, the form its control."""
    if problem.errors:
        problem.errors = {
            ASKED + path.split(".")[1] if path.startswith("answers.") else path: sentences
            for path, sentences in problem.errors.items()
        }
    return problem
