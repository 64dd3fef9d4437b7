"""GET /stations/{code}, its code for the door, and the answers' shapes."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import jsonschema
import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from server.core.db import transaction
from server.core.settings import settings
from server.stations.directory import announce
from server.stations.models import OverrideKind, StationOverride, StationStatus
from tests.moments import Freeze
from tests.stations.making import CENTRE, make_station

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def test_one_place_says_when_it_is_open_what_it_has_and_whom_to_call(client: FlaskClient, freeze: Freeze) -> None:
    freeze(NOON)
    make_station(
        hours="周一至周五 09:00-17:00；节假日休息",
        closed_days=["sat", "sun"],
        services=("S01", "S05"),
        duty_phone="0755-00012351",
        duty_hours={"mon": ["09:00-12:00"]},
        capacity=12,
    )
    place = client.get("/api/v1/stations/ft0001?near=22.541,114.07").json
    assert place["open"] == {
        "state": "open",
        "until": "2026-03-10T17:00:00+08:00",
        "opens_at": "2026-03-11T09:00:00+08:00",
        "confirmed_at": "2026-03-10T11:00:00+08:00",
        "confirmed_by": "union",
        "reports": None,
        "reason": None,
    }
    assert place["hours_text"] == "周一至周五 09:00–17:00；周六、周日休息；节假日休息"
    assert (place["duty_phone"], place["duty_hours_text"]) == ("0755-00012351", "周一 09:00–12:00；周二至周日休息")
    assert [one["short"] for one in place["amenities"]] == ["热水", "厕所"]
    assert place["distance_m"] == 1027


def test_list_and_single_place_say_the_same(client: FlaskClient) -> None:
    make_station(services=("S01", "S06"), hours="22:00-06:00")
    near = f"near={CENTRE[0]},{CENTRE[1]}"
    listed = client.get(f"/api/v1/stations?{near}").json["items"][0]
    single = client.get(f"/api/v1/stations/FT0001?{near}").json
    assert {key: single[key] for key in listed} == listed


def test_codes_that_were_never_given_are_not_found(client: FlaskClient) -> None:
    assert client.get("/api/v1/stations/FT9999").status_code == 404
    assert client.get("/api/v1/stations/FT9999/qr.png").status_code == 404


def test_a_place_closed_for_good_names_the_next(client: FlaskClient) -> None:
    make_station("FT0001", status=StationStatus.CLOSED_FOR_GOOD)
    make_station("FT0002", north_m=700)
    answer = client.get("/api/v1/stations/FT0001")
    assert (answer.status_code, answer.json["code"]) == (404, "closed_for_good")
    assert answer.json["detail"] == "最近开着的是FT0002 驿站，700 米"
    assert answer.json["nearest"] == {"code": "FT0002", "name": "FT0002 驿站", "distance_m": 700}


@pytest.mark.parametrize("own", [True, False])
def test_a_day_with_other_hours_is_shown_with_its_reason(client: FlaskClient, freeze: Freeze, own: bool) -> None:
    freeze(NOON)
    station = make_station(hours="09:00-17:00")
    make_station("LG0001", hours="09:00-17:00", district_code="440307", street_code="440307003")
    with transaction() as session:
        session.add(
            StationOverride(
                station_id=station.id if own else None,
                district_code=None if own else "440304",
                first_day=date(2026, 3, 10),
                last_day=date(2026, 3, 10),
                kind=OverrideKind.CLOSED,
                reason="台风停工",
            )
        )
        session.flush()
        announce(places=True)
    listed = {item["code"]: item["open"] for item in client.get("/api/v1/stations").json["items"]}
    assert (listed["FT0001"]["state"], listed["FT0001"]["reason"]) == ("closed", "台风停工")
    assert (listed["LG0001"]["state"], listed["LG0001"]["reason"]) == ("open", None)
    single = client.get("/api/v1/stations/FT0001").json
    assert single["open"] == listed["FT0001"]
    assert single["exceptions"] == [
        {"first_day": "2026-03-10", "last_day": "2026-03-10", "text": "休息", "reason": "台风停工"}
    ]


def test_the_code_for_the_door_is_segnos_own_for_the_page_with_its_quiet_zone(client: FlaskClient, app: Flask) -> None:
    make_station()
    answer = client.get("/api/v1/stations/FT0001/qr.png")
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    made = segno.make_qr(f"{settings().public_base_url}/s/FT0001", error="q", boost_error=False)
    expected = [[bool(module) for module in row] for row in made.matrix]
    picture = Image.open(BytesIO(answer.data)).convert("L")
    modules = len(expected) + 2 * 4
    size = picture.width // modules
    assert picture.size == (modules * size, modules * size)
    dark = [
        [picture.getpixel((x * size + size // 2, y * size + size // 2)) == 0 for x in range(modules)]
        for y in range(modules)
    ]
    quiet = [False] * modules
    assert dark[:4] == dark[-4:] == [quiet] * 4
    assert [row[4:-4] for row in dark[4:-4]] == expected
    assert not any(any(row[:4] + row[-4:]) for row in dark)


def _schema(app: Flask, path: str, method: str, status: str) -> dict[str, Any]:
    document = app.extensions["warmbee_api"].spec.to_dict()
    answer = document["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
    return {**answer, "components": document["components"]}


def test_answers_are_as_documented(client: FlaskClient, app: Flask) -> None:
    make_station(services=("S01", "S06"), duty_phone="0755-00012351")
    path = "/api/v1/stations"
    posted = client.post(f"{path}/FT0001/reports", json={"kind": "broken"}, headers={"X-Device": "a" * 16})
    answers = [
        (path, "get", "200", client.get(path).json),
        (path, "get", "200", client.get(f"{path}?near=22,113&amenity=S01&amenity=S06").json),
        (f"{path}/{{code}}", "get", "200", client.get(f"{path}/FT0001").json),
        (f"{path}/{{code}}/reports", "post", "201", posted.json),
    ]
    for documented, method, status, answer in answers:
        jsonschema.Draft202012Validator(_schema(app, documented, method, status)).validate(answer)
