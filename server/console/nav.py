"""The menu: what somebody's rights open."""

from msgspec import Struct

from server.unions.staff.sessions import SignedIn, Step
from server.unions.staff.vocabulary import Right


class Item(Struct, frozen=True):
    """One line of the menu."""

    title: str
    endpoint: str
    icon: str
    rights: frozenset[Right] = frozenset()
    """Any one of them shows it; none: everybody sees it."""


MENU = (
    Item("今日必办", "console.home.show", "list-check"),
    Item("待办事项", "console.queue.show", "inbox", frozenset({Right.CASE_READ, Right.CASE_OUTSIDE})),
    Item("人员", "console.staff_accounts.show", "users", frozenset({Right.STAFF_ACCOUNTS, Right.STAFF_GRANTS})),
    Item("权限申请", "console.role_requests.show", "key", frozenset({Right.STAFF_GRANTS})),
    Item("值班表", "console.duty_roster.show", "calendar-event", frozenset({Right.STAFF_GRANTS})),
    Item("审计", "console.audit_log.show", "history", frozenset({Right.AUDIT})),
    Item("请假", "console.absences.show", "user-check"),
)


def menu_of(who: SignedIn | None) -> list[Item]:
    """What somebody sees; nothing before the sign-in is complete."""
    if who is None or who.step is not Step.DONE:
        return []
    return [item for item in MENU if not item.rights or item.rights & who.rights]
