"""Services that nobody handles yet: shown as such in production, and not taken.

Elsewhere everything is open: a demo or a test has not always somebody for each service. A case is sent only to a union
where somebody handles it, everywhere.
"""

import uuid
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases.catalogue import catalogue
from server.cases.declaration import Service
from server.cases.forms.fields import Answers
from server.cases.homes import home_of
from server.cases.models import Case
from server.cases.routing import judged_elsewhere
from server.core.db import db
from server.core.errors import conflict
from server.core.settings import settings
from server.unions.models import TradeUnion
from server.unions.responsible import nobodys_code
from server.unions.staff.authority import holders_by_union, staffed_unions
from server.unions.staff.vocabulary import Right
from server.unions.tree import above, subtree_of
from server.unions.vocabulary import UnionKind

NAMED = 3
"""So many offices are named in a warning; of more, how many they are."""


def open_services(session: Session) -> Collection[str]:
    """Keys of the services that somebody handles somewhere."""
    services = catalogue().current
    if not settings().production:
        return services.keys()
    return {
        key for key, service in services.items() if all(_held(session, service, right) for right in _needed(service))
    }


def refuse_unhandled(session: Session, service: Service, case: Case) -> None:
    """Let a new case pass that somebody may work on and, where its service asks for that, somebody may decide, in the
    union that it is for or above it.

    Raises:
        Problem: 409, saying whom to call.
    """
    if not settings().production:
        return
    union_id = case.union_id or home_of(case)
    places = [] if union_id is None else [union_id, *above(session, union_id)]
    if any(_held(session, service, right).isdisjoint(places) for right in _needed(service)):
        raise conflict("not_open_yet", f"这项还没有开通，请打 {settings().union_phone}，什么都没有保存")


def staffed(session: Session, service: Service) -> frozenset[uuid.UUID]:
    """The unions in which somebody may work on a service's cases."""
    return _held(session, service, Right.CASE_WORK)


def destinations(service: Service, answers: Answers) -> Sequence[TradeUnion]:
    """The unions to which a case of a service can be sent: those in which somebody may work on it, employers' own ones
    only where the service says so, and none that judged what it is about."""
    neutral = sa.and_(TradeUnion.firm_side.is_(False), TradeUnion.kind != UnionKind.UNIT)
    return db.session.scalars(
        sa.select(TradeUnion)
        .where(
            TradeUnion.id.in_(staffed(db.session(), service) - judged_elsewhere(db.session(), service, answers)),
            sa.true() if service.firm_side else neutral,
        )
        .order_by(sa.func.length(TradeUnion.area_code), TradeUnion.area_code, TradeUnion.code)
    ).all()


def warnings_of_nobodys() -> list[str]:
    """For /status in production: the union of `config/routing.yaml` for who is nobody's member is not there, or neither
    it nor one above handles a service that others do, or verifies anybody."""
    if not settings().production:
        return []
    session, code = db.session(), nobodys_code()
    union = session.scalar(sa.select(TradeUnion).where(TradeUnion.code == code))
    if union is None:
        return [f"config/routing.yaml 里 nobodys 是 {code}，没有这个工会：不是会员的人的事会给市总或者一个区，请改"]
    places = [union.id, *above(session, union.id)]
    asked = [service for service in catalogue().current.values() if not service.by_desk]
    handled = [(service.name, staffed(session, service)) for service in asked]
    names = "、".join(name for name, offices in handled if offices and offices.isdisjoint(places))
    said = [f"{union.name}和它的上级没有人办{names}，不是会员的人办的会给别的区：请给那里的人加权限"] if names else []
    if not holders_by_union(session, Right.VERIFICATION).keys() & set(places):
        said.append(f"{union.name}和它的上级没有人做实名核对，没选街道的人没人核对：请给那里的人加权限")
    return said


def warnings_of_chairs() -> list[str]:
    """For /status in production: offices that handle a service some of whose steps a chair signs, where no chair does,
    of theirs or above. What waits for a signature there waits for ever."""
    if not settings().production:
        return []
    session, said = db.session(), []
    for service in catalogue().current.values():
        if not any(step.signed for step in service.machine.steps.values()):
            continue
        reached = subtree_of(*_held(session, service, Right.CASE_SIGN))
        unsigned = sa.select(TradeUnion.name).where(
            TradeUnion.id.in_(staffed(session, service)), TradeUnion.id.not_in(reached)
        )
        names = session.scalars(unsigned.order_by(sa.func.length(TradeUnion.area_code), TradeUnion.code)).all()
        if names:
            more = f"等 {len(names)} 个工会" if len(names) > NAMED else ""
            offices = "、".join(names[:NAMED]) + more
            said.append(f"{offices}办{service.name}，没有主席签字，要签的会一直等着：请给主席或者上级的主席加权限")
    return said


def _held(session: Session, service: Service, right: Right) -> frozenset[uuid.UUID]:
    return staffed_unions(session, right=right, service=service.key, neutral=not service.firm_side)


def _needed(service: Service) -> Collection[Right]:
    """Without whom a case would stand still: payments can wait, a decision has a date. A chair signs for few:
    that none is there is said in /status."""
    asked = {step.right for step in service.machine.steps.values()}
    return [Right.CASE_WORK, *({Right.CASE_DECIDE} & asked)]
