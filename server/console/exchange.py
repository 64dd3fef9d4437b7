"""What 12345 has not got yet, with why, and having it sent again."""

import uuid

from flask import Blueprint, Response, flash, request, url_for

from server.cases.exchange import desk
from server.cases.exchange.outbound import NOT_CONNECTED, NUMBER_OF_ANOTHER, TAKEN_BACK
from server.city.words import Word
from server.console.guard import go
from server.console.hidden import hidden
from server.console.member import member
from server.console.pages import page
from server.core.db import read_only
from server.core.errors import Problem
from server.core.outside import Trouble
from server.core.web.guard import access
from server.unions.staff.vocabulary import Right

bp = Blueprint("exchange", __name__)

DONE = {
    Word.ORDER: "转过去",
    Word.TAKEN: "受理了",
    Word.ANSWERED: "答复",
    Word.CLOSED: "办结",
    Word.RETURNED: "退回",
    Word.RECALLED: "撤回",
    Word.REOPENED: "说没有解决，请再办",
}
TROUBLES: dict[str, str] = {
    Trouble.UNREACHED: "连不上",
    Trouble.TIMEOUT: "没有等到回音",
    Trouble.BROKEN: "连接断了",
    Trouble.SERVER: "对方系统出错",
    Trouble.NONSENSE: "对方回的看不懂",
    Trouble.RESTING: "对方一直没有回音，歇一会儿再试",
    NOT_CONNECTED: "还没有和 12345 接通",
    TAKEN_BACK: "工友不再同意转过去",
    NUMBER_OF_ANOTHER: "对方给的是另一件事的编号，请和 12345 核对",
    "maintenance": "对方系统在维护",
    "quota_exceeded": "对方说今天太多了",
    "bad_signature": "对方说签名不对，请找管系统的人",
    "too_large": "对方说太大",
}


def trouble_words(trouble: str) -> str:
    """Why a try failed, in words; a code of theirs that is not known as it is."""
    return TROUBLES.get(trouble, f"对方说“{trouble}”")


@bp.get("/exchange")
@access.staff(Right.CASE_WORK)
@read_only
def show() -> Response:
    """What has not arrived."""
    rows = desk.undelivered(staff_no=member().number)
    return page("console/exchange.html", rows=rows, done=DONE, troubles=trouble_words)


@bp.post("/exchange/<uuid:message_id>")
@access.staff(Right.CASE_WORK)
def send(message_id: uuid.UUID) -> Response:
    """Have one tried now."""
    try:
        with hidden():
            desk.send_again(message_id=message_id, staff_no=member().number)
        flash("正在再送，过一会儿看结果", "done")
    except Problem as problem:
        if problem.status != 409:
            raise
        flash(problem.title, "done")
    no = request.args.get("no")
    return go(url_for("console.cases.show", no=no) if no else url_for("console.exchange.show"))
