"""How soon every process knows of a change, and what is left when Redis or PostgreSQL is away."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from server.core.db import db
from server.stations import service
from server.stations.directory import Directory, directory
from server.stations.rules import ReportKind
from tests.live import LiveServer, start_server, stop_server
from tests.stations.making import make_station

SOON = 1.6
"""Seconds: the second that is promised, and what the question and the answer take on a busy machine."""


@pytest.fixture(params=["redis", "no redis"])
def two_servers(
    request: pytest.FixtureRequest, app: Flask, environment: dict[str, str], tmp_path: Path
) -> Iterator[list[LiveServer]]:
    """Two services of one process each, so that it is known who answers."""
    if request.param == "no redis":
        environment = environment | {"REDIS_URL": f"unix://{tmp_path}/nobody-listens.sock"}
    servers = [start_server(environment, log=tmp_path / f"{number}.log", workers=1) for number in (1, 2)]
    yield servers
    for one in servers:
        stop_server(one)


def seen(server: LiveServer) -> dict[str, str | None]:
    items = requests.get(server.url("/api/v1/stations"), timeout=20).json()["items"]
    return {item["code"]: item["open"]["reports"] for item in items}


def seconds_until(condition: Callable[[], bool]) -> float:
    started = time.monotonic()
    while time.monotonic() - started < 10:
        if condition():
            return time.monotonic() - started
        time.sleep(0.02)
    raise AssertionError("did not happen within 10 s")


def test_a_change_in_one_process_is_known_in_the_other_within_a_second(two_servers: list[LiveServer]) -> None:
    first, second = two_servers
    assert (seen(first), seen(second)) == ({}, {})
    make_station("FT0001")
    for server in two_servers:
        assert seconds_until(lambda server=server: seen(server) == {"FT0001": None}) < SOON
    posted = requests.post(
        first.url("/api/v1/stations/FT0001/reports"),
        json={"kind": "locked"},
        headers={"X-Device": "a" * 16},
        timeout=20,
    )
    assert posted.status_code == 201
    assert seen(first) == {"FT0001": "1 人说没开门 · 刚刚"}, "the process that wrote it knows at once"
    assert seconds_until(lambda: seen(second)["FT0001"] is not None) < SOON


def test_a_report_does_not_rebuild_the_index(client: FlaskClient) -> None:
    make_station()
    client.get("/api/v1/stations")
    held = directory().current()
    service.add_report(code="FT0001", reporter=b"a", kind=ReportKind.LOCKED)
    client.get("/api/v1/stations")
    assert directory().current().places is held.places
    assert directory().current().live is not held.live


def test_between_two_looks_nobody_is_asked(app: Flask, count_queries: list[str]) -> None:
    make_station()
    mine = Directory()
    mine.current()
    count_queries.clear()
    for _ in range(100):
        mine.current()
    assert count_queries == []


def test_a_hint_that_got_lost_is_made_up_for(app: Flask, redis, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Directory()
    assert len(mine.current().places.index) == 0
    monkeypatch.setattr("server.stations.directory.redis_client", lambda: redis)
    monkeypatch.setattr(redis, "set", lambda *_: None)
    make_station()
    monkeypatch.setattr("server.stations.directory.ASK_AT_LEAST_EVERY", 0.0)
    mine.look_now()
    assert len(mine.current().places.index) == 1


def test_without_postgresql_the_last_edition_is_served(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    make_station()
    assert client.get("/api/v1/stations").json["items"]

    def away(*_: object, **__: object) -> None:
        raise db.engine.dialect.loaded_dbapi.OperationalError("away")

    monkeypatch.setattr(db.engine.dialect, "connect", away)
    db.engine.dispose()
    directory().look_now()
    answer = client.get("/api/v1/stations")
    assert [item["code"] for item in answer.json["items"]] == ["FT0001"]
