"""Counting promises, answers and ratings by month and place, in the database: never a row a case in Python.

A promise counts in the month in which it fell due, whether it was kept or not, and a rating in the month of the answer
that it is about. What fell due is counted up to now. Each of a case's promises counts: one that was opened anew, or
handed up because nobody answered, was promised anew. It counts for the office in charge of the case now.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import InstrumentedAttribute, aliased

from server.cases.figures.formulas import Annulled, Dated, Satisfied, Version, figures, next_month
from server.cases.models import Case, CaseEvent, CasePhoneRating, CaseRating, RatingQuestion
from server.cases.vocabulary import IdentityMode, Phase
from server.clocks.models import ChangeKind, Clock, ClockChange, OwnerKind
from server.clocks.rules import COUNTED_IN_HOURS
from server.core.clock import SHANGHAI, midnight, now
from server.core.db import db
from server.unions.models import IS_MEMBER, Membership, TradeUnion
from server.unions.staff.authority import reach_of
from server.unions.staff.vocabulary import Right
from server.unions.tree import OFFICES

FAIR = 3
"""The mark of who is 基本满意."""
BEFORE_MIDNIGHT = sa.text("interval '1 microsecond'")
"""24:00 of the last day of a month is in that month."""

Key = tuple[date, uuid.UUID | None]
"""First day of a month and the office; None for what belongs to nobody's union."""


class Promised(Struct, frozen=True, kw_only=True):
    """How promises were kept. What is in no rate stands last."""

    due: int = 0
    people: int = 0
    closed: int = 0
    """Kept by now, in time or not."""
    on_time: int = 0
    by_original: int = 0
    """In time by the date that was promised first."""
    extended: int = 0
    refused: int = 0
    reopened: int = 0
    standing: int = 0
    """Stand still: their date will move."""
    annulled: int = 0
    """Missed, which two persons agreed does not count."""
    withdrawn: int = 0
    """The worker ended it before the date."""


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


class Paused(Struct, frozen=True, kw_only=True):
    """How long promises stood still that did."""

    people: int
    promises: int
    median: float
    """In days as the promise counts them."""


class Asked(Struct, frozen=True, kw_only=True):
    """Whose numbers of what."""

    staff_no: str
    services: Collection[str]
    months: tuple[date, ...]
    """First days, in a row."""

    @property
    def begin(self) -> datetime:
        return midnight(self.months[0])

    @property
    def end(self) -> datetime:
        """What falls due later is not late yet."""
        return min(midnight(next_month(self.months[-1])), now())


def count_promises(asked: Asked, version: Version) -> Mapping[Key, Promised]:
    """By month and place. One query."""
    found = promises(asked, version).subquery()
    counted = found.c.counted

    def of(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.count().filter(condition)

    rows = db.session.execute(
        sa.select(
            found.c.month,
            found.c.place,
            of(counted).label("due"),
            sa.func.count(found.c.person.distinct()).filter(counted).label("people"),
            *(of(sa.and_(counted, found.c[name])).label(name) for name in _OF_DUE),
            *(of(found.c[name]).label(name) for name in ("standing", "annulled", "withdrawn")),
        ).group_by(found.c.month, found.c.place)
    )
    return {(row.month, row.place): _filled(Promised, row) for row in rows}


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
    return {(row.month, row.place): _filled(Rated, row) for row in rows}


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
    return {(row.month, row.place): _filled(Heard, row) for row in rows}


def median_pauses(asked: Asked, version: Version) -> Mapping[tuple[date | None, uuid.UUID | str | None], Paused]:
    """By month and place, by month, by place, and of all: None for every month, "" for every place. One query."""
    found = promises(asked, version).subquery()
    level = sa.func.grouping(found.c.month, found.c.place)
    rows = db.session.execute(
        sa.select(
            found.c.month,
            found.c.place,
            level.label("level"),
            sa.func.count(found.c.person.distinct()).label("people"),
            sa.func.count().label("promises"),
            sa.func.percentile_cont(0.5).within_group(found.c.days).label("median"),
        )
        .where(found.c.paused)
        .group_by(
            sa.func.grouping_sets(
                sa.tuple_(found.c.month, found.c.place), sa.tuple_(found.c.month), sa.tuple_(found.c.place), sa.tuple_()
            )
        )
    )
    return {
        (None if row.level & 2 else row.month, "" if row.level & 1 else row.place): _filled(Paused, row) for row in rows
    }


def promises(asked: Asked, version: Version) -> sa.Select[Any]:
    """One row a promise that fell due: where, when, whose, and what became of it."""
    found = _fell_due(asked)
    row = found.c
    kept = sa.and_(row.stopped_at.is_not(None), ~row.handed_up)
    timely, by_original = (sa.and_(kept, row.stopped_at <= due) for due in (row.due_at, row.original_due_at))
    standing = row.paused_at.is_not(None)
    annulled = sa.and_(row.annulled, ~standing)
    out = sa.or_(standing, row.withdrawn, *([annulled] if version.annulled is Annulled.LEFT_OUT else []))
    hours = row.basis.in_(COUNTED_IN_HOURS)
    return sa.select(
        row.case_id,
        row.month,
        row.place,
        row.person,
        (~out).label("counted"),
        kept.label("closed"),
        sa.func.coalesce(by_original if version.dated is Dated.ORIGINAL else timely, False).label("on_time"),
        sa.func.coalesce(by_original, False).label("by_original"),
        (row.extended > 0).label("extended"),
        row.refused,
        (row.round > 0).label("reopened"),
        (row.paused_amount > 0).label("paused"),
        sa.cast(row.paused_amount, sa.Float).op("/")(sa.case((hours, 86_400.0), else_=1.0)).label("days"),
        standing.label("standing"),
        annulled.label("annulled"),
        row.withdrawn,
    )


def _fell_due(asked: Asked) -> sa.CTE:
    """The same with what other tables tell of each, asked once: what is said of it is made of these in many places."""
    refused = [(key, state) for key, one in figures().services.items() for state in one.refused]
    promised = [(key, one.promise) for key, one in figures().services.items() if key in asked.services]
    columns = ("stopped_at", "due_at", "original_due_at", "paused_at", "paused_amount", "extended", "basis")
    return (
        _placed(
            asked,
            Clock.due_at - BEFORE_MIDNIGHT,
            *(getattr(Clock, name) for name in columns),
            Case.round,
            sa.tuple_(Case.service, Case.state).in_(refused).label("refused"),
            sa.func.coalesce(_handed_up(asked), False).label("handed_up"),
            _annulled().label("annulled"),
            sa.func.coalesce(_withdrawn(), False).label("withdrawn"),
        )
        .join(Clock, sa.and_(Clock.owner_kind == OwnerKind.CASE, Clock.owner_id == Case.id))
        .where(
            Clock.due_at > asked.begin,
            Clock.due_at <= asked.end,
            # The keys by themselves too: the index knows them, and not the services.
            Clock.key.in_(sorted({key for _, key in promised})),
            sa.tuple_(Case.service, Clock.key).in_(promised),
        )
        .cte()
        .prefix_with("MATERIALIZED")
    )


def ratings(asked: Asked, satisfied: Satisfied) -> sa.CompoundSelect[Any]:
    """One row for each time that a worker was asked, and each time that an anonymous one rated."""
    rated = sa.func.coalesce(CaseRating.at.is_not(None), False)
    of_asked = (
        _placed(
            asked,
            RatingQuestion.answered_at,
            sa.true().label("was_asked"),
            rated.label("rated"),
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
        _placed(
            asked, CaseRating.at, sa.false().label("was_asked"), rated.label("rated"), *_marks(CaseRating, satisfied)
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
        _placed(
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
        _placed(
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


_OF_DUE = ("closed", "on_time", "by_original", "extended", "refused", "reopened")


def _placed(asked: Asked, at: sa.ColumnElement[Any] | InstrumentedAttribute[Any], *columns: Any) -> sa.Select[Any]:
    """Cases that lie where somebody may read figures, with the month of `at`, the office and the person."""
    lies = sa.func.coalesce(Case.union_id, Membership.union_id)
    reach, places = reach_of(number=asked.staff_no, right=Right.FIGURES), _places()
    of_nobody = sa.and_(lies.is_(None), sa.select(reach.c.upper).where(reach.c.upper).exists())
    return (
        sa.select(
            Case.id.label("case_id"),
            sa.cast(sa.func.date_trunc("month", sa.func.timezone(SHANGHAI.key, at)), sa.Date).label("month"),
            places.c.office_id.label("place"),
            sa.func.coalesce(Case.worker_id, Case.id).label("person"),
            *columns,
        )
        .select_from(Case)
        .outerjoin(Membership, sa.and_(Membership.worker_id == Case.worker_id, IS_MEMBER))
        .outerjoin(places, places.c.union_id == lies)
        .where(sa.or_(lies.in_(sa.select(reach.c.union_id)), of_nobody))
    )


def _places() -> sa.CTE:
    """Every union with the street, district or city that it is counted for: the nearest one above it, or itself."""
    start = sa.select(TradeUnion.id.label("union_id"), TradeUnion.id.label("office_id"))
    found = start.where(TradeUnion.kind.in_(OFFICES)).cte(recursive=True)
    below = sa.select(TradeUnion.id, found.c.office_id).join(found, TradeUnion.parent_id == found.c.union_id)
    return found.union(below.where(TradeUnion.kind.not_in(OFFICES)))


def _handed_up(asked: Asked) -> sa.ColumnElement[bool]:
    """It ended because it was missed, and the next office promised the same anew."""
    following = aliased(Clock)
    return sa.and_(
        Clock.stopped_at >= Clock.due_at,
        sa.select(following.id)
        .where(
            following.owner_kind == OwnerKind.CASE,
            following.owner_id == Clock.owner_id,
            following.key == Clock.key,
            following.started_at == Clock.stopped_at,
            # Which follows from the other conditions, and which the index knows.
            following.due_at > asked.begin,
        )
        .exists(),
    )


def _annulled() -> sa.ColumnElement[bool]:
    return (
        sa.select(ClockChange.id)
        .where(ClockChange.clock_id == Clock.id, ClockChange.kind == ChangeKind.ANNULMENT)
        .exists()
    )


def _withdrawn() -> sa.ColumnElement[bool]:
    """The case ended by what its worker did or did not do, before the union was late."""
    last = sa.select(sa.func.max(CaseEvent.at)).where(CaseEvent.case_id == Case.id).scalar_subquery()
    return sa.and_(
        Case.phase.in_((Phase.WITHDRAWN, Phase.LAPSED)), Clock.stopped_at <= Clock.due_at, Clock.stopped_at >= last
    )


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


def _filled(kind: type[Any], row: sa.Row[Any]) -> Any:
    return kind(**{field: row._mapping[field] for field in kind.__struct_fields__})
