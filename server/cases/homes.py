"""The union that the worker of a case belongs to, where it is one's member."""

import uuid

import sqlalchemy as sa

from server.cases.models import Case
from server.core.db import db
from server.unions.models import IS_MEMBER, Membership
from server.unions.service import union_of


def home_of(case: Case) -> uuid.UUID | None:
    """The union that its worker belongs to."""
    found = None if case.worker_id is None else union_of(db.session(), case.worker_id)
    return None if found is None else found.id


def home_of_case() -> sa.ScalarSelect[uuid.UUID]:
    """The union that the worker of a row of `Case` belongs to; null for who belongs to none, or is nobody known."""
    return sa.select(Membership.union_id).where(Membership.worker_id == Case.worker_id, IS_MEMBER).scalar_subquery()
