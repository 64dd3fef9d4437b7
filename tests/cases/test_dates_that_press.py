"""The dates that somebody who asks for a lawyer can lose by: whoever has to act hears of them, and none misleads."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases.models import Case
from server.cases.tasks import lapse_cases, remind_of_last_days
from server.cases.vocabulary import Urgency
from server.core.access import Level
from server.core.clock import SHANGHAI
from server.notices.models import Notice, StaffNotice
from server.unions.duty.vocabulary import DutyKind
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, submission
from tests.cases.declared import services
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff, put_on_duty

PRESSING = ("near", "close", "passed")


def morning(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:07").replace(tzinfo=SHANGHAI)


def pressing(case: dict[str, Any]) -> dict[str, tuple[str, str, bool]]:
    """What the page puts at its top: date, colour and whether aid may come first, by key."""
    return {
        one["key"]: (str(one["value"]), one["colour"], one["urgent"])
        for one in case["computed"]
        if one["urgent"] or one["colour"] in PRESSING
    }


@pytest.mark.parametrize("stage", ["arbitration", "court"])
def test_whoever_has_applied_already_is_not_told_to_apply(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, stage: str
) -> None:
    freeze(morning("2027-02-24"))
    case = submit("legal_aid", sign_in(Level.L1), answers={"stage": stage})
    assert "limit_date" not in {one["key"] for one in case["computed"]}
    assert not case["urgent"]
    assert desk.run("do", case["no"], "grant_first", "--text", "只剩五天。").exit_code == 1


def test_the_day_of_a_hearing_presses_and_is_told_until_it_has_passed(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    case = submit("legal_aid", sign_in(Level.L1), answers={"stage": "court", "next_date": "2026-03-23"})
    assert pressing(case) == {"next_date": ("2026-03-23", "close", False)}
    for day in ("2026-03-16", "2026-03-20", "2026-03-22", "2026-03-24"):
        freeze(morning(day))
        remind_of_last_days()
    db_session.rollback()
    bodies = db_session.scalars(sa.select(Notice.body).where(Notice.kind == "case.last_day").order_by(Notice.id)).all()
    assert [body.partition("还剩 ")[2][:3] for body in bodies] == ["7 天", "3 天", "1 天"]
    late = submit("legal_aid", sign_in(Level.L1), answers={"stage": "court", "next_date": "2026-03-25"})
    assert late["urgent"]
    assert desk.run("do", late["no"], "grant_first", "--text", "后天开庭。").exit_code == 0


def test_the_fifteen_days_after_an_award_are_told_too_and_end_with_going_to_court(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, db_session: Session, follow: Follow
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers, answers={"stage": "awarded", "award_on": "2026-03-12"})
    for day in ("2026-03-20", "2026-03-24", "2026-03-26"):
        freeze(morning(day))
        remind_of_last_days()
    db_session.rollback()
    bodies = db_session.scalars(sa.select(Notice.body).where(Notice.kind == "case.last_day")).all()
    assert len(bodies) == 3
    assert all("越早起诉越好；最迟 2026-03-27 前，以法院认定为准" in body for body in bodies)
    desk.do(case, ("grant_first", "快到期了。"))
    desk.give(case)
    desk.do(case, "begin")
    assert "award_limit" in pressing(follow(case, headers).read())
    desk.do(case, "sue")
    assert pressing(follow(case, headers).read()) == {}


@pytest.mark.parametrize(
    ("day", "colour", "first"),
    [("2027-01-29", None, False), ("2027-01-30", "near", False), ("2027-02-14", "close", False),
     ("2027-02-23", "close", True), ("2027-03-02", "passed", False)],
)  # fmt: skip
def test_the_page_puts_the_limit_on_top_from_thirty_days_on(
    sign_in: SignIn, submit: Submit, freeze: Freeze, day: str, colour: str | None, first: bool
) -> None:
    freeze(morning(day))
    expected = {} if colour is None else {"limit_date": ("2027-03-01", colour, first)}
    assert pressing(submit("legal_aid", sign_in(Level.L1))) == expected


def test_who_was_refused_or_sent_nothing_is_still_told_of_the_limit(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, db_session: Session, follow: Follow
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L2)
    refused, lapsed = (submit("legal_aid", headers, answers={"last_day": "2025-04-10"}) for _ in range(2))
    desk.do(refused, "screen", ("refuse", "不在范围内。"))
    desk.do(lapsed, ("ask_more", "请补合同。"))
    bodies = db_session.scalars(sa.select(Notice.body)).all()
    assert [body for body in bodies if "没有通过" in body and "自己也可以去仲裁委申请" in body]
    freeze(morning("2026-03-23"))
    lapse_cases()
    freeze(morning("2026-03-26"))
    remind_of_last_days()
    for case, state in ((refused, "refused"), (lapsed, "lapsed")):
        page = follow(case, headers).read()
        assert page["state"] == state
        assert pressing(page) == {"limit_date": ("2026-04-10", "close", False)}
    db_session.rollback()
    assert len(db_session.scalars(sa.select(Notice).where(Notice.kind == "case.last_day")).all()) == 2
    assert db_session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "case.urgent")).all() == []


@pytest.fixture
def aid(submit: Submit, sign_in: SignIn, freeze: Freeze) -> tuple[dict[str, Any], Headers]:
    freeze(FRIDAY)
    headers = sign_in(Level.L2)
    return submit("legal_aid", headers, answers={"last_day": "2025-04-10"}), headers


def test_whoever_is_on_duty_for_it_hears_once_that_a_week_is_left_and_it_comes_first_from_then_on(
    aid: tuple[dict[str, Any], Headers], desk: Desk, freeze: Freeze, db_session: Session
) -> None:
    put_on_duty(make_staff("DESK"), DutyKind.DESK, make_district())
    desk.do(aid[0], "screen")
    told = sa.select(StaffNotice.staff_no, StaffNotice.text).where(StaffNotice.kind == "case.urgent")
    for day, count in (("2026-03-26", 0), ("2026-04-03", 1), ("2026-04-04", 1)):
        freeze(morning(day))
        remind_of_last_days()
        db_session.rollback()
        assert len(db_session.execute(told).all()) == count
    number, text = db_session.execute(told).one()
    assert (number, "还剩 7 天" in text) == ("DESK", True)
    assert db_session.scalars(sa.select(Case.urgency)).one() is Urgency.URGENT


def test_who_is_on_duty_gets_an_sms_in_the_morning_of_what_comes_with_five_days_left(
    submit: Submit, sign_in: SignIn, freeze: Freeze, db_session: Session
) -> None:
    put_on_duty(make_staff("DESK"), DutyKind.DESK, make_district(), phone="13800000901")
    freeze(datetime(2027, 2, 24, 23, 30, tzinfo=SHANGHAI))
    waits = sa.text(
        "SELECT extract(epoch FROM scheduled_at - now()) / 3600 FROM procrastinate_jobs"
        " WHERE task_name = 'notices.send_to_office'"
    )
    submit("legal_aid", sign_in(Level.L1))
    assert [float(hours) for hours in db_session.scalars(waits)] == [pytest.approx(7.5, abs=0.1)]


HAPPENED = ("known_on", "told_on", "work_from", "last_day", "demanded_on", "award_on")


@pytest.mark.parametrize("field", HAPPENED)
def test_what_has_happened_happened_today_at_the_latest(
    client: FlaskClient, sign_in: SignIn, submit: Submit, freeze: Freeze, field: str
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    body = submission("legal_aid", answers={"stage": "awarded", field: "2026-03-14"})
    refused = client.post("/api/v1/cases", json=body, headers=headers)
    assert refused.status_code == 422
    assert refused.json["errors"] == {f"answers.{field}": ["这个时间还没有到，请看看有没有写错"]}
    submit("legal_aid", headers, answers={"stage": "awarded", field: "2026-03-13"})


def test_pay_is_owed_for_this_month_at_the_latest_and_a_hearing_may_come(
    client: FlaskClient, sign_in: SignIn, submit: Submit, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    headers, rows = sign_in(Level.L1), [{"month": one, "agreed": 1, "paid": 0} for one in ("2026-03", "2026-04")]
    refused = client.post("/api/v1/cases", json=submission("legal_aid", answers={"wages": rows}), headers=headers)
    assert list(refused.json["errors"]) == ["answers.wages.1.month"]
    submit("legal_aid", headers, answers={"wages": rows[:1], "next_date": "2026-04-01"})


def test_no_day_is_more_than_a_lifetime_ago(
    client: FlaskClient, sign_in: SignIn, submit: Submit, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    headers, rows = sign_in(Level.L1), [{"month": one, "agreed": 1, "paid": 0} for one in ("1926-03", "1926-02")]
    answers = {"known_on": "1026-03-13", "next_date": "1926-03-12", "wages": rows}
    refused = client.post("/api/v1/cases", json=submission("legal_aid", answers=answers), headers=headers)
    said = ["这个时间太早了，请看看年份有没有写错"]
    wrong = ("known_on", "next_date", "wages.1.month")
    assert refused.json["errors"] == {f"answers.{field}": said for field in wrong}
    submit("legal_aid", headers, answers={"known_on": "1926-03-13", "wages": rows[:1]})


@pytest.mark.parametrize("field", ["last_day", "known_on", "told_on"])
def test_a_day_that_has_not_come_yet_in_an_older_case_makes_no_date_later(field: str) -> None:
    rule = next(one for one in services()["legal_aid"].computed if one.key == "limit_date")
    honest = {"last_day": "2025-06-01", "known_on": "2025-06-10", "told_on": "2025-06-20"}
    told = {"matter": "wages", "still_working": False, **honest, field: "2026-06-01"}
    limit = rule.find(told, today=FRIDAY.date())
    assert limit is not None
    assert str(limit.value) <= "2026-06-10", "a year that was typed wrong must not soothe"
