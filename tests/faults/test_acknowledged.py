"""Workers send cases over HTTP while something breaks; what they were answered must be true afterwards."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from flask import Flask

from server.core.access import Level
from server.core.db import db
from server.core.redis import redis_client
from server.seats.verify import verify
from tests.activities.conftest import Announce
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.faults.workers import Crowd
from tests.live import LiveServer, start_server
from tests.sign_in import SignIn

WORKERS = 3
CASES_EACH = 5
STRIKES = 3


def kill_a_web_process(server: LiveServer) -> None:
    """The oldest that lives; between two looks one that was struck before may go, or another come."""
    while True:
        for process in psutil.Process(server.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
                return


def empty_redis(_server: LiveServer) -> None:
    redis_client().flushdb()


def end_the_database_sessions(_server: LiveServer) -> None:
    """What a restart of PostgreSQL does to everybody who is connected."""
    db.engine.dispose()  # ours were ended by the last strike
    with db.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("strike", [kill_a_web_process, empty_redis, end_the_database_sessions])
def test_what_was_acknowledged_is_there_once_and_with_its_clock(
    strike: Callable[[LiveServer], None], app: Flask, server: LiveServer, sign_in: SignIn, announce: Announce
) -> None:
    activity_id = announce(seats=WORKERS - 1, waiting_list=True)
    crowd = Crowd(server, [sign_in(Level.L2) for _ in range(WORKERS)], activity_id=activity_id)
    strikes = 0
    with crowd.sending(CASES_EACH):
        while strikes < STRIKES and not crowd.all_sent:
            if crowd.anything_new():
                strike(server)
                strikes += 1
    assert strikes == STRIKES
    crowd.check(CASES_EACH)
    db.engine.dispose()  # ours may have been ended too
    assert verify()[1] == []


@pytest.fixture
def dying(app: Flask, environment: dict[str, str], tmp_path: Path) -> Iterator[LiveServer]:
    started = start_server(environment, log=tmp_path / "log", application="tests.faults.dying:create_app()")
    yield started
    # It has done its work; nobody waits for connections that are kept open.
    os.killpg(started.process.pid, signal.SIGKILL)
    started.process.wait(30)


def test_what_was_committed_by_a_process_that_died_before_it_answered_is_not_made_again(
    dying: LiveServer, sign_in: SignIn, announce: Announce, tmp_path: Path
) -> None:
    """The worker saw no answer and asks again: with the same key it is the same case."""
    activity_id = announce(seats=WORKERS - 1, waiting_list=True)
    crowd = Crowd(dying, [sign_in(Level.L2) for _ in range(WORKERS)], activity_id=activity_id)
    with crowd.sending(CASES_EACH):
        pass
    assert (tmp_path / "log").read_text().count("SIGKILL") >= STRIKES
    crowd.check(CASES_EACH)
    assert verify()[1] == []
