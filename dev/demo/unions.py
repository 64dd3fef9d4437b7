"""The union tree of 福田 and 龙岗: real districts and streets, made-up federations and unit unions."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.db import transaction
from server.unions.areas import areas
from server.unions.models import TradeUnion
from server.unions.vocabulary import UnionKind

CITY = "4403"
DISTRICTS = ("440304", "440307")
UNITS = (
    ("GH440304-U01", "福田区环卫作业单位工会（演示）", "440304"),
    ("GH440304-U02", "福田区家政服务单位工会（演示）", "440304"),
    ("GH440307-U01", "龙岗区物流园单位工会（演示）", "440307"),
    ("GH440307-U02", "龙岗区建筑工地单位工会（演示）", "440307"),
)
"""Unions of single employers, directly under a district."""
TERM = 5
ELECTED = {
    UnionKind.CITY: date(2024, 5, 20),
    UnionKind.DISTRICT: date(2023, 11, 8),
    UnionKind.STREET: date(2023, 6, 15),
    UnionKind.FEDERATION: date(2025, 3, 12),
    UnionKind.UNIT: date(2022, 1, 10),
}
"""When their officers were elected; those of the unit unions are to be elected anew soon."""


def load() -> str:
    """City → district → street → the street's federation for new forms of employment, and some unit unions."""
    with transaction() as session:
        city = _union(session, f"GH{CITY}", "深圳市总工会（演示）", UnionKind.CITY, None, CITY)
        for code in DISTRICTS:
            name = areas().districts[code].name
            district = _union(session, f"GH{code}", f"{name}总工会（演示）", UnionKind.DISTRICT, city, code)
            for street in areas().streets_of(code):
                at = f"GH{street.code}"
                office = _union(session, at, f"{street.name}总工会（演示）", UnionKind.STREET, district, street.code)
                workers = f"{street.name}新就业形态行业工联会（演示）"
                _union(session, f"{at}-01", workers, UnionKind.FEDERATION, office, street.code)
            for unit, title, area in UNITS:
                if area == code:
                    _union(session, unit, title, UnionKind.UNIT, district, area)
        count = session.scalar(sa.select(sa.func.count()).select_from(TradeUnion))
    return f"{count} unions"


def _union(
    session: Session, code: str, name: str, kind: UnionKind, parent: TradeUnion | None, area_code: str
) -> TradeUnion:
    union = session.scalar(sa.select(TradeUnion).where(TradeUnion.code == code))
    if union is None:
        union = TradeUnion(
            code=code,
            name=name,
            kind=kind,
            parent_id=None if parent is None else parent.id,
            area_code=area_code,
            firm_side=kind is UnionKind.UNIT,
            term_years=TERM,
            term_began=ELECTED[kind],
        )
        session.add(union)
        session.flush()
    return union
