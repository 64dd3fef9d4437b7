"""GET /search: one question, three lists."""

import pytest
from flask.testing import FlaskClient

from server.cases.catalogue import catalogue
from server.search.words import words
from server.stations.amenities import amenities
from tests.activities.conftest import Announce
from tests.stations.making import CENTRE, make_station

URL = "/api/v1/search"
NEAR = f"{CENTRE[0]},{CENTRE[1]}"


def found(client: FlaskClient, q: str, **more: object) -> dict[str, list[str]]:
    answer = client.get(URL, query_string={"q": q, **more})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return {
        "stations": [one["code"] for one in answer.json["stations"]],
        "activities": [one["title"] for one in answer.json["activities"]],
        "services": [one["key"] for one in answer.json["services"]],
    }


def test_one_word_finds_places_activities_and_services(client: FlaskClient, announce: Announce) -> None:
    make_station("FT0001", name="园岭法律服务站")
    make_station("FT0002", name="园岭驿站")
    announce(title="法律讲座")
    announce(title="免费体检")
    assert found(client, "法律") == {"stations": ["FT0001"], "activities": ["法律讲座"], "services": ["legal_aid"]}


def test_each_is_shown_as_in_its_own_list(client: FlaskClient, announce: Announce) -> None:
    make_station("FT0001", name="投诉体检站", services=("S01",))
    announce(title="投诉体检")
    shown = client.get(f"{URL}?q=投诉&near={NEAR}").json
    [station] = client.get(f"/api/v1/stations?near={NEAR}").json["items"]
    [activity] = client.get("/api/v1/activities").json["items"]
    services = {one["key"]: one for one in client.get("/api/v1/services").json["items"]}
    assert shown["stations"] == [station]
    assert shown["activities"] == [activity]
    assert shown["services"] == [services["grievance"]]
    assert "articles" not in shown


@pytest.mark.parametrize("typed", ["欠薪", "欠我钱", "老板拖欠工资", "工伤"])
def test_whoever_is_owed_wages_finds_the_lawyer_in_their_own_words(client: FlaskClient, typed: str) -> None:
    assert found(client, typed)["services"][0] == "legal_aid"


def test_a_thing_one_needs_finds_the_places_that_have_it_nearest_first(client: FlaskClient) -> None:
    make_station("FT0001", north_m=900, services=("S05",))
    make_station("FT0002", north_m=200, services=("S05",))
    make_station("FT0003", north_m=100, services=("S06",))
    make_station("FT0004", north_m=4000, name="公共厕所旁驿站")
    assert found(client, "厕所", near=NEAR)["stations"] == ["FT0004", "FT0002", "FT0001"]
    assert found(client, "附近洗手间", near=NEAR)["stations"] == ["FT0002", "FT0001"]
    assert found(client, "厕所")["stations"] == ["FT0004", "FT0001", "FT0002"]


def test_a_place_and_a_thing_together_narrow_each_other(client: FlaskClient) -> None:
    make_station("FT0001", name="莲花驿站", services=("S06",))
    make_station("FT0002", name="莲花书屋", services=("S01",))
    make_station("FT0003", name="园岭驿站", services=("S06",))
    assert found(client, "莲花 充电")["stations"] == ["FT0001"]


def test_no_list_is_longer_than_asked_for(client: FlaskClient, announce: Announce) -> None:
    for number in range(7):
        make_station(f"FT000{number}", name="体检站", services=("S01",))
        announce(title=f"体检{number}")
    assert [len(items) for items in found(client, "体检").values()] == [5, 5, 0]
    assert [len(items) for items in found(client, "体检", limit=2).values()] == [2, 2, 0]
    assert len(found(client, "热水", limit=10)["stations"]) == 7


@pytest.mark.parametrize("typed", ["没有这样的东西", "!?", "%", "'|&", "\u200b", "  "])
def test_finding_nothing_is_three_empty_lists(client: FlaskClient, announce: Announce, typed: str) -> None:
    make_station("FT0001")
    announce()
    assert found(client, typed) == {"stations": [], "activities": [], "services": []}


@pytest.mark.parametrize(
    ("query", "field"),
    [("", "q"), ("q=", "q"), ("q=" + "长" * 61, "q"), ("q=a&near=114.06,22.541", "near"), ("q=a&limit=11", "limit")],
)
def test_a_wrong_question_is_refused(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 422
    assert field in answer.get_json(force=True)["errors"]


def test_a_search_costs_few_queries_however_much_it_finds(
    client: FlaskClient, announce: Announce, count_queries: list[str]
) -> None:
    for number in range(5):
        make_station(f"FT000{number}", name="体检站", services=("S01",))
        announce(title=f"体检{number}")
    found(client, "体检")
    count_queries.clear()
    assert len(found(client, "体检")["activities"]) == 5
    # Activities, their groups and their counters; perhaps the question whether the directory has changed.
    assert len(count_queries) <= 4


def test_every_declared_word_is_for_something_that_exists(client: FlaskClient) -> None:
    assert set(words().services) <= set(catalogue().current)
    assert set(words().amenities) <= set(amenities())
