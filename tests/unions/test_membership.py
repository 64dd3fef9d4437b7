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
    events = service.history_of(db.session(), membership.id)
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


def _membership() -> Membership:
    db.session.expire_all()
    return db.session.scalars(sa.select(Membership)).one()
