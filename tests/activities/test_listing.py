"""Finding activities, and looking at one."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.activities.models import ActivityKind
from server.activities.planning import NewGroup, call_off
from server.core.access import Level
from server.core.db import db
from server.identity.models import WorkerGroup
from tests.activities.conftest import Announce
from tests.sign_in import SignIn

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

Find = Callable[..., list[str]]


@pytest.fixture
def find(client: FlaskClient) -> Find:
    """Titles of what a query finds."""

    def find(**query: object) -> list[str]:
        answer = client.get("/api/v1/activities", query_string=query)
        assert answer.status_code == 200, answer.json
        return [item["title"] for item in answer.json["items"]]

    return find


@pytest.fixture
def year(announce: Announce, freeze: Callable[[datetime], None]) -> None:
    """One activity in each state, around noon of 1 March."""
    freeze(NOON)
    announce(title="还没开始", begins=9 * DAY, opens=DAY, closes=8 * DAY)
    announce(title="正在报名", begins=3 * DAY, opens=-DAY, closes=2 * DAY)
    announce(title="报名结束", begins=DAY, opens=-3 * DAY, closes=-HOUR)
    announce(title="上周的", begins=-7 * DAY, opens=-20 * DAY, closes=-8 * DAY)
    announce(title="上月的", begins=-30 * DAY, opens=-40 * DAY, closes=-31 * DAY)
    call_off(activity_id=announce(title="取消了的", begins=2 * DAY), reason="台风", actor="system")


@pytest.mark.parametrize(
    ("status", "titles"),
    [
        (None, ["报名结束", "取消了的", "正在报名", "还没开始"]),
        ("upcoming", ["报名结束", "取消了的", "正在报名", "还没开始"]),
        ("soon", ["还没开始"]),
        ("open", ["正在报名"]),
        ("closed", ["报名结束"]),
        ("past", ["上周的", "上月的"]),
        ("cancelled", ["取消了的"]),
    ],
)
@pytest.mark.usefixtures("year")
def test_each_status_finds_its_own_in_the_order_of_beginning(find: Find, status: str | None, titles: list[str]) -> None:
    assert find(**({"status": status} if status else {})) == titles


@pytest.mark.usefixtures("year")
def test_what_a_status_finds_is_shown_with_this_status(client: FlaskClient) -> None:
    for status in ("soon", "open", "closed", "past", "cancelled"):
        items = client.get("/api/v1/activities", query_string={"status": status}).json["items"]
        assert {item["status"] for item in items} == {status}


def test_bounds_belong_to_the_same_status_in_the_list_and_in_the_rules(
    announce: Announce, client: FlaskClient, freeze: Callable[[datetime], None]
) -> None:
    freeze(NOON)
    announce(begins=3 * HOUR, opens=HOUR, closes=2 * HOUR)
    for hours in range(7):
        for tick in (-1, 0):
            freeze(NOON + timedelta(hours=hours, microseconds=tick))
            found = {
                status: [item["status"] for item in client.get(f"/api/v1/activities?status={status}").json["items"]]
                for status in ("soon", "open", "closed", "past")
            }
            assert [status for status, items in found.items() if items] == [
                items[0] for items in found.values() if items
            ]
            assert sum(len(items) for items in found.values()) == 1


@pytest.mark.usefixtures("year")
def test_a_time_finds_everything_in_it_whatever_its_status(find: Find) -> None:
    assert find(**{"from": "2026-01-01", "to": "2026-02-22"}) == ["上月的", "上周的"]
    assert find(**{"from": "2026-03-02", "to": "2026-03-03"}) == ["报名结束", "取消了的"]
    assert find(**{"from": "2026-03-04T12:00:00+08:00", "to": "2026-03-04T12:00:01+08:00"}) == ["正在报名"]
    assert find(**{"to": "2026-03-04T12:00:00+08:00", "status": "upcoming"}) == ["报名结束", "取消了的"]


def test_kind_district_and_words_narrow_the_list(announce: Announce, find: Find) -> None:
    announce(title="电动车安全讲座", kind=ActivityKind.LECTURE, place="龙岗区龙城街道", district_code="440307")
    announce(title="短视频剪辑夜校", kind=ActivityKind.COURSE)
    assert find(kind="lecture") == ["电动车安全讲座"]
    assert find(district="440307") == ["电动车安全讲座"]
    assert find(district="440305") == []
    assert find(q="剪辑") == ["短视频剪辑夜校"]
    assert find(q="龙城") == ["电动车安全讲座"]
    assert find(q="夜校课程") == ["短视频剪辑夜校"]
    assert find(q="没有这个") == []


@pytest.mark.parametrize(
    "query",
    [{"status": "later"}, {"kind": "x"}, {"from": "tomorrow"}, {"to": "2026-13-01"}, {"limit": "0"}, {"cursor": "x"}],
)
def test_a_question_that_makes_no_sense_is_refused(client: FlaskClient, query: dict[str, str]) -> None:
    answer = client.get("/api/v1/activities", query_string=query)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == list(query)


@pytest.mark.parametrize(("status", "sign"), [("upcoming", 1), ("past", -1)])
def test_pages_hold_everything_once_and_in_order(
    announce: Announce, client: FlaskClient, status: str, sign: int
) -> None:
    for number in range(7):
        begins = sign * (number // 2 + 1) * DAY
        announce(title=str(number), begins=begins, opens=-90 * DAY, closes=begins - HOUR)
    seen: list[dict[str, Any]] = []
    cursor = None
    while True:
        query = {"status": status, "limit": 3} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/v1/activities", query_string=query).json
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(item["title"] for item in seen) == [str(number) for number in range(7)]
    starts = [item["starts_at"] for item in seen]
    assert starts == sorted(starts, reverse=sign < 0)


@pytest.mark.parametrize("other", [{"status": "past"}, {"q": "体检"}, {"kind": "course"}, {"district": "440304"}])
def test_a_cursor_is_good_for_its_own_question_only(
    announce: Announce, client: FlaskClient, other: dict[str, str]
) -> None:
    for number in range(2):
        announce(title=str(number), begins=(number + 1) * DAY, closes=HOUR)
    query = {"status": "open", "limit": 1}
    query["cursor"] = client.get("/api/v1/activities", query_string=query).json["next_cursor"]
    assert [item["title"] for item in client.get("/api/v1/activities", query_string=query).json["items"]] == ["1"]
    assert client.get("/api/v1/activities", query_string=query | other).status_code == 422


def test_one_activity_is_shown_with_its_groups_rules_and_the_servers_time(
    announce: Announce, client: FlaskClient, sign_in: SignIn, freeze: Callable[[datetime], None]
) -> None:
    freeze(NOON)
    riders = [WorkerGroup.FOOD_DELIVERY, WorkerGroup.COURIER]
    activity_id = announce(groups=[NewGroup("am", "上午", 2, riders), NewGroup("pm", "下午", 3)], level=Level.L2)
    client.post(f"/api/v1/activities/{activity_id}/signups", json={"group": "pm"}, headers=sign_in(Level.L2))

    shown = client.get(f"/api/v1/activities/{activity_id}").json
    assert shown["groups"] == [
        {
            "key": "am",
            "name": "上午",
            "worker_groups": ["courier", "food_delivery"],
            "members_of": None,
            "capacity": 2,
            "seats_left": 2,
        },
        {"key": "pm", "name": "下午", "worker_groups": None, "members_of": None, "capacity": 3, "seats_left": 2},
    ]
    assert shown["server_time"] == "2026-03-01T12:00:00+08:00"
    assert shown["starts_at"] == "2026-03-04T12:00:00+08:00"
    assert (shown["mode"], shown["required_level"], shown["status"]) == ("first_come", "L2", "open")
    assert shown["rules"] == "空腹来，带身份证。"
    assert shown["organiser"] == "福田区总工会（演示）"
    assert shown["mine"] is None
    assert client.get("/api/v1/activities").json["items"][0]["groups"] == shown["groups"]


def test_a_worker_sees_the_own_sign_up_only(announce: Announce, client: FlaskClient, sign_in: SignIn) -> None:
    activity_id, who, other = announce(), sign_in(), sign_in()
    made = client.post(f"/api/v1/activities/{activity_id}/signups", headers=who).json
    assert client.get(f"/api/v1/activities/{activity_id}", headers=who).json["mine"] == made
    assert client.get(f"/api/v1/activities/{activity_id}", headers=other).json["mine"] is None


def test_looking_at_an_activity_is_two_queries(
    announce: Announce, client: FlaskClient, sign_in: SignIn, count_queries: list[str]
) -> None:
    activity_id, who = announce(), sign_in()
    client.get(f"/api/v1/activities/{activity_id}", headers=who)
    count_queries.clear()
    client.get(f"/api/v1/activities/{activity_id}", headers=who)
    assert len(count_queries) == 2


def test_a_list_is_three_queries_however_long(
    announce: Announce, client: FlaskClient, count_queries: list[str]
) -> None:
    for _ in range(5):
        announce()
    count_queries.clear()
    assert len(client.get("/api/v1/activities").json["items"]) == 5
    assert len(count_queries) == 3


def test_an_unknown_activity_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"/api/v1/activities/{uuid.uuid4()}").status_code == 404
    assert client.get("/api/v1/activities/nonsense").status_code == 404


def test_my_sign_ups_are_listed_newest_first_with_their_activity(
    announce: Announce, client: FlaskClient, sign_in: SignIn
) -> None:
    who, other = sign_in(), sign_in()
    full = announce(title="候补的", seats=0, waiting_list=True)
    gone = announce(title="取消的")
    seat = announce(title="有名额的")
    client.post(f"/api/v1/activities/{full}/signups", headers=other)
    for activity_id in (full, gone, seat):
        client.post(f"/api/v1/activities/{activity_id}/signups", headers=who)
    client.delete(f"/api/v1/activities/{gone}/signups/mine", headers=who)

    first = client.get("/api/v1/me/signups?limit=2", headers=who).json
    rest = client.get("/api/v1/me/signups", query_string={"cursor": first["next_cursor"]}, headers=who).json
    items = first["items"] + rest["items"]

    assert [(item["activity"]["title"], item["state"]) for item in items] == [
        ("有名额的", "signed"),
        ("取消的", "cancelled"),
        ("候补的", "waiting"),
    ]
    assert items[2]["position"] == 2
    assert items[0]["activity"]["status"] == "open"
    assert rest["next_cursor"] is None
    assert client.get("/api/v1/me/signups").status_code == 401


def test_my_sign_ups_are_five_queries_however_many(
    announce: Announce, client: FlaskClient, sign_in: SignIn, count_queries: list[str]
) -> None:
    who = sign_in()
    for _ in range(4):
        client.post(f"/api/v1/activities/{announce()}/signups", headers=who)
    db.session.remove()
    count_queries.clear()
    assert len(client.get("/api/v1/me/signups", headers=who).json["items"]) == 4
    assert len(count_queries) <= 5
