"""The demo activities: a world in which every state can be seen."""

import re
from collections import Counter
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from dev.demo import activities, unions
from server.activities.models import Activity
from server.core.clock import SHANGHAI
from server.core.db import db
from server.seats.models import ClaimState, SeatClaim
from server.seats.verify import verify
from tests.moments import Freeze
from tests.sign_in import SignIn


@pytest.fixture(autouse=True)
def organisers(app: Flask) -> None:
    unions.load()


def every(client: FlaskClient, **query: object) -> list[dict[str, object]]:
    items, cursor = [], None
    while True:
        page = client.get("/api/v1/activities", query_string={"limit": 100, "cursor": cursor, **query}).json
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def left(item: dict[str, object]) -> int:
    return sum(group["seats_left"] for group in item["groups"])  # type: ignore[attr-defined]


def test_no_words_name_a_day_of_the_week() -> None:
    """The days are counted from the loading."""
    assert not re.findall("(?:周|星期|礼拜)[一二三四五六日天末]", activities.FILE.read_text("utf-8"))


@pytest.mark.parametrize("hour", [0, 3, 9, 13, 23])
def test_at_any_hour_there_is_something_of_every_state(
    app: Flask, client: FlaskClient, freeze: Freeze, hour: int
) -> None:
    freeze(datetime(2026, 3, 1, hour, 30, tzinfo=SHANGHAI))
    activities.load()
    items = every(client) + every(client, status="past")
    statuses = Counter(item["status"] for item in items)
    assert len(items) == 30
    assert set(statuses) == {"soon", "open", "closed", "past", "cancelled"}
    full = [item for item in items if item["status"] == "open" and left(item) == 0]
    assert {item["waiting_list"] for item in full} == {True, False}
    assert verify()[1] == []
    plain = [
        item
        for item in items
        if item["status"] == "open" and item["required_level"] == "L1" and len(item["groups"]) == 1 and left(item)
    ]
    assert len(plain) >= 5
    assert any(item["groups"][0]["capacity"] <= 20 for item in plain)  # type: ignore[index]


def test_the_plain_ones_take_a_worker_of_level_one(client: FlaskClient, sign_in: SignIn) -> None:
    activities.load()
    who = sign_in()
    plain = [
        item
        for item in every(client, status="open")
        if item["required_level"] == "L1" and len(item["groups"]) == 1 and left(item)  # type: ignore[arg-type]
    ]
    answers = [client.post(f"/api/v1/activities/{item['id']}/signups", headers=who) for item in plain]
    assert {answer.status_code for answer in answers} == {201}


def test_loading_again_adds_nothing_and_another_day_moves_everything(
    app: Flask, client: FlaskClient, freeze: Freeze
) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=SHANGHAI)
    freeze(noon)
    activities.load()
    before = {item["title"]: item["starts_at"] for item in every(client)}
    claims = db.session.scalar(sa.select(sa.func.count()).select_from(SeatClaim))
    activities.load()
    assert {item["title"]: item["starts_at"] for item in every(client)} == before

    freeze(noon + timedelta(days=40))
    activities.load()
    db.session.expire_all()
    after = {item["title"]: item["starts_at"] for item in every(client)}
    assert after.keys() == before.keys()
    assert all(
        datetime.fromisoformat(str(after[title])) - datetime.fromisoformat(str(starts)) == timedelta(days=40)
        for title, starts in before.items()
    )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SeatClaim)) == claims
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Activity)) == 30


def test_seats_are_taken_as_the_file_says(client: FlaskClient) -> None:
    activities.load()
    baking = next(item for item in every(client) if str(item["title"]).startswith("亲子烘焙课"))
    states = db.session.scalars(sa.select(SeatClaim.state).where(SeatClaim.scope_id == sa.cast(baking["id"], sa.Uuid)))
    assert Counter(states) == {ClaimState.SIGNED: 12, ClaimState.WAITING: 5}
