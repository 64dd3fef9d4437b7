"""换届: those who keep the unions are reminded of elections, a while before and when one is overdue; each time once.

Somebody who keeps a hundred unions gets one message for all that came up since the last time. Of what is overdue the
head of the district's department hears as well.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from msgspec import Struct

from server.core.clock import day_of, now
from server.core.db import transaction
from server.core.jobs import periodic
from server.notices.models import StaffNotice
from server.notices.staff import ELECTION, tell_staff
from server.unions.duty.rules import Roster, lineage
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.rules import term_end, term_reminder
from server.unions.staff.authority import holders_by_union
from server.unions.staff.vocabulary import Right

NAMED = 3
"""Unions in one message; the page has them all."""
PAGE, INBOX = "/terms", "/reminders"


class Due(Struct, frozen=True):
    """A union that has to be reminded of."""

    union_id: uuid.UUID
    name: str
    ends: date


@periodic(name="notices.remind_of_elections", cron="23 1 * * *")
def remind_of_elections() -> None:
    """Tell what came up since the last time; after nine in the morning here."""
    remind(at=now())


def remind(*, at: datetime) -> int:
    """Tell of all elections of which a day has come. Can be stopped at any moment and begun again.

    Returns:
        of how many unions.
    """
    today = day_of(at)
    with transaction() as session:
        due = []
        # In one order, as every two runs at once take them.
        elected = sa.select(TradeUnion).where(TradeUnion.term_began.is_not(None)).order_by(TradeUnion.id)
        for union in session.scalars(elected.with_for_update(key_share=True)):
            assert union.term_began is not None, "asked for"
            assert union.term_years is not None, "checked by the table"
            ends = term_end(union.term_began, union.term_years)
            day = term_reminder(ends, today=today)
            if day is not None and (union.term_told is None or union.term_told < day):
                union.term_told = day
                due.append(Due(union.id, union.name, ends))
        due.sort(key=lambda one: (one.ends, one.name))
        keepers = holders_by_union(session, Right.UNIONS)
        messages = _messages(due, roster(), keepers, today=today)
        tell_staff(
            [
                StaffNotice(staff_no=number, kind=ELECTION, text=text, link=link, created_at=at)
                for number, link, text in messages
            ],
            by_sms=True,
            urgent=False,
        )
        return len(due)


def _messages(
    due: Sequence[Due], known: Roster, keepers: Mapping[uuid.UUID, Sequence[str]], *, today: date
) -> Iterator[tuple[str | None, str, str]]:
    """Whom to tell, where it leads and what it says."""
    told: dict[str | None, list[Due]] = defaultdict(list)
    keeping = {number for numbers in keepers.values() for number in numbers}
    for one in due:
        levels = (keepers[level] for level in lineage(known.parents, one.union_id) if level in keepers)
        whom: set[str | None] = {
            present for number in next(levels, ()) if (present := known.present(number, today)) is not None
        }
        if one.ends <= today:
            whom |= {*known.on_duty(DutyKind.HEAD, union_id=known.district_of(one.union_id), day=today)}
        # What nobody is told of lies where it is shown that nobody was on duty.
        for name in whom or {None}:
            told[name].append(one)
    for number, unions in told.items():
        # Whoever does not keep unions has no such page.
        yield number, PAGE if number in keeping else INBOX, _said(unions, today=today)


def _said(unions: Sequence[Due], *, today: date) -> str:
    named = "、".join(f"{one.name}（{_when(one.ends, today=today)}）" for one in unions[:NAMED])
    more = f"等 {len(unions)} 个工会" if len(unions) > NAMED else ""
    return f"{named}{more}要换届。请安排选举，选完在“换届”里记下新一届"


def _when(ends: date, *, today: date) -> str:
    left = (ends - today).days
    return f"还有 {left} 天到期" if left > 0 else "今天到期" if left == 0 else f"过期 {-left} 天"
