"""发一个活动, from nothing or from an earlier one; and changing what one says that was announced."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue

from server.activities import desk
from server.activities.planning import MOST_GROUPS, told_of
from server.console.activity_forms import ONE_GROUP, ActivityForm, ChangeForm, GroupForm, copied, filled
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.web.guard import access
from server.unions.staff.vocabulary import Right

bp = Blueprint("new_activity", __name__)

FROM = "from"
"""In the address: which activity to begin from."""
MORE = "more"
"""The button for one group more."""
DROP = "drop"
"""The button that takes a group away; its value says which, counted from 0."""


@bp.route("/activities/new", methods=["GET", "POST"])
@access.staff(Right.ACTIVITIES)
def new() -> ResponseReturnValue:
    """The form, and once it is sent the activity."""
    if request.method == "POST" and not {MORE, DROP} & request.form.keys():
        return _announce()
    form = _begun()
    _with_other_groups(form)
    form.with_unions(desk.organisers(staff_no=member().number), desk.unions_of_members(staff_no=member().number))
    return page("console/activities/new.html", form=form, most_groups=MOST_GROUPS)


@sent_once
def _announce() -> ResponseReturnValue:
    """Only this uses up the form's key: whoever goes back past another group can still announce."""
    form, who = _begun(), member().number
    organisers = desk.organisers(staff_no=who)
    unions = {str(union.id): union for union in organisers}
    form.with_unions(organisers, desk.unions_of_members(staff_no=who))

    def announce() -> uuid.UUID:
        return desk.announce(form.announced(unions[form.organiser.data]), staff_no=who)

    if done := form.done_by(announce):
        flash("发出去了，大家现在就能看到", "done")
        return go(url_for("console.activities.one", activity_id=done.value))
    return page("console/activities/new.html", status=422, form=form, most_groups=MOST_GROUPS)


@bp.route("/activities/<uuid:activity_id>/change", methods=["GET", "POST"])
@access.staff(Right.ACTIVITIES)
def change(activity_id: uuid.UUID) -> Response:
    """What it says, to be changed; the same again changes nothing and tells nobody."""
    who = member().number
    with hidden():
        card = desk.one(activity_id=activity_id, staff_no=who).card
    form = ChangeForm(data=filled(card) | {"seen": told_of(card).digest})
    beside: Sequence[tuple[str, Any]] = ()

    def save() -> int:
        told = form.told(before=told_of(card))
        return desk.change(activity_id=activity_id, told=told, seen=form.seen.data or "", staff_no=who)

    if request.method == "POST" and (done := form.done_by(save)):
        flash(f"改好了，告诉了 {done.value} 个报了名的人" if done.value else "改好了", "done")
        return go(url_for("console.activities.one", activity_id=activity_id))
    if form.refusal is not None and form.seen.data != told_of(card).digest:
        beside = form.stands_beside(card)
    status = 422 if request.method == "POST" else 200
    return page("console/activities/change.html", status=status, form=form, card=card, beside=beside)


@bp.get("/activities/<uuid:activity_id>/groups/new")
@access.staff(Right.ACTIVITIES)
def new_group(activity_id: uuid.UUID) -> Response:
    """The form for another group of seats of one that was announced."""
    return _group(activity_id, _empty_group())


@bp.post("/activities/<uuid:activity_id>/groups/new")
@access.staff(Right.ACTIVITIES)
@sent_once
def add_group(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Another group of seats; a second time adds nothing."""
    form, who = _empty_group(), member().number
    with hidden():
        done = form.done_by(lambda: desk.add_group(activity_id=activity_id, group=form.group("g1"), staff_no=who))
    if done is None:
        return _group(activity_id, form, status=422)
    flash("加好了，大家现在就能报这一组", "done")
    return go(url_for("console.activities.one", activity_id=activity_id))


def _empty_group() -> GroupForm:
    return GroupForm().with_unions(desk.unions_of_members(staff_no=member().number))


def _group(activity_id: uuid.UUID, form: GroupForm, *, status: int = 200) -> Response:
    with hidden():
        card = desk.one(activity_id=activity_id, staff_no=member().number).card
    return page("console/activities/new_group.html", status=status, form=form, card=card)


def _begun() -> ActivityForm:
    """As it was sent; at first empty, or what an earlier activity says."""
    wanted = request.args.get(FROM)
    if wanted is None or request.method == "POST":
        return ActivityForm(data={"groups": [{"name": ONE_GROUP}]})
    with hidden():
        return ActivityForm(data=copied(desk.to_copy(activity_id=_id(wanted), staff_no=member().number)))


def _id(given: str) -> uuid.UUID:
    try:
        return uuid.UUID(given)
    except ValueError:
        return uuid.UUID(int=0)


def _with_other_groups(form: ActivityForm) -> None:
    """Add a group or take one away, if a button for that was pressed."""
    entries: list[Any] = form.groups.entries
    if MORE in request.form and len(entries) < MOST_GROUPS:
        form.groups.append_entry()
    if DROP in request.form:
        which = request.form[DROP]
        kept = [entry for entry in entries if entry.name != f"groups-{which}"]
        form.groups.entries = kept or entries
