"""Days with other hours that the union decides on: for some places, a street or a whole district; and taking them back.

What holds for a place alone is stronger than what holds for its street, and that than what holds for its district.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core import audit, clock
from server.core.db import db, transaction
from server.core.errors import not_found, unprocessable
from server.notices import service as notices
from server.notices.worded import worded
from server.stations.desk import require_staff
from server.stations.directory import announce
from server.stations.hours import Spans, span_text
from server.stations.managers.models import StationManager
from server.stations.models import OverrideKind, Station, StationOverride, StationStatus
from server.unions.areas import DISTRICT_DIGITS, STREET_DIGITS, areas
from server.unions.staff.scope import Scope, scope_of
from server.unions.staff.vocabulary import Right

LONGEST = timedelta(days=366)
"""What lasts longer is not an exception: the directory is to be changed."""


class Hours(Struct, frozen=True):
    """What is different. `spans` only with kind `hours`."""

    kind: OverrideKind
    spans: Spans = ()


class Coming(Struct, frozen=True):
    """One that is not over."""

    override: StationOverride
    code: str
    """Of the place, the street or the district."""
    name: str
    places: int
    """For how many places it holds, as long as they have none of their own."""
    apart: Sequence[str]
    """Codes of the places in it that go by their own on some of its days."""
    mine: bool
    """Whether this member of the staff may take it back."""


def add(
    *,
    codes: Sequence[str],
    hours: Hours,
    first_day: date,
    last_day: date,
    reason: str,
    decided_by: str | None,
    staff_no: str,
) -> list[StationOverride]:
    """Give places other hours on some days: all of these, or none. From now on everybody sees it.

    Args:
        codes: of places (FT0007), streets (9 digits) and districts (6 digits).
        last_day: inclusive.
        reason: shown to everybody.
        decided_by: the office that decided; only the staff sees it.

    Raises:
        Problem: 403; 422 for a code that there is not, and for days that are over or in the wrong order.
    """
    _require_days(first_day, last_day)
    with transaction() as session:
        made = []
        for code in dict.fromkeys(codes):
            override = StationOverride(
                kind=hours.kind,
                hours=[span_text(span) for span in hours.spans] if hours.kind is OverrideKind.HOURS else None,
                first_day=first_day,
                last_day=last_day,
                reason=reason,
                decided_by=decided_by,
                created_at=clock.now(),
            )
            require_staff(_aim(session, override, code), staff_no)
            session.add(override)
            session.flush()
            _record(override, staff_no=staff_no, action="station.except", code=code)
            made.append(override)
        session.flush()
        _tell_managers(session, made)
        announce(places=True)
        return made


def _tell_managers(session: Session, made: Sequence[StationOverride]) -> None:
    """Whoever keeps one of the places reads it, once for each place, by the first that holds for it."""
    told: set[tuple[uuid.UUID, uuid.UUID]] = set()
    for override in made:
        if override.station_id is not None:
            where = Station.id == override.station_id
        elif override.street_code is not None:
            where = Station.street_code == override.street_code
        else:
            where = Station.district_code == override.district_code
        kept = (
            sa.select(StationManager.worker_id, Station)
            .join(Station, Station.id == StationManager.station_id)
            .where(where, StationManager.revoked_at.is_(None), Station.status == StationStatus.OPEN)
            .order_by(Station.code)
        )
        for worker_id, station in session.execute(kept).all():
            if (worker_id, station.id) in told:
                continue
            told.add((worker_id, station.id))
            days = _spoken(override.first_day)
            if override.last_day != override.first_day:
                days += f"到 {_spoken(override.last_day)}"
            notices.notify(
                worker_id=worker_id,
                kind="station.hours",
                title="你管的驿站，工会改了开门时间",
                body=worded(
                    _said(override),
                    station=station.name,
                    code=station.code,
                    days=days,
                    hours="、".join(override.hours or []),
                    reason=override.reason,
                ),
                link=f"/stations/{station.code}",
            )


def _spoken(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


def _said(override: StationOverride) -> str:
    if override.kind is OverrideKind.CLOSED:
        return "{station}（{code}）{days}不开门：{reason}。有疑问，打给街道工会。"
    if override.hours:
        return "{station}（{code}）{days}改为 {hours} 开：{reason}。有疑问，打给街道工会。"
    return "{station}（{code}）{days}整天开着：{reason}。有疑问，打给街道工会。"


def take_back(*, override_id: uuid.UUID, staff_no: str) -> None:
    """From now on the ordinary hours hold again; the days before today stay as they were.

    Raises:
        Problem: 403; 404 for one that there is not or that is over.
    """
    with transaction() as session:
        override = session.get(StationOverride, override_id, with_for_update=True)
        if override is None or override.by_manager or override.last_day < clock.today():
            raise not_found()
        station = None if override.station_id is None else session.get_one(Station, override.station_id)
        code = override.street_code or override.district_code or (station.area_code if station else "")
        require_staff(code, staff_no)
        _record(override, staff_no=staff_no, action="station.unexcept", code=station.code if station else code)
        if override.first_day < clock.today():
            override.last_day = clock.today() - timedelta(days=1)
        else:
            session.delete(override)
        session.flush()
        announce(places=True)


def coming(*, staff_no: str) -> list[Coming]:
    """Those that are not over, for places of somebody's areas, the first first. Three queries.

    Raises:
        Problem: 403 for whoever keeps no stations anywhere.
    """
    session: Session = db.session()
    scope = scope_of(session, number=staff_no, right=Right.STATIONS)
    rows = session.execute(
        sa.select(StationOverride, Station)
        .outerjoin(Station, Station.id == StationOverride.station_id)
        .where(StationOverride.last_day >= clock.today(), StationOverride.by_manager.is_(False))
        .order_by(StationOverride.first_day, StationOverride.created_at, StationOverride.id)
    ).all()
    places = _counts(session)
    own = [(override, station) for override, station in rows if station is not None]
    found = []
    for override, station in rows:
        area = override.street_code or override.district_code or station.area_code
        if not _concerns(scope, area):
            continue
        found.append(
            Coming(
                override=override,
                code=area if station is None else station.code,
                name=area_name(area) if station is None else station.name,
                places=1 if station is not None else sum(n for at, n in places.items() if at.startswith(area)),
                apart=[]
                if station is not None
                else [
                    one.code
                    for its, one in own
                    if one.area_code.startswith(area)
                    and its.first_day <= override.last_day
                    and override.first_day <= its.last_day
                ],
                mine=scope.covers_area(area),
            )
        )
    return found


def areas_of(*, staff_no: str) -> Mapping[str, str]:
    """Names of the districts and streets where somebody keeps stations, by code.

    Raises:
        Problem: 403 for whoever does so nowhere.
    """
    scope = scope_of(db.session(), number=staff_no, right=Right.STATIONS)
    known = [*areas().districts, *(code for one in areas().districts for code in _streets_of(one))]
    return {code: area_name(code) for code in sorted(known) if scope.covers_area(code)}


def area_name(code: str) -> str:
    """Of a district, or of a street with its district; the code itself where no list has it."""
    district = areas().districts.get(code[:DISTRICT_DIGITS])
    if district is None:
        return code
    return f"{district.name}全区" if len(code) == DISTRICT_DIGITS else f"{district.name}{areas().name_of(code)}"


def _streets_of(district: str) -> list[str]:
    return [street.code for street in areas().streets_of(district)]


def _concerns(scope: Scope, area: str) -> bool:
    """Whether an area lies in somebody's areas, or around one of them."""
    return scope.covers_area(area) or any(one.startswith(area) for one in scope.areas)


def _counts(session: Session) -> Mapping[str, int]:
    """How many places there are, by the code of their street or district."""
    area = sa.func.coalesce(Station.street_code, Station.district_code)
    rows = session.execute(sa.select(area, sa.func.count()).where(Station.status == StationStatus.OPEN).group_by(area))
    return {row[0]: row[1] for row in rows}


def _aim(session: Session, override: StationOverride, code: str) -> str:
    """Have it hold for what the code names; returns the code of the area that answers for it."""
    if code.isdigit() and len(code) == DISTRICT_DIGITS and code in areas().districts:
        override.district_code = code
        return code
    if code.isdigit() and len(code) == STREET_DIGITS and code in areas().streets:
        override.street_code = code
        return code
    station = session.scalar(
        sa.select(Station).where(Station.code == code.upper(), Station.status == StationStatus.OPEN)
    )
    if station is None:
        raise unprocessable({"codes": [f"没有 {code} 这个驿站，也没有编号是它的街道、区"]})
    override.station_id = station.id
    return station.area_code


def _require_days(first_day: date, last_day: date) -> None:
    if last_day < first_day:
        raise unprocessable({"last_day": ["最后一天不能早于第一天"]})
    if last_day < clock.today():
        raise unprocessable({"last_day": ["这些日子已经过了"]})
    if last_day - first_day > LONGEST:
        raise unprocessable({"last_day": ["最长一年；一直这样的话，请改驿站的开放时间"]})


def _record(override: StationOverride, *, staff_no: str, action: str, code: str) -> None:
    audit.record(
        actor=audit.staff(staff_no),
        action=action,
        subject_kind="station_override",
        subject_id=override.id,
        detail={
            "of": code.upper(),
            "what": override.kind.value,
            "from": override.first_day.isoformat(),
            "to": override.last_day.isoformat(),
        },
    )
