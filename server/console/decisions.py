"""等我来定的: what others asked for and waits for a second person. It is read and decided with the case."""

from flask import Blueprint, Response

from server.cases.deciding import to_decide
from server.console.member import member
from server.console.pages import page
from server.core.db import db, read_only
from server.core.web.guard import access
from server.unions.staff.service import names_of
from server.unions.staff.vocabulary import Right

bp = Blueprint("decisions", __name__)


@bp.get("/decisions")
@access.staff(Right.CASE_WORK, Right.CASE_DECIDE, Right.CASE_SIGN)
@read_only
def show() -> Response:
    """The oldest first."""
    lines = to_decide(staff_no=member().number)
    return page("console/decisions.html", lines=lines, names=names_of(db.session(), {one.asked_by for one in lines}))
