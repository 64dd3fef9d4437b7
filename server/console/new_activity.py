"""发一个活动: what everybody reads, when it is, and how many seats there are."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from server.activities import desk
from server.activities.models import KIND_NAMES, ActivityKind
from server.activities.planning import NewActivity, NewGroup
from server.console.activities import MOST_SEATS
from server.console.forms import ConsoleForm, Needed, stripped
from server.console.guard import go
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.clock import SHANGHAI, now
from server.core.errors import unprocessable
from server.core.web.guard import access
from server.seats.models import MOST_COMPANIONS
from server.unions.areas import DISTRICT_DIGITS
from server.unions.staff.vocabulary import Right

bp = Blueprint("new_activity", __name__)

TIME = "请选日期和时间"
NOW = "不填就是现在"


def _words(label: str, most: int, missing: str | None) -> dict[str, Any]:
    needed = [Needed(missing)] if missing else []
    return {
        "label": label,
        "validators": [*needed, Length(max=most, message=f"最多 {most} 个字")],
        "filters": [stripped],
    }


class ActivityForm(ConsoleForm):
    title = StringField(**_words("叫什么", 60, "请写活动的名字"))
    kind = SelectField("哪一类", choices=[SelectChoice(kind.value, name) for kind, name in KIND_NAMES.items()])
    organiser = SelectField("谁办的", [InputRequired("请选谁办的")])
    summary = TextAreaField(**_words("说明", 2000, "请写做什么、给谁的"))
    rules = TextAreaField(**_words("要带什么、要注意什么", 2000, None))
    place = StringField(**_words("在哪里", 200, "请写怎么走得到"))
    starts_at = DateTimeLocalField("几点开始", [InputRequired(TIME)])
    ends_at = DateTimeLocalField("几点结束", [InputRequired(TIME)])
    opens_at = DateTimeLocalField("从什么时候可以报名", [Optional()])
    closes_at = DateTimeLocalField("报名到什么时候", [InputRequired(TIME)])
    seats = IntegerField(
        "几个名额", [InputRequired("请填几个名额"), NumberRange(1, MOST_SEATS, f"填 1 到 {MOST_SEATS}")]
    )
    companions = SelectField(
        "一个人能带几个",
        coerce=int,
        choices=[SelectChoice(one, str(one)) for one in range(MOST_COMPANIONS + 1)],
    )
    waiting_list = BooleanField("满了可以排队，有人退了自动补上")


@bp.route("/activities/new", methods=["GET", "POST"])
@access.staff(Right.ACTIVITIES)
@sent_once
def new() -> Response:
    """The form, and once it is sent the activity."""
    form, who = ActivityForm(), member().number
    unions = {str(union.id): union for union in desk.organisers(staff_no=who)}
    form.organiser.choices = [SelectChoice(key, union.name) for key, union in unions.items()]

    def announce() -> Any:
        made = _made(form, area=unions[form.organiser.data].area_code, organiser_id=unions[form.organiser.data].id)
        return desk.announce(made, staff_no=who)

    if request.method == "POST" and (done := form.done_by(announce)):
        flash("发出去了，大家现在就能看到", "done")
        return go(url_for("console.activities.one", activity_id=done.value))
    return page("console/activities/new.html", status=422 if form.is_submitted() else 200, form=form, opens=NOW)


def _made(form: ActivityForm, *, area: str, organiser_id: Any) -> NewActivity:
    """What the form says.

    Raises:
        Problem: 422 for times that are not in order.
    """
    starts, ends, closes = (_at(one.data) for one in (form.starts_at, form.ends_at, form.closes_at))
    opens = _at(form.opens_at.data) if form.opens_at.data else now()
    errors: dict[str, list[str]] = {}
    if starts <= now():
        errors["starts_at"] = ["这个时间已经过去了"]
    if ends <= starts:
        errors["ends_at"] = ["结束要在开始以后"]
    if not opens < closes <= ends:
        errors["closes_at"] = ["报名结束要在可以报名以后、活动结束以前"]
    if errors:
        raise unprocessable(errors)
    return NewActivity(
        title=form.title.data or "",
        kind=ActivityKind(form.kind.data),
        summary=form.summary.data or "",
        rules=form.rules.data or "",
        place=form.place.data or "",
        district_code=area[:DISTRICT_DIGITS],
        organiser_id=organiser_id,
        starts_at=starts,
        ends_at=ends,
        opens_at=opens,
        closes_at=closes,
        cancel_until=min(closes, starts),
        groups=[NewGroup(key="all", name="所有人", capacity=form.data["seats"])],
        waiting_list=bool(form.waiting_list.data),
        companions=form.data["companions"],
    )


def _at(local: datetime | None) -> datetime:
    assert local is not None, "asked for by the form"
    return local.replace(tzinfo=SHANGHAI)
