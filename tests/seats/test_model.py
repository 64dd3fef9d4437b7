"""Any sequence of taking, giving up and enlarging ends where a list in memory would end."""

import uuid

import hypothesis.strategies as st
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from server.core.db import db, new_id
from server.seats import service
from server.seats.claims import counters, living_claim
from server.seats.models import OwnerKind
from server.seats.service import Outcome, PoolRef
from server.seats.verify import verify

PEOPLE = [uuid.UUID(int=number) for number in range(1, 9)]


class SeatsMachine(RuleBasedStateMachine):
    """The model is two lists: who sits, who waits."""

    @initialize(capacity=st.integers(0, 4), waiting_enabled=st.booleans())
    def open_pool(self, capacity: int, waiting_enabled: bool) -> None:
        scope_id = new_id()
        pool_id = service.create_pool(
            owner=OwnerKind.ACTIVITY, scope_id=scope_id, capacity=capacity, waiting_enabled=waiting_enabled
        )
        self.pool = PoolRef(pool_id, OwnerKind.ACTIVITY, scope_id, waiting_enabled)
        self.capacity = capacity
        self.sitting: list[uuid.UUID] = []
        self.waiting: list[uuid.UUID] = []

    @rule(person=st.sampled_from(PEOPLE))
    def sign_up(self, person: uuid.UUID) -> None:
        answer = service.claim_seat(pool=self.pool, holder_id=person)
        if person in self.sitting + self.waiting:
            assert answer.outcome is Outcome.REPEATED
        elif len(self.sitting) < self.capacity:
            self.sitting.append(person)
            assert answer.outcome is Outcome.NEW
        elif self.pool.waiting_enabled:
            self.waiting.append(person)
            assert answer.outcome is Outcome.NEW
        else:
            assert answer.outcome is Outcome.FULL

    @rule(person=st.sampled_from(PEOPLE))
    def give_up(self, person: uuid.UUID) -> None:
        service.release(scope_id=self.pool.scope_id, holder_id=person)
        if person in self.waiting:
            self.waiting.remove(person)
        elif person in self.sitting:
            self.sitting.remove(person)
            self.move_up()

    @rule(more=st.integers(0, 3))
    def enlarge(self, more: int) -> None:
        service.set_capacity(pool_id=self.pool.id, capacity=self.capacity + more)
        self.capacity += more
        self.move_up()

    def move_up(self) -> None:
        while self.waiting and len(self.sitting) < self.capacity:
            self.sitting.append(self.waiting.pop(0))

    @invariant()
    def everybody_stands_where_the_model_says(self) -> None:
        if not hasattr(self, "pool"):
            return
        for person in PEOPLE:
            claim = living_claim(scope_id=self.pool.scope_id, holder_id=person)
            if person in self.sitting:
                assert claim is not None
                assert claim.seat_no is not None
            elif person in self.waiting:
                assert claim is not None
                assert claim.position == self.waiting.index(person) + 1
            else:
                assert claim is None
        assert counters([self.pool.id])[self.pool.id].left == self.capacity - len(self.sitting)
        assert verify()[1] == []
        db.session.rollback()


def test_any_sequence_agrees_with_a_list_in_memory(app: Flask) -> None:
    run_state_machine_as_test(
        SeatsMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
