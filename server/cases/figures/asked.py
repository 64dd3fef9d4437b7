"""Whose numbers are asked for, of what and when, and the cases that lie where they may read figures."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import InstrumentedAttribute

from server.cases.figures.formulas import next_month
from server.cases.models import Case
from server.core.clock import SHANGHAI, midnight, now
from server.unions.models import IS_MEMBER, Membership, TradeUnion
from server.unions.staff.authority import reach_of
from server.unions.staff.vocabulary import Right
from server.unions.tree import OFFICES


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


Key = tuple[date, uuid.UUID]
"""First day of a month and the office."""


def placed(asked: Asked, at: sa.ColumnElement[Any] | InstrumentedAttribute[Any], *columns: Any) -> sa.Select[Any]:
    """Cases that lie where somebody may read figures, with the month of `at`, the office and the person."""
    lies = sa.func.coalesce(Case.union_id, Membership.union_id)
    reach, places = reach_of(number=asked.staff_no, right=Right.FIGURES), _places()
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
        .join(places, places.c.union_id == lies)
        .where(lies.in_(sa.select(reach.c.union_id)))
    )


def _places() -> sa.CTE:
    """Every union with the street, district or city that it is counted for: the nearest one above it, or itself."""
    start = sa.select(TradeUnion.id.label("union_id"), TradeUnion.id.label("office_id"))
    found = start.where(TradeUnion.kind.in_(OFFICES)).cte(recursive=True)
    below = sa.select(TradeUnion.id, found.c.office_id).join(found, TradeUnion.parent_id == found.c.union_id)
    return found.union(below.where(TradeUnion.kind.not_in(OFFICES)))


def filled(kind: type[Any], row: sa.Row[Any]) -> Any:
    return kind(**{field: row._mapping[field] for field in kind.__struct_fields__})
