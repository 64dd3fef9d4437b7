"""Several processes that do something at the same moment, each with several threads, on this run's database."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from typing import TypeVar

import sqlalchemy as sa
from flask import Flask

from server.app import create_app
from server.core.db import db
from server.core.settings import Settings

T = TypeVar("T")
R = TypeVar("R")

PROCESSES = 4
PATIENCE = 180
"""Seconds: the first race also waits until each process has read the whole service."""

_app: Flask
_start: Barrier


def _prepare(environment: dict[str, str], start: Barrier) -> None:
    global _app, _start
    _app = create_app(Settings.from_env(environment))
    _start = start


def _run(action: Callable[[T], R], items: Sequence[T]) -> list[R]:
    ready = threading.Barrier(len(items)) if items else None

    def one(item: T) -> R:
        assert ready is not None
        with _app.app_context():
            ready.wait(PATIENCE)
            return action(item)

    with ThreadPoolExecutor(max(1, len(items))) as threads:
        _start.wait(PATIENCE)
        return list(threads.map(one, items))


class Racers:
    """A few processes kept ready. An action is a function of a module, so that they can find it."""

    def __init__(self, environment: dict[str, str]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(
            PROCESSES, mp_context=context, initializer=_prepare, initargs=(environment, context.Barrier(PROCESSES))
        )

    def race(self, action: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Do `action` to every item at once, neighbours in different processes; results in the order of `items`."""
        shares = [items[number::PROCESSES] for number in range(PROCESSES)]
        # Each process waits for the others, so each gets one share.
        running = [self._pool.submit(_run, action, share) for share in shares]
        results = [future.result(PATIENCE) for future in running]
        return [results[number % PROCESSES][number // PROCESSES] for number in range(len(items))]

    def stop(self) -> None:
        self._pool.shutdown(cancel_futures=True)


@contextmanager
def index_dropped(name: str, *, table: str) -> Iterator[None]:
    """Without this index for a while; what broke it meanwhile goes with all that is in its table."""
    with db.engine.begin() as connection:
        found = connection.execute(sa.text("SELECT indexdef FROM pg_indexes WHERE indexname = :name"), {"name": name})
        definition = found.scalar_one()
        connection.exec_driver_sql(f"DROP INDEX {name}")
    try:
        yield
    finally:
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"DELETE FROM {table}")
            connection.exec_driver_sql(definition)
