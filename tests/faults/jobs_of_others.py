"""The jobs beside cases, of accounts, notices, seats, lists, the audit: how each is brought about, and killed where."""

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from server.core.access import Level
from server.core.audit import record, verifying
from server.core.audit.reading import AuditAlarm
from server.core.clock import now, today
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.core.storage import storage
from server.identity import codes
from server.identity.models import ID_NUMBER, DeskRequest, DeskState, LoginSession, SmsCode, Worker
from server.me import closing
from server.me.models import AccountClosing
from server.notices.models import Delivery, DeliveryState, Notice, StaffNotice, Way
from server.seats.claims import claims
from server.seats.models import ClaimState
from server.seats.verify import verify
from server.unions.lists import service as lists
from server.unions.lists.models import MemberList, MemberListLine, MembershipInvitation
from server.unions.lists.vocabulary import ListKind, ListState
from server.unions.models import TradeUnion
from server.unions.staff.models import RoleGrant
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.clocks.test_changes import arrive as arrive
from tests.core.audit.conftest import witness_file
from tests.faults.job_worker import states
from tests.faults.job_world import QUEUED, Done, Job, World, count
from tests.me.going import DAY, evidence
from tests.me.test_verification import body_of
from tests.moments import FRIDAY
from tests.people import person
from tests.sign_in import Headers
from tests.staff import make_district, make_staff


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
        for row in evidence(world.sign_in(Level.L0), DAY):
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


def _reminding_of_elections(world: World) -> tuple[None, Done]:
    world.freeze(FRIDAY)
    make_district()
    with transaction() as session:
        session.execute(sa.update(TradeUnion).values(term_began=today().replace(year=today().year - 4), term_years=3))
    return None, lambda: count(StaffNotice, StaffNotice.kind == "union.election") == 1


def _warning_of_roles_ending(world: World) -> tuple[None, Done]:
    world.freeze(FRIDAY)
    make_staff("A1")
    with transaction() as session:
        session.execute(sa.update(RoleGrant).values(until=FRIDAY + timedelta(days=10)))
    # One to whoever holds it, one where it is shown that nobody grants any.
    return None, lambda: count(StaffNotice, StaffNotice.kind == "staff.roles_ending") == 2


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


JOBS_OF_OTHERS = [
    Job(name="audit.seal", table="audit_link", arrange=_sealing),
    Job(name="audit.watch_reading", table="audit_alarm", arrange=_watching),
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
    Job(name="notices.remind_of_elections", table="staff_notice", arrange=_reminding_of_elections),
    Job(name="notices.warn_of_roles_ending", table="staff_notice", arrange=_warning_of_roles_ending),
    Job(name="seats.expire_offers", table="notice", arrange=_passing_offers_on),
    Job(name="seats.verify", table="seat_pool", mode="ACCESS EXCLUSIVE", arrange=_nothing),
    Job(name="unions.read_list", table="member_list_line", arrange=_reading_a_list),
]
