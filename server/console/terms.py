"""换届: the unions whose officers have to be elected anew, and that they were."""

from datetime import timedelta

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, RadioField, SelectChoice
from wtforms.validators import InputRequired

from server.console.forms import ConsoleForm
from server.console.guard import go
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.clock import today
from server.core.db import db, read_only
from server.core.web.guard import access
from server.unions import terms
from server.unions.rules import TERMS
from server.unions.staff.scope import scope_of
from server.unions.staff.vocabulary import Right
from server.unions.tree import ending_terms

bp = Blueprint("terms", __name__)

WITHIN = {0: "已经到期", 180: "半年内", 365: "一年内", 1830: "五年内"}
"""Days from now."""


class TermForm(ConsoleForm):
    began = DateField("选举大会是哪天", [InputRequired("请选日期")])
    years = RadioField(
        "一届几年", [InputRequired("请选一个")], choices=[SelectChoice(str(one), f"{one} 年") for one in TERMS]
    )


@bp.get("/terms")
@access.staff(Right.UNIONS)
@read_only
def show() -> Response:
    """Those of one's own subtrees, the longest overdue first."""
    asked = request.args.get("within", default=180, type=int)
    within = asked if asked in WITHIN else 180
    session = db.session()
    scope = scope_of(session, number=member().number, right=Right.UNIONS)
    found = ending_terms(session, before=today() + timedelta(days=within + 1))
    ending = [one for one in found if scope.covers(one.union.id)]
    return page("console/terms.html", ending=ending, within=within, choices=WITHIN, today=today())


@bp.get("/terms/<code>")
@access.staff(Right.UNIONS)
def one(code: str) -> Response:
    """The form for one union."""
    return _form_page(code, TermForm())


@bp.post("/terms/<code>")
@access.staff(Right.UNIONS)
@sent_once
def begin(code: str) -> ResponseReturnValue:
    """Its officers were elected."""
    form = TermForm()
    number = member().number

    def act() -> str:
        return terms.begin_term(
            code=code, began=form.data["began"], years=int(form.data["years"]), staff_no=number
        ).name

    done = form.done_by(act)
    if done is None:
        return _form_page(code, form, status=422)
    flash(f"{done.value}的新一届记下了", "done")
    return go(url_for("console.terms.show"))


def _form_page(code: str, form: TermForm, *, status: int = 200) -> Response:
    union = terms.union_with_term(code=code, staff_no=member().number)
    return page("console/term.html", status=status, union=union, form=form, today=today())
