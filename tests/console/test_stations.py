"""The board of a street: what managers say of their places is there, and nobody else's street."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.core.audit import AuditEvent
from server.stations.amenities import AmenityState
from server.stations.managers.models import StationManager
from tests.desk import Desk, desk_of, words
from tests.sign_in import SignIn
from tests.staff import make_street
from tests.stations.making import make_station
from tests.stations.managers.conftest import Keep, keep

__all__ = ["keep"]

MONDAY = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)
"""8:30 in Shenzhen, before anything opens."""
HALF_PAST_TEN = MONDAY + timedelta(hours=2)
HERE, NEXT = "440304011", "440304009"


@pytest.fixture
def street(app: Flask, freeze) -> Desk:
    freeze(MONDAY)
    desk = desk_of(app, "S0001", "street_worker", union=make_street(HERE))
    make_street(NEXT)
    return desk


def say(client: FlaskClient, who: dict[str, str], code: str, **body: object) -> None:
    assert client.post(f"/api/v1/stations/{code}/duty", json=body, headers=who).status_code == 200


def again(desk: Desk) -> Desk:
    """After the clock jumped, past what a session lasts."""
    return desk.sign_in("S0001")


def test_who_has_not_said_is_late_until_they_say(street: Desk, client: FlaskClient, keep: Keep, freeze) -> None:
    who = keep(make_station("FT0001", hours="09:00-18:00", street_code=HERE))
    make_station("FT0002", hours="09:00-18:00", street_code=HERE)
    keep(make_station("FT0003", hours="09:00-18:00", street_code=NEXT))
    early = words(street.get("/console/stations"))
    assert "今天还没说的 1" in early
    assert "没有站长 1" in early
    assert "还没到点" in early
    assert "FT0003" not in early
    assert "驿站到点了还没说开没开" not in words(street.get("/console/")).partition("没有等着的")[0]

    freeze(HALF_PAST_TEN)
    assert "到点了还没说" in words(again(street).get("/console/stations"))
    assert "1 驿站到点了还没说开没开" in words(street.get("/console/"))
    say(client, who, "FT0001", state="open")
    assert "今天该说的都说了" in words(street.get("/console/stations"))
    assert "站长说开了" in words(street.get("/console/stations?need=all"))


def test_closed_and_broken_are_there_at_once(street: Desk, client: FlaskClient, keep: Keep) -> None:
    who = keep(
        make_station("FT0001", hours="09:00-18:00", street_code=HERE, services=("S01", "S02"), duty_phone="0755-8888")
    )
    live = client.get("/api/v1/me/stations", headers=who).json["items"][0]["to_check"]
    say(client, who, "FT0001", state="closed_today", reason="停电检修", amenities={live[0]: AmenityState.BROKEN})
    closed = words(street.get("/console/stations?need=closed"))
    assert "停电检修" in closed
    assert "站长说今天不开" in closed
    assert "0755-8888" in closed
    assert "站长说坏了" in words(street.get("/console/stations?need=broken"))
    assert "今天还没说的 0" in closed
    assert "今天不开 1 有东西坏了 1" in closed


def test_a_place_shows_what_visitors_wrote_and_records_it(
    street: Desk, client: FlaskClient, db_session: Session
) -> None:
    make_station("FT0001", street_code=HERE)
    note = "门上贴着条 <script>alert(1)</script>"
    report = {"kind": "locked", "note": note}
    sent = client.post("/api/v1/stations/FT0001/reports", json=report, headers={"X-Device": "d" * 16})
    assert sent.status_code == 201
    answer = street.get("/console/stations/ft0001")
    assert "门上贴着条" in words(answer)
    assert "<script>alert" not in answer.text
    assert "来的人说没开门" in words(answer)
    event = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "station.read")).one()
    assert event.actor == "staff:S0001"


def test_a_manager_comes_by_a_code_and_goes(
    street: Desk, client: FlaskClient, sign_in: SignIn, db_session: Session
) -> None:
    make_station("FT0001", street_code=HERE)
    page = street.post("/console/stations/FT0001/codes")
    code = "".join(one for one in page.text.partition("<code>")[2].partition("</code>")[0] if one.isdigit())
    who = sign_in()
    assert client.post("/api/v1/me/manager-bindings", json={"code": code}, headers=who).status_code == 201
    binding = db_session.scalars(sa.select(StationManager)).one()
    assert "从" in words(street.get("/console/stations/FT0001"))
    ended = street.post(f"/console/stations/FT0001/managers/{binding.id}/end", follow=True)
    assert "不再是站长了" in words(ended)
    assert "还没有人管" in words(ended)
    assert street.post(f"/console/stations/FT0001/managers/{binding.id}/end").status_code == 404


def test_another_streets_places_are_not_there(street: Desk, keep: Keep, db_session: Session) -> None:
    keep(make_station("FT0003", street_code=NEXT))
    binding = db_session.scalars(sa.select(StationManager)).one()
    assert street.get("/console/stations/FT0003").status_code == 404
    assert street.get("/console/stations/XX0001").status_code == 404
    assert street.post("/console/stations/FT0003/codes").status_code == 404
    assert street.post(f"/console/stations/FT0003/managers/{binding.id}/end").status_code == 404
    make_station("FT0001", street_code=HERE)
    assert street.post(f"/console/stations/FT0001/managers/{binding.id}/end").status_code == 404
    db_session.expire_all()
    assert db_session.scalars(sa.select(StationManager.revoked_at)).one() is None
