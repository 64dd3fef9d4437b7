"""The union that the worker of a case belongs to, where it is one's member and has a part in the case.

What is kept `away_from_home` has none: it may be about what that union did. Whoever asks for the home of a case, to let
its staff pass, to list it, to tell them, is told so here, in one place.
"""

import uuid

import sqlalchemy as sa

from server.cases.models import Case
from server.clocks.deadlines import is_union_s
from server.core.db import db
from server.unions.models import IS_MEMBER, Membership, TradeUnion
from server.unions.service import union_of
from server.unions.tree import above


def home_of(case: Case) -> uuid.UUID | None:
    """The union that its worker belongs to; None for who belongs to none, and where it has no part in the case."""
    found = None if case.worker_id is None or case.away_from_home else union_of(db.session(), case.worker_id)
    return None if found is None else found.id


def home_of_case() -> sa.ScalarSelect[uuid.UUID]:
    """`home_of` of a row of `Case`."""
    theirs = sa.and_(Membership.worker_id == Case.worker_id, IS_MEMBER, ~Case.away_from_home)
    return sa.select(Membership.union_id).where(theirs).scalar_subquery()


def unions_ruling(case: Case, deadline: str) -> list[str]:
    """Codes of the union where a case lies and of those above it, the nearest first, if one has a time of its own."""
    place = case.union_id or home_of(case) if is_union_s(deadline) else None
    if place is None:
        return []
    places = [place, *above(db.session(), place)]
    codes = {one.id: one.code for one in db.session.scalars(sa.select(TradeUnion).where(TradeUnion.id.in_(places)))}
    return [codes[one] for one in places if one in codes]
