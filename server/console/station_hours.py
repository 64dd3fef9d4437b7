"""驿站的特别时间: typhoon, holidays, repairs. What is decided here is what everybody sees at once."""

import re
import uuid
from collections.abc import Sequence

from flask import Blueprint, Response, flash, request, url_for
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from server.console.forms import ConsoleForm, Needed, stripped
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.clock import today
from server.core.errors import Problem, unprocessable
from server.core.web.guard import access
from server.stations import exceptions
from server.stations.exceptions import Hours
from server.stations.hours import parse_span
from server.stations.hours_text import parse_day, spans_text
from server.stations.models import OverrideKind, StationOverride
from server.unions.staff.vocabulary import Right

bp = Blueprint("station_hours", __name__)

KINDS = {
    OverrideKind.CLOSED: "关门",
    OverrideKind.HOURS: "开，时间不一样",
    OverrideKind.ALL_DAY: "全天开着（避险、应急）",
}
CAUSES = (
    "台风黄色预警",
    "台风橙色预警",
    "台风红色预警",
    "暴雨橙色预警",
    "暴雨红色预警",
    "高温红色预警",
    "放假",
    "检修",
)
"""Why, as it is said in Shenzhen; the warnings are those of its weather service."""
OTHER = ""


class HoursForm(ConsoleForm):
    area = SelectField("哪里", [InputRequired("请选哪里")])
    codes = StringField("只是其中几个驿站，就写编号", filters=[stripped])
    kind = SelectField("这几天", choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()])
    spans = StringField("几点到几点", filters=[stripped])
    first_day = DateField("从哪天", [InputRequired("请选日期")])
    last_day = DateField("到哪天（含），只有一天就不填", [Optional()])
    cause = SelectField("为什么", choices=[*(SelectChoice(one, one) for one in CAUSES), SelectChoice(OTHER, "别的")])
    words = StringField("还要说的", [Length(max=40, message="最多 40 个字")], filters=[stripped])
    decided_by = StringField(
        "谁决定的", [Needed("请写谁决定的"), Length(max=40, message="最多 40 个字")], filters=[stripped]
    )


@bp.get("/stations/hours")
@access.staff(Right.STATIONS)
def show() -> Response:
    """What is different now and later."""
    return page(
        "console/stations/hours.html",
        coming=exceptions.coming(staff_no=member().number),
        said=_said,
        today=today(),
    )


@bp.route("/stations/hours/new", methods=["GET", "POST"])
@access.staff(Right.STATIONS)
@sent_once
def new() -> Response:
    """Close places, or open them at other hours, for some days."""
    form = HoursForm(codes=request.args.get("station", ""))
    areas = exceptions.areas_of(staff_no=member().number)
    form.area.choices = [SelectChoice(code, name) for code, name in areas.items()]
    if request.method == "POST" and (done := form.done_by(lambda: _add(form))):
        flash(f"写好了{f'，{len(done.value)} 个驿站' if form.codes.data else ''}。来的人现在就能看到", "done")
        return go(url_for("console.station_hours.show"))
    return page("console/stations/new_hours.html", status=422 if form.is_submitted() else 200, form=form)


@bp.post("/stations/hours/<uuid:override_id>/end")
@access.staff(Right.STATIONS)
def end(override_id: uuid.UUID) -> Response:
    """The ordinary hours again, from today on."""
    with hidden():
        exceptions.take_back(override_id=override_id, staff_no=member().number)
    flash("取消了，从现在起按平时的时间开", "done")
    return go(url_for("console.station_hours.show"))


def _add(form: HoursForm) -> list[StationOverride]:
    hours, reason = _hours(form), _reason(form)
    try:
        return exceptions.add(
            codes=[code for code in re.split(r"[\s,，、;；]+", form.codes.data or "") if code] or [form.area.data],
            hours=hours,
            first_day=form.first_day.data,
            last_day=form.last_day.data or form.first_day.data,
            reason=reason,
            decided_by=form.decided_by.data,
            staff_no=member().number,
        )
    except Problem as problem:
        if problem.code != "staff_not_allowed":
            raise
        raise unprocessable({"codes": ["这里面有不归你管的驿站，一个都没有改"]}) from None


def _hours(form: HoursForm) -> Hours:
    kind = OverrideKind(form.kind.data)
    if kind is not OverrideKind.HOURS:
        return Hours(kind)
    try:
        return Hours(kind, parse_day(form.spans.data or ""))
    except ValueError as error:
        raise unprocessable({"spans": [str(error)]}) from None


def _reason(form: HoursForm) -> str:
    said = [one for one in (form.cause.data, form.words.data) if one]
    if not said:
        raise unprocessable({"words": ["请写为什么，来的人看得到"]})
    return "，".join(said)


def _said(kind: OverrideKind, hours: Sequence[str] | None) -> str:
    """What is different, in words: 关门, 全天, 09:00–12:00."""
    if kind is OverrideKind.CLOSED:
        return "关门"
    return "全天开着" if hours is None else f"开 {spans_text(tuple(parse_span(one) for one in hours)).strip()}"
