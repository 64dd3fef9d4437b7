"""今日必办: what waits for somebody, by what their rights let them do."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response
from msgspec import Struct

from server.cases import boards, queue
from server.cases.deciding import count_to_decide
from server.cases.exchange.desk import count_failing
from server.cases.phone_ratings import count_people_to_ask
from server.cases.proxies.dates import count_dates_to_call
from server.cases.queue import Due, Question, Whose
from server.console.member import member
from server.console.pages import page
from server.console.queue import lines_of, right_of
from server.core.audit.reading import count_open_alarms
from server.core.db import read_only
from server.core.web.guard import access
from server.me import accounts, corrections, desk
from server.notices.staff import count_unheard, count_unread
from server.notices.undelivered import count_to_call
from server.stations import desk as stations
from server.unions.staff.authority import asked_once
from server.unions.staff.directory import count_ending_roles, count_waiting_grants
from server.unions.staff.granters import count_granters_wanted
from server.unions.staff.vocabulary import Right
from server.unions.terms import count_overdue

bp = Blueprint("home", __name__)


class Todo(Struct, frozen=True):
    """One kind of thing that waits."""

    title: str
    icon: str
    count: Callable[[str], int]
    """For a staff number."""
    rights: frozenset[Right] = frozenset()
    """Any one of them shows it; none: everybody sees it."""
    endpoint: str | None = None
    """Where it is done."""
    asked: Mapping[str, str] = {}
    """What the address asks for there."""


PRESSING = Question(whose=Whose.OPEN, due=Due.TODAY)
"""What somebody has in hand, or could take, and what ends today: a question like any of the queue's."""
UNTAKEN = Question(whose=Whose.NOBODY)
UNANSWERED = Question(whose=Whose.OPEN, turn=None, unanswered=True)
"""Whoever's turn it is: of a case that was answered the next promise is its worker's."""
SHOWN = 8
CASES = frozenset({Right.CASE_READ, Right.CASE_ASSIGNED, Right.CASE_OUTSIDE})

TODOS = (
    Todo(
        "工友写了话，还没人回",
        "message",
        lambda number: queue.count_waiting(UNANSWERED, staff_no=number),
        frozenset({Right.CASE_WORK}),
        "console.queue.show",
        {"whose": Whose.OPEN.value, "turn": "all", "unanswered": "1"},
    ),
    Todo(
        "没人接的事项",
        "inbox",
        lambda number: queue.count_waiting(UNTAKEN, staff_no=number),
        frozenset({Right.CASE_READ}),
        "console.queue.show",
        {"whose": Whose.NOBODY.value},
    ),
    Todo(
        "同事请假或者离岗、没人代办的事项",
        "clock-exclamation",
        lambda number: queue.count_left(staff_no=number),
        frozenset({Right.CASE_WORK}),
        "console.queue.show",
        {"whose": Whose.LEFT.value},
    ),
    Todo(
        "指派给我、等我答复的",
        "gavel",
        lambda number: boards.count_mine(staff_no=number),
        frozenset({Right.CASE_ASSIGNED}),
        "console.boards.mine",
    ),
    Todo(
        "等我来定的",
        "users",
        lambda number: count_to_decide(staff_no=number),
        frozenset({Right.CASE_WORK, Right.CASE_DECIDE, Right.CASE_SIGN}),
        "console.decisions.show",
    ),
    Todo(
        "提醒没看",
        "bell",
        lambda number: count_unread(staff_no=number),
        endpoint="console.reminders.show",
    ),
    Todo(
        "没人值班、没人收到的提醒",
        "alert-triangle",
        lambda number: count_unheard(by=number),
        frozenset({Right.DUTY}),
        "console.duty_roster.show",
    ),
    Todo(
        "实名认证等核对",
        "user-check",
        lambda number: desk.count_waiting(number=number),
        frozenset({Right.VERIFICATION}),
        "console.verification.show",
    ),
    Todo(
        "账号的事等第二个人确认",
        "users",
        lambda number: accounts.count_proposed(number=number),
        frozenset({Right.VERIFICATION, Right.CORRECTIONS}),
        "console.worker_accounts.acts",
    ),
    Todo(
        "信息更正等处理",
        "list-check",
        lambda number: corrections.count_waiting(number=number),
        frozenset({Right.CORRECTIONS}),
        "console.corrections.show",
    ),
    Todo(
        "12345 没有收到的消息",
        "send",
        lambda number: count_failing(staff_no=number),
        frozenset({Right.CASE_WORK}),
        "console.exchange.show",
    ),
    Todo(
        "没送到、要打电话的消息",
        "phone",
        lambda number: count_to_call(staff_no=number),
        frozenset({Right.CALLS}),
        "console.calls.show",
    ),
    Todo(
        "日子快到、要打电话的工友",
        "phone",
        lambda number: count_dates_to_call(staff_no=number),
        frozenset({Right.CASE_WORK}),
        "console.calls.show",
    ),
    Todo(
        "没有评、要打电话问的工友",
        "phone",
        lambda number: count_people_to_ask(staff_no=number),
        frozenset({Right.CASE_WORK}),
        "console.calls.show",
    ),
    Todo(
        "驿站到点了还没说开没开",
        "map-pin",
        lambda number: stations.count_late(staff_no=number),
        frozenset({Right.STATIONS}),
        "console.stations.show",
        {"need": stations.Need.SILENT.value},
    ),
    Todo(
        "到期要换届的工会",
        "calendar-event",
        lambda number: count_overdue(staff_no=number),
        frozenset({Right.UNIONS}),
        "console.terms.show",
        {"within": "0"},
    ),
    Todo(
        "权限申请等批准",
        "key",
        lambda number: count_waiting_grants(by=number),
        frozenset({Right.STAFF_GRANTS}),
        "console.role_requests.show",
    ),
    Todo(
        "快到期、刚到期的权限",
        "clock-exclamation",
        lambda number: count_ending_roles(by=number),
        frozenset({Right.STAFF_GRANTS}),
        "console.role_requests.show",
    ),
    Todo(
        "安全管理员要补、要续的（至少三个人，不同时到期）",
        "alert-triangle",
        lambda number: count_granters_wanted(by=number),
        frozenset({Right.STAFF_GRANTS}),
        "console.role_requests.show",
    ),
    Todo(
        "查看异常的警报",
        "alert-triangle",
        lambda _: count_open_alarms(),
        frozenset({Right.AUDIT}),
        "console.audit_log.show",
    ),
)


@bp.get("/")
@access.staff()
@read_only
def show() -> Response:
    """What waits, the kinds with most of it first; what there is nothing of in one line below."""
    who = member()
    with asked_once():
        counted = [(todo, todo.count(who.number)) for todo in TODOS if not todo.rights or todo.rights & who.rights]
        pressing = []
        if CASES & who.rights:
            found = queue.waiting(PRESSING, staff_no=who.number, right=right_of(who), cursor=None, limit=SHOWN)
            pressing = lines_of(found.items, {})
    waiting = sorted((one for one in counted if one[1]), key=lambda one: -one[1])
    return page(
        "console/home.html",
        waiting=waiting,
        done=[todo for todo, count in counted if not count],
        lines=pressing,
        most=queue.MOST_COUNTED,
    )
