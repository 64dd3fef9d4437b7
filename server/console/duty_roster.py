"""值班表: who is told of what runs out. Kept by heads of offices, and by security administrators."""

import uuid

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from server.console.asked import in_our_time
from server.console.forms import ConsoleForm, Needed, stripped
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.console.reminders import SHOWN, ticked_ids
from server.console.union_field import UnionField
from server.core.clock import today
from server.core.db import db
from server.core.errors import Problem, unprocessable
from server.core.web.guard import access
from server.notices import staff
from server.unions.duty import service
from server.unions.duty.vocabulary import DutyKind
from server.unions.staff.service import names_of
from server.unions.staff.vocabulary import Right

bp = Blueprint("duty_roster", __name__)

KINDS = {
    DutyKind.DESK: "窗口值班：没人接的事快到期时找他",
    DutyKind.CHAIR: "街道主席：街道的事到期没办时找他",
    DutyKind.HEAD: "区权益部负责人：逾期很久时找他",
}


def _picked(words: str | None) -> str | None:
    """Of `S0001 覃小燕`, as the page offers it, the number."""
    return words.split()[0] if words else words


class DutyForm(ConsoleForm):
    number = StringField("谁值班（工号）", [Needed("请填工号")], filters=[stripped, _picked])
    kind = SelectField("值什么班", choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()])
    union = UnionField("哪个工会", Right.DUTY)
    first_day = DateField("从哪天", [InputRequired("请选日期"), in_our_time])
    last_day = DateField("到哪天（含），长期就不填", [Optional(), in_our_time])
    phone = StringField("办公电话，收短信用，可不填", filters=[stripped])


@bp.get("/duty")
@access.staff(Right.DUTY)
def show() -> Response:
    """Who is on duty now and later, and who is away."""
    number = member().number
    duties, absences = service.duties_in_scope(by=number), service.absences_in_scope(by=number)
    return page(
        "console/staff/duty.html",
        unheard=staff.unheard(by=number, limit=SHOWN) if staff.may_see_unheard(by=number) else [],
        duties=duties,
        absences=absences,
        names=names_of(db.session(), [*(on_duty for _, on_duty, _ in duties), *(away.number for away in absences)]),
        kinds=KINDS,
        today=today(),
    )


@bp.post("/duty/unheard")
@access.staff(Right.DUTY)
def see_to() -> ResponseReturnValue:
    """Somebody sees to what nobody was on duty for."""
    count = staff.take_unheard(by=member().number, only=ticked_ids())
    flash(f"记下了：{count} 条有人管了", "done")
    return redirect(url_for("console.duty_roster.show"), 303)


@bp.route("/duty/new", methods=["GET", "POST"])
@access.staff(Right.DUTY)
@sent_once
def new() -> ResponseReturnValue:
    """Put somebody on duty."""
    form = DutyForm()
    if request.method == "POST" and form.done_by(lambda: _give(form)):
        flash("排好了", "done")
        return redirect(url_for("console.duty_roster.show"), 303)
    people = service.people_in_scope(by=member().number)
    return page("console/staff/new_duty.html", status=422 if form.is_submitted() else 200, form=form, people=people)


@bp.post("/duty/<uuid:duty_id>/end")
@access.staff(Right.DUTY)
def end(duty_id: uuid.UUID) -> ResponseReturnValue:
    """Let a duty end today."""
    service.end_duty(duty_id=duty_id, last_day=today(), by=member().number)
    flash("今天以后不再值这个班", "done")
    return redirect(url_for("console.duty_roster.show"), 303)


def _give(form: DutyForm) -> None:
    try:
        service.put_on_duty(
            number=form.number.data or "",
            union=form.union.chosen,
            kind=DutyKind(form.kind.data),
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            phone=form.phone.data or None,
            by=member().number,
        )
    except Problem as problem:
        if problem.status != 404:
            raise
        raise unprocessable({"number": ["没有这个工号，或者账号停用了"]}) from None
