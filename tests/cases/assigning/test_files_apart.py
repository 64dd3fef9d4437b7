"""Files between a worker and whoever has the case: for the two alone, by address too, and gone with the case."""

import io
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases import desk as case_desk
from server.cases.assigning.models import CaseTalk
from server.cases.files.models import Attachment
from server.cases.models import Case
from server.cases.retention import purging
from server.cases.retention.ends import note_end
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import transaction
from server.core.storage import storage
from server.unions.staff.models import StaffAccount
from tests.cases.conftest import FRIDAY, Desk, Submit
from tests.cases.files.conftest import jpeg, pdf
from tests.desk import Desk as Browser
from tests.desk import desk_of, give_credential, words
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

Apart = tuple[str, Headers]


@pytest.fixture
def apart(app: Flask, sign_in: SignIn, submit: Submit, desk: Desk) -> Apart:
    """A case that L1 has accepted."""
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    desk.do(case, "screen", "grant")
    desk.give(case)
    return case["no"], headers


def upload(client: FlaskClient, headers: Headers, content: bytes) -> dict[str, str]:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    sent = client.post("/api/v1/attachments", data={"file": (io.BytesIO(content), "x")}, headers={**headers, **key})
    assert sent.status_code == 201, sent.json
    return {"id": sent.json["id"]}


def say(client: FlaskClient, apart: Apart, **body: Any) -> Any:
    no, headers = apart
    key = {"Idempotency-Key": str(uuid.uuid4())}
    return client.post(f"/api/v1/cases/{no}/talk", json=body, headers={**headers, **key})


def lawyer(app: Flask, session: Session, number: str = "L1") -> Browser:
    give_credential(session.scalars(sa.select(StaffAccount).where(StaffAccount.number == number)).one())
    return Browser(app).sign_in(number)


def test_both_add_files_and_each_opens_the_others(
    app: Flask, client: FlaskClient, apart: Apart, db_session: Session
) -> None:
    no, headers = apart
    said = say(client, apart, attachments=[upload(client, headers, jpeg())])
    assert said.status_code == 201, said.json
    (message,) = said.json["assignees"][0]["talk"]
    assert message["text"] == ""
    assert client.get(message["attachments"][0]["url"]).status_code == 200
    assert said.json["attachments"] == []
    assert say(client, apart, text=" ").status_code == 422

    browser = lawyer(app, db_session)
    page = browser.get(f"/console/cases/{no}/talk")
    assert "图片 1" in words(page)
    mine = db_session.scalars(sa.select(Attachment.id)).one()
    assert browser.get(f"/console/cases/{no}/talk/files/{mine}").status_code == 200
    for _ in range(2):  # a second click
        sent = browser.post(
            f"/console/cases/{no}/talk", {"text": "", "files": [(io.BytesIO(pdf()), "合同.pdf")]}, follow=True
        )
        assert "PDF 1" in words(sent)
    assert db_session.scalar(sa.select(sa.func.count()).select_from(CaseTalk)) == 2
    shown = client.get(f"/api/v1/cases/{no}", headers=headers).json["assignees"][0]["talk"]
    assert [one["attachments"][0]["media_type"] for one in shown] == ["image/jpeg", "application/pdf"]
    assert client.get(shown[1]["attachments"][0]["url"]).status_code == 200
    refused = browser.post(f"/console/cases/{no}/talk", {"text": "看", "files": [(io.BytesIO(b"MZ" * 99), "x.exe")]})
    assert refused.status_code != 303


def test_reading_is_recorded_also_where_nothing_could_be_written(
    app: Flask, client: FlaskClient, apart: Apart, db_session: Session
) -> None:
    no, _ = apart
    say(client, apart, text="先说给你听")
    browser = lawyer(app, db_session)
    reads = sa.select(sa.func.count()).select_from(AuditEvent).where(AuditEvent.action == "case.read_talk")
    before = db_session.scalar(reads) or 0
    refused = browser.post(f"/console/cases/{no}/talk", {"text": "", "once": str(uuid.uuid4())})
    assert refused.status_code == 422
    assert "先说给你听" in words(refused)
    assert "请写点内容" in words(refused)
    db_session.rollback()
    assert db_session.scalar(reads) == before + 1


def test_nobody_else_sees_or_opens_them_by_any_address(
    app: Flask, client: FlaskClient, apart: Apart, db_session: Session, sign_in: SignIn
) -> None:
    no, headers = apart
    say(client, apart, text="看照片", attachments=[upload(client, headers, jpeg()), upload(client, headers, pdf())])
    files = db_session.scalars(sa.select(Attachment.id)).all()
    assert len(files) == 2
    make_staff("L2", "lawyer")
    others = [
        desk_of(app, "C1", "legal_coordinator"),
        desk_of(app, "D1", "district_rights"),
        lawyer(app, db_session, "L2"),
    ]
    for browser in others:
        seen = words(browser.get(f"/console/cases/{no}"))
        assert "图片 1" not in seen
        for file in files:
            for path in (f"files/{file}", f"files/{file}/pages/0", f"talk/files/{file}", f"talk/files/{file}/pages/0"):
                assert browser.get(f"/console/cases/{no}/{path}").status_code in {403, 404}, path
    # Through the case's own files not even the lawyer.
    assert lawyer(app, db_session).get(f"/console/cases/{no}/files/{files[0]}").status_code == 404
    assert case_desk.opened_case(no=no, staff_no="C1").files == []
    assert client.get(f"/api/v1/attachments/{files[0]}/content?expires=9999999999&sig=x").status_code == 404
    stranger = sign_in(Level.L2)
    stolen = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"text": "我的", "attachments": [{"id": str(files[0])}]}
    assert client.post(f"/api/v1/cases/{no}/talk", json=body, headers={**stranger, **stolen}).status_code == 404


def test_the_next_lawyer_opens_them_only_once_they_were_handed_on(
    app: Flask, client: FlaskClient, apart: Apart, db_session: Session, desk: Desk
) -> None:
    no, headers = apart
    say(client, apart, text="看照片", attachments=[upload(client, headers, jpeg())])
    file = db_session.scalars(sa.select(Attachment.id)).one()
    key = {"Idempotency-Key": str(uuid.uuid4())}
    why = {"reason": "联系不上"}
    asked = client.post(f"/api/v1/cases/{no}/replacement", json=why, headers={**headers, **key})
    assert asked.status_code == 200, asked.json
    desk.give({"no": no}, lawyer="L2")
    browser = lawyer(app, db_session, "L2")
    assert browser.get(f"/console/cases/{no}/talk/files/{file}").status_code == 404
    assert lawyer(app, db_session).get(f"/console/cases/{no}/talk/files/{file}").status_code == 404
    key = {"Idempotency-Key": str(uuid.uuid4())}
    assert client.post(f"/api/v1/cases/{no}/handing-on", headers={**headers, **key}).status_code == 200
    assert browser.get(f"/console/cases/{no}/talk/files/{file}").status_code == 200


def test_they_go_with_the_case(client: FlaskClient, apart: Apart, db_session: Session) -> None:
    no, headers = apart
    say(client, apart, text="看照片", attachments=[upload(client, headers, jpeg())])
    stored = db_session.scalars(sa.select(Attachment.storage_key)).one()
    with transaction() as session:
        note_end(session.scalars(sa.select(Case).where(Case.no == no)).one(), ended_at=FRIDAY)
    purging.purge(at=FRIDAY.replace(year=FRIDAY.year + 16))
    db_session.rollback()
    assert db_session.scalars(sa.select(Attachment)).all() == []
    assert not storage().has(stored)
