"""和市会员库比对: a file of the city beside our members. What came of it stands on a page of its own, see `lists`."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from server.console.forms import ConsoleForm
from server.console.imports import SheetField, queued
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.web.guard import access
from server.unions.lists import service
from server.unions.lists.sheet import MAX_BYTES
from server.unions.lists.vocabulary import ListKind
from server.unions.staff.vocabulary import Right

bp = Blueprint("differences", __name__)


class CompareForm(ConsoleForm):
    file = SheetField()


@bp.url_value_preprocessor
def take_long_lists(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before the form is read."""
    request.max_content_length = MAX_BYTES


@bp.get("/imports/difference")
@access.staff(Right.UNIONS)
def show() -> Response:
    """The form, and what was compared before."""
    return _page(CompareForm())


@bp.post("/imports/difference")
@access.staff(Right.UNIONS)
@sent_once
def take() -> ResponseReturnValue:
    """Have a file compared."""
    form = CompareForm()
    return queued(form, ListKind.CITY_BASE, refused=partial(_page, form, status=422))


def _page(form: CompareForm, *, status: int = 200) -> Response:
    mine = service.lists_of(staff_no=member().number, kinds=[ListKind.CITY_BASE])
    return page("console/imports/difference.html", status=status, form=form, lists=mine)
