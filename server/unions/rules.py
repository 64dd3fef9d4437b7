"""Terms of officers and lives of memberships. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

from server.unions.vocabulary import MembershipState as State

FOLLOWS: Mapping[State, frozenset[State]] = {
    State.ACTIVE: frozenset({State.TRANSFERRING, State.RETAINED, State.LEFT, State.LAPSED, State.DECEASED}),
    State.TRANSFERRING: frozenset({State.ACTIVE, State.RETAINED, State.LEFT, State.DECEASED}),
    State.RETAINED: frozenset({State.ACTIVE, State.TRANSFERRING, State.LEFT, State.DECEASED}),
    State.LEFT: frozenset({State.ACTIVE, State.DECEASED}),
    State.LAPSED: frozenset({State.ACTIVE, State.LEFT, State.DECEASED}),
    # Only where somebody was taken for another.
    State.DECEASED: frozenset({State.ACTIVE}),
}
"""State → what it may become."""

COUNTED = frozenset({State.ACTIVE, State.TRANSFERRING, State.RETAINED})
"""States of somebody who is a member."""

SETTLED = frozenset(State) - {State.ACTIVE, State.TRANSFERRING}
"""States that end what was under way about a membership."""


TERMS = (3, 5)
"""工会法 art. 16: years for which officers are elected."""


TERM_REMINDERS = (90, 30, 0, -30)
"""Days before a term ends on which it is reminded of; from the end on those above are told too."""


def may_become(state: State, target: State) -> bool:
    """Whether a membership goes from one state to the other in one step."""
    return target in FOLLOWS[state]


def outlives(one: State, other: State) -> bool:
    """Of two memberships of one person: whether only the first is a living one."""
    return one in COUNTED and other not in COUNTED


def term_end(began: date, years: int) -> date:
    """The day from which officers elected on `began` are overdue; 29 February ends on 1 March of a common year."""
    try:
        return began.replace(year=began.year + years)
    except ValueError:
        return date(began.year + years, 3, 1)


def term_reminder(ends: date, *, today: date) -> date | None:
    """The last day until today on which an election has to be reminded of; None while it is far off.

    Args:
        ends: the day from which the officers are overdue.
    """
    days = [day for left in TERM_REMINDERS if (day := ends - timedelta(days=left)) <= today]
    return days[-1] if days else None
