"""Legal aid: taken at any hour with a phone number, granted to whom is known, and an award already made comes first."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from server.cases.desk import opened_case
from server.core.access import Level
from server.core.clock import SHANGHAI
from server.core.db import db, transaction
from server.identity.models import Worker
from tests.cases.conftest import STAFF, Desk, Follow, Freeze, Submit
from tests.sign_in import SignIn
from tests.staff import make_staff


def facts(case: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    return {one["key"]: (one["text"], one["urgent"]) for one in case["computed"]}


def closed(no: str, code: str = "grant") -> str | None:
    """Why a step is not offered to the desk."""
    return next(one.closed for one in opened_case(no=no, staff_no=STAFF).actions if one.step.code == code)


def test_it_is_taken_at_night_with_a_phone_number_and_granted_once_the_worker_is_known(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze
) -> None:
    freeze(datetime(2026, 3, 14, 3, 0, tzinfo=SHANGHAI))
    no = submit("legal_aid", sign_in(Level.L1))["no"]
    assert desk.run("do", no, "screen").exit_code == 0
    refused = desk.run("do", no, "grant")
    assert (refused.exit_code, "要先核对工友的姓名和证件" in refused.output) == (1, True)
    assert (closed(no) or "").startswith("工友还没有核实到“实名已核对”这一级，要先核对工友的姓名和证件")
    db.session.rollback()
    with transaction() as session:
        session.execute(sa.update(Worker).values(level=Level.L2))
    assert closed(no) is None
    assert desk.run("do", no, "grant").exit_code == 0


def test_where_time_is_short_aid_comes_first_and_the_papers_before_it_begins(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze
) -> None:
    freeze(datetime(2027, 2, 24, 10, 0, tzinfo=SHANGHAI))
    for already in ((), ("screen",)):
        case = submit("legal_aid", sign_in(Level.L1))
        desk.do(case, *already)
        assert desk.run("do", case["no"], "grant_first", "--text", "只剩五天。").exit_code == 0
        desk.give(case)
        assert desk.run("do", case["no"], "begin").exit_code == 1


@pytest.mark.parametrize(
    ("day", "answers", "possible"),
    [
        ("2027-02-22", {}, False),
        ("2027-02-23", {}, True),
        ("2026-03-20", {"stage": "awarded", "award_on": "2026-03-10"}, True),
    ],
)
def test_aid_comes_first_only_where_time_is_short(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, day: str, answers: dict[str, Any], possible: bool
) -> None:
    freeze(datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=SHANGHAI))
    no = submit("legal_aid", sign_in(Level.L1), answers=answers)["no"]
    done = desk.run("do", no, "grant_first", "--text", "不急也先办。")
    assert (done.exit_code == 0) is possible, done.output
    assert ("期限还没有到这么紧" in done.output) is not possible


def test_other_grounds_of_the_law_are_chosen_by_whoever_decides(sign_in: SignIn, submit: Submit, desk: Desk) -> None:
    make_staff("C1", "legal_coordinator")
    no = submit("legal_aid", sign_in(Level.L1))["no"]
    words = ("--text", "公司在转移财产。")
    assert desk.run("do", no, "grant_first_else", *words).exit_code == 1, "without a ground"
    chosen = (*words, "--ground", "preserve")
    assert desk.run("do", no, "grant_first_else", *chosen, staff="C1").exit_code == 1
    assert desk.run("do", no, "grant_first_else", *chosen).exit_code == 0


def test_a_limit_is_urgent_as_long_as_something_can_be_done_about_it(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(datetime(2027, 2, 24, 10, 0, tzinfo=SHANGHAI))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    assert facts(case)["limit_date"][1]
    desk.do(case, ("grant_first", "只剩五天。"))
    desk.give(case)
    desk.do(case, "begin")
    assert facts(follow(case, headers).read())["limit_date"][1]
    desk.do(case, "file")
    assert not facts(follow(case, headers).read())["limit_date"][1]
    desk.do(case, ("change_lawyer", "想换一位。"))
    desk.give(case, "L2")
    desk.do(case, "begin")
    assert not facts(follow(case, headers).read())["limit_date"][1], "applied for it stays, whoever has the case"


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2026-03-10", "越早起诉越好；最迟 2026-03-16 前，以法院认定为准"),
        ("2026-03-16", "越早起诉越好；最迟 2026-03-16 前，以法院认定为准"),
        ("2026-03-17", "按你填的日期，2026-03-16 已经过了 15 天；先别放弃，请律师看"),
    ],
)
def test_an_award_already_made_puts_its_fifteen_days_first(
    sign_in: SignIn, submit: Submit, freeze: Freeze, day: str, text: str
) -> None:
    freeze(datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=SHANGHAI))
    case = submit("legal_aid", sign_in(Level.L1), answers={"stage": "awarded", "award_on": "2026-03-01"})
    assert case["urgent"]
    assert case["computed"][0]["key"] == "award_limit"
    assert facts(case)["award_limit"] == (text, True)
    assert "limit_date" not in facts(case), "the year for arbitration would mislead now"


def test_without_the_day_of_the_award_it_is_asked_for_at_once(sign_in: SignIn, submit: Submit) -> None:
    case = submit("legal_aid", sign_in(Level.L1), answers={"stage": "awarded"})
    assert "请马上告诉我们哪天收到的" in facts(case)["award_limit"][0]


def test_words_for_the_limit_never_soothe(sign_in: SignIn, submit: Submit, freeze: Freeze) -> None:
    freeze(datetime(2026, 3, 14, 10, 0, tzinfo=SHANGHAI))
    case = submit("legal_aid", sign_in(Level.L1))
    assert facts(case)["limit_date"][0] == "越早申请越好；最迟 2027-03-01 前，以仲裁委认定为准"
    assert "award_limit" not in facts(case)


def test_the_day_of_the_award_is_not_kept_where_there_is_none(sign_in: SignIn, submit: Submit) -> None:
    for stage in ("none", "在和公司谈"):
        case = submit("legal_aid", sign_in(Level.L1), answers={"stage": stage, "award_on": "2026-03-01"})
        assert "award_on" not in case["answers"]
