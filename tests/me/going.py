"""Rows that go by themselves: how old they get, the job that takes them away, and how to make some of an age."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from dev import personal_data
from server.cases.files import tasks as file_tasks
from server.cases.files.media import MediaType
from server.cases.files.models import Attachment, Upload, UploadPart
from server.core import tasks as core_tasks
from server.core.audit import AuditEvent
from server.core.audit import tasks as audit_tasks
from server.core.clock import now, today
from server.core.db import Base, db, new_id
from server.core.storage import storage
from server.core.web.idempotency import IdempotencyRecord
from server.identity import tasks as identity_tasks
from server.identity.models import (
    CheckState,
    Consent,
    ConsentKey,
    DeskReason,
    DeskRequest,
    DeskState,
    IdentityCheck,
    LoginSession,
    Said,
    SignInWay,
    SmsCode,
    WeChatLogin,
    WorkerGroup,
)
from server.identity.papers import IdType
from server.me import tasks as me_tasks
from server.me.models import AccountClosing, ClosingCause
from server.notices import staff as staff_notices
from server.notices.models import StaffNotice
from server.stations import tasks as station_tasks
from server.stations.managers.models import ManagerCode, WrongManagerCode
from server.stations.models import ReportKind, Station, StationReport
from server.unions.duty import tasks as duty_tasks
from server.unions.duty.models import StaffAbsence, StaffDuty
from server.unions.duty.vocabulary import DutyKind
from server.unions.lists import tasks as list_tasks
from server.unions.lists.models import MemberList, MemberListLine
from server.unions.lists.vocabulary import LineKind, ListKind, ListState
from server.unions.staff import tasks as staff_tasks
from server.unions.staff.models import StaffAccount, StaffSession
from server.wechat import tasks as wechat_tasks
from server.wechat.models import WeChatPush
from tests.sign_in import Headers
from tests.staff import make_district, make_staff
from tests.stations.making import make_station
from tests.unions.test_roster import write as write

DAY = timedelta(days=1)
THREE_YEARS = timedelta(days=3 * 366)
EVERY_ROW = sa.true()
Made = list[Base]


@dataclass(frozen=True)
class Goes:
    """Rows of a table, so old, and the job after which only the younger ones are there."""

    said: str
    table: str
    lasts: timedelta
    rows: Callable[[Headers, timedelta], Made]
    job: Callable[[], object]
    among: sa.ColumnElement[bool] = EVERY_ROW
    """Which rows count: the purge of the audit is an act of its own."""

    def __str__(self) -> str:
        return self.table


def random_bytes() -> bytes:
    return uuid.uuid4().bytes + uuid.uuid4().bytes


def _file(who: Headers, age: timedelta, **of: Any) -> Attachment:
    return Attachment(
        id=new_id(),
        owner_worker_id=who.worker_id,
        sha256="0" * 64,
        size=1,
        media_type=MediaType.JPEG,
        storage_key=storage().put(random_bytes()),
        created_at=now() - age,
        **of,
    )


def _uploads(who: Headers, age: timedelta) -> Made:
    """A worker's, with the part that has arrived, and a guest's."""
    at = now() - age
    begun = Upload(id=new_id(), owner_worker_id=who.worker_id, size=9, created_at=at)
    part = UploadPart(upload_id=begun.id, number=0, sha256=random_bytes(), storage_key=storage().put(random_bytes()))
    return [begun, part, Upload(id=new_id(), claim_hash=random_bytes(), size=9, created_at=at)]


def evidence(who: Headers, age: timedelta) -> Made:
    decided = DeskRequest(
        id=new_id(),
        worker_id=who.worker_id,
        state=DeskState.APPROVED,
        reason=DeskReason.PAPER,
        id_type=IdType.RESIDENT_ID,
        worker_group=WorkerGroup.COURIER,
        created_at=now() - age - DAY,
        decided_at=now() - age,
        decided_by="staff:1",
    )
    return [decided, _file(who, age, desk_request_id=decided.id, claimed_at=now() - age)]


def _session(who: Headers, age: timedelta) -> Made:
    login = WeChatLogin(id=new_id(), worker_id=who.worker_id, openid="o", openid_hmac=random_bytes())
    ended = LoginSession(worker_id=who.worker_id, token_hash=random_bytes(), way=SignInWay.WECHAT)
    ended.created_at, ended.expires_at, ended.wechat_login_id = now() - age - DAY, now() - age, login.id
    return [login, ended]


def _staff_session(_: Headers, age: timedelta) -> Made:
    ended = StaffSession(staff_id=_staff(), token_hash=random_bytes(), device="Firefox", created_at=now() - age)
    ended.seen_at = ended.expires_at = now() - age
    return [ended]


def _staff(number: str = "S1") -> uuid.UUID:
    found = db.session.scalar(sa.select(StaffAccount.id).where(StaffAccount.number == number))
    return found or make_staff(number, "city_viewer").id


def _station() -> uuid.UUID:
    return db.session.scalar(sa.select(Station.id)) or make_station().id


def _report(_: Headers, age: timedelta) -> Made:
    at = now() - age
    report = StationReport(station_id=_station(), kind=ReportKind.LOCKED, note="门锁着", reporter=random_bytes())
    report.created_at, report.expires_at = at, at + DAY
    return [report]


def _code(who: Headers, age: timedelta) -> Made:
    code = ManagerCode(station_id=_station(), code_hmac=random_bytes(), issued_by="staff:1", used_by=who.worker_id)
    code.created_at, code.expires_at = now() - age - DAY, now() - age
    return [code]


def _sms(_: Headers, age: timedelta) -> Made:
    code = SmsCode(phone_hmac=random_bytes(), code_hmac=random_bytes(), phone="1", code="1", withheld=False)
    code.created_at = code.expires_at = now() - age
    return [code]


def _closing(who: Headers, age: timedelta) -> AccountClosing:
    at = now() - age
    closed = AccountClosing(worker_id=who.worker_id, cause=ClosingCause.WORKER, requested_at=at, closes_at=at)
    closed.erased_at, closed.receipt = at, {"removed": {}, "kept": []}
    return closed


def _consent(who: Headers, age: timedelta) -> Made:
    return [
        _closing(who, age),
        Consent(worker_id=who.worker_id, key=ConsentKey.TERMS, version="1", granted_at=now() - age),
    ]


def _duty(_: Headers, age: timedelta) -> Made:
    day = today() - age
    return [
        StaffDuty(
            staff_id=_staff(),
            union_id=make_district().id,
            kind=DutyKind.DESK,
            first_day=day,
            last_day=day,
            phone="0755-1",
        )
    ]


def _absence(_: Headers, age: timedelta) -> Made:
    day = today() - age
    return [StaffAbsence(staff_id=_staff(), first_day=day, last_day=day, delegate_id=_staff("S2"))]


def _list(_: Headers, age: timedelta) -> Made:
    """What came of a list; each has a sender of its own, who had just one."""
    sent = MemberList(id=new_id(), created_at=now() - age, staff_no=str(new_id()), kind=ListKind.CITY_BASE)
    sent.rehearsal, sent.csv, sent.written, sent.state = False, True, False, ListState.DONE
    sent.parts, sent.offices, sent.counts, sent.tries, sent.rows_read = [], [], {}, 1, 1
    return [sent, MemberListLine(list_id=sent.id, kind=LineKind.ONLY_OURS, place=1, number="1")]


def _act(_: Headers, age: timedelta) -> Made:
    return [
        AuditEvent(
            id=new_id(),
            at=now() - age,
            actor="staff:1",
            action="case.read",
            subject_kind="case",
            subject_id=str(new_id()),
            detail={},
        )
    ]


ATTACHMENT = "24 hours after upload when nothing took it; with the case; 30 days after the decision of a verification"
MESSAGE = "number and code as soon as the message is out; the row after a day"
GOING = [
    Goes(ATTACHMENT, "attachment", DAY, lambda who, age: [_file(who, age)], file_tasks.forget_unclaimed_attachments),
    Goes(ATTACHMENT, "attachment", 30 * DAY, evidence, me_tasks.forget_evidence),
    Goes(
        "a day after it began, or with the account",
        "upload",
        DAY,
        _uploads,
        file_tasks.forget_unclaimed_attachments,
    ),
    Goes(
        "when the file is whole, a day after it began, or with the account",
        "upload_part",
        DAY,
        _uploads,
        file_tasks.forget_unclaimed_attachments,
    ),
    Goes("within an hour of its end", "login_session", timedelta(0), _session, identity_tasks.forget),
    Goes("a month after it ended", "staff_session", 31 * DAY, _staff_session, staff_tasks.forget_sessions),
    Goes(
        "a year after it was asked",
        "identity_check",
        365 * DAY,
        lambda _, age: [
            IdentityCheck(created_at=now() - age, claim_hmac=random_bytes(), state=CheckState.ANSWERED, said=Said.SAME)
        ],
        identity_tasks.forget,
    ),
    Goes(
        "after 24 hours",
        "idempotency_record",
        DAY,
        lambda _, age: [
            IdempotencyRecord(
                key_hash=random_bytes(), request_hmac=random_bytes(), status=201, answer=b"1", created_at=now() - age
            )
        ],
        core_tasks.forget_idempotency_records,
    ),
    Goes(
        "after a day",
        "station_manager_wrong_code",
        DAY,
        lambda who, age: [WrongManagerCode(worker_id=who.worker_id, created_at=now() - age)],
        station_tasks.settle_and_forget,
    ),
    Goes("a month after it ran out", "station_manager_code", 30 * DAY, _code, station_tasks.settle_and_forget),
    Goes("after a month", "station_report", 30 * DAY, _report, station_tasks.settle_and_forget),
    Goes(
        "after two days",
        "wechat_push",
        2 * DAY,
        lambda _, age: [WeChatPush(digest=random_bytes(), received_at=now() - age)],
        wechat_tasks.forget_pushes,
    ),
    Goes(MESSAGE, "sms_code", DAY, _sms, identity_tasks.forget),
    Goes(
        "three years after it was written",
        "staff_notice",
        THREE_YEARS,
        lambda _, age: [StaffNotice(staff_no="1", kind="clock.80", text="到期了", link="", created_at=now() - age)],
        staff_notices.forget_old,
    ),
    Goes(
        "three years after the account (proof that it was erased)",
        "account_closing",
        THREE_YEARS,
        lambda who, age: [_closing(who, age)],
        me_tasks.forget_proofs,
    ),
    Goes(
        "three years after the account (proof that it was given)",
        "consent",
        THREE_YEARS,
        _consent,
        me_tasks.forget_proofs,
    ),
    Goes("a month after it was sent", "member_list", 31 * DAY, _list, list_tasks.forget_lists),
    Goes("a month after the list was sent", "member_list_line", 31 * DAY, _list, list_tasks.forget_lists),
    Goes("three years after the day", "staff_absence", THREE_YEARS, _absence, duty_tasks.forget_old_duties),
    Goes("three years after the last day", "staff_duty", THREE_YEARS, _duty, duty_tasks.forget_old_duties),
    Goes(
        "AUDIT_DAYS after it was written (at least 185)",
        "audit_event",
        185 * DAY,
        _act,
        audit_tasks.forget_old,
        among=AuditEvent.action == "case.read",
    ),
    Goes("with its act", "audit_link", 185 * DAY, _act, audit_tasks.forget_old),
]


def personal(table: str, said: str) -> list[sa.Column[Any]]:
    return [
        Base.metadata.tables[table].c[column.name]
        for column in personal_data.read().personal
        if (column.table, column.deleted) == (table, said)
    ]


def filled(columns: list[sa.Column[Any]], among: sa.ColumnElement[bool] = EVERY_ROW) -> dict[str, int]:
    """How many rows still say something, by column."""
    db.session.rollback()
    filled = {}
    for column in columns:
        asked = sa.select(sa.func.count()).where(column.is_not(None), among)
        filled[column.name] = db.session.scalar(asked) or 0
    return filled
