"""Racers are started once: a process takes a second to come up."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.races.racing import Racers


@pytest.fixture(scope="session")
def session_racers(shared_app: Flask, environment: dict[str, str]) -> Iterator[Racers]:
    started = Racers(environment)
    yield started
    started.stop()


@pytest.fixture
def racers(app: Flask, session_racers: Racers) -> Racers:
    """Processes on this test's (empty) database and Redis."""
    return session_racers
