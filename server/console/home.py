"""今日必办: what waits for somebody, by what their rights let them do."""

from collections.abc import Callable

from flask import Blueprint, Response
from msgspec import Struct

from server.console.member import member
from server.console.pages import page
from server.core.audit.reading import count_open_alarms
from server.core.db import read_only
from server.core.web.guard import access
from server.identity.desk import count_waiting_requests
from server.identity.paired import count_proposed
from server.me.corrections import count_waiting as count_corrections
from server.notices.staff import count_unread
from server.notices.undelivered import count_to_call
from server.unions.staff.service import count_waiting_grants
from server.unions.staff.sessions import SignedIn
from server.unions.staff.vocabulary import Right

bp = Blueprint("home", __name__)


class Todo(Struct, frozen=True):
    """One kind of thing that waits."""

    title: str
    icon: str
    count: Callable[[SignedIn], int]
    """In one query."""
    rights: frozenset[Right] = frozenset()
    """Any one of them shows it; none: everybody sees it."""
    endpoint: str | None = None
    """Where it is done."""


TODOS = (
    Todo("到期提醒没看", "bell", lambda who: count_unread(staff_no=who.number)),
    Todo("实名认证等核对", "user-check", lambda _: count_waiting_requests(), frozenset({Right.VERIFICATION})),
    Todo("账号的事等第二个人确认", "users", lambda _: count_proposed(), frozenset({Right.VERIFICATION})),
    Todo("信息更正等处理", "list-check", lambda _: count_corrections(), frozenset({Right.CORRECTIONS})),
    Todo("没送到、要打电话的消息", "phone", lambda who: count_to_call(staff_no=who.number), frozenset({Right.CALLS})),
    Todo(
        "权限申请等批准",
        "key",
        lambda _: count_waiting_grants(),
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
    counted = [(todo, todo.count(who)) for todo in TODOS if not todo.rights or todo.rights & who.rights]
    waiting = sorted((one for one in counted if one[1]), key=lambda one: -one[1])
    return page("console/home.html", waiting=waiting, done=[todo for todo, count in counted if not count])
