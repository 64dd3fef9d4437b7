"""POST and DELETE of reports, and what becomes of them."""

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.core.access import Level
from server.stations import service
from server.stations.amenities import AmenityState
from server.stations.models import Station, StationAmenity, StationReport, StationStatus
from server.stations.rules import ReportKind
from tests.live import LiveServer
from tests.moments import Freeze
from tests.stations.making import make_station

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def device(name: str) -> dict[str, str]:
    return {"X-Device": f"device-{name:->16}"}


def report(client: FlaskClient, kind: str, who: str, code: str = "FT0001", **body: object):
    return client.post(f"/api/v1/stations/{code}/reports", json={"kind": kind, **body}, headers=device(who))


def listed(client: FlaskClient, query: str = "") -> dict[str, dict]:
    return {item["code"]: item for item in client.get(f"/api/v1/stations?{query}").json["items"]}


def test_a_report_is_heard_at_once(client: FlaskClient, freeze: Freeze) -> None:
    freeze(NOON)
    make_station(services=("S01",))
    answer = report(client, "locked", "a")
    assert answer.status_code == 201
    assert answer.json["undo_until"] == "2026-03-10T12:00:10+08:00"
    assert answer.json["station"]["open"]["reports"] == "1 人说没开门 · 刚刚"
    freeze(NOON + timedelta(minutes=5))
    assert client.get("/api/v1/stations/FT0001").json["open"]["reports"] == "1 人说没开门 · 5 分钟前"
    assert listed(client)["FT0001"]["open"]["reports"] == "1 人说没开门 · 5 分钟前"
    assert listed(client)["FT0001"]["open"]["state"] == "open"


def test_three_devices_close_it_in_the_list_too_until_the_words_expire(client: FlaskClient, freeze: Freeze) -> None:
    freeze(NOON)
    make_station()
    for who in "abc":
        assert report(client, "locked", who).status_code == 201
    assert listed(client)["FT0001"]["open"]["state"] == "closed"
    assert listed(client, "open=now") == {}
    freeze(NOON + timedelta(hours=2))
    assert listed(client, "open=now")["FT0001"]["open"]["state"] == "open"


def test_three_who_find_it_open_outside_its_hours_bring_it_into_the_list(client: FlaskClient, freeze: Freeze) -> None:
    freeze(NOON)
    make_station(hours="18:00-20:00")
    assert listed(client, "open=now") == {}
    for who in "abc":
        report(client, "open", who)
    assert listed(client, "open=now")["FT0001"]["open"]["state"] == "unconfirmed"
    assert listed(client, "open=now&district=440307") == {}


def test_a_broken_service_stays_listed_with_its_state(client: FlaskClient) -> None:
    make_station(services=("S01", "S06"))
    for who in "abc":
        assert report(client, "broken", who, amenity="S06").status_code == 201
    states = {one["code"]: one["state"] for one in listed(client, "amenity=S06")["FT0001"]["amenities"]}
    assert states == {"S01": "ok", "S06": "broken"}


def test_words_about_a_service_grow_older_in_the_list(client: FlaskClient, freeze: Freeze) -> None:
    freeze(NOON)
    make_station(services=("S01",))
    report(client, "broken", "a", amenity="S01")
    assert listed(client)["FT0001"]["amenities"][0]["reports"] == "1 人说坏了 · 刚刚"
    freeze(NOON + timedelta(minutes=5))
    assert listed(client)["FT0001"]["amenities"][0]["reports"] == "1 人说坏了 · 5 分钟前"


def test_the_same_device_waits_ten_minutes_at_one_place(client: FlaskClient, freeze: Freeze) -> None:
    freeze(NOON)
    make_station("FT0001")
    make_station("FT0002")
    assert report(client, "locked", "a").status_code == 201
    freeze(NOON + timedelta(minutes=4))
    again = report(client, "locked", "a")
    assert (again.status_code, again.json["code"], again.headers["Retry-After"]) == (429, "already_reported", "360")
    assert report(client, "locked", "a", "FT0002").status_code == 201
    freeze(NOON + timedelta(minutes=10))
    assert report(client, "locked", "a").status_code == 201


def test_a_repeat_with_the_same_key_gets_the_same_answer(client: FlaskClient) -> None:
    make_station()
    headers = device("a") | {"Idempotency-Key": str(uuid.uuid4())}
    first = client.post("/api/v1/stations/FT0001/reports", json={"kind": "open"}, headers=headers)
    again = client.post("/api/v1/stations/FT0001/reports", json={"kind": "open"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json


def test_it_can_be_taken_back_within_ten_seconds_by_the_same_device(client: FlaskClient, freeze: Freeze) -> None:
    freeze(NOON)
    make_station()
    address = f"/api/v1/stations/FT0001/reports/{report(client, 'locked', 'a').json['id']}"
    assert client.delete(address, headers=device("b")).status_code == 404
    freeze(NOON + timedelta(seconds=10))
    assert client.delete(address, headers=device("a")).status_code == 204
    assert client.delete(address, headers=device("a")).status_code == 204
    assert listed(client)["FT0001"]["open"]["reports"] is None
    assert report(client, "open", "a").status_code == 201, "and said anew"


def test_after_ten_seconds_it_stands(client: FlaskClient, freeze: Freeze) -> None:
    freeze(NOON)
    make_station()
    address = f"/api/v1/stations/FT0001/reports/{report(client, 'locked', 'a').json['id']}"
    freeze(NOON + timedelta(seconds=10, microseconds=1))
    refused = client.delete(address, headers=device("a"))
    assert (refused.status_code, refused.json["code"]) == (409, "too_late")
    assert listed(client)["FT0001"]["open"]["reports"] is not None


def test_a_signed_in_worker_needs_no_device(client: FlaskClient, sign_in) -> None:
    make_station()
    headers = sign_in(Level.L1)
    answer = client.post("/api/v1/stations/FT0001/reports", json={"kind": "open"}, headers=headers)
    assert answer.status_code == 201
    again = client.post("/api/v1/stations/FT0001/reports", json={"kind": "open"}, headers=headers)
    assert again.status_code == 429


@pytest.mark.parametrize("name", [None, "short", "x" * 65, "device with spaces!!"])
def test_without_a_token_a_device_must_be_named(client: FlaskClient, name: str | None) -> None:
    make_station()
    headers = {"X-Device": name} if name else {}
    answer = client.post("/api/v1/stations/FT0001/reports", json={"kind": "open"}, headers=headers)
    assert answer.status_code == 422
    assert "X-Device" in answer.json["errors"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "dirty"}, "kind"),
        ({"kind": "broken", "amenity": "S99"}, "amenity"),
        ({"kind": "broken", "amenity": "S06"}, "amenity"),
        ({"kind": "locked", "amenity": "S01"}, "amenity"),
        ({"kind": "locked", "note": "长" * 201}, "note"),
        ({"kind": "locked", "by_manager": True}, "by_manager"),
    ],
)
def test_reports_that_say_nothing_are_refused(client: FlaskClient, body: dict[str, object], field: str) -> None:
    make_station(services=("S01",))
    answer = client.post("/api/v1/stations/FT0001/reports", json=body, headers=device("a"))
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_a_place_that_is_unknown_or_gone_takes_no_reports(client: FlaskClient) -> None:
    make_station("FT0002", status=StationStatus.CLOSED_FOR_GOOD)
    assert report(client, "open", "a").status_code == 404
    assert report(client, "open", "a", "FT0002").status_code == 404


def test_the_note_is_kept_and_shown_to_nobody(client: FlaskClient, db_session: Session) -> None:
    make_station()
    answer = report(client, "locked", "a", note="门上贴了纸条")
    assert "纸条" not in answer.get_data(as_text=True) + client.get("/api/v1/stations").get_data(as_text=True)
    assert "纸条" not in client.get("/s/FT0001").get_data(as_text=True)
    assert db_session.scalar(sa.select(StationReport.note)) == "门上贴了纸条"


def test_neither_device_nor_worker_can_be_read_from_a_report(client: FlaskClient, db_session: Session) -> None:
    make_station()
    report(client, "locked", "a")
    kept = db_session.execute(sa.text("SELECT station_report::text FROM station_report")).scalar_one()
    assert "device" not in kept
    assert b"device".hex() not in kept


def _at_once(calls: list[Callable[[], int]]) -> list[int]:
    """The status of each call; all start at the same moment."""
    barrier = threading.Barrier(len(calls))
    statuses: list[int] = []

    def run(call: Callable[[], int]) -> None:
        barrier.wait()
        statuses.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


def _posting(server: LiveServer, who: str) -> Callable[[], int]:
    address = server.url("/api/v1/stations/FT0001/reports")
    return lambda: requests.post(address, json={"kind": "locked"}, headers=device(who), timeout=20).status_code


def test_one_device_at_the_same_moment_counts_once(server: LiveServer, db_session: Session) -> None:
    make_station()
    assert _at_once([_posting(server, "a") for _ in range(8)]) == [201] + [429] * 7
    assert db_session.scalar(sa.select(sa.func.count()).select_from(StationReport)) == 1


def test_three_devices_at_the_same_moment_all_count(server: LiveServer) -> None:
    make_station()
    assert _at_once([_posting(server, who) for who in "abc"]) == [201, 201, 201]
    shown = requests.get(server.url("/api/v1/stations/FT0001"), timeout=20).json()["open"]
    assert (shown["state"], shown["reports"]) == ("closed", "3 人说没开门 · 刚刚")


def test_a_managers_report_counts_at_once_and_as_often_as_said(client: FlaskClient) -> None:
    make_station()
    for kind in (ReportKind.LOCKED, ReportKind.OPEN, ReportKind.LOCKED):
        service.add_report(code="FT0001", reporter=b"manager", kind=kind, by_manager=True)
    assert listed(client)["FT0001"]["open"]["state"] == "closed"


def test_a_service_that_enough_people_mended_is_stored_as_working(client: FlaskClient, db_session: Session) -> None:
    station = make_station(services=("S01",))
    stored = db_session.get(StationAmenity, (station.id, "S01"))
    assert stored is not None
    stored.state = AmenityState.BROKEN
    db_session.commit()
    for who in "ab":
        report(client, "fixed", who, amenity="S01")
    service.settle_and_forget()
    assert db_session.get(StationAmenity, (station.id, "S01")).state is AmenityState.BROKEN
    report(client, "fixed", "c", amenity="S01")
    service.settle_and_forget()
    db_session.expire_all()
    assert db_session.get(StationAmenity, (station.id, "S01")).state is AmenityState.OK


def test_reports_of_a_month_ago_are_deleted_and_the_confirmation_stays(
    client: FlaskClient, db_session: Session, freeze: Freeze
) -> None:
    freeze(NOON)
    make_station(confirmed_ago=None)
    report(client, "open", "a")
    freeze(NOON + timedelta(days=31))
    assert service.settle_and_forget() == 1
    assert db_session.scalar(sa.select(sa.func.count()).select_from(StationReport)) == 0
    assert db_session.scalar(sa.select(Station.confirmed_at)) == NOON
    assert listed(client)["FT0001"]["open"]["state"] == "unconfirmed"
