"""要打的电话: whom no message reached, or whose date comes near without an account; what came of it ends the row."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.capabilities.models import CaseCall
from server.cases.models import Case, DateReminder
from server.cases.proxies.filing import Told, file_at_desk
from server.cases.tasks import remind_of_last_days
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.clock import SHANGHAI
from server.core.db import db, transaction
from server.core.jobs import run_worker
from server.identity.consents import GivenConsent, consent_texts
from server.identity.models import ConsentKey, Worker
from server.identity.rules import mask_phone
from server.notices.models import CallOutcome, Delivery, DeliveryState, Failure, Notice, StaffNotice, Way
from server.notices.service import notify
from server.notices.worded import worded
from server.unions.service import admit
from tests.cases.conftest import FRIDAY, submission
from tests.desk import Desk, desk_of, make_member, words
from tests.moments import Freeze
from tests.people import person
from tests.rosters import make_union
from tests.sign_in import make_worker
from tests.standins import StandIn

SOMEBODY = person(761)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day} 09:07").replace(tzinfo=SHANGHAI)


@pytest.fixture
def typed(app: Flask, freeze: Freeze) -> Callable[..., str]:
    """Legal aid typed at the desk of the district, with arbitration to be applied for by 2026-06-01."""
    freeze(FRIDAY)
    app.extensions["warmbee_services"].kept.clear()
    make_member("T1", "legal_coordinator")

    def file(*, contact: bool) -> str:
        told = submission("legal_aid", answers={"last_day": "2025-06-01"})
        asked = [ConsentKey(one["key"]) for one in told["consents"]]
        keys = [key for key in asked if contact or key is not ConsentKey.CONTACT]
        given = [GivenConsent(key, consent_texts()[key].version) for key in keys]
        made = file_at_desk(
            Told("legal_aid", "named", told["answers"], given, SOMEBODY.name, SOMEBODY.phone), staff_no="T1"
        )
        return made.case.no

    return file


def remind(app: Flask, day: str, freeze: Freeze) -> None:
    freeze(at(day))
    remind_of_last_days()
    run_worker(app, wait=False, periodic_tasks=False)
    db.session.rollback()


def sent(sms: StandIn) -> list[str]:
    return [str(one["text"]) for one in sms.messages() if one["phone"] == SOMEBODY.phone]


@pytest.mark.parametrize("contact", [False, True])
def test_a_date_of_who_has_no_account_is_told_to_the_desk_and_by_sms_where_they_agreed(
    app: Flask, typed: Callable[..., str], freeze: Freeze, sms_standin: StandIn, db_session: Session, contact: bool
) -> None:
    no = typed(contact=contact)
    run_worker(app, wait=False, periodic_tasks=False)
    before = len(sent(sms_standin))
    remind(app, "2026-05-02", freeze)
    remind(app, "2026-05-02", freeze)
    notice = db_session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "case.date")).one()
    assert (notice.staff_no, no in notice.text, "还剩 30 天" in notice.text) == ("T1", True, True)
    assert SOMEBODY.phone not in notice.text
    texts = sent(sms_standin)[before:]
    assert len(texts) == contact
    assert not re.search("仲裁|援助|律师|2026", "".join(texts).replace(no, ""))
    reminder = db_session.scalars(sa.select(DateReminder)).one()
    assert (reminder.sms_at is not None) is contact
    assert db_session.scalars(sa.select(Notice).where(Notice.kind == "case.last_day")).all() == []


def test_the_call_stands_in_the_day_says_what_to_say_and_its_outcome_ends_it(
    app: Flask, typed: Callable[..., str], freeze: Freeze, db_session: Session
) -> None:
    no = typed(contact=False)
    remind(app, "2026-05-02", freeze)
    desk = desk_of(app, "C1", "legal_coordinator")
    assert re.search(r"1 日子快到、要打电话的工友", words(desk.get("/console/")))
    listed = words(desk.get("/console/calls"))
    assert no in listed
    assert "30 天" in listed
    assert SOMEBODY.phone not in listed
    assert SOMEBODY.name not in listed
    opened = words(desk.get(f"/console/calls/dates/{no}"))
    assert SOMEBODY.phone in opened
    assert "越早申请越好；最迟 2026-06-01 前，以仲裁委认定为准" in opened
    told = words(desk.post(f"/console/calls/dates/{no}", {"outcome": "told"}, follow=True))
    assert "记下了：告诉了" in told
    assert "没有要打的电话" in told
    db_session.rollback()
    reminder = db_session.scalars(sa.select(DateReminder)).one()
    assert (reminder.called_by, reminder.outcome) == ("C1", CallOutcome.TOLD)
    assert [call.reached for call in db_session.scalars(sa.select(CaseCall))] == [True]
    assert desk.post(f"/console/calls/dates/{no}", {"outcome": "told"}).status_code == 404
    # The next mark asks for another call.
    remind(app, "2026-05-17", freeze)
    assert "15 天" in words(Desk(app).sign_in("C1").get("/console/calls"))
    acts = [row.action for row in db_session.scalars(sa.select(AuditEvent).where(AuditEvent.actor == "staff:C1"))]
    assert [act for act in acts if "date" in act][:3] == ["case.read_date", "case.read_date", "case.call_date"]


@pytest.mark.parametrize("calls", [((2, 10), (2, 15), (2, 18), (3, 9)), ((2, 10), (3, 9), (3, 15))])
def test_three_in_vain_on_two_days_are_enough_and_two_are_not(
    app: Flask,
    typed: Callable[..., str],
    freeze: Freeze,
    db_session: Session,
    calls: tuple[tuple[int, int], ...],
) -> None:
    no = typed(contact=False)
    remind(app, "2026-05-02", freeze)
    path = f"/console/calls/dates/{no}"
    for day, hour in calls:
        freeze(datetime(2026, 5, day, hour, 30, tzinfo=SHANGHAI))
        said = words(Desk(app).sign_in("T1").post(path, {"outcome": "missed"}, follow=True))
        assert ("到此为止" in said) is ((day, hour) == calls[-1]), (day, hour)
    db_session.rollback()
    assert db_session.scalars(sa.select(DateReminder)).one().outcome is CallOutcome.MISSED
    assert db_session.scalar(sa.select(sa.func.count()).select_from(CaseCall)) == len(calls)


def test_taken_over_or_over_nobody_is_rung_up(
    app: Flask, typed: Callable[..., str], freeze: Freeze, db_session: Session
) -> None:
    no = typed(contact=False)
    remind(app, "2026-05-02", freeze)
    desk = desk_of(app, "C1", "legal_coordinator")
    assert no in words(desk.get("/console/calls"))
    worker_id = make_worker(Level.L1, SOMEBODY).id
    with transaction() as session:
        case = session.scalars(sa.select(Case)).one()
        case.worker_id, case.secret_digest = worker_id, None
    assert "没有要打的电话" in words(desk.get("/console/calls"))
    assert desk.get(f"/console/calls/dates/{no}").status_code == 404


def test_who_works_on_no_legal_aid_sees_no_date_and_no_number(
    app: Flask, typed: Callable[..., str], freeze: Freeze
) -> None:
    no = typed(contact=False)
    remind(app, "2026-05-02", freeze)
    other = desk_of(app, "W1", "worker_desk")
    assert "没有要打的电话" in words(other.get("/console/calls"))
    assert other.get(f"/console/calls/dates/{no}").status_code == 404
    assert other.post(f"/console/calls/dates/{no}", {"outcome": "told"}).status_code == 404
    assert desk_of(app, "L1", "lawyer").get("/console/calls").status_code == 403


def lose_a_message(worker: Worker) -> uuid.UUID:
    with transaction() as session:
        notify(
            worker_id=worker.id,
            kind="case.need_more",
            title="补充",
            body=worded("还差一点"),
            link="/cases/SQ260313-0042-K",
        )
        notice_id = session.scalars(
            sa.select(Notice.id).where(Notice.kind == "case.need_more", Notice.worker_id == worker.id)
        ).one()
        delivery = session.get_one(Delivery, notice_id)
        delivery.state, delivery.way, delivery.failure = DeliveryState.UNDELIVERED, Way.SMS, Failure.NO_WAY
    return notice_id


@pytest.fixture
def unreached(app: Flask) -> uuid.UUID:
    """A message that a member of a street did not get; S1 sits there, S2 in the next street."""
    worker = make_worker(Level.L2, SOMEBODY)
    street, other = make_union("GH1"), make_union("GH2")
    with transaction() as session:
        admit(session, worker_id=worker.id, union=street)
    notice_id = lose_a_message(worker)
    make_member("S1", "street_worker", union=street)
    make_member("S2", "street_worker", union=other)
    return notice_id


def test_a_message_that_reached_nobody_is_listed_masked_and_ended_by_a_call(
    app: Flask, unreached: uuid.UUID, db_session: Session
) -> None:
    desk = Desk(app).sign_in("S1")
    assert "没送到、要打电话的消息" in words(desk.get("/console/"))
    listed = words(desk.get("/console/calls"))
    for part in ("SQ260313-0042-K", "有一件事要你补充", "微信没有允许", mask_phone(SOMEBODY.phone)):
        assert part in listed
    assert SOMEBODY.phone not in listed
    path = f"/console/calls/messages/{unreached}"
    assert SOMEBODY.phone in words(desk.get(path))
    assert "换个时间再打" in words(desk.post(path, {"outcome": "missed"}, follow=True))
    assert "1 次没人接" in words(desk.get("/console/calls"))
    assert desk.post(path, {"outcome": "nonsense"}).status_code == 404
    ended = words(desk.post(path, {"outcome": "wrong_number"}, follow=True))
    assert "号码不对" in ended
    assert "没有要打的电话" in ended
    db_session.rollback()
    delivery = db_session.get_one(Delivery, unreached)
    assert (delivery.outcome, delivery.called_by) == (CallOutcome.WRONG_NUMBER, "staff:S1")
    acts = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action.startswith("notice.")))
    assert [row.action for row in acts].count("notice.read_undelivered") == 4


def test_another_street_sees_nothing_of_it(app: Flask, unreached: uuid.UUID, db_session: Session) -> None:
    other = Desk(app).sign_in("S2")
    assert "没有要打的电话" in words(other.get("/console/calls"))
    path = f"/console/calls/messages/{unreached}"
    assert other.get(path).status_code == 404
    assert other.post(path, {"outcome": "told"}).status_code == 404
    assert db_session.get_one(Delivery, unreached).called_at is None


def test_a_long_list_asks_no_more_than_a_short_one(
    app: Flask, typed: Callable[..., str], freeze: Freeze, count_queries: list[str]
) -> None:
    make_member("C1", "legal_coordinator", "worker_desk")

    def asked(*, listed: int) -> int:
        desk = Desk(app).sign_in("C1")
        count_queries.clear()
        page = words(desk.get("/console/calls"))
        assert (page.count("别人代填的，工友还没有认领"), page.count("有一件事要你补充")) == (listed, listed)
        return len(count_queries)

    def rows(number: int) -> None:
        typed(contact=False)
        lose_a_message(make_worker(Level.L2, person(780 + number)))
        remind(app, "2026-05-02", freeze)

    rows(1)
    few = asked(listed=1)
    for number in (2, 3):
        freeze(FRIDAY)
        rows(number)
    assert asked(listed=3) == few
