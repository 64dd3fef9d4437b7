"""What workers wrote beside their marks, for a district or the city: never whose words they are, or about which case.

Words stand by month and service, where five persons or more wrote some. They cannot be asked for by street or by mark,
so that no two answers differ by somebody's.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.authority import in_reach
from server.cases.figures import ratings
from server.cases.figures.asked import Asked
from server.cases.figures.formulas import Formula
from server.cases.figures.rules import LEAST
from server.cases.identifying import without_marks
from server.cases.models import Case, CaseEvent
from server.cases.phone_ratings import worked_on
from server.core import audit
from server.core.db import transaction
from server.core.private import Private
from server.identity.service import reaches_of
from server.unions.staff.authority import offices_of
from server.unions.staff.models import StaffAccount
from server.unions.staff.vocabulary import Right

MOST = 300
"""Comments that are read at once."""


class Written(Private, frozen=True):
    """What was written of a service in a month."""

    month: date
    service: str
    words: Sequence[str]
    """Without numbers and without the names of the worker and of whoever worked on it, in the order of the words."""


class Comments(Private, frozen=True):
    """What somebody may read."""

    written: Sequence[Written]
    """The latest month first."""
    cut: bool
    """Whether there are more, of earlier months."""


def read_comments(asked: Asked, formula: Formula) -> Comments:
    """What was written with ratings of these months, by those in whose cases the reader had no part. That somebody
    looked is recorded. Nothing for whoever reads no cases for a district or the city.

    Raises:
        Problem: 403 for whoever may read no figures.
    """
    with transaction() as session:
        offices_of(session, number=asked.staff_no, right=Right.FIGURES)
        found = session.execute(_written(asked, formula)).all()
        shown = found[:MOST]
        audit.record(
            actor=audit.staff(asked.staff_no),
            action="figures.read_comments",
            subject_kind="figures",
            detail={
                "first": asked.months[0].isoformat(),
                "last": asked.months[-1].isoformat(),
                "comments": len(shown),
            },
        )
        names = _names(session, {row.case_id: row.worker_id for row in shown})
        written = [
            Written(month, service, sorted(without_marks(row.comment, names=names[row.case_id]) for row in rows))
            for (month, service), rows in groupby(shown, key=lambda row: (row.month, row.service))
        ]
        return Comments(written, len(found) > MOST)


def _written(asked: Asked, formula: Formula) -> sa.Select[tuple[date, str, uuid.UUID, uuid.UUID | None, str]]:
    # Which marks satisfy is no matter here.
    rated = ratings.ratings(asked, formula.versions[-1].satisfied).subquery()
    mine = (
        sa.select(rated.c.month, Case.service, rated.c.case_id, Case.worker_id, rated.c.person, rated.c.comment)
        .join(Case, Case.id == rated.c.case_id)
        .where(
            rated.c.comment.is_not(None),
            in_reach(staff_no=asked.staff_no, right=Right.CASE_READ, upper=True),
            ~worked_on(asked.staff_no),
        )
        .cte()
    )
    together = (mine.c.month, mine.c.service)
    enough = sa.select(*together).group_by(*together).having(sa.func.count(mine.c.person.distinct()) >= LEAST)
    return (
        sa.select(*together, mine.c.case_id, mine.c.worker_id, mine.c.comment)
        .where(sa.tuple_(*together).in_(enough))
        .order_by(mine.c.month.desc(), mine.c.service, mine.c.case_id)
        .limit(MOST + 1)
    )


def _names(session: Session, cases: Mapping[uuid.UUID, uuid.UUID | None]) -> Mapping[uuid.UUID, list[str | None]]:
    """Of the worker of each case and of the staff who made its steps. Three queries, however many there are."""
    workers = reaches_of(session, [one for one in cases.values() if one is not None])
    found = {case_id: [workers[worker_id].name] if worker_id in workers else [] for case_id, worker_id in cases.items()}
    made = sa.select(CaseEvent.case_id, StaffAccount.name).join(StaffAccount, StaffAccount.number == CaseEvent.staff_no)
    for case_id, name in session.execute(made.where(CaseEvent.case_id.in_(cases)).distinct()):
        found[case_id].append(name)
    return found
