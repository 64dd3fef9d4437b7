"""What finance does: sees whom to pay how much, prepares it, and another confirms. Nothing of the story is here."""

from flask import Blueprint, Response, flash, request, url_for

from server.cases import paying, working
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.pages import page
from server.core.db import db
from server.core.errors import Problem, not_found
from server.core.web.guard import access
from server.unions.staff.service import names_of
from server.unions.staff.vocabulary import Right

bp = Blueprint("payments", __name__)


@bp.get("/payments")
@access.staff(Right.PAYMENTS)
def show() -> Response:
    """What is to be paid. That it was read is recorded."""
    rows = paying.owed(staff_no=member().number)
    names = names_of(db.session(), {row.asked_by for row in rows if row.asked_by is not None})
    return page("console/payments.html", rows=rows, names=names)


@bp.post("/payments/<no>")
@access.staff(Right.PAYMENTS)
def act(no: str) -> Response:
    """Prepare a payment, or confirm or send back what another has prepared."""
    who = member().number
    row = next((one for one in paying.owed(staff_no=who) if one.no == no and one.step is not None), None)
    if row is None and paying.is_settled(no=no, staff_no=who):
        flash("这笔已经有别的同事办好了，你这次没有再办一遍", "wrong")
        return go(url_for("console.payments.show"))
    if row is None:
        raise not_found()
    assert row.step is not None
    try:
        with hidden():
            match request.form.get("do"):
                case "prepare":
                    working.staff_step(no=no, code=row.step, staff_no=who)
                    flash("记下了，等另一位财务确认", "done")
                case "confirm":
                    working.decide(no=no, what=row.step, staff_no=who, approve=True)
                    flash("确认发了" if row.for_work else "确认发了，工友会收到消息", "done")
                case "return":
                    working.decide(no=no, what=row.step, staff_no=who, approve=False)
                    flash("退回了，可以重新来", "done")
    except Problem as problem:
        if problem.status != 409:
            raise
        flash(problem.title, "wrong")
    return go(url_for("console.payments.show"))


@bp.get("/ledger")
@access.staff(Right.LEDGER)
def ledger() -> Response:
    """What was paid, granted by whom and paid by whom; not to whom."""
    rows = paying.paid(staff_no=member().number)
    numbers = {number for row in rows for number in (*row.granted_by, *row.paid_by)}
    return page("console/ledger.html", rows=rows, names=names_of(db.session(), numbers))
