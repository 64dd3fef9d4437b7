"""实名核对: requests that wait for a person. Every reading is recorded, photos one by one."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, TextAreaField
from wtforms.validators import Optional

from server.console.clock_marks import mark_of
from server.console.forms import ConsoleForm, Needed, stripped
from server.console.member import member
from server.console.pages import page
from server.console.watermark import watermarked
from server.core.clock import now
from server.core.errors import conflict, not_found
from server.core.web.guard import access
from server.identity.desk import NotWaiting
from server.identity.models import DeskReason
from server.identity.papers import PAPER_NAMES, birth_of
from server.identity.personal import GROUPS
from server.identity.rules import mask_name
from server.identity.verification import NumberTaken
from server.me import desk, desk_words
from server.unions.staff.vocabulary import Right

bp = Blueprint("verification", __name__)

R = TypeVar("R")

PHOTO_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


class ApproveForm(ConsoleForm):
    valid_to = DateField("证件有效期到", [Optional()])
    born = DateField("证件上的出生日期", [Optional()])


class WantForm(ConsoleForm):
    words = TextAreaField("请本人补什么", [Needed("请写明要补什么")], filters=[stripped])


class RefuseForm(ConsoleForm):
    note = TextAreaField("为什么不通过", [Needed("请写明为什么，本人看得到")], filters=[stripped])


@bp.get("/verification")
@access.staff(Right.VERIFICATION)
def show() -> Response:
    """The queue, names masked, the oldest first; what another union decides says which."""
    waiting = desk.read_list(number=member().number)
    clocks, at = desk.due_times(waiting), now()
    return page(
        "console/verification/queue.html",
        waiting=[(one, mark_of(clocks[one.id], at=at) if one.id in clocks else None) for one in waiting],
        offices=desk.other_offices(waiting, number=member().number),
        words=desk_words,
        papers=PAPER_NAMES,
        mask_name=mask_name,
    )


@bp.get("/verification/<uuid:request_id>")
@access.staff(Right.VERIFICATION)
def one(request_id: uuid.UUID) -> Response:
    """Name, number and photos of one request."""
    return _show(request_id)


@bp.get("/verification/<uuid:request_id>/photos/<uuid:photo_id>")
@access.staff(Right.VERIFICATION)
def photo(request_id: uuid.UUID, photo_id: uuid.UUID) -> Response:
    """The page on which one photo is shown."""
    desk.actor_for(request_id=request_id, number=member().number)
    return page("console/verification/photo.html", request_id=request_id, photo_id=photo_id)


@bp.get("/verification/<uuid:request_id>/photos/<uuid:photo_id>/picture")
@access.staff(Right.VERIFICATION)
def picture(request_id: uuid.UUID, photo_id: uuid.UUID) -> Response:
    """The photo itself, with who looks at it and when all over it. The look is recorded."""
    who = member()
    actor = desk.actor_for(request_id=request_id, number=who.number)
    content = _still_waiting(lambda: desk.photo(request_id=request_id, photo_id=photo_id, actor=actor))
    response = Response(watermarked(content, who=who.number, at=now()), content_type="image/jpeg")
    response.headers["Content-Security-Policy"] = PHOTO_POLICY
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/verification/<uuid:request_id>/conflict")
@access.staff(Right.VERIFICATION)
def sides(request_id: uuid.UUID) -> Response:
    """The two accounts that claim one number, both masked."""
    actor = desk.actor_for(request_id=request_id, number=member().number)
    claimant, holder = _still_waiting(lambda: desk.conflict(request_id=request_id, actor=actor))
    return page(
        "console/verification/conflict.html",
        request_id=request_id,
        sides=(("申请的账号", claimant), ("占着号码的账号", holder)),
        words=desk_words,
    )


@bp.post("/verification/<uuid:request_id>/approve")
@access.staff(Right.VERIFICATION)
def approve(request_id: uuid.UUID) -> ResponseReturnValue:
    """Name and number are right."""
    form = ApproveForm()
    return _decide(
        request_id,
        form,
        lambda: partial(desk.approve, paper_valid_to=form.valid_to.data, born=form.born.data),
        "通过了，已经告诉本人",
    )


@bp.post("/verification/<uuid:request_id>/want")
@access.staff(Right.VERIFICATION)
def want(request_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for photos; the clock stands still until they come."""
    form = WantForm()
    return _decide(request_id, form, lambda: partial(desk.want, words=form.words.data), "告诉本人了。补来以前时限不走")


@bp.post("/verification/<uuid:request_id>/refuse")
@access.staff(Right.VERIFICATION)
def refuse(request_id: uuid.UUID) -> ResponseReturnValue:
    """Name or number are not right."""
    form = RefuseForm()
    return _decide(request_id, form, lambda: partial(desk.refuse, note=form.note.data), "退回了，已经告诉本人为什么")


def _decide(
    request_id: uuid.UUID, form: ConsoleForm, act: Callable[[], Callable[..., None]], done: str
) -> ResponseReturnValue:
    actor = desk.actor_for(request_id=request_id, number=member().number)
    if form.done_by(lambda: _still_waiting(lambda: act()(request_id=request_id, actor=actor))) is None:
        return _show(request_id, form, status=422)
    flash(done, "done")
    return redirect(url_for("console.verification.show"), 303)


def _show(request_id: uuid.UUID, form: ConsoleForm | None = None, *, status: int = 200) -> Response:
    actor = desk.actor_for(request_id=request_id, number=member().number)
    dossier = _still_waiting(lambda: desk.read(request_id=request_id, actor=actor))
    fresh = {kind: kind(formdata=None) for kind in (ApproveForm, WantForm, RefuseForm)}
    if form is not None:
        fresh[type(form)] = form
    approving, wanting, refusing = fresh.values()
    return page(
        "console/verification/request.html",
        status=status,
        dossier=dossier,
        words=desk_words,
        papers=PAPER_NAMES,
        groups=GROUPS,
        taken=dossier.request.reason is DeskReason.NUMBER_TAKEN,
        tells_age=birth_of(dossier.request.id_number or "") is not None,
        approving=approving,
        wanting=wanting,
        refusing=refusing,
    )


def _still_waiting(act: Callable[[], R]) -> R:
    try:
        return act()
    except NotWaiting:
        if request.method == "POST":
            raise conflict("decided_already", "这条申请已经办过了，这一步没有做") from None
        raise not_found() from None
    except NumberTaken:
        raise conflict("number_taken", "另一个账号已经用了这个号码，先看号码冲突，弄清是不是同一个人") from None
