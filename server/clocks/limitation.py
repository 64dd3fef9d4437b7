"""Until when a worker may go to labour arbitration (劳动争议调解仲裁法 art. 27). Pure.

The date shown is the cautious one: one year, not rolled over rest days. It is information, never a refusal: whether a
period was interrupted or suspended is for a lawyer to say.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from msgspec import Struct

from server.clocks.rules import add_years

YEARS = 1
PRIOR_AID_DAYS = 7
"""With fewer days left, aid may be given before the papers are complete (法律援助法 art. 44)."""


class Urgency(StrEnum):
    """How near the limit is, for colour and order."""

    FAR = "far"
    """More than 90 days."""
    AHEAD = "ahead"
    """31 to 90 days."""
    NEAR = "near"
    """16 to 30 days."""
    CLOSE = "close"
    """15 days or fewer."""
    PASSED = "passed"


class Limitation(Struct, frozen=True):
    """The limit seen from one day."""

    last_day: date
    days_left: int
    """Negative once it has passed."""
    urgency: Urgency
    prior_aid: bool
    """Fewer than seven days are left."""


def limitation_date(
    *,
    unpaid_wages: bool,
    still_working: bool,
    last_day_of_work: date | None,
    known_on: date | None,
    dismissed: bool = False,
    demanded_on: date | None = None,
) -> date | None:
    """The last day to apply for arbitration; None where no limit runs or the needed date is unknown.

    Args:
        unpaid_wages: no limit while the relationship lasts, one year after it ends (art. 27, para. 4).
        known_on: when the worker learned of the violation; starts the year in all other matters (para. 1).
        dismissed: whoever was dismissed knew of it on the last day of work at the latest, whatever day they name.
        demanded_on: the last provable demand; one made in time starts the year anew (para. 2).
    """
    if unpaid_wages:
        start = None if still_working else last_day_of_work
    elif dismissed and not still_working:
        start = min((day for day in (known_on, last_day_of_work) if day is not None), default=None)
    else:
        start = known_on
    if start is None:
        return None
    limit = add_years(start, YEARS)
    if demanded_on is not None and start < demanded_on <= limit:
        return add_years(demanded_on, YEARS)
    return limit


def earliest_limit(days: Iterable[date | None]) -> date | None:
    """The cautious date where the day that the law counts from was not given: a year from the earliest on which the
    worker surely knew; None where none of them is known.
    """
    start = min((day for day in days if day is not None), default=None)
    return None if start is None else add_years(start, YEARS)


def limitation(limit: date, *, today: date) -> Limitation:
    """How near the limit is on `today`."""
    left = (limit - today).days
    return Limitation(limit, left, _urgency(left), prior_aid=0 <= left < PRIOR_AID_DAYS)


def _urgency(days_left: int) -> Urgency:
    if days_left < 0:
        return Urgency.PASSED
    if days_left <= 15:
        return Urgency.CLOSE
    if days_left <= 30:
        return Urgency.NEAR
    if days_left <= 90:
        return Urgency.AHEAD
    return Urgency.FAR
