"""Unions and rosters for tests."""

import uuid

from sqlalchemy.orm import Session

from server.core.clock import today
from server.core.db import transaction
from server.identity import listed, roster
from server.identity.listed import ListedMember
from server.identity.papers import IdType, read_id_number
from server.unions.models import TradeUnion
from server.unions.service import admit
from server.unions.vocabulary import UnionKind
from tests.people import Person


def make_union(
    code: str = "GH440304011-01", *, area_code: str = "440304011", under: TradeUnion | None = None
) -> TradeUnion:
    """A union that stands alone, or under another one."""
    with transaction() as session:
        union = TradeUnion(
            code=code,
            name=f"工联会 {code}",
            kind=UnionKind.FEDERATION,
            area_code=area_code,
            parent_id=under and under.id,
        )
        session.add(union)
        session.flush()
    return union


def put_on_roster(*people: Person, union: TradeUnion | None = None) -> TradeUnion:
    """Put people on a union's roster."""
    union = union or make_union()
    with transaction() as session:
        list_members(
            session,
            *(
                ListedMember(
                    number=read_id_number(IdType.RESIDENT_ID, one.id_number, today=today(), allow_synthetic=True),
                    name=one.name,
                    union_id=union.id,
                )
                for one in people
            ),
        )
    return union


def list_members(session: Session, *members: ListedMember) -> None:
    """Put members on the roster."""
    listed.stage(session, enumerate(members, start=1))
    roster.enter_listed(session)


def join(worker_id: uuid.UUID, union: TradeUnion) -> None:
    """Make a worker a member."""
    with transaction() as session:
        admit(session, worker_id=worker_id, union=union)
