"""A union's members as its staff see them: masked, within their own subtrees, each look recorded."""

import uuid
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import Session

from server.core import audit
from server.core.db import transaction
from server.core.errors import not_found, unprocessable
from server.core.web.paging import Page, keyset_page
from server.identity.models import Worker
from server.identity.rules import mask_name
from server.unions.models import Membership, MembershipEvent, TradeUnion
from server.unions.staff.authority import authorise, offices_of
from server.unions.staff.vocabulary import Right
from server.unions.tree import subtree_of
from server.unions.vocabulary import MembershipState

SUBJECT = "membership"
AT_ONCE = 50


class Member(Struct, frozen=True):
    """One member, or somebody who was one."""

    id: uuid.UUID
    """Of the membership."""
    worker_id: uuid.UUID
    number: str
    name_masked: str | None
    union: str
    state: MembershipState
    since: date


class History(Struct, frozen=True):
    """A member and how it went."""

    member: Member
    events: Sequence[tuple[MembershipEvent, str]]
    """The latest first, each with the name of the union after it."""


def read_members(*, staff_no: str, state: MembershipState | None, cursor: str | None) -> Page[Member]:
    """The members of somebody's unions, by number. One look, however many there are.

    Raises:
        Problem: 403 for whoever keeps no members.
    """
    with transaction() as session:
        statement = sa.select(Membership).where(_mine(session, staff_no))
        if state is not None:
            statement = statement.where(Membership.state == state)
        page = keyset_page(
            session,
            statement,
            columns=(Membership.number,),
            question={"staff_no": staff_no, "state": state},
            cursor=cursor,
            limit=AT_ONCE,
            descending=False,
        )
        audit.record(
            actor=audit.staff(staff_no),
            action="membership.read_list",
            subject_kind=SUBJECT,
            detail={"members": [str(one.id) for one in page.items]},
        )
        return Page(_shown(session, page.items), page.next_cursor)


def find_member(*, staff_no: str, number: str) -> uuid.UUID:
    """Id of the membership with a number, among somebody's unions.

    Raises:
        Problem: 403; 422 where there is none, which does not tell whether there is one elsewhere.
    """
    with transaction() as session:
        found = session.scalar(
            sa.select(Membership.id).where(Membership.number == number.strip(), _mine(session, staff_no))
        )
    if found is None:
        raise unprocessable({"number": ["你管的工会里没有这个会员号，请核对"]})
    return found


def read_member(*, staff_no: str, membership_id: uuid.UUID) -> History:
    """One member and how it went. The look is recorded.

    Raises:
        Problem: 403 for whoever does not keep their union's members; 404.
    """
    with transaction() as session:
        membership = session.get(Membership, membership_id)
        if membership is None:
            raise not_found()
        authorise(session, number=staff_no, right=Right.MEMBERS, union_id=membership.union_id)
        audit.record(
            actor=audit.staff(staff_no), action="membership.read", subject_kind=SUBJECT, subject_id=membership.id
        )
        events = session.execute(
            sa.select(MembershipEvent, TradeUnion.name)
            .join(TradeUnion, TradeUnion.id == MembershipEvent.union_id)
            .where(MembershipEvent.membership_id == membership.id)
            .order_by(MembershipEvent.at.desc(), MembershipEvent.id.desc())
        )
        return History(_shown(session, [membership])[0], [(row[0], row[1]) for row in events])


def _mine(session: Session, staff_no: str) -> sa.ColumnElement[bool]:
    offices = offices_of(session, number=staff_no, right=Right.MEMBERS)
    return Membership.union_id.in_(subtree_of(*(one.id for one in offices)))


def _shown(session: Session, memberships: Sequence[Membership]) -> list[Member]:
    """Two queries, however many there are."""
    workers = session.scalars(sa.select(Worker).where(Worker.id.in_([one.worker_id for one in memberships])))
    names = {worker.id: worker.name for worker in workers}
    unions = session.scalars(sa.select(TradeUnion).where(TradeUnion.id.in_({one.union_id for one in memberships})))
    called = {union.id: union.name for union in unions}
    return [
        Member(
            id=one.id,
            worker_id=one.worker_id,
            number=one.number,
            name_masked=mask_name(name) if (name := names.get(one.worker_id)) else None,
            union=called[one.union_id],
            state=one.state,
            since=one.since,
        )
        for one in memberships
    ]
