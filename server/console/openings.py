"""What staff open from a case: a matter of the union's own, such as a letter to the employer."""

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from server.cases.declaration import Service
from server.cases.forms.fields import FormField
from server.cases.models import Case
from server.cases.opened_from import open_from, source_to_open
from server.console.controls import ASKED, answers_in, area_names, controls_of
from server.console.filling_in import say_beside
from server.console.forms import ConsoleForm
from server.console.hidden import hidden
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.errors import Problem
from server.core.web.guard import access
from server.unions.staff.vocabulary import Right

bp = Blueprint("openings", __name__)


@bp.route("/cases/<no>/openings/<service>", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
@sent_once
def show(no: str, service: str) -> ResponseReturnValue:
    """The form, of which what is known can be filled in now and the rest later; once it is sent, the new case."""
    with hidden():
        source, declared = source_to_open(no=no, service=service, staff_no=member().number)
    form = _form(declared)
    if form.is_submitted():
        done = form.done_by(lambda: _open(source, declared, form))
        if done is not None:
            flash("开好了。核实清楚、补齐以后再发", "done")
            return redirect(url_for("console.cases.show", no=done.value.no), 303)
    return _page(source, declared, form)


def _page(source: Case, service: Service, form: ConsoleForm) -> Response:
    return page(
        "console/opening.html",
        status=422 if form.is_submitted() else 200,
        source=source,
        service=service,
        sections=service.form.declaration.sections,
        form=form,
        prefix=ASKED,
        answers={},
        others={},
        areas=area_names,
    )


def _asked(service: Service) -> list[FormField]:
    return [field for field in service.form.declaration.fields() if field.answers]


def _form(service: Service) -> ConsoleForm:
    made: ConsoleForm = type("OpeningForm", (ConsoleForm,), controls_of(_asked(service)))()
    return made


def _open(source: Case, service: Service, form: ConsoleForm) -> Case:
    given = answers_in(_asked(service), form.data, {})
    answers = {key: answer for key, answer in given.items() if answer is not None}
    try:
        return open_from(no=source.no, service=service.key, staff_no=member().number, answers=answers)
    except Problem as problem:
        say_beside(_asked(service), form, problem)
        raise
