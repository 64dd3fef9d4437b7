"""Counters that do not fit the claims are found, said, and left as they are."""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.core.db import db
from server.seats import service, tasks
from server.seats.claims import counters
from server.seats.models import SeatAlarm
from server.seats.service import PoolRef
from server.seats.verify import Finding, note, seat_warnings

Pools = Callable[..., PoolRef]


def spoil(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_books_that_fit_end_with_zero(app: Flask, make_pool: Pools, holders: list[uuid.UUID]) -> None:
    pool = make_pool(2, waiting=True)
    for one in holders[:4]:
        service.claim_seat(pool=pool, holder_id=one)
    service.release(scope_id=pool.scope_id, holder_id=holders[0])
    result = app.test_cli_runner().invoke(args=["seats", "verify"])
    assert (result.exit_code, result.output) == (0, "1 pools, all counters fit their claims\n")


def alarms() -> list[datetime | None]:
    """When the differences that were ever found were gone."""
    return list(db.session.scalars(sa.select(SeatAlarm.gone_at).order_by(SeatAlarm.id)))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE seat_pool SET taken = 1", "counter says 1 taken, 2 seats belong to claims"),
        ("UPDATE seat_pool SET taken = 0, capacity = 1", "2 seats belong to claims, capacity is 1"),
        ("UPDATE seat_pool SET capacity = 5", "1 wait while 3 seats are free"),
        ("UPDATE seat_claim SET seat_no = 9 WHERE seat_no = 1", "do not add up to 1, 2, 3 …"),
        ("UPDATE seat_claim SET companions = 1 WHERE seat_no = 1", "counter says 2 taken, 3 seats belong to claims"),
        ("UPDATE seat_pool SET parties = 1", "counter says 1 claims hold seats, 2 do"),
        (
            "UPDATE seat_claim SET state = 'offered', offer_until = now() - interval '11 minutes' WHERE seat_no = 1",
            "1 offers ran out and still hold seats",
        ),
    ],
)
def test_books_that_do_not_fit_are_shouted_and_not_repaired(
    app: Flask, make_pool: Pools, holders: list[uuid.UUID], damage: str, said: str
) -> None:
    pool = make_pool(2, waiting=True)
    for one in holders[:3]:
        service.claim_seat(pool=pool, holder_id=one)
    spoil(damage)
    before = counters([pool.id])

    result = app.test_cli_runner().invoke(args=["seats", "verify"])

    assert result.exit_code == 1
    assert f"pool {pool.id}: " in result.output
    assert said in result.output
    assert counters([pool.id]) == before
    for _ in range(2):
        with pytest.raises(tasks.BooksDoNotFitError):
            tasks.verify_seats()
    assert [warning.partition("（")[0] for warning in seat_warnings()] == ["1 个名额池的账对不上"]
    assert alarms().count(None) == len(alarms()) == result.output.count("pool ")


def test_an_alarm_stays_when_the_books_fit_again_but_warns_no_more(app: Flask, make_pool: Pools) -> None:
    make_pool(2)
    spoil("UPDATE seat_pool SET parties = 1")
    with pytest.raises(tasks.BooksDoNotFitError):
        tasks.verify_seats()
    spoil("UPDATE seat_pool SET parties = 0")
    tasks.verify_seats()
    [gone_at] = alarms()
    assert gone_at is not None
    assert seat_warnings() == []


def test_a_night_on_which_nothing_fits_is_noted_too(make_pool: Pools) -> None:
    """So many differences that one statement could not name them all."""
    pool_id = make_pool(2).id
    findings = [Finding(pool_id, f"difference {number}") for number in range(33_000)]
    note(findings)
    assert alarms().count(None) == len(findings)
    note(findings[:1])
    assert alarms().count(None) == 1


def test_the_database_itself_refuses_a_counter_over_the_capacity(make_pool: Pools, db_session: Session) -> None:
    make_pool(1)
    with pytest.raises(Exception, match="ck_seat_pool_taken_within_capacity"):
        spoil("UPDATE seat_pool SET taken = 2")
