"""提醒: what somebody was told of, and has to look at."""

import uuid

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from server.console.member import member
from server.console.pages import page
from server.core.db import read_only
from server.core.errors import not_found
from server.core.web.guard import access
from server.notices import staff

bp = Blueprint("reminders", __name__)

SHOWN = 50
LATELY = 20


@bp.get("/reminders")
@access.staff()
@read_only
def show() -> Response:
    """One's own: those not read yet, then the last that were."""
    number = member().number
    unread = staff.staff_inbox(staff_no=number, limit=SHOWN)
    return page(
        "console/reminders.html",
        unread=unread,
        more=staff.count_unread(staff_no=number) - len(unread),
        lately=staff.lately_read(staff_no=number, limit=LATELY),
        danger=staff.DANGER,
    )


@bp.post("/reminders/<uuid:notice_id>/open")
@access.staff()
def follow(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Read one and go to what it is about."""
    notice = staff.read_one(notice_id=notice_id, staff_no=member().number)
    return redirect(f"{url_for('console.home.show').rstrip('/')}{notice.link}", 303)


@bp.post("/reminders/read")
@access.staff()
def read() -> ResponseReturnValue:
    """Those that the page showed were read; what came meanwhile was not."""
    count = staff.mark_heard(staff_no=member().number, only=ticked_ids())
    flash(f"记下了：{count} 条看过了", "done")
    return redirect(url_for("console.reminders.show"), 303)


def ticked_ids() -> list[uuid.UUID]:
    """The messages that a form names.

    Raises:
        Problem: 404 for what is no id.
    """
    try:
        return [uuid.UUID(one) for one in request.form.getlist("notice")]
    except ValueError:
        raise not_found() from None
