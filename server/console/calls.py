"""Whom to ring up: an important message reached nobody, a date comes near of somebody who has no account here, or
somebody did not say how it went.

The list shows masked numbers; whole ones are on the page of one, with what to say and what came of it.
"""

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, flash, request, url_for
from wtforms import RadioField, SelectChoice

from server.cases import phone_ratings
from server.cases.models import Unheard
from server.cases.phone_ratings import Heard
from server.cases.proxies import dates
from server.console.forms import ConsoleForm, Needed
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
UNHEARD = {
    Unheard.MISSED: "没人接",
    Unheard.WRONG_NUMBER: "空号，或者不是本人的号码",
    Unheard.DECLINED: "打通了，不愿意评",
}
UNHEARD_OVER = {
    Unheard.MISSED: "记下了。打了三次、不止一天都没人接，这一件不用再打",
    Unheard.WRONG_NUMBER: "记下了：号码不对，这一件不用再打",
    Unheard.DECLINED: "记下了：不愿意评，这一件不用再打",
}
MARKS = [SelectChoice(str(5 - place), said) for place, said in enumerate(("很好", "好", "一般", "不好", "很差"))]
"""Worded as on the phone, where a worker gives stars."""


SOLVED = [SelectChoice("yes", "解决了"), SelectChoice("no", "没解决")]


class RatingForm(ConsoleForm):
    solved = RadioField("解决没有", [Needed("请选解决没有")], choices=SOLVED)
    attitude = RadioField("态度怎样", [Needed("请选态度怎样")], choices=MARKS)
    result = RadioField("结果怎样", [Needed("请选结果怎样")], choices=MARKS)


@bp.get("/calls")
@access.staff(Right.CALLS, Right.CASE_WORK)
def show() -> Response:
    """Everybody to ring up, numbers masked. The look is recorded for each."""
    who = member()
    return page(
        "console/calls.html",
        messages=undelivered.to_call(staff_no=who.number) if Right.CALLS in who.rights else [],
        dates=dates.dates_to_call(staff_no=who.number) if Right.CASE_WORK in who.rights else [],
        ratings=phone_ratings.people_to_ask(staff_no=who.number) if Right.CASE_WORK in who.rights else [],
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


@bp.route("/calls/ratings/<no>", methods=["GET", "POST"])
@access.staff(Right.CASE_WORK)
def rating(no: str) -> Response:
    """Ring up and ask how it went."""
    who = member().number
    form = RatingForm()
    with hidden():
        if "unheard" in request.form:
            return _noted_unheard(no, request.form["unheard"])
        # A colleague who was quicker is told of on a page of its own: there is nothing to fill in any more.
        if form.is_submitted() and form.validate():
            _rate(no, form)
            flash("记下了：工友的评价", "done")
            return go(url_for("console.calls.show"))
        one = phone_ratings.person_to_ask(no=no, staff_no=who)
    return page(
        "console/call_rating.html",
        status=422 if form.is_submitted() else 200,
        one=one,
        no=no,
        to_say=[
            f"你好，我是工会的，不是办这件事的人。“{one.service_name}”这件事有了结果，想问你两句：解决没有，态度和结果怎样。",
            "没解决的话，可以在“暖蜂”小程序里打开这件事，点“没解决、不同意，重新办”。"
            if one.has_account
            else "没解决的话，用这个手机号登录“暖蜂”小程序，凭编号认领，再点“没解决、不同意，重新办”；"
            "也可以到街道工会来说。",
        ],
        facts=[
            ("事项", one.service_name),
            ("为什么打", "小程序里问过两次，工友没有评" if one.has_account else "别人代填的，工友没有账号，没法自己评"),
        ],
        address=url_for("console.calls.rating", no=no),
        unheard=UNHEARD,
        form=form,
    )


def _rate(no: str, form: RatingForm) -> None:
    heard = Heard(form.solved.data == "yes", int(form.attitude.data), int(form.result.data))
    phone_ratings.rate_by_phone(no=no, staff_no=member().number, heard=heard)


def _noted_unheard(no: str, said: str) -> Response:
    if said not in set(Unheard):
        raise not_found()
    why = Unheard(said)
    over = phone_ratings.note_unheard(no=no, staff_no=member().number, why=why)
    flash(UNHEARD_OVER[why] if over else AGAIN, "done")
    return go(url_for("console.calls.show"))


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
