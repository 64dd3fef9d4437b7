"""A membership's life: one number for ever, and a row for every change."""

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.models import Worker
from server.unions import service
from server.unions.models import Membership, MembershipEvent
from server.unions.rules import COUNTED, FOLLOWS, may_become
from server.unions.vocabulary import MembershipState as State
from tests.rosters import make_union
from tests.sign_in import Headers, SignIn


@pytest.fixture
def member(app: Flask, sign_in: SignIn) -> Headers:
    headers = sign_in(Level.L2)
    with transaction() as session:
        service.admit(session, worker_id=headers.worker_id, union=make_union("GH1"))
    return headers


def test_every_change_leaves_a_row_and_the_number_stays(member: Headers) -> None:
    number = _membership().number
    other = make_union("GH2")
    service.change_state(worker_id=member.worker_id, target=State.TRANSFERRING, actor="staff:1")
    service.transfer(worker_id=member.worker_id, union=other, actor="staff:2")
    service.change_state(worker_id=member.worker_id, target=State.RETAINED, actor="staff:2", reason="退休")
    membership = _membership()
    assert (membership.number, membership.state, membership.union_id) == (number, State.RETAINED, other.id)
    events = _history(membership)
    assert [(one.source, one.target, one.actor) for one in events] == [
        (None, State.ACTIVE, "system"),
        (State.ACTIVE, State.TRANSFERRING, "staff:1"),
        (State.TRANSFERRING, State.ACTIVE, "staff:2"),
        (State.ACTIVE, State.RETAINED, "staff:2"),
    ]
    assert events[-1].reason == "退休"
    assert [one.union_id == other.id for one in events] == [False, False, True, True]


def test_changes_are_on_record_without_the_person(member: Headers) -> None:
    service.change_state(worker_id=member.worker_id, target=State.LEFT, actor="staff:1", reason="回老家")
    [event] = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "membership.change"))
    assert (event.subject_id, event.detail) == (str(_membership().id), {"from": "active", "to": "left"})


def test_who_is_a_member_is_not_admitted_again(member: Headers) -> None:
    with transaction() as session:
        service.admit(session, worker_id=member.worker_id, union=make_union("GH2"))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MembershipEvent)) == 1


def test_what_does_not_follow_is_refused_and_changes_nothing(member: Headers, sign_in: SignIn) -> None:
    service.change_state(worker_id=member.worker_id, target=State.LEFT, actor="staff:1")
    with pytest.raises(Problem) as refused:
        service.change_state(worker_id=member.worker_id, target=State.TRANSFERRING, actor="staff:1")
    assert refused.value.status == 409
    with pytest.raises(Problem) as refused:
        service.transfer(worker_id=member.worker_id, union=make_union("GH2"), actor="staff:1")
    assert refused.value.status == 409
    with pytest.raises(Problem) as refused:
        service.change_state(worker_id=sign_in().worker_id, target=State.LEFT, actor="staff:1")
    assert refused.value.status == 404
    assert _membership().state is State.LEFT


@given(st.sampled_from(State))
def test_every_state_is_left_again_and_nothing_becomes_itself(state: State) -> None:
    assert set(FOLLOWS) == set(State)
    assert FOLLOWS[state]
    assert not may_become(state, state)
    assert state in COUNTED or may_become(state, State.ACTIVE)


def _history(membership: Membership) -> list[MembershipEvent]:
    mine = sa.select(MembershipEvent).where(MembershipEvent.membership_id == membership.id)
    return list(db.session.scalars(mine.order_by(MembershipEvent.at, MembershipEvent.id)))


def _membership() -> Membership:
    db.session.expire_all()
    return db.session.scalars(sa.select(Membership)).one()


@pytest.mark.parametrize(
    ("of_the_kept", "of_the_gone", "wins"),
    [
        (State.ACTIVE, State.ACTIVE, "kept"),
        (State.RETAINED, State.ACTIVE, "kept"),
        (State.LEFT, State.ACTIVE, "gone"),
        (State.LAPSED, State.RETAINED, "gone"),
        (State.LEFT, State.LEFT, "kept"),
    ],
)
def test_of_two_memberships_of_one_person_the_living_one_wins(
    app: Flask, sign_in: SignIn, of_the_kept: State, of_the_gone: State, wins: str
) -> None:
    accounts = {"kept": sign_in(Level.L2), "gone": sign_in(Level.L2)}
    for name, state in (("kept", of_the_kept), ("gone", of_the_gone)):
        with transaction() as session:
            service.admit(session, worker_id=accounts[name].worker_id, union=make_union(f"GH-{name}"))
        if state is not State.ACTIVE:
            service.change_state(worker_id=accounts[name].worker_id, target=state, actor="staff:1")
    numbers = {name: _of(who).number for name, who in accounts.items()}
    workers = db.session.scalar(sa.select(sa.func.count()).select_from(Worker))
    with transaction() as session:
        old, new = accounts["gone"].worker_id, accounts["kept"].worker_id
        service.hand_over(session, old=old, new=new, actor="staff:1")
    kept, gone = _of(accounts["kept"]), _of(accounts["gone"])
    assert (kept.number, kept.state) == (numbers[wins], {"kept": of_the_kept, "gone": of_the_gone}[wins])
    assert gone.state not in COUNTED
    assert _history(kept)[0].target is State.ACTIVE
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Worker)) == workers


def _of(who: Headers) -> Membership:
    db.session.expire_all()
    return db.session.scalars(sa.select(Membership).where(Membership.worker_id == who.worker_id)).one()
