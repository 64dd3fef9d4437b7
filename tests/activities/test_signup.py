"""Signing up over HTTP, as the contract has it."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import redis as redis_library
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.activities.planning import NewGroup, add_group, call_off
from server.core.access import Level
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.models import Worker, WorkerGroup
from tests.activities.conftest import Announce
from tests.sign_in import Headers, SignIn

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., TestResponse]:
    def post(activity_id: uuid.UUID, who: Headers | None, body: dict[str, object] | None = None) -> TestResponse:
        return client.post(f"/api/v1/activities/{activity_id}/signups", json=body or {}, headers=who or {})

    return post


@pytest.fixture
def give_up(client: FlaskClient) -> Callable[..., TestResponse]:
    def give_up(activity_id: uuid.UUID, who: Headers) -> TestResponse:
        return client.delete(f"/api/v1/activities/{activity_id}/signups/mine", headers=who)

    return give_up


Post = Callable[..., TestResponse]


def test_a_seat_is_given_once_and_shown_again(announce: Announce, post: Post, sign_in: SignIn) -> None:
    activity_id, who = announce(), sign_in()
    first = post(activity_id, who)
    assert first.status_code == 201
    assert first.json is not None
    assert first.json["activity_id"] == str(activity_id)
    assert (first.json["group"], first.json["state"], first.json["seat_no"]) == ("all", "signed", 1)
    assert "position" not in first.json
    again = post(activity_id, who, {"group": "all"})
    assert (again.status_code, again.json) == (200, first.json)


def test_a_request_without_a_body_is_enough(announce: Announce, client: FlaskClient, sign_in: SignIn) -> None:
    assert client.post(f"/api/v1/activities/{announce()}/signups", headers=sign_in()).status_code == 201


def test_full_without_a_waiting_list_is_said(announce: Announce, post: Post, sign_in: SignIn) -> None:
    activity_id = announce(seats=1)
    winner = sign_in()
    assert post(activity_id, winner).status_code == 201
    for loser in (sign_in(), sign_in()):
        refused = post(activity_id, loser)
        assert (refused.status_code, refused.json["code"]) == (409, "full")
    assert post(activity_id, winner).status_code == 200


def test_full_with_a_waiting_list_gives_a_place_on_it(announce: Announce, post: Post, sign_in: SignIn) -> None:
    activity_id = announce(seats=1, waiting_list=True)
    assert post(activity_id, sign_in()).json["state"] == "signed"
    waiting = post(activity_id, sign_in())
    assert (waiting.status_code, waiting.json["state"], waiting.json["position"]) == (201, "waiting", 1)
    assert "seat_no" not in waiting.json


def test_whose_work_comes_first_stands_before_all_others_and_the_rule_is_published(
    announce: Announce, client: FlaskClient, post: Post, give_up: Post, sign_in: SignIn
) -> None:
    riders = [WorkerGroup.FOOD_DELIVERY, WorkerGroup.COURIER]
    activity_id = announce(seats=1, waiting_list=True, waiting_first=riders)
    page = f"/api/v1/activities/{activity_id}"
    assert client.get(page).json["waiting_first"] == ["courier", "food_delivery"]
    holder, unknown, driver, rider, courier = sign_in(), sign_in(), *(sign_in(Level.L2) for _ in range(3))
    with transaction() as session:
        for who, work in ((driver, "ride_hailing"), (rider, "food_delivery"), (courier, "courier")):
            session.execute(sa.update(Worker).where(Worker.id == who.worker_id).values(worker_group=work))
    line = (unknown, driver, rider, courier)
    post(activity_id, holder)
    assert [post(activity_id, who).json["position"] for who in line] == [1, 2, 1, 2]
    assert [client.get(page, headers=who).json["mine"]["position"] for who in line] == [3, 4, 1, 2]
    told = [client.get("/api/v1/notices", headers=who).json["items"][0]["body"] for who in line]
    assert all("先给快递、外卖配送，再按先后顺序" in body for body in told)
    for leaves, comes_up in zip((holder, rider, courier, unknown), (rider, courier, unknown, driver), strict=True):
        give_up(activity_id, leaves)
        assert client.get(page, headers=comes_up).json["mine"]["state"] == "signed"


def test_whoever_comes_first_needs_a_waiting_list(announce: Announce) -> None:
    with pytest.raises(ValueError, match="needs a waiting list"):
        announce(waiting_first=[WorkerGroup.COURIER])


def test_giving_up_hands_the_seat_on_and_tells_both(
    announce: Announce, post: Post, give_up: Post, sign_in: SignIn, client: FlaskClient
) -> None:
    activity_id = announce(seats=1, waiting_list=True)
    first, second = sign_in(), sign_in()
    post(activity_id, first)
    post(activity_id, second)

    left = give_up(activity_id, first)
    assert (left.status_code, left.json["state"]) == (200, "cancelled")
    assert give_up(activity_id, first).json == left.json

    mine = client.get(f"/api/v1/activities/{activity_id}", headers=second).json["mine"]
    assert (mine["state"], mine["seat_no"]) == ("signed", 1)

    def titles(who: Headers) -> list[str]:
        return [item["title"] for item in client.get("/api/v1/notices", headers=who).json["items"]]

    assert titles(first) == ["已经取消报名", "报名成功"]
    assert titles(second) == ["候补成功，你有名额了", "已经排上候补"]


def test_after_giving_up_one_may_sign_up_anew(announce: Announce, post: Post, give_up: Post, sign_in: SignIn) -> None:
    activity_id, who = announce(seats=1), sign_in()
    first = post(activity_id, who).json
    give_up(activity_id, who)
    anew = post(activity_id, who)
    assert anew.status_code == 201
    assert anew.json["id"] != first["id"]


def test_before_opening_and_after_closing_it_is_said_when(
    announce: Announce, post: Post, sign_in: SignIn, freeze: Callable[[datetime], None]
) -> None:
    freeze(NOON)
    opens, closes = timedelta(hours=1), timedelta(hours=3)
    activity_id, who = announce(opens=opens, closes=closes), sign_in()

    freeze(NOON + opens - timedelta(microseconds=1))
    early = post(activity_id, who)
    assert (early.status_code, early.json["code"]) == (409, "not_open")
    assert early.json["title"] == "还没开始报名，3月1日（周日）13:00开始"

    freeze(NOON + opens)
    assert post(activity_id, who).status_code == 201

    freeze(NOON + closes - timedelta(seconds=1))
    assert post(activity_id, sign_in()).status_code == 201, "the last second counts"

    freeze(NOON + closes)
    late = post(activity_id, sign_in())
    assert (late.status_code, late.json["code"]) == (409, "closed")
    assert post(activity_id, who).status_code == 200, "who has a seat is told so after closing, too"


def test_the_activity_says_which_level_it_needs(announce: Announce, post: Post, sign_in: SignIn) -> None:
    activity_id = announce(level=Level.L2)
    refused = post(activity_id, sign_in(Level.L1))
    assert (refused.status_code, refused.json["code"]) == (403, "level_required")
    assert refused.json["required_level"] == "L2"
    assert post(activity_id, sign_in(Level.L2)).status_code == 201


def test_nobody_signs_up_without_a_token(announce: Announce, post: Post) -> None:
    assert post(announce(), None).status_code == 401


def test_groups_are_chosen_and_checked(announce: Announce, post: Post, sign_in: SignIn) -> None:
    riders = NewGroup("riders", "外卖骑手", 1, [WorkerGroup.FOOD_DELIVERY])
    drivers = NewGroup("drivers", "网约车司机", 1, [WorkerGroup.RIDE_HAILING])
    activity_id = announce(groups=[riders, drivers])
    rider, unknown = sign_in(Level.L2), sign_in(Level.L1)

    def errors(who: Headers, body: dict[str, object]) -> list[str]:
        refused = post(activity_id, who, body)
        assert refused.status_code == 422
        found: list[str] = refused.json["errors"]["group"]
        return found

    assert errors(rider, {}) == ["请选一组：riders（外卖骑手）、drivers（网约车司机）"]
    assert errors(rider, {"group": "pilots"}) == ["没有这一组，可以选：riders（外卖骑手）、drivers（网约车司机）"]
    assert errors(rider, {"group": "drivers"}) == ["这一组是给“网约车司机”的，请选适合你的一组"]
    assert errors(unknown, {"group": "riders"}) == ["这一组是给“外卖骑手”的，请选适合你的一组"]
    assert post(activity_id, rider, {"group": "riders"}).json["group"] == "riders"


def test_who_is_in_one_group_is_not_taken_into_another(announce: Announce, post: Post, sign_in: SignIn) -> None:
    activity_id, who = announce(groups=[NewGroup("a", "上午", 1), NewGroup("b", "下午", 1)]), sign_in()
    post(activity_id, who, {"group": "a"})
    again = post(activity_id, who, {"group": "b"})
    assert (again.status_code, again.json["group"]) == (200, "a")


@pytest.mark.parametrize("field", [{"companions": 1}, {"answers": {"size": "L"}}, {"group": 7}, {"shoes": 42}])
def test_what_an_activity_does_not_ask_is_refused_by_name(
    announce: Announce, post: Post, sign_in: SignIn, field: dict[str, object]
) -> None:
    refused = post(announce(), sign_in(), field)
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == list(field)


def test_nothing_asked_and_nobody_brought_may_be_said(announce: Announce, post: Post, sign_in: SignIn) -> None:
    assert post(announce(), sign_in(), {"group": None, "answers": {}, "companions": 0}).status_code == 201


def test_a_seat_cannot_be_given_up_too_late_but_a_waiting_place_can(
    announce: Announce, post: Post, give_up: Post, sign_in: SignIn, freeze: Callable[[datetime], None]
) -> None:
    freeze(NOON)
    activity_id = announce(seats=1, waiting_list=True, closes=timedelta(hours=3))
    seated, waiting = sign_in(), sign_in()
    post(activity_id, seated)
    post(activity_id, waiting)

    freeze(NOON + timedelta(hours=3))
    refused = give_up(activity_id, seated)
    assert (refused.status_code, refused.json["code"]) == (409, "too_late")
    assert post(activity_id, seated).json["state"] == "signed"
    assert give_up(activity_id, waiting).status_code == 200


def test_who_never_signed_up_has_nothing_to_give_up(announce: Announce, give_up: Post, sign_in: SignIn) -> None:
    assert give_up(announce(), sign_in()).status_code == 404


def test_an_unknown_activity_is_not_found(post: Post, give_up: Post, sign_in: SignIn) -> None:
    assert post(uuid.uuid4(), sign_in()).status_code == 404
    assert give_up(uuid.uuid4(), sign_in()).status_code == 404


def test_a_called_off_activity_takes_nobody_and_tells_everybody(
    announce: Announce, post: Post, sign_in: SignIn, client: FlaskClient
) -> None:
    activity_id = announce(seats=1, waiting_list=True)
    seated, waiting = sign_in(), sign_in()
    post(activity_id, seated)
    post(activity_id, waiting)
    assert client.get(f"/api/v1/activities/{activity_id}").json["called_off_because"] is None

    assert call_off(activity_id=activity_id, reason="台风", actor="system") == 2
    assert call_off(activity_id=activity_id, reason="台风", actor="system") == 0

    for who in (seated, waiting):
        newest = client.get("/api/v1/notices", headers=who).json["items"][0]
        assert newest["title"] == "活动取消了"
        assert newest["body"].endswith("原因：台风")
    assert client.get(f"/api/v1/activities/{activity_id}").json["called_off_because"] == "台风", "for everybody"
    refused = post(activity_id, sign_in())
    assert (refused.status_code, refused.json["code"]) == (409, "called_off")


def test_a_process_that_has_not_yet_heard_of_the_calling_off_still_gives_no_seat(
    announce: Announce, post: Post, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    activity_id = announce(seats=5)
    post(activity_id, sign_in())
    monkeypatch.setattr("server.activities.planning.forget_card", lambda _: None)
    call_off(activity_id=activity_id, reason="台风", actor="system")
    refused = post(activity_id, sign_in())
    assert (refused.status_code, refused.json["code"]) == (409, "full")


def test_a_sign_up_is_three_statements_and_a_repeat_two(
    announce: Announce, post: Post, sign_in: SignIn, count_queries: list[str]
) -> None:
    activity_id, warm, who = announce(seats=3), sign_in(), sign_in()
    post(activity_id, warm)
    post(activity_id, who, {"group": "nowhere"})
    count_queries.clear()
    assert post(activity_id, who).status_code == 201
    assert [statement.split()[0] for statement in count_queries] == ["UPDATE", "INSERT", "INSERT"]
    count_queries.clear()
    assert post(activity_id, who).status_code == 200
    assert [statement.split()[0] for statement in count_queries] == ["UPDATE", "SELECT"]


def test_a_loser_behind_the_flag_an_early_bird_and_a_stranger_cost_no_query(
    announce: Announce, post: Post, sign_in: SignIn, count_queries: list[str]
) -> None:
    full, early, special = announce(seats=0), announce(opens=timedelta(hours=1)), announce(level=Level.L2)
    first, second = sign_in(), sign_in()
    for activity_id in (full, early, special):
        post(activity_id, first)
        post(activity_id, second)
    db.session.remove()
    count_queries.clear()
    assert [post(activity_id, second).status_code for activity_id in (full, early, special)] == [409, 409, 403]
    assert count_queries == []


def test_without_redis_a_sign_up_works(
    announce: Announce, post: Post, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, app: object
) -> None:
    activity_id, winner, loser = announce(seats=1), sign_in(), sign_in()
    away = redis_library.Redis.from_url("redis://127.0.0.1:1")
    monkeypatch.setitem(app.extensions, "warmbee_redis", away)  # type: ignore[attr-defined]
    assert post(activity_id, winner).status_code == 201
    assert post(activity_id, loser).status_code == 409
    assert post(activity_id, winner).status_code == 200


def test_a_group_is_added_until_it_is_over(announce: Announce, freeze: Callable[[datetime], None]) -> None:
    freeze(NOON)
    activity_id = announce()
    freeze(NOON + timedelta(days=3, hours=1, minutes=59))
    add_group(activity_id=activity_id, group=NewGroup("more", "加一组", 3), actor="system")
    freeze(NOON + timedelta(days=3, hours=2))
    with pytest.raises(Problem) as refused:
        add_group(activity_id=activity_id, group=NewGroup("another", "又一组", 3), actor="system")
    assert (refused.value.status, refused.value.code) == (409, "over")
