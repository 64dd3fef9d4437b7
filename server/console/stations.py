"""驿站: what the managers said of their places today, what is broken, and who keeps a place."""

import uuid
from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.once import sent_once
from server.console.pages import page
from server.core.web.guard import access
from server.stations import desk
from server.stations.amenities import AmenityState, amenities
from server.stations.desk import Need
from server.stations.detail import duty_text
from server.stations.hours_text import weekly_text
from server.stations.managers.duty import DutyState
from server.stations.policy import policy
from server.stations.rules import DoorState, ReportKind
from server.unions.staff.vocabulary import Right

bp = Blueprint("stations", __name__)

NEEDS = {
    Need.SILENT: "今天还没说的",
    Need.CLOSED: "今天不开",
    Need.BROKEN: "有东西坏了",
    Need.UNKEPT: "没有站长",
    Need.ALL: "全部",
}
NOTHING = {
    Need.SILENT: "今天该说的都说了",
    Need.CLOSED: "没有说今天不开的",
    Need.BROKEN: "没有坏了的东西",
    Need.UNKEPT: "每个驿站都有站长",
    Need.ALL: "你管的地方还没有驿站",
}
AT_ONCE = 50
DOORS = {DoorState.OPEN: "开着", DoorState.UNCONFIRMED: "说不准", DoorState.CLOSED: "关着"}
SAID = {
    ReportKind.OPEN: "说开着",
    ReportKind.LOCKED: "说没开门",
    ReportKind.BROKEN: "说坏了",
    ReportKind.FIXED: "说修好了",
}
SHARED: dict[str, Any] = {"doors": DOORS, "states": DutyState, "broken": AmenityState.BROKEN}


@bp.get("/stations")
@access.staff(Right.STATIONS)
def show() -> Response:
    """The board of one's areas."""
    asked = request.args.get("need")
    need = Need(asked) if asked in set(Need) else Need.SILENT
    start = max(0, request.args.get("cursor", 0, type=int))
    board = desk.board(staff_no=member().number, need=need, start=start, limit=AT_ONCE)
    return page(
        "console/stations/board.html",
        board=board,
        need=need,
        needs=NEEDS,
        nothing=NOTHING[need],
        next_cursor=start + AT_ONCE if board.more else None,
        **SHARED,
    )


@bp.get("/stations/<code>")
@access.staff(Right.STATIONS)
def one(code: str) -> Response:
    """One place. That it was opened is recorded: it shows what visitors wrote."""
    with hidden():
        opened = desk.opened(code=code, staff_no=member().number)
    known = opened.known
    return page(
        "console/stations/station.html",
        opened=opened,
        station=known.station,
        line=opened.line,
        hours=weekly_text(known.schedule),
        answered=duty_text(known.station),
        reason=known.plan.reason,
        said=SAID,
        names={amenity.code: amenity.name for amenity in amenities().values()},
        **SHARED,
    )


@bp.post("/stations/<code>/codes")
@access.staff(Right.STATIONS)
@sent_once
def give_code(code: str) -> Response:
    """A code for a new manager, shown this once."""
    with hidden():
        given = desk.give_code(code=code, staff_no=member().number)
    return page(
        "console/stations/code.html", code=code, given=f"{given[:5]} {given[5:]}", days=policy().code_valid.days
    )


@bp.post("/stations/<code>/managers/<uuid:binding_id>/end")
@access.staff(Right.STATIONS)
def end_manager(code: str, binding_id: uuid.UUID) -> Response:
    """Somebody keeps the place no more."""
    with hidden():
        desk.end_manager(code=code, binding_id=binding_id, staff_no=member().number)
    flash("不再是站长了，已经告诉本人", "done")
    return go(url_for("console.stations.one", code=code))
