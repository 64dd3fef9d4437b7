"""To which union a case goes: the routing rules of its service, over the tree and `config/routing.yaml`.

A union with nobody who may handle the service is passed over: no case is parked with one that has no staff for it.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from server.cases.declaration import Service, Way, WayBy
from server.cases.forms.fields import Answers
from server.cases.homes import home_of_case
from server.cases.models import Case
from server.core.clock import now
from server.core.datum import Point
from server.core.documents import DocumentError, read_yaml
from server.unions.areas import DISTRICT_DIGITS, STREET_DIGITS, area_around
from server.unions.models import IS_MEMBER, Membership, TradeUnion, WorkerOffice
from server.unions.responsible import FILE, nobodys_code
from server.unions.staff.authority import UPPER, staffed, staffed_unions
from server.unions.staff.models import RoleGrant
from server.unions.staff.vocabulary import Right
from server.unions.tree import OFFICES, above, holders_of_area, subtree_of, union_of_area
from server.unions.vocabulary import UnionKind

COMMUNITY_DIGITS = 12
PLACE_OFF_M = 100
"""By how much the place that a case keeps may be wrong."""


class Row(Struct, frozen=True):
    """One row of a table: who of where belongs to which union."""

    union: str
    """Its code, with what is filled in from the area."""
    of: Sequence[str] | None
    within: Sequence[str]
    """Beginnings of area codes."""

    def code_for(self, *, answer: Any, area: str) -> str | None:
        """The union's code, where the row fits."""
        if self.of is not None and answer not in self.of:
            return None
        if not area.startswith(tuple(self.within)):
            return None
        parts = {"district": DISTRICT_DIGITS, "street": STREET_DIGITS, "community": COMMUNITY_DIGITS}
        known = {name: area[:digits] for name, digits in parts.items() if len(area) >= digits}
        try:
            return self.union.format_map(known)
        except KeyError:
            # Without a community nobody belongs to one.
            return None


class Destination(Struct, frozen=True):
    """Where a case goes."""

    office: uuid.UUID | None
    """The union that decides; None where no rule finds one: the worker's own, else `office_for_nobodys`."""
    meant_for: uuid.UUID | None = None
    """The union below it that the rules name and that has nobody for it; None where that is the office itself."""
    away_from_home: bool = False
    """Whether the worker's own union has no part in it from now on."""


class Tables(Struct, frozen=True):
    """`config/routing.yaml`."""

    names: Mapping[str, str]
    tables: Mapping[str, Sequence[Row]]


@cache
def tables() -> Tables:
    """The file, read once.

    Raises:
        DocumentError: it is not of its shape.
    """
    read = read_yaml(FILE)
    try:
        return Tables(
            names=dict(read["names"]),
            tables={
                name: [Row(union=row["union"], of=row.get("of"), within=row.get("in", [""])) for row in rows]
                for name, rows in read["tables"].items()
            },
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise DocumentError(f"{FILE.name}: needs names and tables of rows with a union ({error})") from None


def routed(session: Session, service: Service, answers: Answers) -> Destination:
    """Where a case with these answers goes."""
    named: list[uuid.UUID] = []
    staffed: frozenset[uuid.UUID] = frozenset()
    for way in service.route:
        if way.holds(answers):
            away_from_home = _is_kept_away(session, way, answers)
            for union in _found(session, way, answers):
                # Asked with the first union that is found: most cases name none.
                staffed = staffed if named else _staffed_for(session, service)
                named.append(union.id)
                if union.id in staffed:
                    return _decided_by(session, union.id, named, away_from_home=away_from_home)
                if way.by in {WayBy.AREA, WayBy.DISTRICT, WayBy.POINT, WayBy.CASE}:
                    office = _staffed_above(session, union.id, staffed)
                    return _decided_by(session, office, named, away_from_home=away_from_home)
            if away_from_home:
                return Destination(None, away_from_home=True)
    return Destination(None)


def _decided_by(
    session: Session, office: uuid.UUID, named: Sequence[uuid.UUID], *, away_from_home: bool
) -> Destination:
    """The office, and the first of the named unions that it stands above; it does not decide who belongs elsewhere."""
    for union_id in named:
        if union_id == office:
            break
        if office in above(session, union_id):
            return Destination(office, union_id, away_from_home)
    return Destination(office, away_from_home=away_from_home)


def judged_elsewhere(session: Session, service: Service, answers: Answers) -> frozenset[uuid.UUID]:
    """The unions to which a case with these answers is never sent, since it is about what they did: the office of the
    street that they name, and all below it. A district without one did it itself, and there is nobody below to judge.
    """
    areas = [answers[way.field] for way in service.ways_away(answers) if answers.get(way.field)]
    offices = [union_of_area(session, area) for area in areas]
    streets = [office.id for office in offices if office is not None and office.kind not in UPPER]
    return frozenset(session.scalars(subtree_of(*streets))) if streets else frozenset()


def office_for_nobodys(
    session: Session, service: Service, *, worker_id: uuid.UUID | None, place: str | None
) -> uuid.UUID | None:
    """The one union that has a case which no rule places, where its worker is nobody's member. One query.

    That is the office of the place tapped, else the one that looks after the worker, else the one that
    `config/routing.yaml` names; a union that has nobody for the service is passed over, for the district or the city
    above it too. Never all of them.

    Args:
        worker_id: None for whom nobody knows.
        place: as a case keeps it.

    Returns:
        None for a member of some union, whose case is with that one; also where there is no district and no city.
    """
    area = None if place is None else area_around(Point(*map(float, place.split(","))), off_m=PLACE_OFF_M)
    asked = {"areas": holders_of_area(area or ""), "whose": worker_id, "at": now()}
    return session.connection().scalar(_office_for_nobodys(service.key, not service.firm_side), asked)


@lru_cache(maxsize=100)
def _office_for_nobodys(service: str, neutral: bool) -> sa.Select[uuid.UUID]:
    """The statement, built once: each case that names no street asks it."""
    areas = sa.bindparam("areas", type_=ARRAY(sa.String()))
    there = sa.and_(TradeUnion.area_code == sa.any_(areas), TradeUnion.kind.in_(OFFICES))
    named = TradeUnion.code == nobodys_code()
    at = sa.bindparam("at", type_=RoleGrant.until.type)
    has_staff = TradeUnion.id.in_(staffed(right=Right.CASE_WORK, service=service, neutral=neutral, at=at))
    whose = sa.bindparam("whose", type_=Membership.worker_id.type)
    member = sa.select(Membership.id).where(Membership.worker_id == whose, IS_MEMBER).exists()
    after = aliased(TradeUnion)
    looked_after = sa.select(after.area_code).join(WorkerOffice, WorkerOffice.union_id == after.id)
    their_area = looked_after.where(WorkerOffice.worker_id == whose).scalar_subquery()
    theirs = sa.and_(their_area.startswith(TradeUnion.area_code), TradeUnion.kind.in_(OFFICES))
    depth = sa.func.length(TradeUnion.area_code)
    return (
        sa.select(TradeUnion.id)
        .where(sa.or_(there, theirs, named, TradeUnion.kind.in_(UPPER)), ~member)
        .order_by(
            has_staff.desc(),
            sa.case((there, depth), else_=0).desc(),
            sa.case((theirs, depth), else_=0).desc(),
            named.desc(),
            (TradeUnion.kind == UnionKind.CITY).desc(),
            TradeUnion.code,
        )
        .limit(1)
    )


def office_of_area(session: Session, service: Service, area: str) -> uuid.UUID | None:
    """The union that serves a street, or the nearest above with staff for the service; None for an unknown street."""
    office = union_of_area(session, area)
    return None if office is None else office_of_union(session, service, office.id)


def office_of_union(session: Session, service: Service, union_id: uuid.UUID) -> uuid.UUID:
    """A union, or the nearest above with staff for the service."""
    staffed = _staffed_for(session, service)
    return union_id if union_id in staffed else _staffed_above(session, union_id, staffed)


def next_above(session: Session, service: Service, union_id: uuid.UUID | None) -> uuid.UUID | None:
    """The nearest union above that has somebody for the service; the same one where there is none."""
    if union_id is None:
        return None
    staffed = _staffed_for(session, service)
    return _staffed_above(session, union_id, staffed)


def district_over(session: Session, service: Service, union_id: uuid.UUID | None) -> uuid.UUID | None:
    """The district or city over a union, or itself, with somebody for the service; where none has, as `next_above`."""
    if union_id is None:
        return None
    staffed = _staffed_for(session, service)
    offices = set(
        session.scalars(sa.select(TradeUnion.id).where(TradeUnion.kind.in_(UPPER), TradeUnion.id.in_(staffed)))
    )
    found = next((one for one in [union_id, *above(session, union_id)] if one in offices), None)
    return found or next_above(session, service, union_id)


def _staffed_for(session: Session, service: Service) -> frozenset[uuid.UUID]:
    return staffed_unions(session, right=Right.CASE_WORK, service=service.key, neutral=not service.firm_side)


def _staffed_above(session: Session, union_id: uuid.UUID, staffed: Collection[uuid.UUID]) -> uuid.UUID:
    return next((one for one in above(session, union_id) if one in staffed), union_id)


def _found(session: Session, way: Way, answers: Answers) -> Iterator[TradeUnion]:
    answer = answers.get(way.field)
    match way.by:
        case WayBy.ORGANISATION if answer:
            code = answer.get("code") or tables().names.get(answer["name"])
            known = TradeUnion.code == code if code else TradeUnion.name == answer["name"]
            yield from session.scalars(sa.select(TradeUnion).where(known))
        case WayBy.TABLE:
            area = str(answers.get(way.area or "") or "")
            for row in tables().tables[str(way.table)]:
                code = row.code_for(answer=answer, area=area)
                if code is not None:
                    yield from session.scalars(sa.select(TradeUnion).where(TradeUnion.code == code))
        case WayBy.AREA if answer:
            yield from _serving(session, answer)
        case WayBy.DISTRICT if answer:
            yield from _serving(session, answer[:DISTRICT_DIGITS])
        case WayBy.POINT if answer:
            measured = Point(answer["lat"], answer["lng"])
            found = answer.get("street") or area_around(measured, off_m=answer.get("accuracy", 0))
            if found is not None:
                yield from _serving(session, found)
        case WayBy.CASE if answer:
            lies_with = sa.func.coalesce(Case.union_id, home_of_case())
            yield from session.scalars(
                sa.select(TradeUnion).join(Case, TradeUnion.id == lies_with).where(Case.no == answer)
            )


def _is_kept_away(session: Session, way: Way, answers: Answers) -> bool:
    """Whether the worker's own union has no part in what this rule places, nor in what that is about."""
    if way.by is not WayBy.CASE or way.field not in answers:
        return way.away_from_home
    return bool(session.scalar(sa.select(Case.away_from_home).where(Case.no == answers[way.field])))


def _serving(session: Session, area: str) -> Iterator[TradeUnion]:
    office = union_of_area(session, area)
    if office is not None:
        yield office
