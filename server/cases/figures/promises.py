"""Counting promises by month and place, in the database: never a row a case in Python.

A promise counts in the month in which it fell due, whether it was kept or not. What fell due is counted up to now.
Each of a case's promises counts: one that was opened anew, or handed up because nobody answered, was promised anew. It
counts for the office in charge of the case now.
"""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import aliased

from server.cases.figures.asked import Asked, Key, filled, placed
from server.cases.figures.formulas import Annulled, Dated, Version, figures
from server.cases.models import Case, CaseEvent
from server.cases.vocabulary import Phase
from server.clocks.models import ChangeKind, Clock, ClockChange, OwnerKind
from server.clocks.rules import COUNTED_IN_HOURS
from server.core.db import db

BEFORE_MIDNIGHT = sa.text("interval '1 microsecond'")
"""24:00 of the last day of a month is in that month."""


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


class Paused(Struct, frozen=True, kw_only=True):
    """How long promises stood still that did."""

    people: int
    promises: int
    median: float
    """In days as the promise counts them."""


class Reason(Struct, frozen=True):
    """Why something was refused."""

    service: str
    ground: str | None
    """Key of a ground of the step that refused; None where it has none to choose from."""


class Refused(Struct, frozen=True, kw_only=True):
    """What was refused for one reason."""

    refused: int = 0
    people: int = 0


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
    return {(row.month, row.place): filled(Promised, row) for row in rows}


def median_pauses(asked: Asked, version: Version) -> Mapping[tuple[date | None, uuid.UUID | str], Paused]:
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
        (None if row.level & 2 else row.month, "" if row.level & 1 else row.place): filled(Paused, row) for row in rows
    }


def count_refusals(asked: Asked, version: Version) -> Mapping[tuple[date, Reason], Refused]:
    """What was refused, by month and reason. One query, which looks at what was refused alone."""
    found = promises(asked, version, _is_refused()).subquery()
    rows = db.session.execute(
        sa.select(
            found.c.month,
            Case.service,
            ground_of_case().label("ground"),
            sa.func.count().label("refused"),
            sa.func.count(found.c.person.distinct()).label("people"),
        )
        .join(Case, Case.id == found.c.case_id)
        .where(found.c.counted)
        .group_by(found.c.month, Case.service, sa.text("ground"))
    )
    return {(row.month, Reason(row.service, row.ground)): filled(Refused, row) for row in rows}


def ground_of_case() -> sa.ScalarSelect[str | None]:
    """Of a row of `Case`: the key of the ground on which it came to stand where it stands."""
    named = sa.select(CaseEvent.ground).where(
        CaseEvent.case_id == Case.id, CaseEvent.target == Case.state, CaseEvent.ground.is_not(None)
    )
    return named.order_by(CaseEvent.number.desc()).limit(1).correlate(Case).scalar_subquery()


def promises(asked: Asked, version: Version, *narrower: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """One row a promise that fell due: where, when, whose, and what became of it.

    Args:
        narrower: conditions on `Case` that leave others out.
    """
    found = _fell_due(asked, *narrower)
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


def _fell_due(asked: Asked, *narrower: sa.ColumnElement[bool]) -> sa.CTE:
    """The same with what other tables tell of each, asked once: what is said of it is made of these in many places."""
    promised = [(key, one.promise) for key, one in figures().services.items() if key in asked.services]
    columns = ("stopped_at", "due_at", "original_due_at", "paused_at", "paused_amount", "extended", "basis")
    return (
        placed(
            asked,
            Clock.due_at - BEFORE_MIDNIGHT,
            *(getattr(Clock, name) for name in columns),
            Case.round,
            _is_refused().label("refused"),
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
            *narrower,
        )
        .cte()
        .prefix_with("MATERIALIZED")
    )


def _is_refused() -> sa.ColumnElement[bool]:
    refused = [(key, state) for key, one in figures().services.items() for state in one.refused]
    return sa.tuple_(Case.service, Case.state).in_(refused)


_OF_DUE = ("closed", "on_time", "by_original", "extended", "refused", "reopened")


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
