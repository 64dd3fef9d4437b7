"""Offered seats over HTTP: taken, passed on, too late; companions; what somebody who waits may hope for."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.activities import chances
from server.activities.planning import call_off, remove
from server.notices.plans import plans
from server.seats import tasks
from server.seats.verify import verify
from tests.activities.conftest import Announce
from tests.moments import Freeze
from tests.sign_in import Headers, SignIn

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
EVENING = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
"""21:00 in Shanghai."""


class Worker:
    """What somebody does with the activity."""

    def __init__(self, client: FlaskClient, headers: Headers, activity_id: uuid.UUID) -> None:
        self._client, self._headers = client, headers
        self._path = f"/api/v1/activities/{activity_id}"
        self.worker_id = headers.worker_id

    def sign_up(self, companions: int = 0) -> TestResponse:
        body = {"companions": companions} if companions else {}
        return self._client.post(f"{self._path}/signups", json=body, headers=self._headers)

    def leave(self) -> TestResponse:
        return self._client.delete(f"{self._path}/signups/mine", headers=self._headers)

    def mine(self) -> dict[str, object]:
        return self._client.get(self._path, headers=self._headers).json["mine"]

    def confirm(self, signup_id: object = None) -> TestResponse:
        wanted = signup_id or self.mine()["id"]
        return self._client.post(f"/api/v1/signups/{wanted}/confirmation", headers=self._headers)

    def notices(self) -> list[str]:
        items = self._client.get("/api/v1/notices", headers=self._headers).json["items"]
        return [item["title"] for item in items]


Crowd = Callable[..., list[Worker]]


@pytest.fixture
def crowd(client: FlaskClient, sign_in: SignIn) -> Crowd:
    def make(activity_id: uuid.UUID, count: int) -> list[Worker]:
        people = [Worker(client, sign_in(), activity_id) for _ in range(count)]
        for one in people:
            one.sign_up()
        return people

    return make


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chances, "_kept", {})


@pytest.fixture
def offering(announce: Announce, freeze: Freeze) -> Callable[..., uuid.UUID]:
    """An activity with offers, around a frozen time."""

    def make(at: datetime = NOON, **wanted: object) -> uuid.UUID:
        freeze(at)
        return announce(around=at, waiting_list=True, offers=True, **{"seats": 1} | wanted)

    return make


def test_an_offer_is_shown_with_its_end_and_taken_with_one_tap(
    offering: Callable[..., uuid.UUID], crowd: Crowd, client: FlaskClient
) -> None:
    first, second, _ = crowd(offering(), 3)
    assert second.confirm().json["code"] == "no_offer"
    first.leave()

    offered = second.mine()
    assert (offered["state"], offered["offer_until"]) == ("offered", "2026-03-10T14:00:00+08:00")
    assert "seat_no" not in offered
    no_pass = client.get(f"/api/v1/signups/{offered['id']}/pass", headers=second._headers)
    assert (no_pass.status_code, no_pass.json["code"]) == (409, "no_seat")

    taken = second.confirm()
    assert (taken.status_code, taken.json["state"], taken.json["seat_no"]) == (200, "signed", 1)
    assert second.confirm().json == taken.json
    assert client.get(f"/api/v1/signups/{offered['id']}/pass", headers=second._headers).status_code == 200
    assert second.notices() == ["报名成功", "轮到你了，要不要这个名额？", "已经排上候补"]


def test_an_offer_that_is_turned_down_goes_to_the_next(offering: Callable[..., uuid.UUID], crowd: Crowd) -> None:
    first, second, third = crowd(offering(), 3)
    first.leave()
    passed = second.leave()
    assert (passed.status_code, passed.json["state"]) == (200, "passed")
    assert third.mine()["state"] == "offered"
    assert second.confirm().json["code"] == "offer_over"
    assert second.sign_up().json["position"] == 1


def test_an_offer_may_be_turned_down_after_seats_cannot_be_given_up_any_more(
    offering: Callable[..., uuid.UUID], crowd: Crowd, freeze: Freeze
) -> None:
    activity_id = offering(begins=timedelta(hours=3), closes=timedelta(hours=1))
    first, second = crowd(activity_id, 2)
    freeze(NOON + timedelta(minutes=59))
    first.leave()
    freeze(NOON + timedelta(minutes=61))
    assert second.leave().json["state"] == "passed"


def test_too_late_is_said_and_the_next_has_it(offering: Callable[..., uuid.UUID], crowd: Crowd, freeze: Freeze) -> None:
    first, second, third = crowd(offering(), 3)
    first.leave()
    freeze(NOON + timedelta(hours=2))
    late = second.confirm()
    assert (late.status_code, late.json["code"]) == (409, "offer_over")
    tasks.expire_offers()
    assert third.mine()["state"] == "offered"
    assert second.confirm(second.mine()["id"]).json["code"] == "offer_over"
    assert second.notices()[0] == "名额给了下一位"


def test_an_offer_of_the_evening_stands_through_the_night(
    offering: Callable[..., uuid.UUID], crowd: Crowd, freeze: Freeze
) -> None:
    first, second = crowd(offering(EVENING), 2)
    first.leave()
    assert second.mine()["offer_until"] == "2026-03-11T08:00:00+08:00"
    freeze(EVENING + timedelta(hours=10, minutes=59))
    tasks.expire_offers()
    assert second.confirm().json["state"] == "signed"


@pytest.mark.parametrize(("begins", "minutes"), [(timedelta(hours=24), 120), (timedelta(hours=23, minutes=59), 30)])
def test_less_than_a_day_before_an_offer_is_short(
    offering: Callable[..., uuid.UUID], crowd: Crowd, begins: timedelta, minutes: int
) -> None:
    first, second = crowd(offering(begins=begins, closes=timedelta(hours=20)), 2)
    first.leave()
    assert datetime.fromisoformat(str(second.mine()["offer_until"])) == NOON + timedelta(minutes=minutes)


def test_what_was_called_off_can_neither_be_confirmed_nor_lapses(
    offering: Callable[..., uuid.UUID], crowd: Crowd, freeze: Freeze
) -> None:
    activity_id = offering()
    first, second = crowd(activity_id, 2)
    first.leave()
    call_off(activity_id=activity_id, reason="下大雨", actor="system")
    freeze(NOON + timedelta(hours=3))
    assert second.confirm().json["code"] == "called_off"
    tasks.expire_offers()
    assert second.notices()[0] == "活动取消了"


def test_nobody_confirms_for_somebody_else(offering: Callable[..., uuid.UUID], crowd: Crowd) -> None:
    first, second, third = crowd(offering(), 3)
    first.leave()
    assert third.confirm(second.mine()["id"]).status_code == 404


def test_who_is_removed_reads_why_and_the_seat_goes_on(offering: Callable[..., uuid.UUID], crowd: Crowd) -> None:
    first, second = crowd(offering(), 2)
    signup_id = uuid.UUID(str(first.mine()["id"]))
    assert remove(signup_id=signup_id, reason="不是这个区的", actor="staff:1001")
    assert not remove(signup_id=signup_id, reason="不是这个区的", actor="staff:1001")
    assert first.notices()[0] == "主办方取消了你的报名"
    assert second.mine()["state"] == "offered"


def test_companions_are_counted_and_only_where_they_may_come(announce: Announce, crowd: Crowd) -> None:
    alone_only = announce(seats=9)
    [one] = crowd(alone_only, 1)
    one.leave()
    assert one.sign_up(companions=1).json["errors"] == {"companions": ["这个活动不能带人，只能给自己报名"]}

    family = announce(seats=3, companions=1)
    first, second, third = (Worker(one._client, one._headers, family) for one in crowd(alone_only, 3))
    assert first.sign_up(companions=2).json["errors"] == {"companions": ["这个活动最多带 1 个人"]}
    assert first.sign_up(companions=3).status_code == 422
    assert first.sign_up(companions=1).json["companions"] == 1
    full = second.sign_up(companions=1)
    assert (full.status_code, full.json["title"]) == (409, "剩下的名额不够 2 个人，少带几个人再试")
    assert second.sign_up().status_code == 201
    assert third.sign_up().json["title"] == "名额已经满了，看看别的活动吧"
    assert verify()[1] == []


def test_a_chance_rests_on_what_happened_before_and_says_when_it_knows_nothing(
    announce: Announce, crowd: Crowd, freeze: Freeze
) -> None:
    for number in range(4):
        freeze(NOON + timedelta(days=7 * number))
        people = crowd(announce(around=NOON + timedelta(days=7 * number), seats=4, waiting_list=True), 7)
        for one in people[: number + 1]:
            one.leave()
    freeze(NOON + timedelta(days=60))
    people = crowd(announce(around=NOON + timedelta(days=60), seats=1, waiting_list=True, companions=1), 4)
    # Four lists of three: they moved by one, two, three and three; the last two ran empty there.
    assert [one.mine().get("chance") for one in people] == [
        None,
        {"likelihood": "likely", "reached": 4, "of": 4},
        {"likelihood": "likely", "reached": 3, "of": 4},
        {"likelihood": "open", "reached": 2, "of": 4},
    ]
    people[3].leave()
    people[3].sign_up(companions=1)
    assert people[3].mine()["chance"] == {"likelihood": "unknown", "reached": 0, "of": 0}


def test_an_offer_also_reaches_a_worker_outside_of_the_app() -> None:
    assert plans()["activity.offered"].sms
    assert plans()["activity.removed"].sms
