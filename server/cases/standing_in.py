"""Cases of whoever is away or has left: in the hands of who stands in, or of nobody, which is shown and goes up.

Standing in gives nobody a right: whoever stands in works on the cases by their own, and the case stays in the hands of
whoever has it.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from msgspec import Struct

from server.cases.authority import in_reach
from server.cases.barring import is_out, out_of
from server.cases.models import Case
from server.core.clock import today
from server.core.db import db
from server.unions.duty.delegates import away_on_day, gone_from_work
from server.unions.duty.service import away_on
from server.unions.staff.models import StaffAccount
from server.unions.staff.vocabulary import Right


class Absent(Struct, frozen=True):
    """Whoever has a case in hand is away, or has left."""

    number: str
    until: date | None
    """None: they work on cases no more."""
    stand_in: str | None
    """Staff number of who stands in for them in this case; None: nobody does."""


def stood_in_for(staff_no: str) -> list[str]:
    """Staff numbers of those for whom somebody stands in today."""
    return sorted(away for away, stand_in in away_on_day(today()).items() if stand_in == staff_no)


def standing_in_for(case: Case, *, staff_no: str | None) -> str | None:
    """Staff number of whom somebody stands in for in a case today; None where it is for themselves."""
    if staff_no is None or case.handler_no in {None, staff_no} or is_out(case, staff_no):
        return None
    return case.handler_no if away_on_day(today()).get(case.handler_no or "") == staff_no else None


def for_whom(stood_in_for: str | None) -> dict[str, str]:
    """What the audit keeps of an act of somebody who stands in for another."""
    return {} if stood_in_for is None else {"for": stood_in_for}


def absent_handler(case: Case) -> Absent | None:
    """That whoever has a case in hand is away today, or left; None where they are there, or nobody has it."""
    if case.handler_no is None:
        return None
    if has_left(case.handler_no):
        return Absent(case.handler_no, None, None)
    away = away_on_day(today())
    if case.handler_no not in away:
        return None
    stand_in = away[case.handler_no]
    until = away_on(today(), numbers=[case.handler_no])[case.handler_no]
    return Absent(
        case.handler_no, until, None if stand_in is None or not may_work(case, staff_no=stand_in) else stand_in
    )


def has_left(staff_no: str) -> bool:
    """Whether somebody works on cases no more."""
    return bool(db.session.scalar(sa.select(gone_from_work().where(StaffAccount.number == staff_no).exists())))


def may_work(case: Case, *, staff_no: str) -> bool:
    """Whether somebody may make steps of a case at all: a question, which refuses nobody."""
    return bool(db.session.scalar(sa.select(Case.id).where(Case.id == case.id, workable(staff_no))))


def may_work_on(asked: Mapping[str, Collection[uuid.UUID]]) -> frozenset[tuple[str, uuid.UUID]]:
    """`may_work` of many cases, in one query.

    Args:
        asked: by staff number the ids of the cases that it is asked of.

    Returns:
        staff number and case, where it is so.
    """
    each = [
        sa.select(sa.literal(number), Case.id).where(Case.id.in_(ids), workable(number))
        for number, ids in sorted(asked.items())
    ]
    return frozenset((number, id_) for number, id_ in db.session.execute(sa.union_all(*each))) if each else frozenset()


def workable(staff_no: str) -> sa.ColumnElement[bool]:
    """`may_work` as a condition on rows of `Case`."""
    # Whoever is nobody's member has no union that could be compared with any.
    reach = sa.func.coalesce(in_reach(staff_no=staff_no, right=Right.CASE_WORK), sa.false())
    return sa.and_(~out_of(staff_no), reach)


def in_hand(staff_no: str, stood_for: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a row of `Case` is in somebody's hands: their own, or of those for whom they stand in."""
    own = Case.handler_no == staff_no
    return sa.or_(own, sa.and_(Case.handler_no.in_(stood_for), ~out_of(staff_no))) if stood_for else own


def left_alone() -> sa.ColumnElement[bool]:
    """Whether whoever has a row of `Case` in hand is away today with nobody who stands in for them in it, or left."""
    away = away_on_day(today())
    alone = [number for number, stand_in in away.items() if stand_in is None]
    by_stand_in: dict[str, list[str]] = defaultdict(list)
    for number, stand_in in away.items():
        if stand_in is not None:
            by_stand_in[stand_in].append(number)
    barred = [sa.and_(Case.handler_no.in_(of), ~workable(stand_in)) for stand_in, of in by_stand_in.items()]
    return sa.or_(Case.handler_no.in_(gone_from_work()), Case.handler_no.in_(alone), *barred)


def whom_to_tell(case: Case) -> str | None:
    """Staff number of who hears what concerns whoever has a case in hand; None where nobody has it."""
    absent = absent_handler(case)
    if absent is None:
        return case.handler_no
    return None if absent.until is None else absent.stand_in or case.handler_no
