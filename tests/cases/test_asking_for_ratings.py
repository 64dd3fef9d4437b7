"""The system asks how it went, whoever handled it never does; what is said on the phone is counted apart."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases.models import CasePhoneRating, CaseRating
from server.cases.tasks import ask_for_ratings
from server.core.access import Level
from server.core.db import db
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit
from tests.moments import at
from tests.sign_in import Headers, SignIn

RATING = {"solved": False, "attitude": 4, "result": 2}


@pytest.fixture
def worker(sign_in: SignIn) -> Headers:
    return sign_in(Level.L1)


@pytest.fixture
def answered(submit: Submit, worker: Headers, desk: Desk, freeze: Freeze) -> dict[str, Any]:
    """A case that was answered on Friday at ten."""
    freeze(FRIDAY)
    case = submit("grievance", worker)
    desk.do(case, "accept", ("reply", "问过站点了，多扣的钱下月退。"))
    return case


def times_asked(client: FlaskClient, worker: Mapping[str, str], moment: str, freeze: Freeze) -> int:
    freeze(at(moment))
    ask_for_ratings()
    ask_for_ratings()
    items = client.get("/api/v1/notices", headers=worker).json["items"]
    return [one["kind"] for one in items].count("case.rating")


def test_a_worker_is_asked_after_two_hours_and_once_more_after_three_days(
    answered: dict[str, Any], client: FlaskClient, worker: Headers, freeze: Freeze
) -> None:
    moments = ("2026-03-13 11:59", "2026-03-13 12:00", "2026-03-16 09:59", "2026-03-16 10:00", "2026-03-20 10:00")
    assert [times_asked(client, worker, moment, freeze) for moment in moments] == [0, 1, 1, 2, 2]


def test_after_a_job_that_was_down_for_days_nobody_is_asked_twice(
    answered: dict[str, Any], client: FlaskClient, worker: Headers, freeze: Freeze
) -> None:
    assert times_asked(client, worker, "2026-03-18 10:00", freeze) == 1


def test_whoever_has_rated_is_not_asked(
    answered: dict[str, Any], client: FlaskClient, worker: Headers, freeze: Freeze, follow: Follow
) -> None:
    assert follow(answered, worker).post("rating", RATING).status_code == 201
    assert times_asked(client, worker, "2026-03-16 10:00", freeze) == 0


def test_what_was_reopened_is_asked_about_anew_once_it_is_answered_again(
    answered: dict[str, Any], client: FlaskClient, worker: Headers, freeze: Freeze, follow: Follow, desk: Desk
) -> None:
    assert follow(answered, worker).post("reopening", {"reason": "没有退。"}).status_code == 200
    assert times_asked(client, worker, "2026-03-16 10:00", freeze) == 0
    for step in (["begin"], ["reply", "--text", "已经退了。"]):
        assert desk.run("do", answered["no"], *step, staff="B2").exit_code == 0
    assert times_asked(client, worker, "2026-03-16 12:00", freeze) == 1


def test_nobody_is_asked_about_an_anonymous_case(
    submit: Submit, desk: Desk, freeze: Freeze, caplog: pytest.LogCaptureFixture
) -> None:
    freeze(FRIDAY)
    case = submit()
    desk.do(case, "accept", ("reply", "问过站点了。"))
    freeze(at("2026-03-16 10:00"))
    ask_for_ratings()
    assert "asked_for_ratings" not in caplog.text


# ── on the phone


def rung(desk: Desk, case: Mapping[str, Any], staff: str) -> str:
    said = ("--solved", "--attitude", "5", "--result", "4")
    return desk.run("phone-rating", case["no"], *said, staff=staff).output


def test_somebody_else_rings_up_and_it_is_counted_apart(answered: dict[str, Any], desk: Desk) -> None:
    assert "没有办过这件事的同事" in rung(desk, answered, "A1024")
    assert "记下了" in rung(desk, answered, "B2")
    assert "已经回访过了" in rung(desk, answered, "A1")
    heard = db.session.scalars(sa.select(CasePhoneRating)).one()
    assert (heard.staff_no, heard.solved, heard.attitude, heard.result) == ("B2", True, 5, 4)
    assert db.session.scalars(sa.select(CaseRating)).all() == []


def test_a_call_does_not_take_the_workers_own_word(
    answered: dict[str, Any], desk: Desk, follow: Follow, worker: Headers
) -> None:
    rung(desk, answered, "B2")
    assert follow(answered, worker).post("rating", RATING).status_code == 201
    assert follow(answered, worker).read()["rating"]["solved"] is False


def test_there_is_nothing_to_ask_before_an_answer(submit: Submit, worker: Headers, desk: Desk) -> None:
    assert "还没有答复" in rung(desk, submit("grievance", worker), "B2")
