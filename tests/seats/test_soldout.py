"""The flag answers losers without PostgreSQL, and never a winner wrongly."""

import time
import uuid
from collections.abc import Callable

import pytest
import redis as redis_library

from server.core.db import db
from server.seats import service, soldout
from server.seats.capacity import set_capacity
from server.seats.service import Outcome, PoolRef

Pools = Callable[..., PoolRef]
People = list[uuid.UUID]


def ask(pool: PoolRef, holder_id: uuid.UUID) -> Outcome:
    return service.claim_seat(pool=pool, holder_id=holder_id).outcome


def sell_out(pool: PoolRef, winners: People, loser: uuid.UUID) -> None:
    for winner in winners:
        assert ask(pool, winner) is Outcome.NEW
    assert ask(pool, loser) is Outcome.FULL


def test_after_the_first_refusal_losers_cost_no_query(
    make_pool: Pools, holders: People, count_queries: list[str]
) -> None:
    pool = make_pool(2)
    sell_out(pool, holders[:2], holders[2])
    db.session.remove()
    count_queries.clear()
    assert [ask(pool, loser) for loser in holders[2:]] == [Outcome.FULL] * 8
    assert count_queries == []


def test_a_winner_who_asks_again_while_the_flag_stands_gets_the_claim(make_pool: Pools, holders: People) -> None:
    pool = make_pool(2)
    sell_out(pool, holders[:2], holders[2])
    assert [ask(pool, winner) for winner in holders[:2]] == [Outcome.REPEATED] * 2


def test_a_winner_is_known_even_when_the_flag_was_written_from_an_older_look(make_pool: Pools, holders: People) -> None:
    """A loser reads who holds a claim; a seat is freed and taken by somebody else; only then the flag is written."""
    pool = make_pool(1)
    early, late_winner, slow_loser = holders[:3]
    assert ask(pool, early) is Outcome.NEW
    assert not soldout.is_known_full(pool_id=pool.id, holder_id=slow_loser)
    service.release(scope_id=pool.scope_id, holder_id=early)
    assert ask(pool, late_winner) is Outcome.NEW

    soldout.raise_flag(pool_id=pool.id, holder_id=slow_loser, holders=[early])

    assert ask(pool, late_winner) is Outcome.REPEATED
    assert soldout.is_known_full(pool_id=pool.id, holder_id=holders[5])


def test_a_holder_asking_twice_at_once_is_known_although_one_of_the_two_was_refused(
    make_pool: Pools, holders: People
) -> None:
    pool = make_pool(1)
    assert not soldout.is_known_full(pool_id=pool.id, holder_id=holders[0])
    assert not soldout.is_known_full(pool_id=pool.id, holder_id=holders[0])
    soldout.raise_flag(pool_id=pool.id, holder_id=holders[0], holders=[])
    assert not soldout.is_known_full(pool_id=pool.id, holder_id=holders[0])
    assert soldout.is_known_full(pool_id=pool.id, holder_id=holders[1])


def test_a_loser_whom_redis_forgot_writes_no_flag(
    make_pool: Pools, holders: People, redis: redis_library.Redis
) -> None:
    pool = make_pool(1)
    assert not soldout.is_known_full(pool_id=pool.id, holder_id=holders[0])
    redis.flushdb()
    soldout.raise_flag(pool_id=pool.id, holder_id=holders[0], holders=[])
    assert not soldout.is_known_full(pool_id=pool.id, holder_id=holders[1])


def test_the_flag_falls_with_the_commit_that_frees_a_seat(make_pool: Pools, holders: People) -> None:
    pool = make_pool(2)
    sell_out(pool, holders[:2], holders[2])
    service.release(scope_id=pool.scope_id, holder_id=holders[0])
    assert ask(pool, holders[2]) is Outcome.NEW
    assert ask(pool, holders[3]) is Outcome.FULL
    set_capacity(pool_id=pool.id, capacity=3)
    assert ask(pool, holders[3]) is Outcome.NEW


def test_a_flag_written_after_a_seat_was_freed_is_wrong_for_two_seconds_and_heals(
    make_pool: Pools, holders: People, redis: redis_library.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = make_pool(1)
    winner, loser, newcomer = holders[:3]
    assert ask(pool, winner) is Outcome.NEW
    write = soldout.raise_flag

    def too_late(**kwargs: object) -> None:
        service.release(scope_id=pool.scope_id, holder_id=winner)
        write(**kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(soldout, "raise_flag", too_late)
    assert ask(pool, loser) is Outcome.FULL

    assert ask(pool, newcomer) is Outcome.FULL, "the race was not provoked"
    left = redis.pttl(f"seats:full:{{{pool.id}}}")
    assert 0 < left <= soldout.FULL_MS == 2000
    # Bring its end near rather than sleep through it.
    redis.pexpire(f"seats:full:{{{pool.id}}}", 20)
    deadline = time.monotonic() + 2
    while ask(pool, newcomer) is Outcome.FULL:
        assert time.monotonic() < deadline, "the wrong flag stays"
        time.sleep(0.01)
    assert ask(pool, newcomer) is Outcome.REPEATED


def test_without_redis_everything_is_answered_by_postgresql(
    make_pool: Pools, holders: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = redis_library.Redis.from_url("redis://127.0.0.1:1")
    monkeypatch.setattr(soldout, "redis_client", lambda: away)
    pool = make_pool(2)
    sell_out(pool, holders[:2], holders[2])
    assert ask(pool, holders[0]) is Outcome.REPEATED
    assert ask(pool, holders[2]) is Outcome.FULL
    service.release(scope_id=pool.scope_id, holder_id=holders[0])
    assert ask(pool, holders[2]) is Outcome.NEW


def test_a_flush_between_refusals_changes_no_answer(
    make_pool: Pools, holders: People, redis: redis_library.Redis
) -> None:
    pool = make_pool(2)
    sell_out(pool, holders[:2], holders[2])
    redis.flushdb()
    assert ask(pool, holders[0]) is Outcome.REPEATED
    assert ask(pool, holders[3]) is Outcome.FULL
    assert ask(pool, holders[1]) is Outcome.REPEATED


def test_a_pool_with_a_waiting_list_has_no_flag(make_pool: Pools, holders: People, redis: redis_library.Redis) -> None:
    pool = make_pool(1, waiting=True)
    assert [ask(pool, one) for one in holders] == [Outcome.NEW] * 10
    assert redis.keys("seats:*") == []
