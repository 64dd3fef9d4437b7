"""Money goes to the account that two persons have seen, and what was agreed to and published stays as it was."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases.capabilities.models import CasePayment
from server.cases.desk import opened_case
from server.cases.tasks import lapse_cases
from server.core.db import db
from server.unions.staff.models import StaffAccount
from tests.cases.aid import ACCOUNT, Office
from tests.cases.aid import case as case
from tests.cases.aid import office as office
from tests.cases.aid import publicised as publicised
from tests.cases.aid import rider as rider
from tests.cases.aid import street as street
from tests.cases.conftest import Desk, Follow, Freeze
from tests.desk import Desk as Console
from tests.desk import give_credential, words
from tests.moments import at
from tests.sign_in import Headers

OTHER = {**ACCOUNT, "number": "6222020200112233446"}


@pytest.fixture
def in_need(office: Office) -> Office:
    """Called, with an account, and granted a first sum."""
    office.do("S1", "talk", "今晚就没地方住。")
    assert office.fill("S1", {"account": ACCOUNT}, "finance").exit_code == 0
    office.do("S1", "fast_grant", "先安顿下来。", "--amount", "100000")
    office.second("Z1", "fast_grant")
    return office


def test_nothing_is_granted_to_no_account(office: Office) -> None:
    office.do("S1", "talk", "今晚就没地方住。")
    why = "还没有填收钱的账户"
    assert why in closed(office.no)["fast_grant"]
    assert why in office.refused("S1", "fast_grant", "先安顿下来。", "--amount", "100000")


def closed(no: str, staff_no: str = "S1") -> dict[str, str]:
    """By code of a step why it is not offered."""
    return {one.step.code: one.closed for one in opened_case(no=no, staff_no=staff_no).actions if one.closed}


def test_whoever_approves_at_the_desk_is_told_on_the_case_what_is_missing(app: Flask, office: Office) -> None:
    office.do("S1", "talk", "今晚就没地方住。")
    assert office.fill("S1", {"account": ACCOUNT}, "finance").exit_code == 0
    office.do("S1", "fast_grant", "先安顿下来。", "--amount", "400000")
    give_credential(db.session.scalars(sa.select(StaffAccount).where(StaffAccount.number == "Z1")).one())
    path = f"/console/cases/{office.no}"
    seen = words(Console(app).sign_in("Z1").post(f"{path}/proposals/fast_grant", {"approve": "yes"}, follow=True))
    assert "金额要在 0.01 元到 3,000.00 元之间" in seen
    assert "等另一个人定：先给应急的钱" in seen


@pytest.mark.parametrize("when", ["before finance begins", "between the two of finance"])
def test_an_account_that_was_changed_after_the_grant_is_paid_after_two_have_seen_it(
    publicised: Office,
    desk: Desk,
    when: str,
) -> None:
    publicised.grant()
    if when == "before finance begins":
        assert publicised.fill("S1", {"account": OTHER}, "finance").exit_code == 0
        publicised.do("F1", "pay")
    else:
        publicised.do("F1", "pay")
        assert publicised.fill("S1", {"account": OTHER}, "finance").exit_code == 0
    assert "在批准以后改过" in publicised.not_second("F2", "pay")
    assert db.session.scalars(sa.select(CasePayment.paid_at)).all() == [None]

    publicised.do("S1", "confirm_account", "本人带着银行卡来改的。")
    assert "权限" in publicised.not_second("S2", "confirm_account"), "the district looks, not the street alone"
    publicised.second("A1", "confirm_account")
    publicised.second("F2", "pay")
    assert db.session.scalars(sa.select(CasePayment.paid_at)).all() != [None]


def test_an_account_that_is_as_it_was_needs_no_second_look(in_need: Office) -> None:
    assert "没有改过" in closed(in_need.no)["confirm_account"]
    assert "没有改过" in in_need.refused("S1", "confirm_account", "看一眼。")
    assert in_need.fill("S1", {"account": OTHER}, "finance").exit_code == 0
    assert in_need.fill("S1", {"account": ACCOUNT}, "finance").exit_code == 0
    in_need.do("F1", "pay_first")
    in_need.second("F2", "pay_first")
    assert closed(in_need.no)["confirm_account"] == "没有批过要发的钱"


def test_what_two_agreed_to_is_changed_by_going_back_alone(
    publicised: Office,
    freeze: Freeze,
) -> None:
    refused = publicised.fill("S1", {"income": 1}, "finance")
    assert refused.exit_code == 1
    assert "不能再改" in refused.output
    assert "权限" in publicised.refused("S1", "correct", "收入写错了。")
    publicised.do("A1", "correct", "收入写错了。")
    assert publicised.fill("S1", {"income": 1}, "finance").exit_code == 0
    publicised.do("S1", "street_agree", "属实。")
    publicised.second("S2", "street_agree")
    publicised.do("A1", "district_agree")
    freeze(at("2026-12-14 18:01"))
    lapse_cases()
    publicised.grant()


def test_what_was_granted_wrongly_is_taken_back_before_it_is_paid(
    publicised: Office,
    desk: Desk,
) -> None:
    publicised.grant()
    publicised.do("A1", "correct_granted", "收入写错了。")
    assert "没有要发的钱" in desk.run("payments", staff="F1").output


def test_the_street_alone_does_not_refuse_what_the_district_has_in_hand(publicised: Office) -> None:
    assert "权限" in publicised.refused("S1", "refuse_upper", "不批了。", "--ground", "other")
    publicised.refused("S1", "refuse", "不批了。", "--ground", "other")
    publicised.do("A1", "refuse_upper", "高出 200 元。", "--ground", "above")


def test_whoever_wants_the_first_sum_only_is_not_kept_waiting(
    in_need: Office,
    case: dict[str, Any],
    follow: Follow,
    rider: Headers,
) -> None:
    in_need.refused("S1", "only_first", "不想报家里的情况。")
    in_need.do("F1", "pay_first")
    in_need.second("F2", "pay_first")
    in_need.do("S1", "only_first", "不想报家里的情况。")
    mine = follow(case, rider).read()
    assert (mine["state_name"], mine["clocks"]) == ("应急的钱发了，到此为止", [])


def test_a_first_sum_is_refused_or_taken_back_by_whoever_asked(
    in_need: Office,
    case: dict[str, Any],
    follow: Follow,
    rider: Headers,
    desk: Desk,
) -> None:
    assert follow(case, rider).post("withdrawal", {}).status_code == 200
    assert "没有要发的钱" in desk.run("payments", staff="F1").output
