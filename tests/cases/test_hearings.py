"""Legal aid before the arbitrators: whose turn it is, hearings and their dates, the award, and a refusal."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases import last_days
from server.cases.tasks import lapse_cases, remind_of_last_days
from server.core.access import Level
from server.core.db import db
from server.notices.models import Notice
from tests.cases.conftest import Desk, Follow, Freeze, Submit
from tests.cases.doing import done, due, refused
from tests.moments import at
from tests.sign_in import SignIn
from tests.staff import make_staff


def to_arbitration(desk: Desk, case: Mapping[str, Any]) -> None:
    desk.do(case, "screen", "grant")
    desk.give(case)
    desk.do(case, "begin", "file", "arb_accepted")


def award_unpaid(desk: Desk, case: dict[str, Any]) -> None:
    """To be paid by 16 March, and nothing was."""
    to_arbitration(desk, case)
    done(desk, case["no"], "award", "--text", "支付二万元。", "--on", "2026-03-06T00:00")
    done(desk, case["no"], "not_performed", "--text", "一分没付。", "--on", "2026-03-16T00:00")


def to_court(desk: Desk, case: dict[str, Any]) -> None:
    to_arbitration(desk, case)
    done(desk, case["no"], "award", "--text", "驳回。", "--on", "2026-03-06T00:00")
    desk.do(case, "sue")


def test_a_case_before_the_arbitrators_says_whose_turn_it_is_and_until_when(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-02 10:00"))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    to_arbitration(desk, case)
    read = follow(case, headers).read()
    assert read["phase"] == "wait_external"
    assert read["next"] == {"who": "outside", "name": "劳动人事争议仲裁委员会", "by": "2026-04-17T00:00:00+08:00"}
    assert due(read).keys() == {"progress", "award"}


def test_a_hearing_is_a_date_with_what_has_to_be_ready_before_and_moves_when_it_is_put_off(
    client: FlaskClient, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-02 10:00"))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    to_arbitration(desk, case)
    me = follow(case, headers)
    assert "写明日期和时间" in refused(desk, case["no"], "hearing")
    assert "已经过去" in refused(desk, case["no"], "hearing", "--on", "2026-03-01T09:30")
    done(desk, case["no"], "hearing", "--on", "2026-03-18T09:30")
    shown = due(me.read())
    assert (shown["hearing"], shown["ready"]) == ("2026-03-18T09:30:00+08:00", "2026-03-13T18:00:00+08:00")
    told = {clock["key"]: (clock["owed_by"], clock["event_at"]) for clock in me.read()["clocks"]}
    assert (told["hearing"], told["ready"]) == (("outside", shown["hearing"]), ("union", None))
    (listed,) = client.get("/api/v1/me/cases", headers=headers).json["items"]
    assert listed["clocks"] == me.read()["clocks"]
    done(desk, case["no"], "hearing", "--on", "2026-03-25T14:00")
    assert due(me.read())["hearing"] == "2026-03-25T14:00:00+08:00"
    # Four days late, and one before the hearing: late is better than never.
    freeze(at("2026-03-24 10:00"))
    done(desk, case["no"], "prepared", "--text", "带身份证，提前半小时到。")
    assert "ready" not in due(me.read())
    freeze(at("2026-03-25 14:01"))
    lapse_cases()
    assert "hearing" not in due(me.read())
    assert me.read()["state"] == "arbitrating"


def test_after_the_award_the_worker_has_fifteen_unrolled_days_to_sue(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-06 10:00"))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    to_arbitration(desk, case)
    award = ("award", "--text", "裁决支付二万元。")
    assert "哪天收到裁决书的" in refused(desk, case["no"], *award)
    assert "还没有到" in refused(desk, case["no"], *award, "--on", "2026-03-10T00:00")
    # A wrong year would tell the worker at once that it is too late.
    assert "年份" in refused(desk, case["no"], *award, "--on", "2025-03-06T00:00")
    # Written down three days after it was received: the law counts from the day on which it was.
    freeze(at("2026-03-09 10:00"))
    done(desk, case["no"], *award, "--on", "2026-03-06T00:00")
    me = follow(case, headers)
    sue = next(clock for clock in me.read()["clocks"] if clock["key"] == "sue")
    assert sue["last_day"] == "2026-03-21"  # a Saturday
    assert me.read()["next"]["who"] == "worker"
    freeze(at("2026-03-22 00:01"))
    lapse_cases()
    assert me.read()["state"] == "in_service"


def test_after_a_judgment_the_worker_has_fifteen_days_to_appeal_also_while_the_lawyer_changes(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-06 10:00"))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    to_court(desk, case)
    done(desk, case["no"], "judgment", "--text", "支付一半。", "--on", "2026-03-05T00:00")
    me = follow(case, headers)
    assert (me.read()["state_name"], me.read()["next"]["who"]) == ("一审判了，定要不要上诉", "worker")
    appeal = next(clock for clock in me.read()["clocks"] if clock["key"] == "appeal")
    assert (appeal["last_day"], appeal["owed_by"]) == ("2026-03-20", "worker")
    assert me.post("replacement", {"reason": "约了两次都没来"}).status_code == 200
    assert "appeal" in due(me.read())
    freeze(at("2026-03-21 00:01"))
    lapse_cases()
    assert "appeal" not in due(me.read())
    assert "上诉期限过了，没有上诉" in [event["what"] for event in me.read()["timeline"]]


def test_after_a_ruling_the_worker_has_ten_days_to_appeal_and_the_court_may_go_on(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-06 10:00"))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    to_court(desk, case)
    ruling = ("ruling", "--text", "驳回起诉。")
    assert "哪天收到裁定书的" in refused(desk, case["no"], *ruling)
    done(desk, case["no"], *ruling, "--on", "2026-03-05T00:00")
    me = follow(case, headers)
    appeal = next(clock for clock in me.read()["clocks"] if clock["key"] == "appeal_ruling")
    assert (appeal["last_day"], appeal["owed_by"], me.read()["next"]["who"]) == ("2026-03-15", "worker", "worker")
    desk.do(case, "ruling_accepted")
    assert me.read()["state"] == "court_first"
    done(desk, case["no"], *ruling, "--on", "2026-03-06T00:00")
    freeze(at("2026-03-17 00:01"))
    lapse_cases()
    assert (me.read()["state"], "appeal_ruling" in due(me.read())) == ("in_service", False)


def test_two_years_to_apply_for_enforcement_run_from_the_last_day_of_payment_until_somebody_does(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-20 10:00"))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    award_unpaid(desk, case)
    me = follow(case, headers)
    enforce = next(clock for clock in me.read()["clocks"] if clock["key"] == "enforce_by")
    assert (enforce["last_day"], enforce["owed_by"]) == ("2028-03-16", "worker")
    assert me.post("replacement", {"reason": "约了两次都没来"}).status_code == 200
    assert "enforce_by" in due(me.read()), "the two years run on while the lawyer changes"
    desk.give(case, "L2")
    desk.do(case, "begin", "enforce")
    assert "enforce_by" not in due(me.read())


def test_the_two_years_run_on_after_the_lawyer_has_finished_until_it_is_known_to_be_paid(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-20 10:00"))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    award_unpaid(desk, case)
    me = follow(case, headers)
    told = []
    for step in (("finish", "裁决了，公司没有付。"), ("close", "报告：公司没有付。"), ("check_true", "说的一样。")):
        desk.do(case, step)
        told.append((me.read()["state"], due(me.read()).get("enforce_by")))
    assert [state for state, _ in told] == ["closing", "checking", "settled"]
    assert len({day for _, day in told}) == 1, told
    assert told[0][1] is not None


def test_the_two_years_are_seen_after_the_case_has_ended_and_told_ninety_and_thirty_days_before_they_do_once_each(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-20 10:00"))
    headers = sign_in(Level.L2)
    cases = [submit("legal_aid", headers) for _ in range(2)]
    for case in cases:
        award_unpaid(desk, case)
    ended, done_all_the_same = cases
    desk.do(done_all_the_same, "enforce")
    for case in cases:
        assert follow(case, headers).post("withdrawal", {}).status_code == 200
    me = follow(ended, headers)
    assert (me.read()["state"], due(me.read())) == ("withdrawn", {})
    shown = {one["key"]: one for one in me.read()["computed"]}["enforce_limit"]
    assert shown["value"] == "2028-03-16"
    told = []
    for day in ("2027-12-16", "2027-12-17", "2028-02-14", "2028-02-15", "2028-03-16", "2028-03-17"):
        freeze(at(f"{day} 09:07"))
        remind_of_last_days()
        remind_of_last_days()
        notices = db.session.scalars(sa.select(Notice.body).where(Notice.kind == "case.last_day")).all()
        told.append([ended["no"] in body and "申请强制执行" in body for body in notices])
    assert [len(one) for one in told] == [0, 1, 1, 2, 2, 2]
    assert all(told[-1])


def test_a_case_that_ended_long_ago_is_not_opened_again_for_its_dates(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(at("2026-03-20 10:00"))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    award_unpaid(desk, case)
    assert follow(case, headers).post("withdrawal", {}).status_code == 200
    opened: list[str] = []
    monkeypatch.setattr(last_days, "_remind", lambda case, *_, **__: opened.append(case.no) or 0)
    last_days.remind(at=at("2029-03-19 10:00"))
    assert opened == [case["no"]]
    last_days.remind(at=at("2029-03-26 10:00"))
    assert opened == [case["no"]]


def test_the_two_years_that_pass_are_told(sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze) -> None:
    freeze(at("2026-03-20 10:00"))
    case = submit("legal_aid", sign_in(Level.L2))
    award_unpaid(desk, case)
    freeze(at("2028-03-17 00:01"))
    lapse_cases()
    assert "申请强制执行的两年过了，没有申请" in desk.run("show", case["no"]).output


def test_what_the_district_office_does_not_take_comes_back_by_whoever_decides(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-02 10:00"))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    desk.do(case, "screen", ("transfer", "属政府法援，接收人李工。"))
    make_staff("C1", "legal_coordinator")
    back = ("transfer_back", "--text", "那边说不在范围。")
    refused(desk, case["no"], *back, staff="C1")
    done(desk, case["no"], *back)
    read = follow(case, headers).read()
    assert (read["state"], set(due(read))) == ("granted", {"assign"})
    desk.give(case)


def test_a_refusal_is_looked_at_again_by_somebody_else(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-02 10:00"))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    desk.do(case, "screen", ("refuse", "不属于援助范围。"))
    me = follow(case, headers)
    assert me.post("reopening", {"reason": "我是外地来的，要的是工钱。"}).status_code == 200
    assert due(me.read()) == {"objection": "2026-03-10T00:00:00+08:00"}
    done(desk, case["no"], "overturn", staff="B2")
    assert me.read()["state"] == "granted"
