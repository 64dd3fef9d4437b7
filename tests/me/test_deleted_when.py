"""What config/personal_data.yaml says of when something goes is what the jobs do: it is there until then, no longer.

What goes with the worker's account is looked at in test_erased_as_said.
"""

import io
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from dev import personal_data
from server.cases.files.models import Attachment
from server.core.access import Level
from server.core.audit import AuditEvent, sealer
from server.core.db import db, transaction
from server.core.jobs import run_worker
from server.identity import codes
from server.identity.models import (
    DeskRequest,
    RosterEntry,
    SmsCode,
)
from server.me.models import CorrectionRequest
from server.unions.staff import service as staff_service
from server.unions.staff.models import StaffCredential, StaffRecoveryCode
from tests.cases.conftest import submission
from tests.cases.files.conftest import jpeg
from tests.desk import desk_of, give_credential
from tests.me.conftest import Run
from tests.me.going import DAY, GOING, Goes, filled, personal, random_bytes
from tests.me.test_verification import body_of
from tests.people import person
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff
from tests.standins import StandIn
from tests.unions.test_roster import Write, row_of
from tests.unions.test_roster import write as write

OTHERWISE = {
    "account": "test_erased_as_said",
    "as soon as one SMS is sent": (
        "tests/unions/test_invitations_by_sms.py, test_who_has_no_account_gets_one_sms_and_not_at_night"
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


def test_of_everything_it_is_proved_when_it_goes() -> None:
    said = {column.deleted for column in personal_data.read().personal if not column.deleted.startswith(STAYS)}
    assert said == {one.said for one in GOING} | OTHERWISE.keys()
    untried = {(one.table, one.deleted) for one in personal_data.read().personal if one.deleted not in OTHERWISE}
    untried -= {(one.table, one.said) for one in GOING}
    assert [entry for entry in sorted(untried) if not entry[1].startswith(STAYS)] == []


@pytest.mark.parametrize("goes", GOING, ids=str)
def test_it_is_there_until_then_and_gone_afterwards(app: Flask, sign_in: SignIn, goes: Goes) -> None:
    columns = personal(goes.table, goes.said)
    young, old = sign_in(Level.L0), sign_in(Level.L0)
    # Of sessions there are those of the two, too.
    before = filled(columns, goes.among)
    for who, age in ((young, goes.lasts - DAY / 2), (old, goes.lasts + DAY)):
        with transaction() as session:
            for row in goes.rows(who, age):
                session.add(row)
                session.flush()
        sealer.seal()
    assert [count - before[name] for name, count in filled(columns, goes.among).items()] == [2] * len(columns)
    goes.job()
    assert [count - before[name] for name, count in filled(columns, goes.among).items()] == [1] * len(columns)
    goes.job()
    assert [count - before[name] for name, count in filled(columns, goes.among).items()] == [1] * len(columns)


def test_number_and_code_go_as_soon_as_the_message_is_out(app: Flask, sms_standin: StandIn) -> None:
    codes.request_code(phone=person(1).phone)
    columns = [SmsCode.__table__.c[name] for name in ("phone", "code")]
    assert filled(columns) == {"phone": 1, "code": 1}
    run_worker(app, wait=False, periodic_tasks=False)
    assert filled(columns) == {"phone": 0, "code": 0}


def test_a_decision_wipes_what_it_was_about(client: FlaskClient, run: Run, sign_in: SignIn) -> None:
    who = sign_in(Level.L1)
    client.post("/api/v1/me/verification", json=body_of(person(1)), headers=who)
    client.post("/api/v1/me/corrections", json={"text": "名字里有一个字错了"}, headers=who)
    request_id, correction_id = (
        db.session.scalars(sa.select(model.id)).one() for model in (DeskRequest, CorrectionRequest)
    )
    wanted = run("want", request_id, "--by", "0042", "--what", "请拍一张证件人像面。")
    assert wanted.exit_code == 0
    columns = personal("desk_request", "wiped with the decision") + personal("correction_request", "with the decision")
    assert set(filled(columns).values()) == {1}
    assert run("approve", request_id, "--by", "0042").exit_code == 0
    assert run("done", correction_id, "--by", "0042", "--answer", "改好了", group="corrections").exit_code == 0
    assert set(filled(columns).values()) == {0}


def test_the_secret_of_a_guests_file_goes_when_a_case_takes_it(app: Flask, client: FlaskClient) -> None:
    app.extensions["warmbee_services"].kept.clear()
    file = client.post("/api/v1/attachments", data={"file": (io.BytesIO(jpeg()), "a.jpg")}).json
    column = [Attachment.__table__.c.claim_hash]
    assert filled(column) == {"claim_hash": 1}
    item = {"id": file["id"], "claim": file["claim"]}
    body = submission("grievance", identity_mode="anonymous", attachments=[item])
    assert client.post("/api/v1/cases", json=body).status_code == 201
    assert filled(column) == {"claim_hash": 0}


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
    assert set(filled(list(RosterEntry.__table__.c)).values()) == {2}
    done = roster(args=["roster", "remove", str(one), *organiser])
    assert done.output.startswith("去掉 1 人，本来就不在名单上 1 人")
    assert set(filled(list(RosterEntry.__table__.c)).values()) == {1}
    assert db.session.scalar(sa.select(AuditEvent.action).order_by(AuditEvent.at.desc())) == "roster.remove"


def test_what_a_member_of_the_staff_signs_in_with_goes_with_it(app: Flask) -> None:
    make_staff("SYS", "system_admin")
    account = make_staff("S1", "city_viewer")
    give_credential(account)
    with transaction() as session:
        session.add(StaffRecoveryCode(staff_id=account.id, code_hmac=random_bytes()))
    columns = list(StaffCredential.__table__.primary_key) + list(StaffRecoveryCode.__table__.primary_key)
    assert set(filled(columns).values()) == {1}
    staff_service.close_account(number="S1", by="SYS")
    assert set(filled(columns).values()) == {0}


def test_a_kept_filter_goes_when_whoever_made_it_says_so_and_with_the_account(app: Flask) -> None:
    make_staff("SYS", "system_admin")
    mine, others = desk_of(app, "A0001", "district_rights"), desk_of(app, "B0002", "district_rights")
    mine.post("/console/cases/filters", {"name": "今天急的", "query": "due=today&urgent=1"})
    (filter_id,) = db.session.scalars(sa.text("SELECT id FROM saved_filter")).all()
    column = personal("saved_filter", "by the member of the staff, and with the account")
    db.session.rollback()
    others.post(f"/console/cases/filters/{filter_id}/forget")
    assert filled(column) == {"staff_no": 1}
    mine.post(f"/console/cases/filters/{filter_id}/forget")
    assert filled(column) == {"staff_no": 0}
    for one in (mine, others):
        one.post("/console/cases/filters", {"name": "今天急的", "query": "due=today&urgent=1"})
    assert filled(column) == {"staff_no": 2}
    db.session.rollback()
    staff_service.close_account(number="A0001", by="SYS")
    assert db.session.scalars(sa.text("SELECT staff_no FROM saved_filter")).all() == ["B0002"]


def test_a_phone_at_a_station_goes_when_the_union_lists_it_without(app: Flask, tmp_path: Path) -> None:
    make_staff("O2", "district_office")
    column = personal("station", "when the union changes it")
    listed = "编号,名称,街道,经度,纬度,开放时间,服务,进入方式,值班电话\n"
    place = "FT0001,华强北驿站,华强北街道,114.086,22.547,09:00-17:00,热水,按铃,"
    for phone, left in (("0755-00012351", 1), ("", 0)):
        (tmp_path / "list.csv").write_text(f"{listed}{place}{phone}\n", "utf-8")
        words = ["stations", "import", str(tmp_path / "list.csv"), "--datum", "gcj02", "--by", "O2"]
        done = app.test_cli_runner().invoke(args=words)
        assert done.exit_code == 0, done.output
        assert filled(column) == {"duty_phone": left}
