"""What a manager says is what the next rider sees."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.core.access import Level
from server.core.clock import today
from server.core.errors import Problem
from server.stations import exceptions
from server.stations.amenities import AmenityState
from server.stations.models import OverrideKind, StationAmenity, StationOverride, StationReport
from server.stations.service import settle_and_forget
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff
from tests.stations.making import make_station
from tests.stations.managers.conftest import Keep

MONDAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)
"""10:00 in Shenzhen, an ordinary working day."""
TUESDAY = MONDAY + timedelta(days=1)
HOURS = "09:00-18:00"


def say(client: FlaskClient, who: Headers, code: str = "FT0001", *, key: str | None = None, **body: Any) -> Any:
    headers = {**who, **({"Idempotency-Key": key} if key else {})}
    return client.post(f"/api/v1/stations/{code}/duty", json=body, headers=headers)


def shown(client: FlaskClient, code: str = "FT0001") -> dict[str, Any]:
    """As the next rider sees it; list and single place must agree."""
    one = client.get(f"/api/v1/stations/{code}").json
    listed = next(item for item in client.get("/api/v1/stations").json["items"] if item["code"] == code)
    assert (listed["open"], listed["amenities"]) == (one["open"], one["amenities"])
    return dict(one["open"] | {"services": {item["code"]: item for item in one["amenities"]}})


def report(client: FlaskClient, kind: str, device: str, **more: str) -> None:
    answer = client.post(
        "/api/v1/stations/FT0001/reports", json={"kind": kind, **more}, headers={"X-Device": device * 16}
    )
    assert answer.status_code == 201


def test_opening_confirms_for_everybody(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS, confirmed_ago=timedelta(days=60)))
    assert shown(client)["state"] == "unconfirmed"
    freeze(TUESDAY)
    answer = say(client, who, state="open")
    assert (answer.status_code, answer.json["duty"]["state"]) == (200, "open")
    freeze(TUESDAY + timedelta(minutes=10))
    door = shown(client)
    assert (door["state"], door["confirmed_by"], door["confirmed_at"]) == (
        "open",
        "manager",
        "2026-03-10T10:00:00+08:00",
    )
    assert "站长 10 分钟前确认" in client.get("/s/FT0001").get_data(as_text=True)


def test_not_today_closes_it_until_midnight_with_the_reason(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS))
    answer = say(client, who, state="closed_today", reason="停电")
    assert (answer.json["duty"]["state"], answer.json["duty"]["reason"]) == ("closed_today", "停电")
    door = shown(client)
    assert (door["state"], door["reason"], door["opens_at"]) == ("closed", "停电", "2026-03-10T09:00:00+08:00")
    assert client.get("/api/v1/stations?open=now").json["items"] == []
    assert client.get("/api/v1/stations?at=2026-03-09T17:00:00%2B08:00").json["items"] == []
    assert "今天不一样：停电" in client.get("/s/FT0001").get_data(as_text=True)
    freeze(MONDAY + timedelta(hours=5))
    assert shown(client)["state"] == "closed"
    freeze(TUESDAY - timedelta(minutes=55))
    assert (shown(client)["state"], shown(client)["reason"]) == ("open", None)


def test_the_last_word_counts(client: FlaskClient, keep: Keep, freeze, db_session: Session) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS))
    say(client, who, state="open")
    freeze(MONDAY + timedelta(minutes=1))
    say(client, who, state="closed_today", reason="停水")
    assert shown(client)["state"] == "closed"
    freeze(MONDAY + timedelta(minutes=2))
    say(client, who, state="closed_today", reason="停电")
    assert shown(client)["reason"] == "停电"
    assert db_session.scalar(sa.select(sa.func.count()).select_from(StationOverride)) == 1
    freeze(MONDAY + timedelta(minutes=3))
    assert say(client, who, state="open").json["open"]["state"] == "open"
    assert (shown(client)["state"], shown(client)["reason"]) == ("open", None)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(StationOverride)) == 0


def test_what_was_said_today_can_be_taken_back(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS))
    before = shown(client)
    say(client, who, state="open")
    say(client, who, state="closed_today", reason="停电")
    for _ in range(2):
        answer = client.delete("/api/v1/stations/FT0001/duty", headers=who)
        assert (answer.status_code, answer.json["duty"]["state"]) == (200, None)
    assert shown(client) == before


def test_taking_back_leaves_what_the_union_said(
    client: FlaskClient, keep: Keep, freeze, app: Flask, db_session: Session
) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS))
    db_session.add(
        StationOverride(
            district_code="440304",
            first_day=MONDAY.date(),
            last_day=MONDAY.date(),
            kind=OverrideKind.CLOSED,
            reason="台风停工",
        )
    )
    db_session.commit()
    say(client, who, state="closed_today", reason="停电")
    client.delete("/api/v1/stations/FT0001/duty", headers=who)
    assert [row.reason for row in db_session.scalars(sa.select(StationOverride))] == ["台风停工"]


def test_without_a_word_an_hour_after_opening_it_is_uncertain(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS))
    make_station("FT0002", hours=HOURS)
    assert shown(client)["state"] == "open", "who began after it had opened owes nothing today"
    freeze(TUESDAY - timedelta(minutes=1))
    assert shown(client)["state"] == "open"
    due = client.get("/api/v1/me/stations", headers=who).json["items"][0]["duty"]["due_at"]
    assert due == "2026-03-10T10:00:00+08:00"
    freeze(TUESDAY)
    assert (shown(client)["state"], shown(client, "FT0002")["state"]) == ("unconfirmed", "open")
    assert {one["code"] for one in client.get("/api/v1/stations?open=now").json["items"]} == {"FT0001", "FT0002"}
    freeze(TUESDAY + timedelta(minutes=1))
    say(client, who, state="open")
    freeze(TUESDAY + timedelta(hours=7))
    assert shown(client)["state"] == "open", "one word holds for the day"
    freeze(TUESDAY + timedelta(days=1))
    assert shown(client)["state"] == "unconfirmed"


def test_the_word_may_come_before_opening(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS))
    freeze(TUESDAY - timedelta(hours=2))
    assert client.get("/api/v1/me/stations", headers=who).json["items"][0]["duty"]["due_at"] is not None
    assert say(client, who, state="open").json["duty"]["due_at"] is None
    freeze(TUESDAY + timedelta(hours=3))
    assert shown(client)["state"] == "open"


def test_a_place_that_nobody_keeps_any_more_owes_no_word(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS))
    freeze(TUESDAY)
    assert shown(client)["state"] == "unconfirmed"
    client.delete("/api/v1/me/manager-bindings/FT0001", headers=who)
    assert shown(client)["state"] == "open"


def test_a_night_place_owes_its_word_in_the_evening(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours="22:00-06:00"))
    evening = MONDAY + timedelta(hours=11, minutes=50)
    freeze(evening)
    say(client, who, state="open")
    freeze(evening + timedelta(hours=5))
    assert shown(client)["state"] == "open"
    freeze(evening + timedelta(days=1, hours=5))
    assert shown(client)["state"] == "unconfirmed"


def test_a_place_that_never_closes_owes_one_word_a_day(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours="全天"))
    freeze(MONDAY + timedelta(days=3))
    assert shown(client)["state"] == "unconfirmed"
    say(client, who, state="open")
    freeze(MONDAY + timedelta(days=3, hours=20))
    assert shown(client)["state"] == "open"
    freeze(MONDAY + timedelta(days=6))
    assert shown(client)["state"] == "unconfirmed"


def test_a_managers_word_settles_a_holiday_for_the_whole_day(client: FlaskClient, keep: Keep, freeze) -> None:
    holiday = datetime(2026, 2, 18, 2, 0, tzinfo=UTC)
    freeze(holiday - timedelta(days=10))
    who = keep(make_station("FT0001", hours=HOURS))
    freeze(holiday)
    assert shown(client)["state"] == "unconfirmed"
    say(client, who, state="open")
    freeze(holiday + timedelta(hours=6))
    assert shown(client)["state"] == "open"


def test_riders_may_still_contradict(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS))
    say(client, who, state="open")
    freeze(MONDAY + timedelta(minutes=5))
    report(client, "locked", "a")
    assert shown(client)["state"] == "unconfirmed"
    for device in "bc":
        report(client, "locked", device)
    assert shown(client)["state"] == "closed"
    freeze(MONDAY + timedelta(minutes=6))
    say(client, who, state="open")
    assert shown(client)["state"] == "open"


def test_what_is_broken_is_shown_until_it_works_again(
    client: FlaskClient, keep: Keep, freeze, db_session: Session
) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS, services=("S01", "S06")))
    say(client, who, state="open", amenities={"S01": "ok", "S06": "broken"})
    services = shown(client)["services"]
    assert (services["S01"]["state"], services["S01"]["reports"]) == ("ok", None)
    assert (services["S06"]["state"], services["S06"]["reports"]) == ("broken", "站长说坏了 · 刚刚")
    settle_and_forget()
    freeze(MONDAY + timedelta(days=20))
    assert shown(client)["services"]["S06"]["state"] == "broken", "it stays broken after its report has expired"
    say(client, who, state="open", amenities={"S06": "ok"})
    assert shown(client)["services"]["S06"]["state"] == "ok"
    settle_and_forget()
    freeze(MONDAY + timedelta(days=29))
    assert shown(client)["services"]["S06"]["state"] == "ok"
    db_session.expire_all()
    assert {row.state for row in db_session.scalars(sa.select(StationAmenity))} == {AmenityState.OK}


def test_a_check_makes_fresh_what_nobody_looked_at_for_long(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    station = make_station("FT0001", hours=HOURS, services=("S01",))
    freeze(MONDAY + timedelta(days=31))
    who = keep(station)
    assert shown(client)["services"]["S01"]["state"] == "unknown"
    say(client, who, state="open", amenities={"S01": "ok"})
    assert shown(client)["services"]["S01"] | {"name": None} == {
        "code": "S01",
        "name": None,
        "short": "热水",
        "state": "ok",
        "reports": None,
    }


def test_a_check_clears_what_riders_said(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS, services=("S01",)))
    for device in "abc":
        report(client, "broken", device, amenity="S01")
    assert shown(client)["services"]["S01"]["state"] == "broken"
    freeze(MONDAY + timedelta(minutes=1))
    say(client, who, state="open", amenities={"S01": "ok"})
    assert (shown(client)["services"]["S01"]["state"], shown(client)["services"]["S01"]["reports"]) == (
        "ok",
        "站长说修好了 · 刚刚",
    )


def test_a_managers_report_of_any_kind_counts_at_once(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    who = keep(make_station("FT0001", hours=HOURS, services=("S01",)))
    url = "/api/v1/stations/FT0001/reports"
    client.post(url, json={"kind": "broken", "amenity": "S01"}, headers=who)
    assert shown(client)["services"]["S01"]["state"] == "broken"
    assert client.post(url, json={"kind": "locked"}, headers=who).status_code == 201
    assert shown(client)["state"] == "closed"


def test_only_who_keeps_a_place_speaks_for_it(client: FlaskClient, keep: Keep, sign_in: SignIn) -> None:
    make_station("FT0001")
    who = keep(make_station("FT0002"))
    refused = say(client, who, "FT0001", state="open")
    assert (refused.status_code, refused.get_json(force=True)["code"]) == (403, "not_manager")
    assert say(client, sign_in(Level.L0), state="open").status_code == 403
    assert client.delete("/api/v1/stations/FT0001/duty", headers=who).status_code == 403
    assert say(client, who, "FT9999", state="open").status_code == 404
    assert client.post("/api/v1/stations/FT0002/duty", json={"state": "open"}).status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "state"),
        ({"state": "closed_today"}, "reason"),
        ({"state": "closed_today", "reason": "  "}, "reason"),
        ({"state": "open", "reason": "停电"}, "reason"),
        ({"state": "open", "amenities": {"S01": "unknown"}}, "amenities.S01.value"),
        ({"state": "open", "amenities": {"S03": "ok"}}, "amenities.S03"),
        ({"state": "open", "amenities": {"S06": "ok"}}, "amenities.S06"),
    ],
)
def test_what_makes_no_sense_is_refused(client: FlaskClient, keep: Keep, body: dict[str, Any], field: str) -> None:
    who = keep(make_station("FT0001", services=("S01", "S03")))
    answer = say(client, who, **body)
    assert answer.status_code == 422
    assert field in answer.get_json(force=True)["errors"]


def test_the_same_word_sent_twice_is_kept_once(client: FlaskClient, keep: Keep, db_session: Session) -> None:
    who, key = keep(make_station("FT0001")), str(uuid.uuid4())
    assert [say(client, who, key=key, state="open").status_code for _ in range(2)] == [200, 200]
    assert db_session.scalar(sa.select(sa.func.count()).select_from(StationReport)) == 1


def test_two_managers_at_the_same_moment_close_it_once(app: Flask, keep: Keep, db_session: Session) -> None:
    station = make_station("FT0001")
    managers = [keep(station) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda who: say(app.test_client(), who, state="closed_today", reason="停电").status_code, managers)
        )
    assert answers == [200] * 4
    assert db_session.scalar(sa.select(sa.func.count()).select_from(StationOverride)) == 1


def test_managers_see_of_reports_only_what_everybody_sees(client: FlaskClient, keep: Keep) -> None:
    who = keep(make_station("FT0001", services=("S01",)))
    report(client, "broken", "a", amenity="S01", note="水龙头旁边有人在哭")
    [mine] = client.get("/api/v1/me/stations", headers=who).json["items"]
    everybody = client.get("/api/v1/stations/FT0001").json
    assert set(mine) - set(everybody) == {"duty", "to_check"}
    assert {name: mine[name] for name in everybody} == everybody


def shut(scope: str, *, reason: str = "台风红色预警", **other: Any) -> StationOverride:
    made = exceptions.add(
        codes=[scope],
        hours=exceptions.Hours(other.pop("kind", OverrideKind.CLOSED)),
        first_day=other.pop("first_day", today()),
        last_day=other.pop("last_day", today()),
        reason=reason,
        decided_by="区三防指挥部",
        staff_no="S0009",
    )
    return made[0]


def test_what_the_union_has_closed_no_manager_opens_and_both_say_why(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    make_staff("S0009", "district_office")
    who = keep(make_station("FT0001", hours=HOURS))
    assert say(client, who, state="open").status_code == 200
    assert shown(client)["state"] == "open"
    override = shut("440304")
    door = shown(client)
    assert (door["state"], door["reason"], door["opens_at"]) == ("closed", "台风红色预警", "2026-03-10T09:00:00+08:00")
    assert client.get("/api/v1/stations?open=now").json["items"] == []
    kept = client.get("/api/v1/me/stations", headers=who).json["items"][0]
    assert (kept["open"]["state"], kept["duty"]["shut"], kept["duty"]["due_at"]) == ("closed", "台风红色预警", None)
    refused = say(client, who, state="open")
    assert (refused.status_code, refused.json["code"]) == (409, "shut_by_union")
    assert "台风红色预警" in refused.json["title"]
    for device in "abc":
        report(client, "open", device)
    assert shown(client)["state"] == "closed"
    assert "今天不一样：台风红色预警" in client.get("/s/FT0001").get_data(as_text=True)

    exceptions.take_back(override_id=override.id, staff_no="S0009")
    assert shown(client)["state"] == "open"
    assert client.get("/api/v1/me/stations", headers=who).json["items"][0]["duty"]["shut"] is None
    assert say(client, who, state="open").status_code == 200


def test_the_narrower_is_stronger_and_a_locked_door_strongest(client: FlaskClient, keep: Keep, freeze) -> None:
    freeze(MONDAY)
    make_staff("S0009", "district_office")
    who = keep(make_station("FT0001", hours=HOURS))
    make_station("FT0002", hours=HOURS)
    make_station("FT0003", hours=HOURS, street_code="440304009")
    shut("FT0001", reason="避险点开放", kind=OverrideKind.ALL_DAY)
    shut("440304011", reason="街道停电")
    shut("440304", reason="台风红色预警")
    said = {item["code"]: item["open"] for item in client.get("/api/v1/stations").json["items"]}
    assert {code: (door["state"], door["reason"]) for code, door in said.items()} == {
        "FT0001": ("open", "避险点开放"),
        "FT0002": ("closed", "街道停电"),
        "FT0003": ("closed", "台风红色预警"),
    }
    assert say(client, who, state="closed_today", reason="进水了").status_code == 200
    shut("FT0001", reason="避险点开放", kind=OverrideKind.ALL_DAY)
    assert (shown(client)["state"], shown(client)["reason"]) == ("closed", "进水了")


def test_what_has_begun_and_is_taken_back_was_so_until_yesterday(db_session: Session, freeze) -> None:
    freeze(MONDAY)
    make_staff("S0009", "district_office")
    make_station("FT0001")
    override = shut("FT0001", last_day=today() + timedelta(days=3))
    freeze(TUESDAY)
    exceptions.take_back(override_id=override.id, staff_no="S0009")
    assert db_session.scalars(sa.select(StationOverride.last_day)).one() == today() - timedelta(days=1)
    with pytest.raises(Problem, match="not_found"):
        exceptions.take_back(override_id=override.id, staff_no="S0009")
