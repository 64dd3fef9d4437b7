"""Taking a seat, waiting for one, giving it back."""

import uuid
from collections.abc import Callable

import pytest

from server.notices import service as notices
from server.seats import service
from server.seats.capacity import set_capacity
from server.seats.claims import counters, living_claim
from server.seats.models import ClaimState
from server.seats.service import Outcome, PoolRef
from server.seats.verify import verify

Pools = Callable[..., PoolRef]
People = list[uuid.UUID]


def states(pool: PoolRef, people: People) -> list[str | None]:
    found = [living_claim(scope_id=pool.scope_id, holder_id=one) for one in people]
    return [claim.state.value if claim else None for claim in found]


def told(holder_id: uuid.UUID) -> list[str]:
    """Titles in a holder's inbox, oldest first."""
    return [notice.title for notice in notices.inbox(worker_id=holder_id, cursor=None, limit=100).items][::-1]


@pytest.fixture(autouse=True)
def books_fit(app: object) -> object:
    """Whatever a test did, counters and claims agree at its end."""
    yield
    assert verify()[1] == []


def test_seats_are_handed_out_in_order_until_none_is_left(make_pool: Pools, holders: People) -> None:
    pool = make_pool(2)
    answers = [service.claim_seat(pool=pool, holder_id=one) for one in holders[:3]]
    assert [answer.outcome for answer in answers] == [Outcome.NEW, Outcome.NEW, Outcome.FULL]
    assert [answer.claim and answer.claim.seat_no for answer in answers] == [1, 2, None]
    assert counters([pool.id])[pool.id].left == 0


def test_asking_again_gives_the_same_claim_and_takes_nothing(make_pool: Pools, holders: People) -> None:
    pool = make_pool(3)
    first = service.claim_seat(pool=pool, holder_id=holders[0])
    again = service.claim_seat(pool=pool, holder_id=holders[0])
    assert again.outcome is Outcome.REPEATED
    assert again.claim == first.claim
    assert counters([pool.id])[pool.id].left == 2


def test_one_holder_gets_one_seat_of_all_pools_of_a_thing(make_pool: Pools, holders: People) -> None:
    pool = make_pool(1)
    other = make_pool(1, scope_id=pool.scope_id)
    first = service.claim_seat(pool=pool, holder_id=holders[0])
    assert service.claim_seat(pool=other, holder_id=holders[0]).claim == first.claim
    assert counters([other.id])[other.id].left == 1


def test_who_comes_late_waits_in_the_order_of_coming(make_pool: Pools, holders: People) -> None:
    pool = make_pool(1, waiting=True)
    claims = [service.claim_seat(pool=pool, holder_id=one).claim for one in holders[:4]]
    assert [claim.position for claim in claims if claim] == [None, 1, 2, 3]


def test_a_freed_seat_goes_to_the_first_who_waits_with_its_number(make_pool: Pools, holders: People) -> None:
    pool = make_pool(2, waiting=True)
    for one in holders[:4]:
        service.claim_seat(pool=pool, holder_id=one)
    service.release(scope_id=pool.scope_id, holder_id=holders[0])

    assert states(pool, holders[:4]) == [None, "signed", "signed", "waiting"]
    promoted = living_claim(scope_id=pool.scope_id, holder_id=holders[2])
    assert promoted is not None
    assert promoted.seat_no == 1
    assert told(holders[0]) == ["signed", "cancelled"]
    assert told(holders[2]) == ["queued", "promoted"]
    assert told(holders[3]) == ["queued"]


def test_who_leaves_the_waiting_list_frees_no_seat(make_pool: Pools, holders: People) -> None:
    pool = make_pool(1, waiting=True)
    for one in holders[:3]:
        service.claim_seat(pool=pool, holder_id=one)
    service.release(scope_id=pool.scope_id, holder_id=holders[1])
    assert states(pool, holders[:3]) == ["signed", None, "waiting"]
    moved_up = living_claim(scope_id=pool.scope_id, holder_id=holders[2])
    assert moved_up is not None
    assert moved_up.position == 1


def test_who_comes_back_to_the_waiting_list_stands_at_its_end(make_pool: Pools, holders: People) -> None:
    pool = make_pool(1, waiting=True)
    for one in holders[:3]:
        service.claim_seat(pool=pool, holder_id=one)
    service.release(scope_id=pool.scope_id, holder_id=holders[1])
    back = service.claim_seat(pool=pool, holder_id=holders[1])
    assert back.outcome is Outcome.NEW
    assert back.claim is not None
    assert back.claim.position == 2


def test_more_seats_are_given_to_those_who_wait_first(make_pool: Pools, holders: People) -> None:
    pool = make_pool(1, waiting=True)
    for one in holders[:4]:
        service.claim_seat(pool=pool, holder_id=one)
    assert set_capacity(pool_id=pool.id, capacity=3) == 2
    assert states(pool, holders[:4]) == ["signed", "signed", "signed", "waiting"]
    assert set_capacity(pool_id=pool.id, capacity=6) == 1
    assert counters([pool.id])[pool.id].left == 2


def test_capacity_cannot_fall_below_what_is_taken(make_pool: Pools, holders: People) -> None:
    pool = make_pool(3)
    for one in holders[:2]:
        service.claim_seat(pool=pool, holder_id=one)
    with pytest.raises(ValueError, match="2 seats are taken"):
        set_capacity(pool_id=pool.id, capacity=1)
    assert set_capacity(pool_id=pool.id, capacity=2) == 0
    assert service.claim_seat(pool=pool, holder_id=holders[2]).outcome is Outcome.FULL


def test_giving_up_twice_frees_one_seat(make_pool: Pools, holders: People) -> None:
    pool = make_pool(2)
    service.claim_seat(pool=pool, holder_id=holders[0])
    first = service.release(scope_id=pool.scope_id, holder_id=holders[0])
    again = service.release(scope_id=pool.scope_id, holder_id=holders[0])
    assert first is not None
    assert again is not None
    assert first.claim == again.claim
    assert first.claim.state is ClaimState.CANCELLED
    assert (first.seat_freed, again.seat_freed) == (True, False)
    assert counters([pool.id])[pool.id].left == 2
    assert told(holders[0]) == ["signed", "cancelled"]


def test_who_never_had_a_claim_has_nothing_to_give_up(make_pool: Pools, holders: People) -> None:
    pool = make_pool(1)
    assert service.release(scope_id=pool.scope_id, holder_id=holders[0]) is None


def test_a_closed_pool_hands_out_nothing_and_promotes_nobody(make_pool: Pools, holders: People) -> None:
    pool = make_pool(1, waiting=True)
    for one in holders[:2]:
        service.claim_seat(pool=pool, holder_id=one)
    assert set(service.close_scope(scope_id=pool.scope_id)) == set(holders[:2])
    service.release(scope_id=pool.scope_id, holder_id=holders[0])
    assert states(pool, holders[:2]) == [None, "waiting"]
    assert service.claim_seat(pool=pool, holder_id=holders[2]).outcome is Outcome.FULL
    assert counters([pool.id])[pool.id].left == 0


def test_a_sign_up_is_three_statements(make_pool: Pools, holders: People, count_queries: list[str]) -> None:
    pool = make_pool(1)
    count_queries.clear()
    service.claim_seat(pool=pool, holder_id=holders[0])
    assert [statement.split()[:2] for statement in count_queries] == [
        ["UPDATE", "seat_pool"],
        ["INSERT", "INTO"],  # the claim
        ["INSERT", "INTO"],  # the notice
    ]
