"""What config/personal_data.yaml says of when something goes is what the jobs do: it is there until then, no longer.

What goes with the worker's account is looked at in test_erased_as_said.
"""

import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from dev import personal_data
from server.cases.files import tasks as file_tasks
from server.cases.files.media import MediaType
from server.cases.files.models import Attachment, Upload, UploadPart
from server.core import tasks as core_tasks
from server.core.access import Level
from server.core.audit import AuditEvent, sealer
from server.core.audit import tasks as audit_tasks
from server.core.clock import now, today
from server.core.db import Base, db, new_id, transaction
from server.core.jobs import run_worker
from server.core.storage import storage
from server.core.web.idempotency import IdempotencyRecord
from server.identity import codes
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
    RosterEntry,
    Said,
    SignInWay,
    SmsCode,
    WeChatLogin,
    WorkerGroup,
)
from server.identity.papers import IdType
from server.me import tasks as me_tasks
from server.me.models import AccountClosing, ClosingCause, CorrectionRequest
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
from server.unions.staff import service as staff_service
from server.unions.staff import tasks as staff_tasks
from server.unions.staff.models import StaffAccount, StaffCredential, StaffRecoveryCode, StaffSession
from server.wechat import tasks as wechat_tasks
from server.wechat.models import WeChatPush
from tests.cases.conftest import submission
from tests.cases.files.conftest import jpeg
from tests.desk import desk_of, give_credential
from tests.me.conftest import Run
from tests.me.test_verification import body_of
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff
from tests.standins import StandIn
from tests.stations.making import make_station
from tests.unions.test_roster import Write, row_of
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


def _random() -> bytes:
    return uuid.uuid4().bytes + uuid.uuid4().bytes


def _file(who: Headers, age: timedelta, **of: Any) -> Attachment:
    return Attachment(
        id=new_id(),
        owner_worker_id=who.worker_id,
        sha256="0" * 64,
        size=1,
        media_type=MediaType.JPEG,
        storage_key=storage().put(_random()),
        created_at=now() - age,
        **of,
    )


def _uploads(who: Headers, age: timedelta) -> Made:
    """A worker's, with the part that has arrived, and a guest's."""
    at = now() - age
    begun = Upload(id=new_id(), owner_worker_id=who.worker_id, size=9, created_at=at)
    part = UploadPart(upload_id=begun.id, number=0, sha256=_random(), storage_key=storage().put(_random()))
    return [begun, part, Upload(id=new_id(), claim_hash=_random(), size=9, created_at=at)]


def _evidence(who: Headers, age: timedelta) -> Made:
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
    login = WeChatLogin(id=new_id(), worker_id=who.worker_id, openid="o", openid_hmac=_random())
    ended = LoginSession(worker_id=who.worker_id, token_hash=_random(), way=SignInWay.WECHAT)
    ended.created_at, ended.expires_at, ended.wechat_login_id = now() - age - DAY, now() - age, login.id
    return [login, ended]


def _staff_session(_: Headers, age: timedelta) -> Made:
    ended = StaffSession(staff_id=_staff(), token_hash=_random(), device="Firefox", created_at=now() - age)
    ended.seen_at = ended.expires_at = now() - age
    return [ended]


def _staff(number: str = "S1") -> uuid.UUID:
    found = db.session.scalar(sa.select(StaffAccount.id).where(StaffAccount.number == number))
    return found or make_staff(number, "city_viewer").id


def _station() -> uuid.UUID:
    return db.session.scalar(sa.select(Station.id)) or make_station().id


def _report(_: Headers, age: timedelta) -> Made:
    at = now() - age
    report = StationReport(station_id=_station(), kind=ReportKind.LOCKED, note="门锁着", reporter=_random())
    report.created_at, report.expires_at = at, at + DAY
    return [report]


def _code(who: Headers, age: timedelta) -> Made:
    code = ManagerCode(station_id=_station(), code_hmac=_random(), issued_by="staff:1", used_by=who.worker_id)
    code.created_at, code.expires_at = now() - age - DAY, now() - age
    return [code]


def _sms(_: Headers, age: timedelta) -> Made:
    code = SmsCode(phone_hmac=_random(), code_hmac=_random(), phone="1", code="1", withheld=False)
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
    Goes(ATTACHMENT, "attachment", 30 * DAY, _evidence, me_tasks.forget_evidence),
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
            IdentityCheck(created_at=now() - age, claim_hmac=_random(), state=CheckState.ANSWERED, said=Said.SAME)
        ],
        identity_tasks.forget,
    ),
    Goes(
        "after 24 hours",
        "idempotency_record",
        DAY,
        lambda _, age: [
            IdempotencyRecord(
                key_hash=_random(), request_hmac=_random(), status=201, answer=b"1", created_at=now() - age
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
        lambda _, age: [WeChatPush(digest=_random(), received_at=now() - age)],
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

OTHERWISE = {
    "account": "test_erased_as_said",
    "as soon as one SMS is sent": (
        "tests/unions/test_invitations.py, test_who_has_no_account_gets_one_sms_and_not_at_night"
    ),
    "as soon as it is read": "tests/console/test_imports.py, test_the_file_is_gone_whatever_happens",
    "with the notice": "test_erased_as_said",
    "wiped with the decision": "test_a_decision_wipes_what_it_was_about",
    "with the decision": "test_a_decision_wipes_what_it_was_about",
    "with the decision, at the latest after a week": "tests/cases/proxies",
    "when a case takes the file": "test_the_secret_of_a_guests_file_goes_when_a_case_takes_it",
    "when the union takes the member off its list": (
        "test_a_member_taken_off_the_list_is_not_on_it, "
        "tests/unions/test_invitations.py, test_members_and_those_taken_off_are_not_asked"
    ),
    "with the account": "test_what_a_member_of_the_staff_signs_in_with_goes_with_it",
    "with the account, or when new ones are made": "test_what_a_member_of_the_staff_signs_in_with_goes_with_it",
    "by the classes of config/retention.yaml, counted from the end of the case; the link last of all": (
        "tests/cases/retention"
    ),
    "by the member of the staff, and with the account": (
        "test_a_kept_filter_goes_when_whoever_made_it_says_so_and_with_the_account"
    ),
    "once the worker has taken the case over; otherwise with the case": "tests/cases/proxies",
    "when the union changes it": "test_a_phone_at_a_station_goes_when_the_union_lists_it_without",
}
STAYS = ("never", "with the case")
"""What no job removes, or, of the words in cases, the purge (tests/cases/retention).

Whose link leads to an emptied worker's row, as test_erased_as_said shows.
"""


def _personal(table: str, said: str) -> list[sa.Column[Any]]:
    return [
        Base.metadata.tables[table].c[column.name]
        for column in personal_data.read().personal
        if (column.table, column.deleted) == (table, said)
    ]


def _filled(columns: list[sa.Column[Any]], among: sa.ColumnElement[bool] = EVERY_ROW) -> dict[str, int]:
    """How many rows still say something, by column."""
    db.session.rollback()
    filled = {}
    for column in columns:
        asked = sa.select(sa.func.count()).where(column.is_not(None), among)
        filled[column.name] = db.session.scalar(asked) or 0
    return filled


def test_of_everything_it_is_proved_when_it_goes() -> None:
    said = {column.deleted for column in personal_data.read().personal if not column.deleted.startswith(STAYS)}
    assert said == {one.said for one in GOING} | OTHERWISE.keys()
    untried = {(one.table, one.deleted) for one in personal_data.read().personal if one.deleted not in OTHERWISE}
    untried -= {(one.table, one.said) for one in GOING}
    assert [entry for entry in sorted(untried) if not entry[1].startswith(STAYS)] == []


@pytest.mark.parametrize("goes", GOING, ids=str)
def test_it_is_there_until_then_and_gone_afterwards(app: Flask, sign_in: SignIn, goes: Goes) -> None:
    columns = _personal(goes.table, goes.said)
    young, old = sign_in(Level.L0), sign_in(Level.L0)
    # Of sessions there are those of the two, too.
    before = _filled(columns, goes.among)
    for who, age in ((young, goes.lasts - DAY / 2), (old, goes.lasts + DAY)):
        with transaction() as session:
            for row in goes.rows(who, age):
                session.add(row)
                session.flush()
        sealer.seal()
    assert [count - before[name] for name, count in _filled(columns, goes.among).items()] == [2] * len(columns)
    goes.job()
    assert [count - before[name] for name, count in _filled(columns, goes.among).items()] == [1] * len(columns)
    goes.job()
    assert [count - before[name] for name, count in _filled(columns, goes.among).items()] == [1] * len(columns)


def test_number_and_code_go_as_soon_as_the_message_is_out(app: Flask, sms_standin: StandIn) -> None:
    codes.request_code(phone=person(1).phone)
    columns = [SmsCode.__table__.c[name] for name in ("phone", "code")]
    assert _filled(columns) == {"phone": 1, "code": 1}
    run_worker(app, wait=False, periodic_tasks=False)
    assert _filled(columns) == {"phone": 0, "code": 0}


def test_a_decision_wipes_what_it_was_about(client: FlaskClient, run: Run, sign_in: SignIn) -> None:
    who = sign_in(Level.L1)
    client.post("/api/v1/me/verification", json=body_of(person(1)), headers=who)
    client.post("/api/v1/me/corrections", json={"text": "名字里有一个字错了"}, headers=who)
    request_id, correction_id = (
        db.session.scalars(sa.select(model.id)).one() for model in (DeskRequest, CorrectionRequest)
    )
    wanted = run("want", request_id, "--by", "0042", "--what", "请拍一张证件人像面。")
    assert wanted.exit_code == 0
    columns = _personal("desk_request", "wiped with the decision") + _personal(
        "correction_request", "with the decision"
    )
    assert set(_filled(columns).values()) == {1}
    assert run("approve", request_id, "--by", "0042").exit_code == 0
    assert run("done", correction_id, "--by", "0042", "--answer", "改好了", group="corrections").exit_code == 0
    assert set(_filled(columns).values()) == {0}


def test_the_secret_of_a_guests_file_goes_when_a_case_takes_it(app: Flask, client: FlaskClient) -> None:
    app.extensions["warmbee_services"].kept.clear()
    file = client.post("/api/v1/attachments", data={"file": (io.BytesIO(jpeg()), "a.jpg")}).json
    column = [Attachment.__table__.c.claim_hash]
    assert _filled(column) == {"claim_hash": 1}
    item = {"id": file["id"], "claim": file["claim"]}
    body = submission("grievance", identity_mode="anonymous", attachments=[item])
    assert client.post("/api/v1/cases", json=body).status_code == 201
    assert _filled(column) == {"claim_hash": 0}


@pytest.fixture
def organiser(app: Flask) -> list[str]:
    make_staff("O1", "district_organisation")
    return ["--by", "O1"]


def test_a_member_taken_off_the_list_is_not_on_it(app: Flask, organiser: list[str], write: Write) -> None:
    code = make_district().code
    both = write(row_of(person(1), code=code), row_of(person(2), code=code))
    roster = app.test_cli_runner().invoke
    assert roster(args=["roster", "import", str(both), *organiser]).exit_code == 0
    one = write(row_of(person(1), code=code), row_of(person(3), code=code))
    assert "试运行" in roster(args=["roster", "remove", str(one), "--dry-run", *organiser]).output
    assert set(_filled(list(RosterEntry.__table__.c)).values()) == {2}
    done = roster(args=["roster", "remove", str(one), *organiser])
    assert done.output.startswith("去掉 1 人，本来就不在名单上 1 人")
    assert set(_filled(list(RosterEntry.__table__.c)).values()) == {1}
    assert db.session.scalar(sa.select(AuditEvent.action).order_by(AuditEvent.at.desc())) == "roster.remove"


def test_what_a_member_of_the_staff_signs_in_with_goes_with_it(app: Flask) -> None:
    make_staff("SYS", "system_admin")
    account = make_staff("S1", "city_viewer")
    give_credential(account)
    with transaction() as session:
        session.add(StaffRecoveryCode(staff_id=account.id, code_hmac=_random()))
    columns = list(StaffCredential.__table__.primary_key) + list(StaffRecoveryCode.__table__.primary_key)
    assert set(_filled(columns).values()) == {1}
    staff_service.close_account(number="S1", by="SYS")
    assert set(_filled(columns).values()) == {0}


def test_a_kept_filter_goes_when_whoever_made_it_says_so_and_with_the_account(app: Flask) -> None:
    make_staff("SYS", "system_admin")
    mine, others = desk_of(app, "A0001", "district_rights"), desk_of(app, "B0002", "district_rights")
    mine.post("/console/cases/filters", {"name": "今天急的", "query": "due=today&urgent=1"})
    (filter_id,) = db.session.scalars(sa.text("SELECT id FROM saved_filter")).all()
    column = _personal("saved_filter", "by the member of the staff, and with the account")
    db.session.rollback()
    others.post(f"/console/cases/filters/{filter_id}/forget")
    assert _filled(column) == {"staff_no": 1}
    mine.post(f"/console/cases/filters/{filter_id}/forget")
    assert _filled(column) == {"staff_no": 0}
    for one in (mine, others):
        one.post("/console/cases/filters", {"name": "今天急的", "query": "due=today&urgent=1"})
    assert _filled(column) == {"staff_no": 2}
    db.session.rollback()
    staff_service.close_account(number="A0001", by="SYS")
    assert db.session.scalars(sa.text("SELECT staff_no FROM saved_filter")).all() == ["B0002"]


def test_a_phone_at_a_station_goes_when_the_union_lists_it_without(app: Flask, tmp_path: Path) -> None:
    make_staff("O2", "district_office")
    column = _personal("station", "when the union changes it")
    listed = "编号,名称,街道,经度,纬度,开放时间,服务,进入方式,值班电话\n"
    place = "FT0001,华强北驿站,华强北街道,114.086,22.547,09:00-17:00,热水,按铃,"
    for phone, left in (("0755-00012351", 1), ("", 0)):
        (tmp_path / "list.csv").write_text(f"{listed}{place}{phone}\n", "utf-8")
        words = ["stations", "import", str(tmp_path / "list.csv"), "--datum", "gcj02", "--by", "O2"]
        done = app.test_cli_runner().invoke(args=words)
        assert done.exit_code == 0, done.output
        assert _filled(column) == {"duty_phone": left}
