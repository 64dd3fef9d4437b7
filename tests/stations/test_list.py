"""GET /stations: what can be asked, in which order it answers, and what it says when there is nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from server.core.datum import Datum, Point, convert
from server.stations.models import Entry, StationKind, StationStatus
from tests.stations.making import CENTRE, make_station

NEAR = f"near={CENTRE[0]},{CENTRE[1]}"


def codes(client: FlaskClient, query: str) -> list[str]:
    answer = client.get(f"/api/v1/stations?{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [item["code"] for item in answer.json["items"]]


def test_the_nearest_comes_first_with_its_distance(client: FlaskClient) -> None:
    make_station("FT0003", north_m=900)
    make_station("FT0001", north_m=-300)
    make_station("FT0002", north_m=3100)
    items = client.get(f"/api/v1/stations?{NEAR}").json["items"]
    assert [(item["code"], item["distance_m"]) for item in items] == [("FT0001", 300), ("FT0003", 900)]
    assert codes(client, f"{NEAR}&radius=3200") == ["FT0001", "FT0003", "FT0002"]


@pytest.mark.parametrize(
    "other", [f"{NEAR}&radius=900", f"{NEAR}&amenity=S01", f"{NEAR}&open=now", "near=22.54,114.06", "q=驿站", ""]
)
def test_a_cursor_is_good_for_its_own_question_only(client: FlaskClient, other: str) -> None:
    for number in range(3):
        make_station(f"FT000{number}", north_m=100 * number)
    cursor = client.get(f"/api/v1/stations?{NEAR}&limit=1").json["next_cursor"]
    assert codes(client, f"{NEAR}&limit=5&cursor={cursor}") == ["FT0001", "FT0002"]
    refused = client.get(f"/api/v1/stations?{other}&cursor={cursor}")
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == ["cursor"]


def test_every_requested_service_must_be_offered(client: FlaskClient) -> None:
    make_station("FT0001", services=("S01",))
    make_station("FT0002", services=("S01", "S06"))
    assert codes(client, f"{NEAR}&amenity=S01&amenity=S06") == ["FT0002"]


def test_kind_entry_district_street_and_words_narrow_the_list(client: FlaskClient) -> None:
    make_station("FT0001", entry=Entry.RING)
    make_station("FT0002", kind=StationKind.LIBRARY, name="莲花一村职工书屋")
    make_station("LG0001", district_code="440307", street_code="440307003", north_m=50)
    assert codes(client, "kind=library") == ["FT0002"]
    assert codes(client, "entry=ring") == ["FT0001"]
    assert codes(client, "district=440307") == ["LG0001"]
    assert codes(client, "district=440304011") == ["FT0001", "FT0002"]
    assert codes(client, "q=莲花 书屋") == ["FT0002"]
    assert codes(client, "q=ｆｔ０００１") == ["FT0001"]


def test_places_closed_for_good_are_not_listed(client: FlaskClient) -> None:
    make_station("FT0001", status=StationStatus.CLOSED_FOR_GOOD)
    make_station("FT0002")
    assert codes(client, NEAR) == ["FT0002"]


def test_a_position_in_another_datum_is_converted_first(client: FlaskClient) -> None:
    make_station("FT0001")
    wgs = convert(Point(*CENTRE), Datum.GCJ02, Datum.WGS84)
    item = client.get(f"/api/v1/stations?near={wgs.lat},{wgs.lng}&datum=wgs84").json["items"][0]
    assert item["distance_m"] == 0
    assert (item["lat"], item["lng"]) == CENTRE
    unconverted = client.get(f"/api/v1/stations?near={wgs.lat},{wgs.lng}").json["items"][0]
    assert 580 < unconverted["distance_m"] < 630


def test_a_box_lists_what_lies_in_it_from_its_middle_outwards(client: FlaskClient) -> None:
    make_station("FT0001", north_m=400)
    make_station("FT0002", north_m=100)
    make_station("FT0003", north_m=2000)
    box = f"bbox={CENTRE[1] - 0.01},{CENTRE[0] - 0.01},{CENTRE[1] + 0.01},{CENTRE[0] + 0.01}"
    answer = client.get(f"/api/v1/stations?{box}").json
    assert [(item["code"], item["distance_m"]) for item in answer["items"]] == [("FT0002", None), ("FT0001", None)]


def test_paging_through_equal_distances_shows_each_place_once(client: FlaskClient) -> None:
    for number in range(7):
        make_station(f"FT000{number}", north_m=500 if number < 5 else 600)
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        answer = client.get(f"/api/v1/stations?{NEAR}&limit=2{cursor and f'&cursor={cursor}'}").json
        seen += [item["code"] for item in answer["items"]]
        assert answer["widen"] is None
        cursor = answer["next_cursor"]
    assert seen == [f"FT000{number}" for number in range(7)]


def test_open_now_includes_what_is_unconfirmed_and_leaves_out_what_is_closed(client: FlaskClient, freeze) -> None:
    freeze(datetime(2026, 3, 10, 2, 0, tzinfo=UTC))  # a Tuesday, 10:00 in Shenzhen
    make_station("FT0001", hours="09:00-17:00")
    make_station("FT0002", hours="12:00-17:00")
    make_station("FT0003", hours="09:00-17:00", confirmed_ago=timedelta(days=31))
    make_station("FT0004", hours="09:00-17:00", confirmed_ago=None)
    answer = client.get(f"/api/v1/stations?{NEAR}&open=now").json
    assert [(item["code"], item["open"]["state"]) for item in answer["items"]] == [
        ("FT0001", "open"),
        ("FT0003", "unconfirmed"),
        ("FT0004", "unconfirmed"),
    ]
    assert answer["items"][0]["open"]["until"] == "2026-03-10T17:00:00+08:00"
    assert answer["items"][0]["open"]["confirmed_at"] == "2026-03-10T09:00:00+08:00"


def test_at_lists_what_will_be_open_then(client: FlaskClient, freeze) -> None:
    freeze(datetime(2026, 3, 10, 2, 0, tzinfo=UTC))
    make_station("FT0001", hours="09:00-17:00")
    make_station("FT0002", hours="22:00-06:00")
    assert codes(client, f"{NEAR}&at=2026-03-11T03:00:00%2B08:00") == ["FT0002"]
    assert codes(client, f"{NEAR}&at=2026-03-10T16:59:00+08:00") == ["FT0001"]
    assert codes(client, f"{NEAR}&at=2026-03-10T17:00:00%2B08:00") == []


def test_nothing_near_names_the_nearest_of_each_and_of_all(client: FlaskClient) -> None:
    make_station("FT0001", north_m=3200, services=("S01",))
    make_station("FT0002", north_m=-3500, services=("S06",))
    make_station("FT0003", north_m=5000, services=("S01", "S06"))
    answer = client.get(f"/api/v1/stations?{NEAR}&amenity=S01&amenity=S06").json
    assert answer["items"] == []
    assert answer["widen"]["text"] == (
        "3 公里内没有同时有热水和充电的地方；最近的热水 3.2 公里，最近的充电 3.5 公里，都有的最近 5 公里。"
    )
    assert [(one["amenity"], one["code"], one["distance_m"]) for one in answer["widen"]["nearest"]] == [
        ("S01", "FT0001", 3200),
        ("S06", "FT0002", 3500),
        (None, "FT0003", 5000),
    ]


def test_when_all_are_closed_it_says_which_opens_next(client: FlaskClient, freeze) -> None:
    freeze(datetime(2026, 3, 10, 14, 0, tzinfo=UTC))  # 22:00
    make_station("FT0001", north_m=300, hours="08:00-20:00")
    answer = client.get(f"/api/v1/stations?{NEAR}&open=now").json
    assert answer["items"] == []
    assert answer["widen"]["text"] == (
        "3 公里内没有现在开着的地方，别处也没有找到。关着的里面最近的 300 米，明天 08:00 开门。"
    )


def test_no_directory_at_all_is_an_empty_list(client: FlaskClient) -> None:
    answer = client.get("/api/v1/stations").json
    assert (answer["items"], answer["next_cursor"], answer["widen"]["nearest"]) == ([], None, [])


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ("near=114.06,22.541", "near", "写反了"),
        ("near=nan,114", "near", "要写成"),
        ("near=22.5", "near", "要写成"),
        ("near=91,181", "near", "没有这样的位置"),
        (f"{NEAR}&radius=0", "radius", "50000"),
        (f"{NEAR}&radius=50001", "radius", "50000"),
        ("bbox=114.1,22.5,114.0,22.6", "bbox", "范围反了"),
        ("bbox=114,22,inf,23", "bbox", "要写成"),
        ("amenity=S31", "amenity.0", "S01 到 S30"),
        ("open=yes", "open", "now"),
        ("at=2026-03-10T16:59:00", "at", "时间"),
        ("kind=hotel", "kind", "library"),
        ("district=福田", "district", "6 位"),
        ("limit=101", "limit", "100"),
        ("cursor=nonsense", "cursor", "第一页"),
    ],
)
def test_nonsense_is_refused_with_what_is_wrong(client: FlaskClient, query: str, field: str, says: str) -> None:
    answer = client.get(f"/api/v1/stations?{query}")
    assert answer.status_code == 422
    assert says in "".join(answer.json["errors"][field])


def test_the_list_answers_from_memory(client: FlaskClient, count_queries: list[str]) -> None:
    make_station("FT0001", services=("S01",))
    codes(client, NEAR)
    count_queries.clear()
    assert codes(client, f"{NEAR}&amenity=S01&open=now") == ["FT0001"]
    assert len(count_queries) <= 1
