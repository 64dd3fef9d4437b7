"""Membership: who belongs to which union, since when, and how that went."""

import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.core import audit
from server.core.access import Level
from server.core.clock import now, today
from server.core.db import new_id, transaction
from server.core.errors import conflict, not_found
from server.core.signals import member_died, membership_changed
from server.identity.models import Worker
from server.identity.service import freeze_account
from server.unions import responsible
from server.unions.areas import DISTRICT_DIGITS
from server.unions.models import IS_MEMBER, MEMBER_NUMBERS, JoiningRecord, Membership, MembershipEvent, TradeUnion
from server.unions.rules import COUNTED, SETTLED, may_become, outlives
from server.unions.tree import above
from server.unions.vocabulary import MembershipState


def membership_of(session: Session, worker_id: uuid.UUID) -> tuple[Membership, TradeUnion] | None:
    """A worker's membership and its union."""
    row = session.execute(
        sa.select(Membership, TradeUnion)
        .join(TradeUnion, TradeUnion.id == Membership.union_id)
        .where(Membership.worker_id == worker_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def union_of(session: Session, worker_id: uuid.UUID) -> TradeUnion | None:
    """The union whose member a worker is now."""
    return session.scalar(
        sa.select(TradeUnion)
        .join(Membership, Membership.union_id == TradeUnion.id)
        .where(Membership.worker_id == worker_id, IS_MEMBER)
    )


def is_member_under(session: Session, *, worker_id: uuid.UUID, union_id: uuid.UUID) -> bool:
    """Whether a worker is a member of this union now, or of one under it."""
    own = union_of(session, worker_id)
    return own is not None and (own.id == union_id or union_id in above(session, own.id))


def admit(session: Session, *, worker_id: uuid.UUID, union: TradeUnion, actor: str = audit.SYSTEM) -> None:
    """Make a worker a member; who has a membership already keeps it as it is."""
    sequence = session.scalar(MEMBER_NUMBERS.next_value())
    made = session.scalar(
        insert(Membership)
        .values(
            id=new_id(),
            worker_id=worker_id,
            union_id=union.id,
            number=f"{union.area_code[:DISTRICT_DIGITS]:0<6}{sequence:07d}",
            state=MembershipState.ACTIVE,
            since=today(),
            created_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["worker_id"])
        .returning(Membership.id)
    )
    if made is not None:
        _note(session, membership_id=made, source=None, target=MembershipState.ACTIVE, union_id=union.id, actor=actor)


def enrol(session: Session, *, worker_id: uuid.UUID, union: TradeUnion, actor: str) -> None:
    """Admit a worker; one who left comes back under the old number.

    Raises:
        Problem: 409 for somebody who is a member, or who was taken for dead.
    """
    found = session.scalar(sa.select(Membership).where(Membership.worker_id == worker_id).with_for_update())
    if found is None:
        admit(session, worker_id=worker_id, union=union, actor=actor)
        return
    if found.state in COUNTED:
        raise conflict("already_member", "这位工友已经是会员了，请按转会办")
    _refuse_deceased(found)
    found.union_id = union.id
    _become(session, found, MembershipState.ACTIVE, actor=actor, reason=None)


def change_state(*, worker_id: uuid.UUID, target: MembershipState, actor: str, reason: str | None = None) -> Membership:
    """Take a membership to another state; the number stays. Nobody gets into the account of who has died.

    Raises:
        Problem: 404 for somebody who never was a member, 409 where one state does not follow the other.
    """
    with transaction() as session:
        if target is MembershipState.DECEASED:
            # Before the membership: in this order it is undone, too.
            freeze_account(session, worker_id, actor=actor)
        membership = _locked(session, worker_id)
        _become(session, membership, target, actor=actor, reason=reason)
        if target is MembershipState.DECEASED:
            member_died.send("unions", worker_id=worker_id)
        return membership


def revive(session: Session, *, worker_id: uuid.UUID, actor: str) -> bool:
    """Undo that somebody was taken for dead, with the worker's row locked; returns whether they were."""
    membership = session.scalar(sa.select(Membership).where(Membership.worker_id == worker_id).with_for_update())
    if membership is None or membership.state is not MembershipState.DECEASED:
        return False
    _become(session, membership, MembershipState.ACTIVE, actor=actor, reason=None)
    return True


def restore(*, worker_id: uuid.UUID, actor: str) -> None:
    """Undo that a membership was changed; who is an ordinary member again already stays it.

    Raises:
        Problem: 404 for somebody who never was a member, 409 for somebody who was taken for dead: two undo it.
    """
    with transaction() as session:
        membership = _locked(session, worker_id)
        _refuse_deceased(membership)
        if membership.state in SETTLED:
            _become(session, membership, MembershipState.ACTIVE, actor=actor, reason=None)


def transfer(*, worker_id: uuid.UUID, union: TradeUnion, actor: str) -> Membership:
    """Let a member on the way arrive at another union.

    Raises:
        Problem: 404 for somebody who never was a member, 409 for a member who is not on the way.
    """
    with transaction() as session:
        membership = _locked(session, worker_id)
        if membership.state is not MembershipState.TRANSFERRING:
            raise conflict("not_transferring", "这位会员没有在转会，请先办转出")
        membership.union_id = union.id
        _become(session, membership, MembershipState.ACTIVE, actor=actor, reason=None)
        return membership


def hand_over(session: Session, *, old: uuid.UUID, new: uuid.UUID, actor: str) -> None:
    """Give one account's membership, joining data and office to another of the same person.

    Where both have a membership the living one wins, of two living ones that of the other account; the one that loses
    ends, with its history.
    """
    theirs = session.scalar(sa.select(Membership).where(Membership.worker_id == new).with_for_update())
    mine = session.scalar(sa.select(Membership).where(Membership.worker_id == old).with_for_update())
    if mine is not None and theirs is not None:
        if outlives(mine.state, theirs.state):
            _swap(session, mine, theirs)
            mine, theirs = theirs, mine
        if may_become(mine.state, MembershipState.LEFT):
            _become(session, mine, MembershipState.LEFT, actor=actor, reason="和本人的另一个账号合并")
    elif mine is not None:
        mine.worker_id = new
        session.flush()
    if session.scalar(sa.select(JoiningRecord.id).where(JoiningRecord.worker_id == new)) is None:
        session.execute(sa.update(JoiningRecord).where(JoiningRecord.worker_id == old).values(worker_id=new))
    else:
        session.execute(sa.delete(JoiningRecord).where(JoiningRecord.worker_id == old))
    responsible.hand_over(session, old=old, new=new)


def _refuse_deceased(membership: Membership) -> None:
    if membership.state is MembershipState.DECEASED:
        raise conflict(
            "deceased", "这位会员登记为已经去世。登记错了的，在“工友账号”里提议恢复账号，两个人定，会籍一起恢复"
        )


def _locked(session: Session, worker_id: uuid.UUID) -> Membership:
    membership = session.scalar(sa.select(Membership).where(Membership.worker_id == worker_id).with_for_update())
    if membership is None:
        raise not_found()
    session.refresh(membership)
    return membership


def _swap(session: Session, one: Membership, other: Membership) -> None:
    """Exchange whose two memberships are. Each worker has one at any moment, so one of the rows steps aside first."""
    here, there = one.worker_id, other.worker_id
    aside = Worker(level=Level.L0, created_at=now())
    session.add(aside)
    session.flush()
    for membership, worker_id in ((one, aside.id), (other, here), (one, there)):
        membership.worker_id = worker_id
        session.flush()
    session.delete(aside)
    session.flush()


def _become(
    session: Session, membership: Membership, target: MembershipState, *, actor: str, reason: str | None
) -> None:
    source = membership.state
    if not may_become(source, target):
        raise conflict("state_does_not_follow", "会籍现在的状态不能这样改，请刷新后再看")
    if target in SETTLED:
        # Before it is changed: receivers ask where the worker belonged.
        membership_changed.send("unions", worker_id=membership.worker_id)
    membership.state = target
    _note(
        session,
        membership_id=membership.id,
        source=source,
        target=target,
        union_id=membership.union_id,
        actor=actor,
        reason=reason,
    )
    audit.record(
        actor=actor,
        action="membership.change",
        subject_kind="membership",
        subject_id=membership.id,
        detail={"from": source, "to": target},
    )


def _note(
    session: Session,
    *,
    membership_id: uuid.UUID,
    source: MembershipState | None,
    target: MembershipState,
    union_id: uuid.UUID,
    actor: str,
    reason: str | None = None,
) -> None:
    session.add(
        MembershipEvent(
            membership_id=membership_id,
            at=now(),
            source=source,
            target=target,
            union_id=union_id,
            actor=actor,
            reason=reason,
        )
    )
    session.flush()
