"""Whom to ring up: an important message reached nobody, or a date comes near of somebody who has no account here.

The list shows masked numbers; whole ones are on the page of one, with what to say and what came of it.
"""

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, flash, request, url_for

from server.cases.proxies import dates
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.pages import page
from server.core.errors import not_found
from server.core.web.guard import access
from server.identity.rules import mask_name, mask_phone
from server.notices import undelivered
from server.notices.models import CallOutcome, Failure, Way
from server.notices.undelivered import NothingToCall, ToCall
from server.unions.staff.vocabulary import Right

bp = Blueprint("calls", __name__)

WAYS = {Way.WECHAT: "微信", Way.SMS: "短信"}
WHY = {
    Failure.NO_WAY: "微信没有允许，也没有留电话或者不同意发短信",
    Failure.REFUSED: "对方没收下",
    Failure.MALFORMED: "微信不收这个内容，管系统的人在改",
    Failure.GAVE_UP: "试了几次都没送出去",
}
IN_DOUBT = "发出去了，没有回音，可能已经收到"
OUTCOMES = {
    CallOutcome.TOLD: "打通了，告诉了",
    CallOutcome.MISSED: "没人接",
    CallOutcome.WRONG_NUMBER: "空号，或者不是本人的号码",
}
OVER = {
    CallOutcome.TOLD: "记下了：告诉了",
    CallOutcome.MISSED: "记下了。打了三次、不止一天都没人接，这一条到此为止，可以写信或者请街道上门",
    CallOutcome.WRONG_NUMBER: "记下了：号码不对。可以写信或者请街道上门",
}
AGAIN = "记下了：没人接。换个时间再打"


@bp.get("/calls")
@access.staff(Right.CALLS, Right.CASE_WORK)
def show() -> Response:
    """Everybody to ring up, numbers masked. The look is recorded for each."""
    who = member()
    return page(
        "console/calls.html",
        messages=undelivered.to_call(staff_no=who.number) if Right.CALLS in who.rights else [],
        dates=dates.dates_to_call(staff_no=who.number) if Right.CASE_WORK in who.rights else [],
        most=dates.MOST,
        tried=_tried,
        case_no=_case_no,
        mask_name=mask_name,
        mask_phone=mask_phone,
    )


@bp.route("/calls/messages/<uuid:notice_id>", methods=["GET", "POST"])
@access.staff(Right.CALLS)
def message(notice_id: uuid.UUID) -> Response:
    """Ring up about a message."""
    who = member().number
    try:
        if request.method == "POST":
            return _noted(lambda outcome: undelivered.note_call(notice_id=notice_id, staff_no=who, outcome=outcome))
        one = undelivered.one_to_call(notice_id=notice_id, staff_no=who)
    except NothingToCall:
        raise not_found() from None
    return page(
        "console/call.html",
        one=one,
        no=_case_no(one),
        to_say=[f"{one.line}。打开“暖蜂”小程序，在“消息”里看。"],
        facts=[("没送到", _tried(one))],
        address=url_for("console.calls.message", notice_id=notice_id),
        outcomes=OUTCOMES,
    )


@bp.route("/calls/dates/<no>", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
def date(no: str) -> Response:
    """Ring up about a date."""
    who = member().number
    with hidden():
        if request.method == "POST":
            return _noted(lambda outcome: dates.note_date_call(no=no, staff_no=who, outcome=outcome))
        one = dates.date_to_call(no=no, staff_no=who)
    return page(
        "console/call.html",
        one=one,
        no=no,
        to_say=[
            *(near.body for near in one.dates),
            "用这个手机号登录“暖蜂”小程序，凭编号认领，以后就能自己看、自己收消息。",
        ],
        facts=[
            ("事项", one.service_name),
            ("短信", "没有发：没有问过同不同意发短信，或者没发成" if one.sms_at is None else "发过了，没有说是什么事"),
        ],
        address=url_for("console.calls.date", no=no),
        outcomes=OUTCOMES,
    )


def _noted(note: Callable[[CallOutcome], bool]) -> Response:
    said = request.form.get("outcome")
    if said not in set(CallOutcome):
        raise not_found()
    outcome = CallOutcome(said)
    flash(OVER[outcome] if note(outcome) else AGAIN, "done")
    return go(url_for("console.calls.show"))


def _tried(one: ToCall) -> str:
    if one.in_doubt or one.failure is None:
        return f"{WAYS[one.way]}{IN_DOUBT}"
    return WHY[one.failure] if one.failure is Failure.NO_WAY else f"{WAYS[one.way]}：{WHY[one.failure]}"


def _case_no(one: ToCall) -> str | None:
    """Of the case that a message is about."""
    before, _, no = one.link.rpartition("/")
    return no if before == "/cases" else None
