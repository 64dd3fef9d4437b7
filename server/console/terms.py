"""换届: the unions whose officers have to be elected anew."""

from datetime import timedelta

from flask import Blueprint, Response, request

from server.console.member import member
from server.console.pages import page
from server.core.clock import today
from server.core.db import db, read_only
from server.core.web.guard import access
from server.unions.staff.scope import scope_of
from server.unions.staff.vocabulary import Right
from server.unions.tree import ending_terms

bp = Blueprint("terms", __name__)

WITHIN = {0: "已经到期", 180: "半年内", 365: "一年内", 1830: "五年内"}
"""Days from now."""


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
