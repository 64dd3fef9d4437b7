"""A seat that is offered is held until it is taken, turned down, or the time is over."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from server.notices import service as notices
from server.seats import offers, service, tasks
from server.seats.capacity import CapacityTooSmallError, set_capacity
from server.seats.claims import Claim, counters, living_claim
from server.seats.models import ClaimState
from server.seats.service import Outcome, PoolRef
from server.seats.verify import verify
from tests.moments import Freeze
from tests.seats.conftest import BEGINS

Pools = Callable[..., PoolRef]
People = list[uuid.UUID]
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
TWO_HOURS = timedelta(hours=2)


@pytest.fixture(autouse=True)
def noon(freeze: Freeze) -> None:
    freeze(NOON)


@pytest.fixture(autouse=True)
def books_fit(app: object) -> object:
    yield
    assert verify()[1] == []


def crowd(pool: PoolRef, people: People) -> None:
    for one in people:
        service.claim_seat(pool=pool, holder_id=one)


def has(pool: PoolRef, holder_id: uuid.UUID) -> Claim:
    claim = living_claim(scope_id=pool.scope_id, holder_id=holder_id)
    assert claim is not None
    return claim


def states(pool: PoolRef, people: People) -> list[str | None]:
    found = [living_claim(scope_id=pool.scope_id, holder_id=one) for one in people]
    return [claim.state.value if claim else None for claim in found]


def told(holder_id: uuid.UUID) -> list[str]:
    return [notice.title for notice in notices.inbox(worker_id=holder_id, cursor=None, limit=100).items][::-1]


def confirm(pool: PoolRef, holder_id: uuid.UUID) -> ClaimState | None:
    claim = offers.confirm(claim_id=has(pool, holder_id).id, holder_id=holder_id)
    return claim and claim.state


@pytest.fixture
def offered(make_pool: Pools, holders: People) -> PoolRef:
    """One seat; the first has left, it is offered to the second, the third and fourth wait."""
    pool = make_pool(1, offers=True)
    crowd(pool, holders[:4])
    service.release(scope_id=pool.scope_id, holder_id=holders[0])
    return pool


def test_a_freed_seat_is_offered_to_the_first_and_held(offered: PoolRef, holders: People) -> None:
    assert states(offered, holders[:4]) == [None, "offered", "waiting", "waiting"]
    assert has(offered, holders[1]).offer_until == NOON + TWO_HOURS
    assert counters([offered.id])[offered.id].left == 0
    assert told(holders[1]) == ["queued", "offered"]
    newcomer = service.claim_seat(pool=offered, holder_id=holders[5]).claim
    assert newcomer is not None
    assert newcomer.position == 3


def test_who_confirms_has_the_seat_and_may_do_so_twice(offered: PoolRef, holders: People) -> None:
    assert [confirm(offered, holders[1]) for _ in range(2)] == [ClaimState.SIGNED] * 2
    assert has(offered, holders[1]).seat_no == 1
    assert told(holders[1]) == ["queued", "offered", "confirmed"]


def test_who_turns_it_down_passes_it_to_the_next(offered: PoolRef, holders: People) -> None:
    released = service.release(scope_id=offered.scope_id, holder_id=holders[1])
    assert released is not None
    assert (released.claim.state, released.seat_freed) == (ClaimState.PASSED, False)
    assert states(offered, holders[:4]) == [None, None, "offered", "waiting"]
    assert told(holders[1])[-1] == "passed"
    again = service.release(scope_id=offered.scope_id, holder_id=holders[1])
    assert again is not None
    assert again.claim == released.claim


def test_the_seat_is_held_to_the_last_moment_and_not_longer(offered: PoolRef, holders: People, freeze: Freeze) -> None:
    freeze(NOON + TWO_HOURS - timedelta(microseconds=1))
    tasks.expire_offers()
    assert states(offered, holders[1:3]) == ["offered", "waiting"]
    freeze(NOON + TWO_HOURS)
    assert confirm(offered, holders[1]) is ClaimState.OFFERED, "too late, and the job has not been here yet"
    tasks.expire_offers()
    assert states(offered, holders[1:4]) == [None, "offered", "waiting"]
    assert has(offered, holders[2]).offer_until == NOON + 2 * TWO_HOURS
    assert told(holders[1]) == ["queued", "offered", "lapsed"]


def test_who_is_back_after_an_offer_stands_at_the_end(offered: PoolRef, holders: People) -> None:
    service.release(scope_id=offered.scope_id, holder_id=holders[1])
    back = service.claim_seat(pool=offered, holder_id=holders[1])
    assert back.outcome is Outcome.NEW
    assert back.claim is not None
    assert back.claim.position == 2


def test_nobody_confirms_for_another(offered: PoolRef, holders: People) -> None:
    assert offers.confirm(claim_id=has(offered, holders[1]).id, holder_id=holders[2]) is None
    assert states(offered, holders[1:3]) == ["offered", "waiting"]


def test_who_waits_or_has_passed_has_nothing_to_confirm(offered: PoolRef, holders: People) -> None:
    assert confirm(offered, holders[2]) is ClaimState.WAITING
    passed = has(offered, holders[1])
    service.release(scope_id=offered.scope_id, holder_id=holders[1])
    after = offers.confirm(claim_id=passed.id, holder_id=holders[1])
    assert after is not None
    assert after.state is ClaimState.PASSED


def test_hundreds_of_offers_that_end_at_once_all_go_on(make_pool: Pools) -> None:
    people = [uuid.UUID(int=number) for number in range(1, 361)]
    pool = make_pool(0, offers=True)
    crowd(pool, people)
    assert set_capacity(pool_id=pool.id, capacity=120) == 120
    assert {has(pool, one).seat_no for one in people[:120]} == set(range(1, 121))


def test_offers_of_something_closed_stay_and_nothing_is_passed_on(
    offered: PoolRef, holders: People, freeze: Freeze
) -> None:
    service.close_scope(scope_id=offered.scope_id)
    freeze(NOON + 2 * TWO_HOURS)
    tasks.expire_offers()
    assert states(offered, holders[1:3]) == ["offered", "waiting"]


def test_after_the_beginning_nobody_comes_up(offered: PoolRef, holders: People, freeze: Freeze) -> None:
    freeze(BEGINS)
    tasks.expire_offers()
    assert states(offered, holders[1:4]) == [None, "waiting", "waiting"]


def test_who_is_removed_is_told_and_the_seat_goes_on(offered: PoolRef, holders: People) -> None:
    confirm(offered, holders[1])
    taken = service.remove(claim_id=has(offered, holders[1]).id, reason="名单有误")
    assert taken is not None
    assert states(offered, holders[1:4]) == [None, "offered", "waiting"]
    assert told(holders[1])[-1] == "removed"
    assert service.remove(claim_id=taken.id, reason="名单有误") is None


def test_priority_comes_before_the_time_of_joining(make_pool: Pools, holders: People) -> None:
    pool = make_pool(0, waiting=True)
    for one, priority in zip(holders[:4], (1, 0, 1, 0), strict=True):
        service.claim_seat(pool=pool, holder_id=one, priority=priority)
    assert [has(pool, one).position for one in holders[:4]] == [3, 1, 4, 2]
    set_capacity(pool_id=pool.id, capacity=3)
    assert states(pool, holders[:4]) == ["signed", "signed", "waiting", "signed"]


def test_companions_take_seats_and_come_together_or_not_at_all(make_pool: Pools, holders: People) -> None:
    pool = make_pool(3)
    assert service.claim_seat(pool=pool, holder_id=holders[0], companions=1).outcome is Outcome.NEW
    assert counters([pool.id])[pool.id].left == 1
    assert service.claim_seat(pool=pool, holder_id=holders[1], companions=1).outcome is Outcome.FULL
    assert service.claim_seat(pool=pool, holder_id=holders[1]).outcome is Outcome.NEW, "one still fits"
    service.release(scope_id=pool.scope_id, holder_id=holders[0])
    assert counters([pool.id])[pool.id].left == 2


def test_who_does_not_fit_is_passed_over_and_keeps_the_place(make_pool: Pools, holders: People) -> None:
    pool = make_pool(3, waiting=True)
    crowd(pool, holders[:3])
    family, alone, pair = holders[3:6]
    service.claim_seat(pool=pool, holder_id=family, companions=2)
    service.claim_seat(pool=pool, holder_id=alone)
    service.claim_seat(pool=pool, holder_id=pair, companions=1)
    service.release(scope_id=pool.scope_id, holder_id=holders[0])
    assert states(pool, [family, alone, pair]) == ["waiting", "signed", "waiting"]
    assert has(pool, family).position == 1
    set_capacity(pool_id=pool.id, capacity=5)
    assert states(pool, [family, alone, pair]) == ["waiting", "signed", "signed"]
    set_capacity(pool_id=pool.id, capacity=8)
    assert states(pool, [family, alone, pair]) == ["signed"] * 3


def test_a_capacity_that_is_too_small_is_refused_with_what_holds_the_seats(offered: PoolRef, holders: People) -> None:
    set_capacity(pool_id=offered.id, capacity=2)
    confirm(offered, holders[1])
    with pytest.raises(CapacityTooSmallError, match="2 seats are taken, 1 would be too few") as refused:
        set_capacity(pool_id=offered.id, capacity=1)
    assert (refused.value.taken, refused.value.offered) == (2, 1)
