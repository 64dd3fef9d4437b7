"""The duty roster and absences at the console."""

from datetime import timedelta

from flask import Flask

from server.core.clock import today
from server.unions.duty.service import roster
from server.unions.duty.vocabulary import DutyKind
from tests.desk import desk_of, words
from tests.staff import make_district, make_staff, make_street

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
    for slip in ({"first_day": "0001-01-01"}, {"last_day": "9999-12-31"}):
        refused = worker.post("/console/absences", away | {"delegate": "S0002"} | slip)
        assert (refused.status_code, "年份不对" in words(refused)) == (422, True)
    page = worker.post("/console/absences", away | {"delegate": "S0002"}, follow=True)
    assert "由 测小工S0002（S0002） 代办" in words(page)
    assert on_duty() == ["S0002"]
    assert "由 S0002 代办" in words(keeper.get("/console/duty"))

    end = next(part.split('"')[0] for part in page.text.split('action="') if part.split('"')[0].endswith("/end"))
    other = desk_of(app, "S0003", "street_worker")
    assert other.post(end).status_code == 404
    worker.post(end)
    assert on_duty() == ["S0001"]


def test_the_head_of_an_office_keeps_its_own_roster_and_no_other(app: Flask) -> None:
    here, there = make_street("440304011"), make_street("440304009")
    make_staff("S0001", "street_worker", union=here)
    make_staff("S0002", "street_worker", union=there)
    head = desk_of(app, "H0001", "office_head", union=here)
    security = desk_of(app, "B0001", "security_admin")
    filled = {"number": "S0001", "kind": "desk", "union": here.code, "first_day": str(today() - DAY)}
    assert "排好了" in words(head.post("/console/duty/new", filled, follow=True))
    assert roster().on_duty(DutyKind.DESK, union_id=here.id, day=today()) == ["S0001"]
    assert "请从列出的工会里选" in words(head.post("/console/duty/new", filled | {"union": there.code}))
    assert "这个人不在你管的单位" in words(head.post("/console/duty/new", filled | {"number": "S0002"}))
    security.post("/console/duty/new", filled | {"number": "S0002", "union": there.code})
    assert roster().on_duty(DutyKind.DESK, union_id=there.id, day=today()) == ["S0002"]
    page = head.get("/console/duty")
    assert "S0001" in words(page)
    assert "S0002" not in words(page)
    end = next(part.split('"')[0] for part in page.text.split('action="') if part.split('"')[0].endswith("/end"))
    other = desk_of(app, "H0002", "office_head", union=there)
    assert other.post(end).status_code == 403
    assert "今天以后不再值这个班" in words(head.post(end, follow=True))
