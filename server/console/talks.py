"""What a worker and whoever has the case write to each other. The desk, the street and the district cannot open it."""

from flask import Blueprint, Response, flash, url_for
from wtforms import TextAreaField

from server.cases.assigning import talk
from server.cases.models import Author
from server.console.case_acts import SHORT_ENOUGH
from server.console.forms import ConsoleForm, Needed, stripped
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.web.guard import access
from server.unions.staff.vocabulary import Right

bp = Blueprint("talks", __name__)


class TalkForm(ConsoleForm):
    text = TextAreaField("写给工友（只有你们两个人看得到）", [SHORT_ENOUGH, Needed("请写点内容")], filters=[stripped])


@bp.route("/cases/<no>/talk", methods=["GET", "POST"])
@access.staff(Right.CASE_ASSIGNED)
@sent_once
def show(no: str) -> Response:
    """Read it, and write."""
    who, form = member().number, TalkForm()
    if form.is_submitted():
        with hidden():
            done = form.done_by(
                lambda: talk.answer(no=no, staff_no=who, text=(form.text.data or "").replace("\r\n", "\n"))
            )
        if done is not None:
            flash("写好了，工友会收到提醒", "done")
            return go(url_for("console.talks.show", no=no))
    with hidden():
        said = talk.talk_of(no=no, staff_no=who)
    return page(
        "console/talk.html", status=422 if form.is_submitted() else 200, no=no, said=said, form=form, ours=Author.STAFF
    )
