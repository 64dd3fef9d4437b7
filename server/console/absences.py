"""请假: when somebody is away, and who stands in."""

import uuid

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from server.cases import absences
from server.console.asked import in_our_time
from server.console.forms import ConsoleForm
from server.console.hidden import hidden
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.clock import today
from server.core.db import db
from server.core.errors import Problem, unprocessable
from server.core.web.guard import access
from server.unions.duty import service
from server.unions.duty.delegates import colleagues_of
from server.unions.staff.service import names_of
from server.unions.staff.vocabulary import Right

bp = Blueprint("absences", __name__)


class AbsenceForm(ConsoleForm):
    first_day = DateField("从哪天", [InputRequired("请选日期"), in_our_time])
    last_day = DateField("到哪天（含）", [InputRequired("请选日期"), in_our_time])
    delegate = SelectField("谁代办", validate_choice=False)


@bp.get("/absences")
@access.staff()
def show() -> Response:
    """One's own absences that are not over, and those in which one stands in."""
    return _show(AbsenceForm())


@bp.post("/absences")
@access.staff()
@sent_once
def add() -> ResponseReturnValue:
    """Say that one is away."""
    form = AbsenceForm()
    if form.done_by(lambda: _add(form)) is None:
        return _show(form, status=422)
    flash("记下了。这几天的事和提醒都给代办的人" if form.delegate.data else "记下了。没有人代办，会告诉负责人", "done")
    return redirect(url_for("console.absences.show"), 303)


@bp.post("/absences/<uuid:absence_id>/end")
@access.staff()
def end(absence_id: uuid.UUID) -> ResponseReturnValue:
    """One is back, or does not go."""
    service.end_absence(absence_id=absence_id, number=member().number)
    flash("取消了，提醒又会给你", "done")
    return redirect(url_for("console.absences.show"), 303)


@bp.post("/cases/<no>/take-over")
@access.staff(Right.CASE_WORK)
def take_over(no: str) -> ResponseReturnValue:
    """Take a case whose handler is away, with nobody who stands in."""
    with hidden():
        absences.take_over(no=no, staff_no=member().number)
    flash("接过来了，现在由你办", "done")
    return redirect(url_for("console.cases.show", no=no), 303)


def _add(form: AbsenceForm) -> None:
    try:
        absences.be_away(
            number=member().number,
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            delegate=form.delegate.data or None,
        )
    except Problem as problem:
        if problem.status != 404:
            raise
        raise unprocessable({"delegate": ["没有这个工号，或者账号停用了"]}) from None


def _show(form: AbsenceForm, *, status: int = 200) -> Response:
    number = member().number
    colleagues = [SelectChoice(one.number, f"{one.name}（{one.number}）") for one in colleagues_of(number)]
    form.delegate.choices = [SelectChoice("", "没有人代办"), *colleagues]
    stood_in = service.absences_covered_by(number=number, since=today())
    return page(
        "console/staff/absences.html",
        status=status,
        form=form,
        absences=service.absences_of(number=number, since=today()),
        stood_in=stood_in,
        stood_in_names=names_of(db.session(), {away.number for away in stood_in}),
        names={one.value: one.label for one in colleagues},
        assigned=Right.CASE_ASSIGNED in member().rights,
        today=today(),
    )
