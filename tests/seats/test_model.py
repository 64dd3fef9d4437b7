"""Whatever happens in an activity's life ends where lists in memory would end."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from server.core import clock
from server.core.db import db, new_id
from server.seats import offers, service
from server.seats.capacity import CapacityTooSmallError, set_capacity
from server.seats.claims import counters, living_claim
from server.seats.models import ClaimState, OwnerKind
from server.seats.rules import offer_until
from server.seats.service import Outcome, PoolRef
from server.seats.verify import verify
from tests.seats.conftest import BEGINS

PEOPLE = [uuid.UUID(int=number) for number in range(1, 9)]
START = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


@dataclass
class Party:
    """Somebody in the model, with as many as they bring."""

    who: uuid.UUID
    seats: int
    priority: int
    until: datetime | None = None


class LifeMachine(RuleBasedStateMachine):
    """The model is three lists, who sits, who is asked, who waits, and a clock that only tests move."""

    @initialize(capacity=st.integers(0, 5), waiting=st.sampled_from(["none", "straight", "offers"]))
    def open_pool(self, capacity: int, waiting: str) -> None:
        self.at = START
        scope_id, enabled, self.offers = new_id(), waiting != "none", waiting == "offers"
        pool_id = service.create_pool(
            owner=OwnerKind.ACTIVITY,
            scope_id=scope_id,
            capacity=capacity,
            waiting_enabled=enabled,
            offers=self.offers,
        )
        self.pool = PoolRef(pool_id, OwnerKind.ACTIVITY, scope_id, enabled)
        self.capacity, self.closed = capacity, False
        self.sitting: list[Party] = []
        self.asked: list[Party] = []
        self.waiting: list[Party] = []

    @rule(who=st.sampled_from(PEOPLE), companions=st.integers(0, 2), priority=st.integers(0, 1))
    def sign_up(self, who: uuid.UUID, companions: int, priority: int) -> None:
        with self.clock():
            answer = service.claim_seat(pool=self.pool, holder_id=who, companions=companions, priority=priority)
        party = Party(who, 1 + companions, priority)
        if self.find(who):
            # A flag of two seconds by the real clock may answer before PostgreSQL, but never a holder.
            assert answer.outcome is Outcome.REPEATED
        elif party.seats <= self.free and not self.closed:
            assert answer.outcome is Outcome.NEW
            self.sitting.append(party)
        elif self.pool.waiting_enabled and not self.closed:
            assert answer.outcome is Outcome.NEW
            self.waiting.append(party)
            self.waiting.sort(key=lambda one: one.priority)
        else:
            assert answer.outcome is Outcome.FULL

    @rule(who=st.sampled_from(PEOPLE))
    def give_up_or_turn_down(self, who: uuid.UUID) -> None:
        with self.clock():
            service.release(scope_id=self.pool.scope_id, holder_id=who)
        self.drop(who)

    @rule(who=st.sampled_from(PEOPLE))
    def remove(self, who: uuid.UUID) -> None:
        claim = living_claim(scope_id=self.pool.scope_id, holder_id=who)
        if claim is not None:
            with self.clock():
                assert service.remove(claim_id=claim.id, reason="名单有误") is not None
        self.drop(who)

    @rule(who=st.sampled_from(PEOPLE))
    def confirm(self, who: uuid.UUID) -> None:
        claim = living_claim(scope_id=self.pool.scope_id, holder_id=who)
        if claim is None:
            return
        with self.clock():
            offers.confirm(claim_id=claim.id, holder_id=who)
        party = self.find(who)
        if party in self.asked and party.until > self.at:
            self.asked.remove(party)
            self.sitting.append(party)

    @rule(capacity=st.integers(0, 8))
    def change_capacity(self, capacity: int) -> None:
        with self.clock():
            if capacity < self.taken:
                with pytest.raises(CapacityTooSmallError):
                    set_capacity(pool_id=self.pool.id, capacity=capacity)
                return
            set_capacity(pool_id=self.pool.id, capacity=capacity)
        self.capacity = capacity
        self.move_up()

    @rule(minutes=st.sampled_from([1, 29, 30, 119, 120, 600]))
    def time_passes_and_the_job_runs(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        with self.clock():
            offers.expire()
        over = [] if self.closed else [party for party in self.asked if party.until <= self.at]
        self.asked = [party for party in self.asked if party not in over]
        if over:
            self.move_up()

    @rule()
    def close(self) -> None:
        if self.taken > 6:
            service.close_scope(scope_id=self.pool.scope_id)
            self.closed = True

    def drop(self, who: uuid.UUID) -> None:
        held = any(party.who == who for party in self.sitting + self.asked)
        for parties in (self.sitting, self.asked, self.waiting):
            parties[:] = [party for party in parties if party.who != who]
        if held:
            self.move_up()

    def move_up(self) -> None:
        if self.closed:
            return
        for party in list(self.waiting):
            if party.seats <= self.free:
                self.waiting.remove(party)
                party.until = offer_until(self.at, begins_at=BEGINS) if self.offers else None
                (self.asked if self.offers else self.sitting).append(party)

    def find(self, who: uuid.UUID) -> Party | None:
        return next((party for party in self.sitting + self.asked + self.waiting if party.who == who), None)

    @property
    def taken(self) -> int:
        return sum(party.seats for party in self.sitting + self.asked)

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    @contextmanager
    def clock(self) -> Iterator[None]:
        before, clock.source = clock.source, lambda: self.at
        try:
            yield
        finally:
            clock.source = before

    @invariant()
    def everybody_stands_where_the_model_says(self) -> None:
        if not hasattr(self, "pool"):
            return
        for who in PEOPLE:
            claim, party = living_claim(scope_id=self.pool.scope_id, holder_id=who), self.find(who)
            if party is None or claim is None:
                assert claim is party is None
                continue
            assert claim.seats == party.seats
            if party in self.waiting:
                assert (claim.state, claim.position) == (ClaimState.WAITING, self.waiting.index(party) + 1)
            elif party in self.asked:
                assert (claim.state, claim.offer_until) == (ClaimState.OFFERED, party.until)
            else:
                assert claim.state is ClaimState.SIGNED
        assert counters([self.pool.id])[self.pool.id].left == (0 if self.closed else self.free)
        with self.clock():
            assert verify()[1] == []
        db.session.rollback()


def test_any_life_agrees_with_lists_in_memory(app: Flask) -> None:
    run_state_machine_as_test(
        LifeMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
