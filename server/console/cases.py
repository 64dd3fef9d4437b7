"""One case: all of it for the union, of it what may be told for an office outside. Each opening is recorded."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Blueprint, Response, flash, url_for
from flask_wtf.file import MultipleFileField
from msgspec import Struct
from wtforms import TextAreaField

from server.cases import desk, queue, staff_files
from server.cases.desk import Opened
from server.cases.files.service import store_of_staff
from server.cases.models import Author, Case
from server.cases.outside import outside_view, refuse_telling_union, tell_union
from server.cases.papers.service import number_words
from server.cases.papers.templates import templates
from server.cases.proxies.speaking import SAYINGS
from server.cases.vocabulary import (
    ACT_NAMES,
    IDENTITY_NAMES,
    OUTSIDE_NAMES,
    Direction,
    Handling,
    Office,
    Outside,
    PairedAct,
)
from server.city.words import WORD_NAMES
from server.clocks.models import ChangeKind, Clock, ClockChange, ClockPause
from server.console.case_forms import SHORT_ENOUGH, SHOWN_TO_STAFF
from server.console.clock_marks import ClockMark, mark_of
from server.console.exchange import DONE, trouble_words
from server.console.files import KINDS, file_page, page_as_picture
from server.console.forms import ConsoleForm, Needed, stripped
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page, part
from server.console.presence import others_at
from server.console.queue import SEEING, right_of
from server.core.clock import now
from server.core.db import db, read_only
from server.core.web.guard import access
from server.unions.models import TradeUnion
from server.unions.staff.service import names_of
from server.unions.staff.vocabulary import Right

bp = Blueprint("cases", __name__)

CHANGES = {
    ChangeKind.EXTENSION: "延长",
    ChangeKind.RECOMPUTATION: "节假日表到了，重新计算",
    ChangeKind.ANNULMENT: "经批准不算超期",
}


class Promise(Struct, frozen=True):
    """One clock with all that became of it."""

    clock: Clock
    mark: ClockMark
    moved: bool
    """Whether it ends at another time than was promised."""
    pauses: Sequence[ClockPause]
    changes: Sequence[ClockChange]


@bp.get("/cases/<no>")
@access.staff(*SEEING)
def show(no: str) -> Response:
    """The case."""
    who = member()
    if right_of(who) is Right.CASE_OUTSIDE:
        return _outside(no, AnswerForm(formdata=None))
    with hidden():
        opened = desk.opened_case(no=no, staff_no=who.number)
    others = others_at(no, staff_no=who.number)
    promises = _promises(opened.clocks, opened.pauses, opened.changes)
    return page(
        "console/case.html",
        opened=opened,
        case=opened.case,
        identity=IDENTITY_NAMES[opened.case.identity_mode],
        office=None if opened.case.union_id is None else db.session.get(TradeUnion, opened.case.union_id),
        running=[one for one in promises if one.clock.stopped_at is None],
        stopped=[one for one in promises if one.clock.stopped_at is not None],
        names=names_of(db.session(), {*_numbers(opened), *others}),
        others=others,
        keys={Handling.TAKE: "t", Office.TO: "f"},
        by_staff=Author.STAFF,
        acts={what.value: name for what, name in (ACT_NAMES | OUTSIDE_NAMES).items()},
        paired=PairedAct,
        sayings=SAYINGS,
        changes=CHANGES,
        word_names=WORD_NAMES,
        done=DONE,
        troubles=trouble_words,
        from_them=Direction.IN,
        kinds=KINDS,
        number_words=number_words,
        templates=[templates()[key] for key in opened.service.papers],
    )


class AnswerForm(ConsoleForm):
    text = TextAreaField("查到了什么、办到哪一步", [SHORT_ENOUGH, Needed("请写查到了什么")], filters=[stripped])
    files = MultipleFileField("照片、扫描件或 PDF", render_kw={"accept": SHOWN_TO_STAFF})


@bp.post("/cases/<no>/outside/<any(received, answer):what>")
@access.staff(Right.CASE_OUTSIDE)
@sent_once
def tell(no: str, what: str) -> Response:
    """What an office outside tells the union: that it has it, or what it found."""
    form, who = AnswerForm(), member().number
    if what == "received":
        del form.text, form.files

    def say() -> Case:
        refuse_telling_union(no=no, staff_no=who)
        if form.text:
            items = [store_of_staff(one.read()) for one in form.files.data or () if one]
            return tell_union(no=no, staff_no=who, what=Outside.ANSWERED, text=form.text.data or "", items=items)
        return tell_union(no=no, staff_no=who, what=Outside.RECEIVED)

    with hidden():
        done = form.done_by(say)
    if done is None:
        return _outside(no, form if form.text else AnswerForm(formdata=None), refusal=form.refusal, status=422)
    flash("告诉工会了" if what == "received" else "交给工会了，由工会答复工友", "done")
    return go(url_for("console.cases.show", no=no))


def _outside(no: str, form: AnswerForm, *, refusal: str | None = None, status: int = 200) -> Response:
    with hidden():
        seen = outside_view(no=no, staff_no=member().number)
    form.refusal = refusal
    return page(
        "console/case_outside.html",
        status=status,
        seen=seen,
        form=form,
        promises=_promises([clock for clock in seen.clocks if clock.stopped_at is None], (), ()),
    )


@bp.get("/cases/<no>/present")
@access.staff(Right.CASE_READ, Right.CASE_ASSIGNED)
@read_only
def present(no: str) -> Response:
    """Who else has it open; asked for by the page itself."""
    if queue.found_by_number(no, staff_no=member().number) is None:
        return part("console/_gone.html", status=404)
    others = others_at(no, staff_no=member().number)
    return part("console/_present.html", no=no, others=others, names=names_of(db.session(), set(others)))


@bp.get("/cases/<no>/files/<uuid:attachment_id>")
@access.staff(Right.CASE_READ, Right.CASE_ASSIGNED)
def show_file(no: str, attachment_id: uuid.UUID) -> Response:
    """A file: pictures, recordings and films in the page, of a PDF pictures of its pages."""
    with hidden():
        file = staff_files.opened_file(no=no, attachment_id=attachment_id, staff_no=member().number)
    back = url_for("console.cases.show", no=no)
    return file_page(no=no, file=file, back=back, pages_at="console.cases.show_page")


@bp.get("/cases/<no>/files/<uuid:attachment_id>/pages/<int:number>")
@access.staff(Right.CASE_READ, Right.CASE_ASSIGNED)
@read_only
def show_page(no: str, attachment_id: uuid.UUID, number: int) -> Response:
    """A page of a PDF as a picture with who looks written across, by the link of an opening that was recorded."""
    with hidden():
        staff_files.require_file(no=no, attachment_id=attachment_id, staff_no=member().number)
    return page_as_picture(attachment_id, number)


def _promises(clocks: Iterable[Clock], pauses: Sequence[ClockPause], changes: Sequence[ClockChange]) -> list[Promise]:
    at: datetime = now()
    return [
        Promise(
            clock=clock,
            mark=mark_of(clock, at=at),
            moved=clock.due_at != clock.original_due_at,
            pauses=[one for one in pauses if one.clock_id == clock.id],
            changes=[one for one in changes if one.clock_id == clock.id],
        )
        for clock in sorted(clocks, key=lambda clock: clock.due_at)
    ]


def _numbers(opened: Opened) -> set[str]:
    """Everybody of the staff who is named on the page."""
    found: list[str | None] = [opened.case.handler_no]
    found += [number for one in opened.events for number in (one.staff_no, one.stood_in_for)]
    found += [opened.absent.stand_in] if opened.absent else []
    found += opened.asked_by.values()
    found += [one.by for one in (*opened.agreed, *opened.signed_for.values())]
    found += [opened.proxy.staff_no] if opened.proxy else []
    found += [one.staff_no for one in opened.messages]
    found += [one.staff_no for one in opened.notes]
    found += [one.staff_no for one in opened.calls]
    if opened.assignment is not None:
        found.append(opened.assignment.staff_no)
    found += [one.handler_no for one in opened.beside]
    if opened.group is not None:
        found += [one.handler_no for one in opened.group.others]
    if opened.fee is not None:
        found.append(opened.fee.staff_no)
    found += [proposal.asked_by for proposal, _ in opened.waiting]
    found += [number for change in opened.changes for number in (change.asked_by, change.approved_by)]
    return {number for number in found if number is not None}
