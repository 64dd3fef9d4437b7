"""The report of the desk: by month and place, small numbers hidden, and the cases behind each number.

What is shown of a month is decided month by month, and a longer period adds only what its months show: whoever compares
periods learns nothing that the months do not say.
"""

import uuid
from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from msgspec import Struct, structs

from server.cases.authority import in_reach
from server.cases.catalogue import catalogue
from server.cases.figures import promises, ratings
from server.cases.figures.asked import Asked, Key
from server.cases.figures.formulas import Formula, Version, segments
from server.cases.figures.promises import Paused, Promised, Reason, Refused, ground_of_case
from server.cases.figures.ratings import Heard, Rated
from server.cases.figures.showing import Shown, ShownPauses
from server.cases.models import Case
from server.cases.phone_ratings import worked_on
from server.core import audit
from server.core.db import db, transaction
from server.core.web.paging import Page, keyset_page
from server.unions.models import TradeUnion
from server.unions.staff.authority import holds, offices_of, reach_of
from server.unions.staff.roles import roles_with
from server.unions.staff.vocabulary import Right


class Cell(Struct, frozen=True):
    """The numbers of a place, a month, or both; None for what is too small to be shown."""

    promised: Promised | None
    rated: Rated | None
    heard: Heard | None
    paused: Paused | None
    months_left_out: int = 0
    """Of a sum over months: how many were too small to be added."""


class Place(Struct, frozen=True):
    """A street, a district or a city."""

    id: uuid.UUID
    name: str


class Report(Struct, frozen=True):
    """All of it."""

    formula: Formula
    says: Sequence[str]
    """The formula in words; several where it changed in between."""
    by_place: Sequence[tuple[Place, Cell]]
    by_month: Sequence[tuple[date, Cell]]
    by_both: Sequence[tuple[date, Place, Cell]]
    total: Cell
    refused: Sequence[tuple[Reason, Refused | None]]
    """What was refused by reason, in the order of the services; None for what is too small to be shown."""
    all_refused: Refused | None


class Measure(StrEnum):
    """A number behind which there are cases."""

    DUE = "due"
    CLOSED = "closed"
    LATE = "late"
    ON_TIME = "on_time"
    BY_ORIGINAL = "by_original"
    EXTENDED = "extended"
    PAUSED = "paused"
    REFUSED = "refused"
    REOPENED = "reopened"
    STANDING = "standing"
    ANNULLED = "annulled"
    WITHDRAWN = "withdrawn"
    ASKED = "was_asked"
    RATED = "rated"
    SATISFIED = "satisfied"
    FAIRLY = "fairly"
    SOLVED = "solved"
    HEARD = "heard"
    UNHEARD = "unheard"


OF_PHONE = frozenset({Measure.HEARD, Measure.UNHEARD})
OF_RATINGS = OF_PHONE | {Measure.ASKED, Measure.RATED, Measure.SATISFIED, Measure.FAIRLY, Measure.SOLVED}
"""Who worked on a case does not learn from whom a rating is."""


def report(asked: Asked, formula: Formula) -> Report:
    """Count everything. Five queries, and as many again where the formula changed in between.

    Raises:
        Problem: 403 for whoever may read no figures.
    """
    offices_of(db.session(), number=asked.staff_no, right=Right.FIGURES)
    promised: dict[Key, Promised] = {}
    rated: dict[Key, Rated] = {}
    heard: dict[Key, Heard] = {}
    refused: dict[tuple[date, Reason], Refused] = {}
    says = []
    for segment in segments(formula, asked.months):
        part = structs.replace(asked, months=segment.months)
        promised.update(promises.count_promises(part, segment.version))
        refused.update(promises.count_refusals(part, segment.version))
        rated.update(ratings.count_ratings(part, segment.version.satisfied))
        heard.update(ratings.count_heard(part, segment.version.satisfied))
        says.append(segment.version.says)
    places = _places({place for _, place in (*promised, *rated, *heard)})
    kept = Shown(Promised(), asked.months, promised, sizes=("people",))
    stood = ShownPauses(asked.months, promises.median_pauses(asked, formula.versions[-1]), kept)
    found = Shown(Rated(), asked.months, rated, sizes=("people", "asked_people"))
    why = Shown(Refused(), asked.months, refused, sizes=("people",))
    said = Shown(Heard(), asked.months, heard, sizes=("people", "unheard_people"))

    def cell(month: date | None, place: uuid.UUID | str) -> Cell:
        promised = kept.at(month, place)
        return Cell(
            promised,
            found.at(month, place),
            said.at(month, place),
            None if promised is None else stood.at(month, place),
            kept.left_out(month, place),
        )

    return Report(
        formula=formula,
        says=says,
        by_place=[(place, cell(None, place.id)) for place in places],
        by_month=[(month, cell(month, "")) for month in asked.months],
        by_both=[(month, place, cell(month, place.id)) for month in asked.months for place in places],
        total=cell(None, ""),
        refused=[(reason, why.at(None, reason)) for reason in _in_order({reason for _, reason in refused})],
        all_refused=why.at(None, ""),
    )


def cases_behind(
    measure: Measure,
    asked: Asked,
    formula: Formula,
    *,
    place: str,
    reason: Reason | None = None,
    cursor: str | None,
    limit: int,
) -> Page[Case]:
    """The cases behind a number that this reader may open, or whose steps they check. That somebody looked is recorded.

    Args:
        place: id of the office, or "" for all.
        reason: of what was refused, only what was refused for this.

    Raises:
        Problem: 403 for whoever may read no figures; 422 for a cursor of another question.
    """
    with transaction() as session:
        offices_of(session, number=asked.staff_no, right=Right.FIGURES)
        audit.record(
            actor=audit.staff(asked.staff_no),
            action="figures.read_rows",
            subject_kind="figures",
            detail={
                "measure": measure.value,
                "first": asked.months[0].isoformat(),
                "last": asked.months[-1].isoformat(),
            },
        )
        behind, checked = [], []
        checks = session.scalar(sa.select(holds(number=asked.staff_no, roles=roles_with(Right.AUDIT))))
        for segment in segments(formula, asked.months):
            part = structs.replace(asked, months=segment.months)
            rows, condition = _behind(measure, part, segment.version)
            if place:
                condition = sa.and_(condition, rows.c.place == uuid.UUID(place))
            behind.append(sa.select(rows.c.case_id).where(condition))
            # From whom a rating is and why somebody was refused are not in the steps that an auditor reads.
            if checks and measure not in OF_RATINGS and reason is None:
                checked.append(sa.select(rows.c.case_id).where(condition, _checked(rows.c.place, asked.staff_no)))
        open_to_them = in_reach(staff_no=asked.staff_no, right=Right.CASE_READ, upper=measure in OF_RATINGS)
        conditions = [
            sa.or_(
                sa.and_(sa.or_(*(Case.id.in_(one) for one in behind)), open_to_them),
                *(Case.id.in_(one) for one in checked),
            )
        ]
        if measure in OF_RATINGS:
            conditions.append(~worked_on(asked.staff_no))
        if reason is not None:
            conditions += [Case.service == reason.service, ground_of_case().is_not_distinct_from(reason.ground)]
        return keyset_page(
            session,
            sa.select(Case).where(*conditions),
            columns=(Case.created_at, Case.id),
            question={
                **structs.asdict(asked),
                "measure": measure,
                "place": place,
                "reason": reason,
                "formula": formula.key,
            },
            cursor=cursor,
            limit=limit,
        )


def _checked(place: sa.ColumnElement[uuid.UUID], staff_no: str) -> sa.ColumnElement[bool]:
    """Whether somebody checks the audit of what is counted for an office."""
    reach = reach_of(number=staff_no, right=Right.AUDIT)
    return place.in_(sa.select(reach.c.union_id))


def _in_order(reasons: set[Reason]) -> list[Reason]:
    """As the services and their grounds are declared; what is declared no more stands last."""
    declared = [
        Reason(service.key, ground)
        for service in catalogue().current.values()
        for step in service.machine.steps.values()
        for ground in step.grounds
    ]
    order = {reason: number for number, reason in enumerate(declared)}
    return sorted(reasons, key=lambda one: (order.get(one, len(order)), one.service, one.ground or ""))


def _behind(measure: Measure, asked: Asked, version: Version) -> tuple[sa.Subquery, sa.ColumnElement[bool]]:
    """The rows that were counted, and which of them are behind a number."""
    if measure in OF_PHONE:
        rung = ratings.heard(asked, version.satisfied).subquery()
        return rung, rung.c[measure.value]
    if measure in OF_RATINGS:
        rated = ratings.ratings(asked, version.satisfied).subquery()
        return rated, rated.c[measure.value]
    rows = promises.promises(asked, version).subquery()
    match measure:
        case Measure.DUE:
            return rows, rows.c.counted
        case Measure.LATE:
            return rows, sa.and_(rows.c.counted, ~rows.c.on_time)
        case Measure.PAUSED | Measure.STANDING | Measure.ANNULLED | Measure.WITHDRAWN:
            return rows, rows.c[measure.value]
        case _:
            return rows, sa.and_(rows.c.counted, rows.c[measure.value])


def _places(ids: set[uuid.UUID]) -> list[Place]:
    """The upper ones first."""
    unions = db.session.scalars(
        sa.select(TradeUnion)
        .where(TradeUnion.id.in_(ids))
        .order_by(sa.func.length(TradeUnion.area_code), TradeUnion.area_code, TradeUnion.code)
    )
    return [Place(one.id, one.name) for one in unions]
