"""Which one office a worker's matters lie with: the union whose member they are, else the office of the street that
they named or went to, else the one that `config/routing.yaml` names. Why: docs/decisions/0041-one-office.md.
"""

import uuid
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.core.clock import now
from server.core.documents import DocumentError, read_yaml
from server.unions.models import IS_MEMBER, Membership, TradeUnion, WorkerOffice
from server.unions.tree import OFFICES, union_of_area
from server.unions.vocabulary import MembershipState, UnionKind

FILE = Path(__file__).resolve().parents[2] / "config" / "routing.yaml"


@cache
def nobodys_code() -> str:
    """Code of the union that has what nothing else places, read once.

    Raises:
        DocumentError: the file names none.
    """
    try:
        return str(read_yaml(FILE)["nobodys"])
    except (KeyError, TypeError) as error:
        raise DocumentError(f"{FILE.name}: needs nobodys ({error})") from None


def responsible_for(worker_id: uuid.UUID | InstrumentedAttribute[uuid.UUID] | None) -> sa.ColumnElement[uuid.UUID]:
    """Id of the union that a worker's matters lie with, to be put into a query.

    Who has died stays with the union whose member they were; who left belongs to it no more.

    Args:
        worker_id: also as a column of the query around it; None for nobody that there is, who lies where everybody
            does who named no office.
    """
    looked_after = sa.or_(IS_MEMBER, Membership.state == MembershipState.DECEASED)
    member = sa.select(Membership.union_id).where(Membership.worker_id == worker_id, looked_after)
    named = sa.select(WorkerOffice.union_id).where(WorkerOffice.worker_id == worker_id)
    return sa.func.coalesce(
        member.correlate_except(Membership).scalar_subquery(),
        named.correlate_except(WorkerOffice).scalar_subquery(),
        _nobodys(),
    )


def is_looked_after(session: Session, worker_id: uuid.UUID) -> bool:
    """Whether a worker's matters lie with a union since they are, or were until their death, its member."""
    looked_after = sa.or_(IS_MEMBER, Membership.state == MembershipState.DECEASED)
    member = sa.select(Membership.id).where(Membership.worker_id == worker_id, looked_after)
    return bool(session.scalar(sa.select(member.exists())))


def name_street(session: Session, *, worker_id: uuid.UUID, area: str) -> None:
    """A worker who is nobody's member named a street, or a community: its office looks after them. A member's does
    anyway.

    Args:
        area: its code; without an office there nothing changes.
    """
    office = union_of_area(session, area)
    if office is not None and not is_looked_after(session, worker_id):
        go_to(session, worker_id=worker_id, union_id=office.id)


def go_to(session: Session, *, worker_id: uuid.UUID, union_id: uuid.UUID) -> None:
    """While they are nobody's member, this office looks after a worker; the one before does no more."""
    entering = insert(WorkerOffice).values(worker_id=worker_id, union_id=union_id, since=now())
    values = {"union_id": entering.excluded.union_id, "since": entering.excluded.since}
    session.execute(
        entering.on_conflict_do_update(
            index_elements=["worker_id"], set_=values, where=WorkerOffice.union_id != entering.excluded.union_id
        )
    )


def office_of(session: Session, worker_id: uuid.UUID) -> TradeUnion | None:
    """The union that a worker's matters lie with; None where there is no office at all."""
    return session.scalar(sa.select(TradeUnion).where(TradeUnion.id == responsible_for(worker_id)))


def hand_over(session: Session, *, old: uuid.UUID, new: uuid.UUID) -> None:
    """Of two accounts of one person the one that stays keeps its office, else it has the other's."""
    theirs = sa.select(WorkerOffice.worker_id).where(WorkerOffice.worker_id == new).exists()
    session.execute(sa.update(WorkerOffice).where(WorkerOffice.worker_id == old, ~theirs).values(worker_id=new))
    session.execute(sa.delete(WorkerOffice).where(WorkerOffice.worker_id == old))


def _nobodys() -> sa.ScalarSelect[uuid.UUID]:
    """The union that is named, else the city, else a district; without either a street."""
    named = TradeUnion.code == nobodys_code()
    return (
        sa.select(TradeUnion.id)
        .where(sa.or_(named, TradeUnion.kind.in_(OFFICES)))
        .order_by(
            named.desc(),
            (TradeUnion.kind == UnionKind.CITY).desc(),
            (TradeUnion.kind == UnionKind.DISTRICT).desc(),
            TradeUnion.code,
        )
        .limit(1)
        .correlate(None)
        .scalar_subquery()
    )
