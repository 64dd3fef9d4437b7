"""换届: a union's officers were elected anew, written down by whoever keeps the unions."""

from datetime import date

import sqlalchemy as sa

from server.core import audit
from server.core.clock import today
from server.core.db import db, transaction
from server.core.errors import not_found, unprocessable
from server.unions.models import TradeUnion
from server.unions.rules import TERMS, term_end
from server.unions.staff.authority import authorise, offices_of
from server.unions.staff.vocabulary import Right
from server.unions.tree import subtree_of


def union_with_term(*, code: str, staff_no: str) -> TradeUnion:
    """A union among those that somebody keeps.

    Raises:
        Problem: 403, 404.
    """
    union = db.session.scalar(sa.select(TradeUnion).where(TradeUnion.code == code))
    if union is None:
        raise not_found()
    authorise(db.session(), number=staff_no, right=Right.UNIONS, union_id=union.id)
    return union


def begin_term(*, code: str, began: date, years: int, staff_no: str) -> TradeUnion:
    """Write down that a union's officers were elected; the same again changes nothing.

    Args:
        began: the day of the election.
        years: one of `TERMS`.

    Raises:
        Problem: 403, 404; 422 for a day to come, one before the last election, or another length.
    """
    with transaction() as session:
        union = union_with_term(code=code, staff_no=staff_no)
        session.refresh(union, with_for_update=True)
        if began > today():
            raise unprocessable({"began": ["选举的日子还没到"]})
        if union.term_began is not None and began < union.term_began:
            raise unprocessable({"began": [f"要在上一届开始（{union.term_began.isoformat()}）以后"]})
        if years not in TERMS:
            raise unprocessable({"years": ["任期是三年或者五年"]})
        if (union.term_began, union.term_years) != (began, years):
            union.term_began, union.term_years = began, years
            detail = {"code": union.code, "began": began.isoformat(), "years": years}
            audit.record(
                actor=audit.staff(staff_no),
                action="unions.term",
                subject_kind="union",
                subject_id=union.id,
                detail=detail,
            )
        return union


def count_overdue(*, staff_no: str) -> int:
    """How many of the unions that somebody keeps have to elect by now. Two queries, however many there are."""
    session = db.session()
    mine = subtree_of(*(one.id for one in offices_of(session, number=staff_no, right=Right.UNIONS)))
    known = session.execute(
        sa.select(TradeUnion.term_began, TradeUnion.term_years).where(
            TradeUnion.id.in_(mine), TradeUnion.term_began.is_not(None)
        )
    )
    return sum(began is not None and years is not None and term_end(began, years) <= today() for began, years in known)
