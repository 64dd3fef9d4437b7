"""What a service tells the chair of: at once, once, in the inbox, whoever else is on duty."""

from typing import Any

import pytest
import sqlalchemy as sa

from server.cases.desk import opened_case
from server.core.access import Level
from server.core.db import db
from server.core.errors import Problem
from server.notices.models import StaffNotice
from server.notices.staff import INFORMED, count_unread, staff_inbox
from server.unions.duty.vocabulary import DutyKind
from tests.cases.conftest import STAFF, Desk, Follow, Submit
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff, make_street, put_on_duty

PUNISHED = {"topic": "retaliation", "text": "反映扣款以后，站长就不给我派单了。"}
STREET = {"street": "440304011"}


@pytest.fixture
def worker(sign_in: SignIn) -> Headers:
    return sign_in(Level.L1)


def informed() -> list[tuple[str | None, str]]:
    asked = sa.select(StaffNotice.staff_no, StaffNotice.link).where(StaffNotice.kind == INFORMED)
    return [tuple(row) for row in db.session.execute(asked.order_by(StaffNotice.staff_no))]


def test_the_chair_of_the_union_that_has_it_is_told_at_once_and_sees_no_case_by_that(
    worker: Headers, submit: Submit
) -> None:
    make_staff("W1", "street_worker", union=make_street("440304011"))
    make_staff("Z1", "district_chair")
    case = submit("grievance", worker, answers={**PUNISHED, **STREET})
    assert informed() == [("Z1", "/reminders")], "the nearest above has one where the street has none"
    (told,) = staff_inbox(staff_no="Z1", limit=9)
    assert told.text == f"{case['no']}（反映问题）有工友说因为反映问题被报复，按急事在办，请过问"
    assert count_unread(staff_no="Z1") == 1
    with pytest.raises(Problem) as refused:
        opened_case(no=case["no"], staff_no="Z1")
    assert refused.value.status == 403


def test_the_chair_of_the_street_is_nearer_and_opens_it_where_they_may(worker: Headers, submit: Submit) -> None:
    street = make_street("440304011")
    make_staff("W1", "street_worker", union=street)
    make_staff("Z1", "district_chair")
    make_staff("Z2", "street_chair", "street_worker", union=street)
    case = submit("grievance", worker, answers={**PUNISHED, **STREET})
    assert informed() == [("Z2", f"/cases/{case['no']}")]


def test_another_topic_tells_nobody_until_it_becomes_that_one_and_then_once(
    worker: Headers, submit: Submit, follow: Follow, desk: Desk
) -> None:
    make_staff("Z1", "district_chair")
    case = submit("grievance", worker, answers={"topic": "pay"})
    assert informed() == []
    mine = follow(case, worker)
    assert mine.post("supplements", {"answers": {"topic": "retaliation"}}).status_code < 300
    assert mine.post("supplements", {"answers": {"text": "这两天又少派了单，昨天一单都没有。"}}).status_code < 300
    assert desk.run("fill", case["no"], "--answers", '{"happened": "这个月"}').exit_code == 0
    assert informed() == [("Z1", "/reminders")]


@pytest.mark.parametrize("head", [True, False])
def test_where_there_is_no_chair_whoever_heads_the_office_is_told_or_it_waits_with_what_nobody_was(
    worker: Headers, submit: Submit, head: bool
) -> None:
    account: Any = make_staff("H1", "finance")
    if head:
        put_on_duty(account, DutyKind.HEAD, make_district())
    case = submit("grievance", worker, answers=PUNISHED)
    assert informed() == ([("H1", "/reminders")] if head else [(None, f"/cases/{case['no']}")])
    assert opened_case(no=case["no"], staff_no=STAFF).case.no == case["no"]
