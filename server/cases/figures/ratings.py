"""Counting how workers found it, in the app and on the phone, by month and place, in the database.

A rating counts in the month of the answer that it is about, what was said on the phone in that of the call.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from server.cases.figures.asked import Asked, Key, filled, placed
from server.cases.figures.formulas import Satisfied
from server.cases.models import Case, CasePhoneRating, CaseRating, RatingQuestion
from server.cases.vocabulary import IdentityMode
from server.core.db import db

FAIR = 3
"""The mark of who is 基本满意."""


class Rated(Struct, frozen=True, kw_only=True):
    """How workers found it. Anonymous ones are not asked, and may rate."""

    asked: int = 0
    asked_people: int = 0
    answered: int = 0
    """Of those asked."""
    rated: int = 0
    people: int = 0
    satisfied: int = 0
    fairly: int = 0
    solved: int = 0


class Heard(Struct, frozen=True, kw_only=True):
    """What was said on the phone to somebody who had no part in it."""

    heard: int = 0
    people: int = 0
    unheard: int = 0
    """Nobody answered, too often; the number was wrong; or they did not want to say."""
    unheard_people: int = 0
    satisfied: int = 0
    solved: int = 0


def count_ratings(asked: Asked, satisfied: Satisfied) -> Mapping[Key, Rated]:
    """By month of the answer and place. One query."""
    found = ratings(asked, satisfied).subquery()
    was_asked, rated = found.c.was_asked, found.c.rated

    def people(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.count(found.c.person.distinct()).filter(condition)

    rows = db.session.execute(
        sa.select(
            found.c.month,
            found.c.place,
            sa.func.count().filter(was_asked).label("asked"),
            people(was_asked).label("asked_people"),
            sa.func.count().filter(was_asked, rated).label("answered"),
            sa.func.count().filter(rated).label("rated"),
            people(rated).label("people"),
            *(sa.func.count().filter(found.c[name]).label(name) for name in ("satisfied", "fairly", "solved")),
        ).group_by(found.c.month, found.c.place)
    )
    return {(row.month, row.place): filled(Rated, row) for row in rows}


def count_heard(asked: Asked, satisfied: Satisfied) -> Mapping[Key, Heard]:
    """By month of the call and place. One query."""
    found = heard(asked, satisfied).subquery()
    rows = db.session.execute(
        sa.select(
            found.c.month,
            found.c.place,
            *(sa.func.count().filter(found.c[name]).label(name) for name in ("heard", "unheard")),
            sa.func.count(found.c.person.distinct()).filter(found.c.heard).label("people"),
            sa.func.count(found.c.person.distinct()).filter(found.c.unheard).label("unheard_people"),
            *(sa.func.count().filter(found.c[name]).label(name) for name in ("satisfied", "solved")),
        ).group_by(found.c.month, found.c.place)
    )
    return {(row.month, row.place): filled(Heard, row) for row in rows}


def ratings(asked: Asked, satisfied: Satisfied) -> sa.CompoundSelect[Any]:
    """One row for each time that a worker was asked, and each time that an anonymous one rated."""
    rated = sa.func.coalesce(CaseRating.at.is_not(None), False)
    of_asked = (
        placed(
            asked,
            RatingQuestion.answered_at,
            sa.true().label("was_asked"),
            rated.label("rated"),
            CaseRating.comment,
            *_marks(CaseRating, satisfied),
        )
        .join(RatingQuestion, RatingQuestion.case_id == Case.id)
        .outerjoin(
            CaseRating,
            sa.and_(CaseRating.case_id == RatingQuestion.case_id, CaseRating.round == RatingQuestion.round),
        )
        .where(
            RatingQuestion.answered_at >= asked.begin,
            RatingQuestion.answered_at < asked.end,
            Case.service.in_(asked.services),
            # Who has no account is rung up and never asked to rate.
            Case.worker_id.is_not(None),
        )
    )
    of_unasked = (
        placed(
            asked,
            CaseRating.at,
            sa.false().label("was_asked"),
            rated.label("rated"),
            CaseRating.comment,
            *_marks(CaseRating, satisfied),
        )
        .join(CaseRating, CaseRating.case_id == Case.id)
        .where(
            Case.identity_mode == IdentityMode.ANONYMOUS,
            CaseRating.at >= asked.begin,
            CaseRating.at < asked.end,
            Case.service.in_(asked.services),
        )
    )
    return of_asked.union_all(of_unasked)


def heard(asked: Asked, satisfied: Satisfied) -> sa.CompoundSelect[Any]:
    """One row for each time that somebody rang up and asked, and each time that this was given up."""
    true, false = sa.true(), sa.false()
    of_heard = (
        placed(
            asked,
            CasePhoneRating.at,
            true.label("heard"),
            false.label("unheard"),
            *_marks(CasePhoneRating, satisfied),
        )
        .join(CasePhoneRating, CasePhoneRating.case_id == Case.id)
        .where(CasePhoneRating.at >= asked.begin, CasePhoneRating.at < asked.end, Case.service.in_(asked.services))
    )
    at = RatingQuestion.unheard_at
    of_unheard = (
        placed(
            asked,
            at,
            false.label("heard"),
            true.label("unheard"),
            *(false.label(name) for name in ("satisfied", "fairly", "solved")),
        )
        .join(RatingQuestion, RatingQuestion.case_id == Case.id)
        .where(at >= asked.begin, at < asked.end, Case.service.in_(asked.services))
    )
    return of_heard.union_all(of_unheard)


def _marks(kind: type[CaseRating] | type[CasePhoneRating], satisfied: Satisfied) -> list[sa.ColumnElement[bool]]:
    content = sa.and_(
        kind.attitude >= satisfied.attitude,
        kind.result >= satisfied.result,
        *([kind.solved] if satisfied.solved else []),
    )
    fairly = sa.and_(~content, kind.attitude >= FAIR, kind.result >= FAIR)
    return [
        sa.func.coalesce(content, False).label("satisfied"),
        sa.func.coalesce(fairly, False).label("fairly"),
        sa.func.coalesce(kind.solved, False).label("solved"),
    ]
