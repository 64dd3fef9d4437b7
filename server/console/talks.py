"""What a worker and whoever has the case write to each other. The desk, the street and the district cannot open it."""

import uuid

from flask import Blueprint, Response, flash, make_response, url_for
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import TextAreaField
from wtforms.validators import ValidationError

from server.cases.assigning import talk
from server.cases.files.service import store_of_staff
from server.cases.models import Author
from server.console.case_forms import SHORT_ENOUGH
from server.console.files import KINDS, file_page, page_as_picture
from server.console.forms import ConsoleForm, stripped
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.db import read_only
from server.core.web.guard import access
from server.unions.staff.vocabulary import Right

bp = Blueprint("talks", __name__)


def said_or_attached(form: "TalkForm", field: TextAreaField) -> None:
    """Words, or at least a file."""
    if not field.data and not form.chosen:
        raise ValidationError("请写点内容，或者选一个文件")


class TalkForm(ConsoleForm):
    text = TextAreaField("写给工友（只有你们两个人看得到）", [SHORT_ENOUGH, said_or_attached], filters=[stripped])
    files = MultipleFileField("文件（可以不写字，只发文件）")

    @property
    def chosen(self) -> list[FileStorage]:
        return [one for one in self.files.data or () if one]


@bp.route("/cases/<no>/talk", methods=["GET", "POST"])
@access.staff(Right.CASE_ASSIGNED)
def show(no: str) -> Response:
    """Read it, and write."""
    form = TalkForm()
    if form.is_submitted():
        written = make_response(_write(no, form))
        if written.status_code < 400:
            return written
    # Not in what is undone when nothing was written: the page shows the talk, and that it was read stays recorded.
    with hidden():
        said = talk.talk_of(no=no, staff_no=member().number)
    return page(
        "console/talk.html",
        status=422 if form.is_submitted() else 200,
        no=no,
        said=said,
        form=form,
        ours=Author.STAFF,
        kinds=KINDS,
    )


@sent_once
def _write(no: str, form: TalkForm) -> Response:
    """What is in the form; 422 without a page, and why in the form."""
    with hidden():
        done = form.done_by(
            lambda: talk.answer(
                no=no,
                staff_no=member().number,
                text=(form.text.data or "").replace("\r\n", "\n"),
                items=[store_of_staff(one.read()) for one in form.chosen],
            )
        )
    if done is None:
        return Response(status=422)
    flash("写好了，工友会收到提醒", "done")
    return go(url_for("console.talks.show", no=no))


@bp.get("/cases/<no>/talk/files/<uuid:attachment_id>")
@access.staff(Right.CASE_ASSIGNED)
def show_file(no: str, attachment_id: uuid.UUID) -> Response:
    """A file that came with it."""
    with hidden():
        file = talk.file_apart(no=no, attachment_id=attachment_id, staff_no=member().number)
    back = url_for("console.talks.show", no=no)
    return file_page(no=no, file=file, back=back, pages_at="console.talks.show_page")


@bp.get("/cases/<no>/talk/files/<uuid:attachment_id>/pages/<int:number>")
@access.staff(Right.CASE_ASSIGNED)
@read_only
def show_page(no: str, attachment_id: uuid.UUID, number: int) -> Response:
    """A page of a PDF that came with it."""
    with hidden():
        talk.require_file_apart(no=no, attachment_id=attachment_id, staff_no=member().number)
    return page_as_picture(attachment_id, number)
