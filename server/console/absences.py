"""请假: when somebody is away, and who stands in."""

import uuid

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, StringField
from wtforms.validators import InputRequired

from server.console.forms import ConsoleForm, stripped
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.clock import today
from server.core.errors import Problem, unprocessable
from server.core.web.guard import access
from server.unions.duty import service

bp = Blueprint("absences", __name__)


class AbsenceForm(ConsoleForm):
    first_day = DateField("从哪天", [InputRequired("请选日期")])
    last_day = DateField("到哪天（含）", [InputRequired("请选日期")])
    delegate = StringField("谁代办（工号）", filters=[stripped])


@bp.get("/absences")
@access.staff()
def show() -> Response:
    """One's own absences that are not over."""
    return _show(AbsenceForm())


@bp.post("/absences")
@access.staff()
@sent_once
def add() -> ResponseReturnValue:
    """Say that one is away."""
    form = AbsenceForm()
    if form.done_by(lambda: _add(form)) is None:
        return _show(form, status=422)
    flash("记下了。这几天的提醒会给代办的人", "done")
    return redirect(url_for("console.absences.show"), 303)


@bp.post("/absences/<uuid:absence_id>/end")
@access.staff()
def end(absence_id: uuid.UUID) -> ResponseReturnValue:
    """One is back, or does not go."""
    service.end_absence(absence_id=absence_id, number=member().number)
    flash("取消了，提醒又会给你", "done")
    return redirect(url_for("console.absences.show"), 303)


def _add(form: AbsenceForm) -> None:
    try:
        service.be_absent(
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
    mine = service.absences_of(number=member().number, since=today())
    return page("console/staff/absences.html", status=status, form=form, absences=mine, today=today())
