"""The menu: what somebody's rights open."""

from collections.abc import Callable

from msgspec import Struct

from server.cases.catalogue import catalogue
from server.cases.declaration import Service
from server.unions.staff.sessions import SignedIn, Step
from server.unions.staff.vocabulary import Right
from server.unions.tree import OFFICES


class Item(Struct, frozen=True):
    """One line of the menu."""

    title: str
    endpoint: str
    icon: str
    rights: frozenset[Right] = frozenset()
    """Any one of them shows it; none: everybody sees it."""
    when: Callable[[SignedIn], bool] | None = None
    """What else it takes to be shown."""


def has_desk(who: SignedIn) -> bool:
    """Whether somebody works on cases for a street, district or city: people come there, see `authority.desk_of`."""
    return any(Right.CASE_WORK in held.role.rights and held.union_kind in OFFICES for held in who.held)


MENU = (
    Item("今日必办", "console.home.show", "list-check"),
    Item("提醒", "console.reminders.show", "bell"),
    Item(
        "待办事项", "console.queue.show", "inbox", frozenset({Right.CASE_READ, Right.CASE_ASSIGNED, Right.CASE_OUTSIDE})
    ),
    Item(
        "办案看板",
        "console.boards.first",
        "gavel",
        frozenset({Right.CASE_READ}),
        lambda who: bool(services_with_boards(who)),
    ),
    Item("指派给我的", "console.boards.mine", "gavel", frozenset({Right.CASE_ASSIGNED})),
    Item(
        "等我来定的",
        "console.decisions.show",
        "users",
        frozenset({Right.CASE_WORK, Right.CASE_DECIDE, Right.CASE_SIGN}),
    ),
    Item("报表", "console.report.show", "chart-bar", frozenset({Right.FIGURES})),
    Item("替工友填", "console.proxies.show", "user-plus", frozenset({Right.CASE_WORK}), has_desk),
    Item("要打的电话", "console.calls.show", "phone", frozenset({Right.CALLS, Right.CASE_WORK})),
    Item("12345 收发", "console.exchange.show", "send", frozenset({Right.CASE_WORK})),
    Item("实名核对", "console.verification.show", "user-check", frozenset({Right.VERIFICATION})),
    Item("工友账号", "console.worker_accounts.show", "id-badge-2", frozenset({Right.VERIFICATION, Right.CORRECTIONS})),
    Item("等第二个人", "console.worker_accounts.acts", "users", frozenset({Right.VERIFICATION, Right.CORRECTIONS})),
    Item("信息更正", "console.corrections.show", "info-circle", frozenset({Right.CORRECTIONS})),
    Item("会员", "console.members.show", "users-group", frozenset({Right.MEMBERS})),
    Item("换届", "console.terms.show", "calendar-event", frozenset({Right.UNIONS})),
    Item("发钱", "console.payments.show", "cash", frozenset({Right.PAYMENTS})),
    Item("发过的钱", "console.payments.ledger", "receipt", frozenset({Right.LEDGER})),
    Item("活动", "console.activities.show", "calendar-event", frozenset({Right.ACTIVITIES})),
    Item("驿站", "console.stations.show", "map-pin", frozenset({Right.STATIONS})),
    Item("导入", "console.imports.show", "file-import", frozenset({Right.UNIONS, Right.STATIONS})),
    Item("人员", "console.staff_accounts.show", "users", frozenset({Right.STAFF_ACCOUNTS, Right.STAFF_GRANTS})),
    Item("权限申请", "console.role_requests.show", "key", frozenset({Right.STAFF_GRANTS})),
    Item("值班表", "console.duty_roster.show", "calendar-event", frozenset({Right.DUTY})),
    Item("审计", "console.audit_log.show", "history", frozenset({Right.AUDIT})),
    Item("删除凭据", "console.audit_log.receipts", "receipt", frozenset({Right.AUDIT})),
    Item("请假", "console.absences.show", "clock"),
)


WITHIN = {
    "cases": "queue",
    "case_acts": "queue",
    "filling_in": "queue",
    "bulk": "queue",
    "differences": "imports",
    "new_activity": "activities",
    "station_hours": "stations",
    "station_sheets": "stations",
    "lists": "imports",
}
"""Modules without a line of their own: with whose line their pages belong."""


def services_with_boards(who: SignedIn) -> list[Service]:
    """The services that declare a board and of whose cases somebody may see some."""
    roles = [held.role for held in who.held if Right.CASE_READ in held.role.rights]
    services = catalogue().current.values()
    return [one for one in services if one.board is not None and any(role.covers(one.key) for role in roles)]


def menu_of(who: SignedIn | None) -> list[Item]:
    """What somebody sees; nothing before the sign-in is complete."""
    if who is None or who.step is not Step.DONE:
        return []
    return [
        item for item in MENU if (not item.rights or item.rights & who.rights) and (item.when is None or item.when(who))
    ]


def current_of(menu: list[Item], endpoint: str | None) -> Item | None:
    """The line of the page that is shown; of a page that has none, the first line of its module."""
    *before, module = (endpoint or "").split(".")[:-1] or [""]
    module = ".".join([*before, WITHIN.get(module, module)])
    exact = (item for item in menu if item.endpoint == endpoint)
    near = (item for item in menu if item.endpoint.rpartition(".")[0] == module)
    return next(exact, None) or next(near, None)
