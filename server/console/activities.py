"""活动: how full they are, who comes in, taking a sign-up away, calling one off, and more seats."""

import uuid

from flask import Blueprint, Response, flash, url_for
from wtforms import IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from server.activities import desk
from server.activities.listing import Shown
from server.activities.planning import MOST_GROUPS
from server.activities.rules import Status
from server.console.activity_forms import LEVELS, MOST_SEATS
from server.console.forms import ConsoleForm, Needed, stripped
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.pages import page
from server.core.web.guard import access
from server.identity.personal import GROUPS
from server.unions.staff.vocabulary import Right

bp = Blueprint("activities", __name__)

STATES = {
    Status.SOON: "还没开始报名",
    Status.OPEN: "正在报名",
    Status.CLOSED: "报名结束了",
    Status.PAST: "结束了",
    Status.CANCELLED: "取消了",
}


class CallOffForm(ConsoleForm):
    reason = StringField(
        "为什么取消",
        [Needed("请写为什么，报了名的人都会收到"), Length(max=100, message="最多 100 个字")],
        filters=[stripped],
    )


class SeatsForm(ConsoleForm):
    seats = IntegerField(
        "名额改成", [InputRequired("请填几个名额"), NumberRange(0, MOST_SEATS, f"填 0 到 {MOST_SEATS}")]
    )


class PassForm(ConsoleForm):
    code = StringField("入场码", [Needed("请扫码，或者把码贴进来")], filters=[stripped])


class RemoveForm(ConsoleForm):
    group = SelectField("哪一组")
    seat = IntegerField("几号", [InputRequired("请填几号")])
    why = StringField(
        "为什么", [Needed("请写为什么，本人会收到"), Length(max=100, message="最多 100 个字")], filters=[stripped]
    )


@bp.get("/activities")
@access.staff(Right.ACTIVITIES)
def show() -> Response:
    """What is not over, of one's unions, and what was held last."""
    who = member().number
    return page(
        "console/activities/list.html",
        activities=desk.running(staff_no=who),
        over=desk.over(staff_no=who),
        states=STATES,
    )


@bp.get("/activities/<uuid:activity_id>")
@access.staff(Right.ACTIVITIES)
def one(activity_id: uuid.UUID) -> Response:
    """One of them."""
    return _show(activity_id)


@bp.post("/activities/<uuid:activity_id>/call-off")
@access.staff(Right.ACTIVITIES)
def call_off(activity_id: uuid.UUID) -> Response:
    """It does not take place; a second time tells nobody again."""
    form, who = CallOffForm(), member().number
    with hidden():
        done = form.done_by(lambda: desk.call_off(activity_id=activity_id, reason=form.reason.data or "", staff_no=who))
    if done is None:
        return _show(activity_id, form, status=422)
    flash(f"取消了，告诉了 {done.value} 个报了名的人" if done.value else "取消了，没有要告诉的人", "done")
    return go(url_for("console.activities.one", activity_id=activity_id))


@bp.post("/activities/<uuid:activity_id>/groups/<uuid:pool_id>/seats")
@access.staff(Right.ACTIVITIES)
def set_seats(activity_id: uuid.UUID, pool_id: uuid.UUID) -> Response:
    """More seats, or fewer; the same number again changes nothing."""
    form, who = SeatsForm(), member().number
    with hidden():
        done = form.done_by(
            lambda: desk.set_seats(activity_id=activity_id, pool_id=pool_id, seats=form.data["seats"], staff_no=who)
        )
    if done is None:
        return _show(activity_id, form, status=422)
    flash(f"名额改好了{f'，{done.value} 个排队的有了名额' if done.value else ''}", "done")
    return go(url_for("console.activities.one", activity_id=activity_id))


@bp.post("/activities/<uuid:activity_id>/pass")
@access.staff(Right.ACTIVITIES)
def check_pass(activity_id: uuid.UUID) -> Response:
    """Whether who shows this code comes in. Sent, so that no code stands in an address."""
    form, who = PassForm(), member().number
    with hidden():
        done = form.done_by(lambda: desk.seat_of_pass(activity_id=activity_id, code=form.code.data or "", staff_no=who))
    if done is None:
        return _show(activity_id, form, status=422)
    return _show(activity_id, seat=done.value)


@bp.post("/activities/<uuid:activity_id>/removals")
@access.staff(Right.ACTIVITIES)
def remove(activity_id: uuid.UUID) -> Response:
    """Take one sign-up away; a second time finds nobody there."""
    form, who = RemoveForm(), member().number
    with hidden():
        form.group.choices = _groups(desk.one(activity_id=activity_id, staff_no=who))
        if len(form.group.choices) == 1:
            form.group.data = form.group.choices[0].value
        done = form.done_by(
            lambda: desk.remove(
                activity_id=activity_id,
                pool_id=uuid.UUID(form.group.data),
                seat_no=form.data["seat"],
                reason=form.why.data or "",
                staff_no=who,
            )
        )
    if done is None:
        return _show(activity_id, form, status=422)
    flash("取消了，已经告诉本人", "done")
    return go(url_for("console.activities.one", activity_id=activity_id))


def _groups(shown: Shown) -> list[SelectChoice]:
    return [SelectChoice(str(group.pool.id), group.name) for group in shown.card.groups]


def _show(
    activity_id: uuid.UUID, form: ConsoleForm | None = None, *, seat: desk.Seat | None = None, status: int = 200
) -> Response:
    with hidden():
        shown = desk.one(activity_id=activity_id, staff_no=member().number)
    removing = form if isinstance(form, RemoveForm) else RemoveForm(formdata=None)
    removing.group.choices = _groups(shown)
    refused = None
    if isinstance(form, SeatsForm):
        # Each group has such a form; what is wrong is said once, above them.
        refused = form.refusal or "；".join(map(str, form.seats.errors))
    return page(
        "console/activities/activity.html",
        status=status,
        shown=shown,
        states=STATES,
        levels=LEVELS,
        works=GROUPS,
        most_groups=MOST_GROUPS,
        cancelled=Status.CANCELLED,
        refused=refused,
        seat=seat,
        checking=form if isinstance(form, PassForm) else PassForm(formdata=None),
        removing=removing,
        calling=form if isinstance(form, CallOffForm) else CallOffForm(formdata=None),
    )
