"""权限申请: one security administrator asks, another one approves or refuses with a reason."""

import uuid
from datetime import date, timedelta

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from server.console.forms import ConsoleForm, Needed, stripped
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.console.union_field import UnionField
from server.core.clock import midnight, now
from server.core.errors import Problem, unprocessable
from server.core.web.guard import access
from server.unions.staff import directory, service
from server.unions.staff.roles import roles
from server.unions.staff.vocabulary import Right

bp = Blueprint("role_requests", __name__)

FAR = date(2999, 12, 31)


class RequestForm(ConsoleForm):
    number = StringField("给谁（工号）", [Needed("请填工号")], filters=[stripped])
    role = SelectField("什么权限")
    union = UnionField("管哪个工会（和它下面的）", Right.STAFF_GRANTS)
    until = DateField("用到哪天（含）", [InputRequired("请选日期")])
    reason = TextAreaField("为什么需要", [Needed("请写明为什么需要")], filters=[stripped])

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.role.choices = [
            SelectChoice("", "请选择"),
            *(SelectChoice(role.key, role.name) for role in roles().values()),
        ]


class RefusalForm(ConsoleForm):
    reason = StringField("为什么退回", [Needed("请写明为什么退回，申请的人看得到")], filters=[stripped])


@bp.get("/requests")
@access.staff(Right.STAFF_GRANTS)
def show() -> Response:
    """What waits for a second person, and what became of the others."""
    return _show(RefusalForm())


@bp.route("/requests/new", methods=["GET", "POST"])
@access.staff(Right.STAFF_GRANTS)
@sent_once
def new() -> ResponseReturnValue:
    """Ask that somebody be given a role."""
    form = RequestForm(**{name: request.args.get(name, "") for name in ("number", "role", "union")})
    if request.method == "POST" and form.done_by(lambda: _ask(form)):
        flash("申请交上去了，等另一位安全管理员批准", "done")
        return redirect(url_for("console.role_requests.show"), 303)
    return page("console/staff/new_request.html", status=422 if form.is_submitted() else 200, form=form)


@bp.post("/requests/<uuid:grant_id>/approve")
@access.staff(Right.STAFF_GRANTS)
def approve(grant_id: uuid.UUID) -> ResponseReturnValue:
    """Give what another asked for."""
    service.approve_role(grant_id=grant_id, by=member().number)
    flash("批准了，马上生效", "done")
    return redirect(url_for("console.role_requests.show"), 303)


@bp.post("/requests/<uuid:grant_id>/refuse")
@access.staff(Right.STAFF_GRANTS)
def refuse(grant_id: uuid.UUID) -> ResponseReturnValue:
    """Do not give it, and say why."""
    form = RefusalForm()
    act = form.done_by(
        lambda: service.refuse_role(grant_id=grant_id, by=member().number, reason=form.reason.data or "")
    )
    if act is None:
        return _show(form, refused=grant_id, status=422)
    flash("退回了，申请的人看得到原因", "done")
    return redirect(url_for("console.role_requests.show"), 303)


def _ask(form: RequestForm) -> None:
    try:
        service.request_role(
            number=form.number.data or "",
            role=form.role.data or "",
            union=form.union.chosen,
            # Far days are refused by the service; the last of all has none after it.
            until=midnight(min(form.until.data, FAR) + timedelta(days=1)),
            reason=form.reason.data or "",
            by=member().number,
        )
    except Problem as problem:
        if problem.status != 404:
            raise
        raise unprocessable({"number": ["没有这个工号，或者账号停用了"]}) from None


def _show(form: RefusalForm, *, refused: uuid.UUID | None = None, status: int = 200) -> Response:
    by = member().number
    return page(
        "console/staff/requests.html",
        status=status,
        waiting=directory.waiting_requests(by=by),
        ending=directory.ending_roles(by=by),
        at=now(),
        decided=directory.decided_requests(by=by),
        form=form,
        fresh=RefusalForm(formdata=None),
        refused=refused,
    )
