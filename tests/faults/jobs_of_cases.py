"""The jobs of cases and their clocks: how each is brought about, where its worker is killed, what is so afterwards."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from server.cases.exchange.models import CaseExchange, ExchangeMessage
from server.cases.models import Case, CaseEvent, DateReminder, SecretTries
from server.cases.ownership import WINDOW
from server.cases.proxies.models import CaseProxy
from server.cases.retention.models import PurgeReceipt
from server.cases.vocabulary import Direction
from server.city.words import Word
from server.clocks.models import ClockChange
from server.core.access import Level
from server.core.clock import now, today
from server.core.db import db, new_id, transaction
from server.core.storage import storage
from server.notices.models import Notice, StaffNotice
from server.unions.duty.models import StaffAbsence
from tests.activities.conftest import announce as announce
from tests.activities.conftest import union as union
from tests.cases.conftest import submission
from tests.clocks.test_changes import arrive as arrive
from tests.clocks.test_service import start as start_clock
from tests.faults.job_world import Done, Job, World, count
from tests.me.going import DAY
from tests.moments import FRIDAY
from tests.people import person
from tests.staff import make_staff


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


def _lying_with_nobody(world: World) -> tuple[None, Done]:
    make_staff("A1")
    no = world.case()
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.no == no).values(union_id=None))
    return None, lambda: count(Case, Case.union_id.is_not(None)) == count(CaseEvent, CaseEvent.step == "placed") == 1


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
    world.staff_does(world.case(), "refuse", "--ground", "not_ours", "--text", "请找公积金中心。")
    world.freeze(FRIDAY.replace(year=2040))

    def done() -> bool:
        emptied = count(Case, Case.emptied_at.is_not(None)) == 1
        return emptied and count(PurgeReceipt, PurgeReceipt.retention_class == "grievance") == 1

    return None, done


def _sweeping(world: World) -> tuple[None, Done]:
    key = storage().put(b"nobody's")
    world.freeze(now() + 2 * DAY)
    return None, lambda: not storage().has(key)


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


def _recomputing(world: World) -> tuple[None, Done]:
    assert start_clock(new_id(), "GR_HANDLE", "2026-12-30 10:00").provisional
    world.arrive(2027, ["2027-01-01"])
    return None, lambda: count(ClockChange) == 1


JOBS_OF_CASES = [
    Job(name="cases.ask_for_ratings", table="case_rating_question", arrange=_asking_how_it_went),
    Job(name="cases.begin_absences", table="staff_notice", arrange=_going_away),
    Job(name="cases.escalate", table="staff_notice", arrange=_escalating),
    Job(name="cases.forget_tries", table="case_secret_tries", arrange=_forgetting_tries),
    Job(name="cases.lapse", table="case_event", arrange=_lapsing),
    Job(name="cases.pass_on_unread", table="staff_notice", arrange=_passing_on),
    Job(name="cases.place_nobodys", table="case_event", arrange=_lying_with_nobody),
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
]
