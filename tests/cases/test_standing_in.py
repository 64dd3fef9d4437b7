"""Whoever is away: a colleague with the same rights works on their cases, what nobody can do goes up and is shown."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases import absences, queue, working, writing
from server.cases.desk import opened_case
from server.cases.models import Case, CaseEvent
from server.cases.queue import Question, Whose
from server.cases.tasks import begin_standing_in, escalate_cases
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.clock import today
from server.core.db import db, transaction
from server.core.errors import Problem
from server.notices.models import StaffNotice
from server.unions.duty.delegates import colleagues_of
from server.unions.duty.models import StaffAbsence, StaffDuty
from server.unions.duty.service import end_absence
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.staff.models import RoleGrant, StaffAccount
from server.unions.staff.service import close_account
from server.unions.staff.vocabulary import GrantState
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import FRIDAY, Freeze, Submit
from tests.desk import desk_of, words
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff, make_street

DAY = timedelta(days=1)


@pytest.fixture
def no(app: Flask, sign_in: SignIn, submit: Submit, freeze: Freeze) -> Iterator[str]:
    """A grievance that W1 has in hand; W2 has the same rights, HEAD is on duty as the district's head."""
    freeze(FRIDAY)
    for number in ("W1", "W2"):
        make_staff(number, "worker_desk")
    head = make_staff("HEAD")
    with transaction() as session:
        session.add(
            StaffDuty(
                staff_id=head.id, union_id=make_district().id, kind=DutyKind.HEAD, first_day=today(), last_day=None
            )
        )
    case = submit("grievance", sign_in(Level.L1))["no"]
    working.staff_step(no=case, code="accept", staff_no="W1")
    return case


def away(delegate: str | None, *, after: int = 0) -> StaffAbsence:
    day = today() + after * DAY
    return absences.be_away(number="W1", first_day=day, last_day=day + 2 * DAY, delegate=delegate)


def mine(staff_no: str, whose: Whose = Whose.MINE) -> list[tuple[str, bool]]:
    found = queue.waiting(Question(whose=whose), staff_no=staff_no, cursor=None, limit=9)
    assert queue.count_waiting(Question(whose=whose), staff_no=staff_no) == len(found.items)
    return [(one.no, one.stood_in) for one in found.items]


def told(staff_no: str | None) -> list[str]:
    db.session.rollback()
    mine = sa.select(StaffNotice.text).where(StaffNotice.staff_no == staff_no).order_by(StaffNotice.id)
    return list(db.session.scalars(mine))


def case_of(no: str) -> Case:
    db.session.rollback()
    return db.session.scalars(sa.select(Case).where(Case.no == no)).one()


def bar(no: str, staff_no: str) -> None:
    with transaction():
        case_of(no).objected_to = [staff_no]


def test_only_who_may_work_on_the_same_cases_can_be_named(app: Flask, no: str) -> None:
    street = make_street("440304001")
    make_staff("STREET", "street_worker", union=street)
    make_staff("FINANCE", "finance")
    make_staff("GONE", "worker_desk")
    with transaction() as session:
        session.execute(sa.update(StaffAccount).where(StaffAccount.number == "GONE").values(closed_at=sa.func.now()))
    assert {"HEAD", "W2"} <= {one.number for one in colleagues_of("W1")}
    assert not {"W1", "STREET", "FINANCE", "GONE"} & {one.number for one in colleagues_of("W1")}
    assert "W2" not in {one.number for one in colleagues_of("STREET")}, "the desk has no hardship aid"
    for number in ("STREET", "FINANCE", "W1"):
        with pytest.raises(Problem) as refused:
            away(number)
        assert "delegate" in refused.value.errors  # type: ignore[operator]
    with pytest.raises(Problem) as gone:
        away("GONE")
    assert gone.value.status == 404
    page = desk_of(app, "W3", "worker_desk").get("/console/absences")
    assert 'value="W2"' in page.text
    assert 'value="STREET"' not in page.text


def test_whoever_stands_in_works_on_the_cases_which_stay_whose_they_are(no: str, freeze: Freeze) -> None:
    assert mine("W2") == []
    absence = away("W2")
    assert mine("W2") == [(no, True)]
    assert mine("W2", Whose.OPEN) == [(no, True)]
    assert mine("W1") == [(no, False)]
    assert told("W2") == ["工号 W1 请假到 3 月 15 日，由你代办，手上 1 件"]
    shown = opened_case(no=no, staff_no="HEAD").absent
    assert shown is not None
    assert (shown.stand_in, shown.until) == ("W2", today() + 2 * DAY)

    working.staff_step(no=no, code="begin", staff_no="W2")
    for text in ("材料收到了。", "在核对。"):
        writing.staff_message(no=no, staff_no="W2", text=text)
    writing.staff_message(no=no, staff_no="HEAD", text="我也看到了。")
    assert case_of(no).handler_no == "W1", "a step that takes the case takes it from nobody"
    made = sa.select(AuditEvent.actor, AuditEvent.action, AuditEvent.detail["for"].astext).where(
        AuditEvent.action.in_(["case.accept", "case.begin", "case.write", "case.message"])
    )
    assert [tuple(row) for row in db.session.execute(made.order_by(AuditEvent.id))] == [
        ("staff:W1", "case.accept", None),
        ("staff:W2", "case.begin", "W1"),
        ("staff:W2", "case.write", "W1"),
        ("staff:W2", "case.message", "W1"),
        ("staff:HEAD", "case.message", None),
    ]

    steps = sa.select(CaseEvent.staff_no, CaseEvent.stood_in_for).where(CaseEvent.staff_no.is_not(None))
    assert [tuple(row) for row in db.session.execute(steps.order_by(CaseEvent.number))][:2] == [
        ("W1", None),
        ("W2", "W1"),
    ]

    end_absence(absence_id=absence.id, number="W1")
    assert mine("W2") == []
    assert opened_case(no=no, staff_no="HEAD").absent is None
    writing.staff_message(no=no, staff_no="W2", text="还有一句。")
    assert db.session.scalars(made.with_only_columns(AuditEvent.detail).order_by(AuditEvent.id.desc())).first() == {}


def test_reminders_of_the_cases_go_to_whoever_stands_in_and_say_whose_they_are(no: str, freeze: Freeze) -> None:
    absences.be_away(number="W1", first_day=today(), last_day=today() + 30 * DAY, delegate="W2")
    freeze(FRIDAY + timedelta(days=6, hours=7))
    escalate_cases()
    assert [text for text in told("W2") if text.startswith(f"替工号 W1 办：{no}")]
    bar(no, "W2")
    freeze(FRIDAY + timedelta(days=7, hours=10))
    before = len(told("W2"))
    escalate_cases()
    assert len(told("W2")) == before
    assert [text for text in told("HEAD") if text.startswith(no)]


def test_what_the_colleague_may_not_do_goes_up_and_is_taken_over(app: Flask, client: FlaskClient, no: str) -> None:
    bar(no, "W2")
    away("W2")
    assert told("W2") == ["工号 W1 请假到 3 月 15 日，由你代办，手上 0 件"]
    assert told("HEAD") == [f"工号 W1 请假到 3 月 15 日，{no} 代办的工号 W2 不能办，请安排别的同事接过来"]
    assert mine("W2") == []
    assert mine("HEAD", Whose.LEFT) == [(no, False)]
    with pytest.raises(Problem) as refused:
        absences.take_over(no=no, staff_no="W2")
    assert refused.value.code == "other_handler"

    desk = desk_of(app, "W3", "worker_desk")
    assert "1 同事请假或者离岗、没人代办的事项" in words(desk.get("/console/"))
    page = words(desk.get(f"/console/cases/{no}"))
    assert "请假到" in page
    assert "没有人代办" in page
    for _ in range(2):
        assert "接过来了" in words(desk.post(f"/console/cases/{no}/take-over", follow=True))
    assert told("W1") == [f"{no} 你请假的时候工号 W3 接过去了，以后由他办"]
    made = db.session.scalars(sa.select(CaseEvent).where(CaseEvent.step == "take_over")).one()
    assert (made.staff_no, made.what) == ("W3", "原来办的同事请假，换了同事接着办")
    assert made.what in words(desk.get(f"/console/cases/{no}"))
    assert case_of(no).handler_no == "W3"
    assert mine("HEAD", Whose.LEFT) == []
    end = db.session.scalars(sa.select(StaffAbsence.id)).one()
    end_absence(absence_id=end, number="W1")
    assert mine("W3") == [(no, False)]


def test_cases_of_whoever_left_are_in_nobodys_hands_until_a_colleague_takes_them(
    app: Flask, no: str, freeze: Freeze
) -> None:
    make_staff("CLOSES", "system_admin")
    close_account(number="W1", by="CLOSES")
    assert told("HEAD") == ["工号 W1 的账号关了：手上 1 件没有人办，请安排同事接过来"]
    assert mine("HEAD", Whose.LEFT) == [(no, False)]

    freeze(FRIDAY + timedelta(days=6, hours=7))
    escalate_cases()
    assert told("W1") == [], "the alarm would ring for an account that nobody can open"
    assert [text for text in told(None) if no in text], "nobody is at the desk: it stands in /status"

    desk = desk_of(app, "W3", "worker_desk")
    page = words(desk.get(f"/console/cases/{no}"))
    assert "已经不办事了" in page
    assert "接过来了" in words(desk.post(f"/console/cases/{no}/take-over", follow=True))
    assert case_of(no).handler_no == "W3"
    assert mine("HEAD", Whose.LEFT) == []
    made = db.session.scalars(sa.select(CaseEvent).where(CaseEvent.step == "take_over")).one()
    assert made.what == "换了同事接着办"


def test_cases_of_whoever_has_no_role_any_more_are_in_nobodys_hands(no: str) -> None:
    with transaction() as session:
        account = session.scalars(sa.select(StaffAccount).where(StaffAccount.number == "W1")).one()
        session.execute(sa.update(RoleGrant).where(RoleGrant.staff_id == account.id).values(until=FRIDAY))
    assert mine("HEAD", Whose.LEFT) == [(no, False)]


def test_cases_of_another_office_go_up_where_the_colleague_may_not_work_on_them(no: str) -> None:
    with transaction() as session:
        other = TradeUnion(code="GH440307", name="另一个区总工会", kind=UnionKind.DISTRICT, area_code="440307")
        session.add(other)
        session.flush()
        case = session.scalars(sa.select(Case).where(Case.no == no)).one()
        case.union_id, case.handler_no = other.id, "BOTH"
    account = make_staff("BOTH", "worker_desk")
    with transaction() as session:
        grant = RoleGrant(staff_id=account.id, role="worker_desk", union_id=other.id, state=GrantState.GRANTED)
        grant.until, grant.reason, grant.created_at = FRIDAY + 300 * DAY, "测试", FRIDAY
        session.add(grant)
    absences.be_away(number="BOTH", first_day=today(), last_day=today(), delegate="W2")
    assert mine("W2") == []
    assert [text for text in told(None) if no in text], "no head is on duty in that district"
    shown = opened_case(no=no, staff_no="BOTH").absent
    assert shown is not None
    assert shown.stand_in is None
    assert mine("BOTH", Whose.LEFT) == [(no, False)]


def test_what_somebody_has_in_hand_who_is_there_is_not_taken_over(no: str) -> None:
    with pytest.raises(Problem) as refused:
        absences.take_over(no=no, staff_no="W2")
    assert refused.value.code == "in_hand"
    away("W2")
    with pytest.raises(Problem):
        absences.take_over(no=no, staff_no="HEAD")


def test_whoever_has_no_right_any_more_when_it_begins_does_not_stand_in(no: str, freeze: Freeze) -> None:
    away("W2", after=1)
    assert told("W2") == ["工号 W1 在 3 月 14 日到 3 月 16 日请假，写了由你代办"]
    begin_standing_in()
    assert len(told("W2")) == 1, "it has not begun"
    with transaction() as session:
        session.execute(
            sa.update(RoleGrant)
            .values(until=FRIDAY)
            .where(
                RoleGrant.staff_id == sa.select(StaffAccount.id).where(StaffAccount.number == "W2").scalar_subquery()
            )
        )
    freeze(FRIDAY + DAY)
    for _ in range(2):
        begin_standing_in()
    assert len(told("W2")) == 1
    assert told("HEAD") == [
        "工号 W1 请假到 3 月 16 日，写了代办的工号 W2 已经没有这里的权限：手上 1 件没有人办，请安排同事接过来"
    ]
    assert mine("HEAD", Whose.LEFT) == [(no, False)]


def test_who_goes_away_with_many_cases_asks_as_little_as_with_one(
    no: str, submit: Submit, sign_in: SignIn, count_queries: list[str]
) -> None:
    def begin() -> int:
        bar(no, "W2")
        count_queries.clear()
        absences.be_away(number="W1", first_day=today(), last_day=today(), delegate="W2")
        before = len(count_queries)
        end = db.session.scalars(sa.select(StaffAbsence.id)).one()
        end_absence(absence_id=end, number="W1")
        return before

    few = begin()
    for _ in range(4):
        case = submit("grievance", sign_in(Level.L1))["no"]
        working.staff_step(no=case, code="accept", staff_no="W1")
        bar(case, "W2")
    assert begin() <= few
    assert len(told("HEAD")) == 1 + 5


def test_the_list_is_asked_for_with_five_questions(
    no: str, submit: Submit, sign_in: SignIn, count_queries: list[str]
) -> None:
    working.staff_step(no=submit("grievance", sign_in(Level.L1))["no"], code="accept", staff_no="W2")
    away("W2")
    db.session.rollback()
    for whose in (Whose.MINE, Whose.OPEN, Whose.LEFT, Whose.TEAM):
        count_queries.clear()
        queue.waiting(Question(whose=whose), staff_no="W2", cursor=None, limit=9)
        assert len(count_queries) <= 5


def test_where_nobody_stands_in_and_nobody_is_on_duty_it_waits_for_whoever_arranges_duties(no: str) -> None:
    with transaction() as session:
        session.execute(sa.delete(StaffDuty))
    away(None)
    assert told(None) == ["工号 W1 请假到 3 月 15 日，没有写谁代办：手上 1 件没有人办，请安排同事接过来"]
