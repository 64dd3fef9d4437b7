"""和市会员库比对: a file of the city beside our members. It is gone afterwards; the list has rows and numbers."""

import io

from flask import Blueprint, send_file
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectChoice

from server.console.forms import ConsoleForm
from server.console.imports import SheetField, as_file
from server.console.member import member
from server.console.pages import page
from server.core.db import db
from server.core.errors import unprocessable
from server.core.web.guard import access
from server.unions.city_base import Comparison, Kind, compare, write_list
from server.unions.roster_file import UnreadableRoster
from server.unions.staff.scope import scope_of
from server.unions.staff.vocabulary import Right

bp = Blueprint("differences", __name__)

SHEET = "sheet"
SHOWN = 200


class CompareForm(ConsoleForm):
    file = SheetField()
    way = RadioField(
        "差异表",
        choices=[SelectChoice("page", "在这里看"), SelectChoice(SHEET, "存成表格")],
        default="page",
    )


@bp.get("/imports/difference")
@access.staff(Right.UNIONS)
def show() -> ResponseReturnValue:
    """The form."""
    return page("console/imports/difference.html", form=CompareForm(), found=None)


@bp.post("/imports/difference")
@access.staff(Right.UNIONS)
def take() -> ResponseReturnValue:
    """Compare a file, and show what differs or hand it out."""
    form = CompareForm()
    done = form.done_by(lambda: _compared(form))
    if done is not None and form.way.data == SHEET:
        stored = io.BytesIO()
        write_list(done.value.differences, stored)
        stored.seek(0)
        return send_file(stored, download_name="和市会员库的差异.xlsx", as_attachment=True)
    return page(
        "console/imports/difference.html",
        status=422 if done is None else 200,
        form=form,
        found=None if done is None else done.value,
        kinds=Kind,
        shown=SHOWN,
    )


def _compared(form: CompareForm) -> Comparison:
    who = member()
    scope = scope_of(db.session(), number=who.number, right=Right.UNIONS)
    with as_file(form.file.data) as path:
        try:
            return compare(path, actor=who.actor, scope=scope)
        except UnreadableRoster as error:
            raise unprocessable({"file": [str(error)]}) from None
