"""The duty roster and absences at the console."""

from datetime import timedelta

from flask import Flask

from server.core.clock import today
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind
from tests.desk import desk_of, words
from tests.staff import make_district, make_staff

DAY = timedelta(days=1)


def on_duty() -> list[str]:
    return roster().on_duty(DutyKind.DESK, union_id=make_district().id, day=today())


def test_somebody_is_put_on_duty_and_taken_off(app: Flask) -> None:
    keeper = desk_of(app, "B0001", "security_admin")
    make_staff("S0001", "street_worker")
    assert "还没有人值班" in words(keeper.get("/console/duty"))
    filled = {"number": "S0001", "kind": "desk", "union": "GH440304", "first_day": str(today() - DAY)}
    assert "没有这个工号" in words(keeper.post("/console/duty/new", filled | {"number": "S9999"}))
    page = keeper.post("/console/duty/new", filled, follow=True)
    assert "排好了" in words(page)
    assert on_duty() == ["S0001"]
    end = next(part.split('"')[0] for part in page.text.split('action="') if part.split('"')[0].endswith("/end"))
    assert "今天以后不再值这个班" in words(keeper.post(end, follow=True))
    assert roster().on_duty(DutyKind.DESK, union_id=make_district().id, day=today() + DAY) == []


def test_whoever_is_away_has_somebody_stand_in_and_comes_back_early(app: Flask) -> None:
    keeper = desk_of(app, "B0001", "security_admin")
    worker = desk_of(app, "S0001", "street_worker")
    make_staff("S0002", "street_worker")
    keeper.post(
        "/console/duty/new",
        {"number": "S0001", "kind": "desk", "union": "GH440304", "first_day": str(today() - DAY)},
    )
    away = {"first_day": str(today()), "last_day": str(today() + 3 * DAY), "delegate": "S0001"}
    assert "请写另一个人的工号" in words(worker.post("/console/absences", away))
    page = worker.post("/console/absences", away | {"delegate": "S0002"}, follow=True)
    assert "由 测小工S0002（S0002） 代办" in words(page)
    assert on_duty() == ["S0002"]
    assert "由 S0002 代办" in words(keeper.get("/console/duty"))

    end = next(part.split('"')[0] for part in page.text.split('action="') if part.split('"')[0].endswith("/end"))
    other = desk_of(app, "S0003", "street_worker")
    assert other.post(end).status_code == 404
    worker.post(end)
    assert on_duty() == ["S0001"]
