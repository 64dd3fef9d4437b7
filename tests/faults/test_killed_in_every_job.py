"""For every kind of job: its worker is killed in the middle of one; once somebody works again, all is done, once."""

import io
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases.exchange.models import CaseExchange, ExchangeMessage
from server.cases.models import Case, CaseEvent, DateReminder, SecretTries
from server.cases.ownership import WINDOW
from server.cases.proxies.models import CaseProxy
from server.cases.retention.models import PurgeReceipt
from server.cases.vocabulary import Direction
from server.city.words import Word
from server.clocks.models import ClockChange
from server.core import jobs
from server.core.access import Level
from server.core.audit import record, sealer, verifying
from server.core.audit.reading import AuditAlarm
from server.core.clock import SHANGHAI, now, today
from server.core.crypto import keyed_hmac
from server.core.db import db, new_id, transaction
from server.core.storage import storage
from server.identity import codes
from server.identity.models import ID_NUMBER, DeskRequest, DeskState, LoginSession, SmsCode, Worker
from server.me import closing
from server.me.models import AccountClosing
from server.notices.models import Delivery, DeliveryState, Notice, StaffNotice, Way
from server.seats.claims import claims
from server.seats.models import ClaimState
from server.seats.verify import verify
from server.unions.duty.models import StaffAbsence, StaffDuty
from server.unions.duty.vocabulary import DutyKind
from server.unions.lists import service as lists
from server.unions.lists.models import MemberList, MemberListLine, MembershipInvitation
from server.unions.lists.vocabulary import ListKind, ListState
from tests.activities.conftest import Announce
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.cases.conftest import submission
from tests.clocks.test_changes import arrive as arrive
from tests.clocks.test_service import start as start_clock
from tests.core.audit.conftest import witness_file
from tests.faults.job_worker import killed_at, queue_job, states
from tests.me.test_deleted_when import DAY, GOING, _evidence, _filled, _personal
from tests.me.test_verification import body_of
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff
from tests.standins import StandIn

FRIDAY = datetime(2026, 3, 13, 10, 0, tzinfo=SHANGHAI)
Done = Callable[[], bool]
QUEUED: Mapping[str, Any] = {"queued": "already"}
"""In place of arguments, where what was arranged has queued the job itself."""


@dataclass
class World:
    """What the cases below set up."""

    app: Flask
    client: FlaskClient
    sign_in: SignIn
    freeze: Callable[[datetime], None]
    announce: Announce
    arrive: Callable[..., None]
    sms: StandIn
    identity: StandIn
    city: StandIn

    def ask(self, method: str, path: str, who: Mapping[str, str], body: Any = None) -> dict[str, Any]:
        answer = self.client.open(f"/api/v1{path}", method=method, json=body, headers=dict(who))
        assert answer.status_code < 300, answer.json
        told: dict[str, Any] = answer.json
        return told

    def case(self) -> str:
        self.app.extensions["warmbee_services"].kept.clear()
        return str(self.ask("POST", "/cases", self.sign_in(Level.L2), submission("grievance"))["no"])

    def typed(self, *, phone: str) -> uuid.UUID:
        """Id of a case that a station typed for somebody without an account."""
        no = self.case()
        with transaction() as session:
            unowned = (
                sa.update(Case).where(Case.no == no).values(worker_id=None, secret_digest=b"digest").returning(Case.id)
            )
            case_id = session.scalars(unowned).one()
            session.add(CaseProxy(case_id=case_id, at=now(), station_code="FT0001", phone=phone))
        return case_id

    def staff_does(self, *words: str) -> None:
        done = self.app.test_cli_runner().invoke(args=["case", "do", *words, "--as", "A1"])
        assert done.exit_code == 0, done.output

    def on_duty(self, number: str) -> None:
        account = make_staff(number)
        with transaction() as session:
            session.add(
                StaffDuty(
                    staff_id=account.id,
                    union_id=make_district().id,
                    kind=DutyKind.DESK,
                    first_day=today() - 30 * DAY,
                    phone="19900000743",
                )
            )


def count(of: Any, *where: sa.ColumnElement[bool]) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(of).where(*where)) or 0


@dataclass(frozen=True, kw_only=True)
class Job:
    """How to bring a job about, where to kill its worker, and what has to be so afterwards."""

    name: str
    table: str
    """The worker is killed when it wants to write to it,"""
    mode: str = "EXCLUSIVE"
    """or with ACCESS EXCLUSIVE, to read it."""
    arrange: Callable[[World], tuple[Mapping[str, Any] | None, Done]]
    """Returns the job's arguments, None for a periodic one, and the question whether all is done."""

    def __str__(self) -> str:
        return self.name


def _sealing(_: World) -> tuple[None, Done]:
    witness_file().unlink(missing_ok=True)  # of other tests' chains
    with transaction():
        record(actor="staff:1", action="case.read", subject_kind="case", subject_id="a")

    def done() -> bool:
        report = verifying.verify()
        return (report.tail, report.findings) == (0, [])

    return None, done


def _watching(_: World) -> tuple[None, Done]:
    with transaction():
        for number in range(41):
            record(actor="staff:1", action="case.read", subject_kind="case", subject_id=str(number))
    return None, lambda: count(AuditAlarm, AuditAlarm.rule == "many_in_an_hour") == 1


def _escalating(world: World) -> tuple[None, Done]:
    world.freeze(FRIDAY)
    world.on_duty("DESK")
    world.case()
    world.freeze(FRIDAY + 3 * DAY)

    def done() -> bool:
        told = [tuple(row) for row in db.session.execute(sa.select(StaffNotice.kind, StaffNotice.text))]
        return bool(told) and len(told) == len(set(told))

    return None, done


def _forgetting_tries(_: World) -> tuple[None, Done]:
    with transaction() as session:
        session.add(SecretTries(no="SQ1", tries=1, since=now() - 2 * WINDOW))
    return None, lambda: count(SecretTries) == 0


def _lapsing(world: World) -> tuple[None, Done]:
    world.freeze(FRIDAY)
    make_staff("A1")
    no = world.case()
    world.staff_does(no, "accept")
    world.staff_does(no, "ask_more", "--text", "请补一张工资条。")
    world.freeze(FRIDAY + 60 * DAY)
    return None, lambda: count(Case, Case.state == "lapsed") == count(CaseEvent, CaseEvent.target == "lapsed") == 1


def _asking_how_it_went(world: World) -> tuple[None, Done]:
    world.freeze(FRIDAY)
    make_staff("A1")
    no = world.case()
    world.staff_does(no, "accept")
    world.staff_does(no, "reply", "--text", "办好了。")
    world.freeze(FRIDAY + timedelta(hours=3))
    return None, lambda: count(Notice, Notice.kind == "case.rating") == 1


def _going_away(world: World) -> tuple[None, Done]:
    world.freeze(FRIDAY)
    day = today() + timedelta(days=1)
    first, second = make_staff("A1"), make_staff("A2")
    with transaction() as session:
        session.add(StaffAbsence(staff_id=first.id, first_day=day, last_day=day, delegate_id=second.id))
    world.freeze(FRIDAY + timedelta(days=1))
    return None, lambda: count(StaffNotice, StaffNotice.staff_no == "A2") == 1


def _reminding(world: World) -> tuple[None, Done]:
    world.freeze(FRIDAY)
    world.app.extensions["warmbee_services"].kept.clear()
    aid = submission("legal_aid", answers={"last_day": "2025-04-12"})
    world.ask("POST", "/cases", world.sign_in(Level.L1), aid)

    def done() -> bool:
        return count(DateReminder) == count(Notice, Notice.kind == "case.last_day") == 1

    return None, done


def _purging(world: World) -> tuple[None, Done]:
    world.freeze(FRIDAY)
    make_staff("A1")
    world.staff_does(world.case(), "refuse", "--text", "请找公积金中心。")
    world.freeze(FRIDAY.replace(year=2040))

    def done() -> bool:
        emptied = count(Case, Case.emptied_at.is_not(None)) == 1
        return emptied and count(PurgeReceipt, PurgeReceipt.retention_class == "grievance") == 1

    return None, done


def _sweeping(world: World) -> tuple[None, Done]:
    key = storage().put(b"nobody's")
    world.freeze(now() + 2 * DAY)
    return None, lambda: not storage().has(key)


def _recomputing(world: World) -> tuple[None, Done]:
    assert start_clock(new_id(), "GR_HANDLE", "2026-12-30 10:00").provisional
    world.arrive(2027, ["2027-01-01"])
    return None, lambda: count(ClockChange) == 1


def _taking_up(world: World) -> tuple[None, Done]:
    """One job stalled while its next run waits already: the stalled one is dropped, which looks for its defers."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, lock, queueing_lock, status, args)"
            " SELECT 'seats.verify', 'default', 'x', 'x', status::procrastinate_job_status, '{\"timestamp\": 0}'"
            " FROM unnest(ARRAY['doing', 'todo']) AS two (status)"
        )
    return None, lambda: states("seats.verify") == []


def _sending_a_code(world: World) -> tuple[Mapping[str, Any], Done]:
    codes.request_code(phone=person(742).phone)

    def done() -> bool:
        sent = [text for text in world.sms.messages() if text["phone"] == person(742).phone]
        return count(SmsCode, SmsCode.phone.is_not(None)) == 0 and len(sent) == 1

    return QUEUED, done


def _asking_the_service(world: World) -> tuple[Mapping[str, Any], Done]:
    who, someone = world.sign_in(Level.L1), person(741)
    world.identity.control("POST", "people", {"name": someone.name, "id_number": someone.id_number})
    charged = len(world.identity.control("GET", "charges")["items"])
    world.ask("POST", "/me/verification", who, body_of(someone))

    def done() -> bool:
        asked_once = len(world.identity.control("GET", "charges")["items"]) == charged + 1
        return asked_once and count(Worker, Worker.id == who.worker_id, Worker.level == Level.L2) == 1

    return QUEUED, done


def _closed(world: World) -> tuple[Headers, AccountClosing]:
    who = world.sign_in(Level.L2)
    started = closing.start(worker_id=who.worker_id)
    world.freeze(now() + closing.COOLING_OFF)
    return who, started


def _erased(who: Headers) -> bool:
    gone = count(Worker, Worker.id == who.worker_id, Worker.name.is_(None), Worker.phone.is_(None)) == 1
    left = count(LoginSession, LoginSession.worker_id == who.worker_id)
    return gone and left == 0 and count(AccountClosing, AccountClosing.erased_at.is_not(None)) == 1


def _erasing(world: World) -> tuple[Mapping[str, Any], Done]:
    who, started = _closed(world)
    return {"closing_id": str(started.id)}, lambda: _erased(who)


def _finding_who_is_erased(world: World) -> tuple[None, Done]:
    who, _ = _closed(world)
    return None, lambda: _erased(who)


def _forgetting_taken_back(world: World) -> tuple[Mapping[str, Any], Done]:
    with transaction() as session:
        for row in _evidence(world.sign_in(Level.L0), DAY):
            session.add(row)
            session.flush()
        session.execute(sa.update(DeskRequest).values(state=DeskState.REPLACED))
    key = db.session.scalars(sa.text("SELECT storage_key FROM attachment")).one()
    gone = sa.text("SELECT count(*) FROM attachment")
    # The file went before the worker was killed, its row did not.
    return {}, lambda: not storage().has(key) and db.session.scalar(gone) == 0


def _lowering(world: World) -> tuple[None, Done]:
    who = world.sign_in(Level.L3)
    with transaction() as session:
        session.execute(sa.update(Worker).values(paper_valid_to=today() - DAY))

    def done() -> bool:
        return count(Worker, Worker.level == Level.L2) == count(Notice, Notice.worker_id == who.worker_id) == 1

    return None, done


def _delivery(world: World, state: DeliveryState) -> Delivery:
    who = world.sign_in(Level.L2)
    at = now() - timedelta(hours=2)
    with transaction() as session:
        notice = Notice(worker_id=who.worker_id, kind="case.need_more", title="请你补充", body="x", link="/me")
        notice.created_at = at
        session.add(notice)
        session.flush()
        made = Delivery(notice_id=notice.id, worker_id=who.worker_id, kind=notice.kind, state=state, way=Way.SMS)
        made.created_at = made.due_at = made.changed_at = at
        session.add(made)
    return made


def _delivering(world: World) -> tuple[Mapping[str, Any], Done]:
    world.freeze(FRIDAY)
    notice_id = _delivery(world, DeliveryState.WAITING).notice_id
    ended = Delivery.state == DeliveryState.UNDELIVERED  # nobody agreed to be sent anything
    return {"notice_id": str(notice_id)}, lambda: count(Delivery, ended) == 1


def _picking_up(world: World) -> tuple[None, Done]:
    _delivery(world, DeliveryState.SENDING)
    return None, lambda: count(Delivery, Delivery.state == DeliveryState.UNKNOWN) == 1


def _sending_to_the_office(world: World) -> tuple[Mapping[str, Any], Done]:
    world.on_duty("DESK")
    with transaction() as session:
        told = StaffNotice(staff_no="DESK", kind="clock.100", text="到期了", link="", created_at=now())
        session.add(told)
        session.flush()

    def done() -> bool:
        sent = [text for text in world.sms.messages() if text["phone"] == "19900000743"]
        return count(StaffNotice, StaffNotice.sms_at.is_not(None)) == 1 and bool(sent)

    return {"notice_id": str(told.id)}, done


def _passing_offers_on(world: World) -> tuple[None, Done]:
    world.freeze(FRIDAY)
    activity_id = world.announce(around=FRIDAY, seats=1, waiting_list=True, offers=True)
    people = [world.sign_in(Level.L1) for _ in range(3)]
    for one in people:
        world.ask("POST", f"/activities/{activity_id}/signups", one, {})
    world.ask("DELETE", f"/activities/{activity_id}/signups/mine", people[0])
    world.freeze(FRIDAY + timedelta(hours=3))

    def done() -> bool:
        stand = [
            db.session.scalar(sa.select(claims.c.state).where(claims.c.holder_id == one.worker_id)) for one in people
        ]
        offered = count(Notice, Notice.worker_id == people[2].worker_id, Notice.kind.like("%offered%")) == 1
        expected = [ClaimState.CANCELLED, ClaimState.PASSED, ClaimState.OFFERED]
        return stand == expected and offered and verify()[1] == []

    return None, done


def _order_of_12345(world: World, due_at: datetime) -> str:
    """A case of theirs, whose reply they have still to be told."""
    no = world.case()
    case_id = db.session.scalars(sa.select(Case.id).where(Case.no == no)).one()
    with transaction() as session:
        exchange = CaseExchange(
            case_id=case_id,
            direction=Direction.IN,
            begun_at=now(),
            their_no=f"SZ-{no}",
            their_state=Word.ORDER,
            their_seq=1,
            asks_rating=False,
        )
        session.add(exchange)
        session.flush()
        told = {"word": Word.ANSWERED, "at": now(), "text": "办好了。", "tries": 0, "due_at": due_at, "refused": False}
        session.add(ExchangeMessage(exchange_id=exchange.id, **told))
    return no


def _told(world: World, no: str) -> bool:
    arrived = [one for one in world.city.messages() if one["our_no"] == no]
    return len(arrived) == 1 and count(ExchangeMessage, ExchangeMessage.sent_at.is_not(None)) == 1


def _telling_12345(world: World) -> tuple[Mapping[str, Any], Done]:
    no = _order_of_12345(world, now())
    exchange_id = db.session.scalars(sa.select(CaseExchange.id)).one()
    return {"exchange_id": str(exchange_id)}, lambda: _told(world, no)


def _picking_up_for_12345(world: World) -> tuple[None, Done]:
    no = _order_of_12345(world, now() - timedelta(hours=1))
    return None, lambda: _told(world, no)


def _sending_a_receipt(world: World) -> tuple[Mapping[str, Any], Done]:
    """At most once: where the worker was killed it had not been sent, and is not yet said to be."""
    case_id = world.typed(phone=person(744).phone)

    def done() -> bool:
        sent = [text for text in world.sms.messages() if text["phone"] == person(744).phone]
        return len(sent) == 1 and count(CaseProxy, CaseProxy.receipt_at.is_not(None)) == 1

    return {"case_id": str(case_id)}, done


def _passing_on(world: World) -> tuple[None, Done]:
    world.freeze(FRIDAY)
    world.on_duty("DESK")
    no = world.case()
    with transaction() as session:
        session.add(StaffNotice(staff_no="DESK", kind="case.danger", text="急", link=f"/cases/{no}", created_at=FRIDAY))
    world.freeze(FRIDAY + timedelta(minutes=11))
    return None, lambda: count(StaffNotice, StaffNotice.kind == "case.unread") == 1


def _telling_what_was_said(world: World) -> tuple[Mapping[str, Any], Done]:
    """At most once, like a receipt."""
    case_id = world.typed(phone=person(767).phone)
    with transaction() as session:
        session.execute(sa.update(CaseProxy).where(CaseProxy.case_id == case_id).values(said_at=now()))

    def done() -> bool:
        sent = [text for text in world.sms.messages() if text["phone"] == person(767).phone]
        return len(sent) == 1 and count(CaseProxy, CaseProxy.said_at.is_not(None)) == 0

    return {"case_id": str(case_id)}, done


def _telling_of_a_date(world: World) -> tuple[Mapping[str, Any], Done]:
    """At most once, like a receipt."""
    case_id = world.typed(phone=person(745).phone)
    with transaction() as session:
        session.add(DateReminder(case_id=case_id, key="limit_date", days=7, at=now()))

    def done() -> bool:
        sent = [text for text in world.sms.messages() if text["phone"] == person(745).phone]
        return len(sent) == 1 and count(DateReminder, DateReminder.sms_at.is_not(None)) == 1

    return {"case_id": str(case_id), "key": "limit_date", "days": 7}, done


def _reading_a_list(world: World) -> tuple[Mapping[str, Any], Done]:
    make_staff("A1", "district_organisation")
    text = f"姓名,证件号码,工会编码\n{person(746).name},{person(746).id_number},{make_district().code}\n"
    lists.ask(kind=ListKind.CITY_BASE, file=io.BytesIO(text.encode()), is_csv=True, staff_no="A1")
    (part,) = db.session.scalars(sa.select(MemberList.parts)).one()
    db.session.rollback()

    def done() -> bool:
        read = count(MemberList, MemberList.state == ListState.DONE, MemberList.tries == 2)
        return read == count(MemberListLine) == 1 and not storage().has(part)

    return QUEUED, done


def _asking_the_listed(world: World) -> tuple[None, Done]:
    world.freeze(FRIDAY)
    who = world.sign_in(Level.L2)
    texted = person(748).phone
    with transaction() as session:
        for row, one, phone in ((2, who.person, None), (3, person(748), texted)):
            asked = MembershipInvitation(row=row, union_id=make_district().id, phone=phone)
            asked.id_number_hmac = keyed_hmac(one.id_number, purpose=ID_NUMBER)
            asked.worker_id = who.worker_id if phone is None else None
            session.add(asked)

    def done() -> bool:
        sent = [text for text in world.sms.messages() if text["phone"] == texted]
        return count(Notice, Notice.kind == "membership.invited") == len(sent) == 1

    return None, done


def _nothing(_: World) -> tuple[None, Done]:
    return None, lambda: True


JOBS = [
    Job(name="audit.seal", table="audit_link", arrange=_sealing),
    Job(name="audit.watch_reading", table="audit_alarm", arrange=_watching),
    Job(name="cases.ask_for_ratings", table="case_rating_question", arrange=_asking_how_it_went),
    Job(name="cases.begin_absences", table="staff_notice", arrange=_going_away),
    Job(name="cases.escalate", table="staff_notice", arrange=_escalating),
    Job(name="cases.forget_tries", table="case_secret_tries", arrange=_forgetting_tries),
    Job(name="cases.lapse", table="case_event", arrange=_lapsing),
    Job(name="cases.pass_on_unread", table="staff_notice", arrange=_passing_on),
    Job(name="cases.purge", table="purge_receipt", arrange=_purging),
    Job(name="cases.remind_of_last_days", table="case_date_reminder", arrange=_reminding),
    Job(name="cases.send_date", table="case_date_reminder", arrange=_telling_of_a_date),
    Job(name="cases.send_receipt", table="case_proxy", arrange=_sending_a_receipt),
    Job(name="cases.send_said", table="case_proxy", arrange=_telling_what_was_said),
    Job(name="cases.sweep_orphan_files", table="attachment", mode="ACCESS EXCLUSIVE", arrange=_sweeping),
    Job(
        name="cases.pick_up_city", table="case_exchange_message", mode="ACCESS EXCLUSIVE", arrange=_picking_up_for_12345
    ),
    Job(name="cases.tell_city", table="case_exchange_message", arrange=_telling_12345),
    Job(name="clocks.recompute", table="clock_change", arrange=_recomputing),
    Job(name="core.take_up_stalled_jobs", table="procrastinate_periodic_defers", arrange=_taking_up),
    Job(name="identity.send_code", table="sms_code", arrange=_sending_a_code),
    Job(name="me.ask_identity_service", table="desk_request", arrange=_asking_the_service),
    Job(name="me.ask_listed", table="notice", arrange=_asking_the_listed),
    Job(name="me.erase", table="audit_event", arrange=_erasing),
    Job(name="me.erase_due", table="account_closing", mode="ACCESS EXCLUSIVE", arrange=_finding_who_is_erased),
    Job(name="me.forget_taken_back", table="audit_event", arrange=_forgetting_taken_back),
    Job(name="me.notice_expired_papers", table="notice", arrange=_lowering),
    Job(name="notices.deliver", table="notice_delivery", arrange=_delivering),
    Job(name="notices.pick_up", table="notice_delivery", arrange=_picking_up),
    Job(name="notices.send_to_office", table="staff_notice", arrange=_sending_to_the_office),
    Job(name="seats.expire_offers", table="notice", arrange=_passing_offers_on),
    Job(name="seats.verify", table="seat_pool", mode="ACCESS EXCLUSIVE", arrange=_nothing),
    Job(name="unions.read_list", table="member_list_line", arrange=_reading_a_list),
]
"""Besides those that only delete what is old: of them there is a list already."""
FORGETTING = {goes.job.__task_name__: goes for goes in GOING}  # type: ignore[attr-defined]  # set by `periodic`


@pytest.fixture
def world(
    app: Flask,
    client: FlaskClient,
    sign_in: SignIn,
    freeze: Callable[[datetime], None],
    announce: Announce,
    arrive: Callable[..., None],
    sms_standin: StandIn,
    identity_standin: StandIn,
    city_standin: StandIn,
) -> World:
    return World(app, client, sign_in, freeze, announce, arrive, sms_standin, identity_standin, city_standin)


def test_every_kind_of_job_is_here() -> None:
    ours = {name for name in jobs.queue.tasks if "builtin" not in name and not name.startswith("test.")}
    assert ours - {job.name for job in JOBS} - FORGETTING.keys() == set(), "add to JOBS"
    assert {job.name for job in JOBS} | FORGETTING.keys() <= ours


@pytest.mark.parametrize("job", JOBS, ids=str)
def test_it_is_done_all_the_same_and_once(world: World, job: Job) -> None:
    arguments, done = job.arrange(world)
    if arguments is not QUEUED:
        queue_job(job.name, arguments)
    killed_at(world.app, job.table, mode=job.mode)
    assert states(job.name) == ["doing"]
    assert jobs.take_up_stalled_jobs() >= 1
    for _ in range(2):  # what is done, and what it has left to be done
        jobs.run_worker(world.app, wait=False, periodic_tasks=False)
    assert states(job.name) == []
    db.session.rollback()
    assert done()


@pytest.mark.parametrize("name", sorted(FORGETTING))
def test_what_is_old_goes_all_the_same(app: Flask, sign_in: SignIn, name: str) -> None:
    goes = FORGETTING[name]
    columns = _personal(goes.table, goes.said)
    with transaction() as session:
        for row in goes.rows(sign_in(Level.L0), goes.lasts + DAY):
            session.add(row)
            session.flush()
    sealer.seal()
    before = _filled(columns, goes.among)
    queue_job(name)
    killed_at(app, goes.table)
    assert _filled(columns, goes.among) == before
    jobs.take_up_stalled_jobs()
    jobs.run_worker(app, wait=False, periodic_tasks=False)
    assert [before[column.name] - _filled(columns, goes.among)[column.name] for column in columns] == [1] * len(columns)
