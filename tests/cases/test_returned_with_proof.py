"""Sent back with proof, and answered from outside with files: they stay inside like the words that they came with."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.files.models import Attachment
from server.cases.models import CaseNote
from server.cases.personal import CaseData
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import db
from server.unions.models import TradeUnion
from tests.cases.conftest import Desk as Commands
from tests.cases.conftest import Follow, Submit
from tests.cases.files.conftest import jpeg, pdf
from tests.cases.test_in_confidence import make_union
from tests.desk import Desk, desk_of, words
from tests.sign_in import Headers, SignIn

WHY = "这家单位的注册地在隔壁街道，见附件。"


@pytest.fixture
def street(app: Flask) -> TradeUnion:
    return make_union("S1")


@pytest.fixture
def sent(street: TradeUnion, sign_in: SignIn, submit: Submit, desk: Commands) -> tuple[Headers, dict[str, Any]]:
    """A grievance that the district sent to the street."""
    headers = sign_in(Level.L2)
    case = submit("grievance", headers)
    for step in (("accept",), ("dispatch", "--to", "S1", "--text", "请核实。")):
        assert desk.run("do", case["no"], *step).exit_code == 0
    return headers, case


def proof() -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(jpeg()), "执照.jpg"), (io.BytesIO(pdf()), "登记.pdf")]


def inside(no: str, clerk: Desk) -> list[Attachment]:
    """The files of notes, each opened by somebody who works on the case, which is recorded."""
    db.session.rollback()
    files = list(db.session.scalars(sa.select(Attachment).where(Attachment.note_id.is_not(None))))
    assert "内部记录附的（工友看不到）" in words(clerk.get(f"/console/cases/{no}"))
    for one in files:
        assert clerk.get(f"/console/cases/{no}/files/{one.id}").status_code == 200
    opened = db.session.scalars(sa.select(AuditEvent.subject_id).where(AuditEvent.action == "case.read_file"))
    assert {str(one.id) for one in files} <= set(map(str, opened))
    return files


def is_not_the_workers(case: dict[str, Any], headers: Headers, follow: Follow, session: Session) -> bool:
    read = follow(case, headers).read()
    assert WHY not in str(read)
    (part,) = CaseData().export(session, headers.worker_id)
    return "attachments" not in str(read["timeline"]) and not read["attachments"] and "文件" not in str(part)


def test_a_case_is_sent_back_with_proof_that_stays_inside(
    app: Flask, street: TradeUnion, sent: tuple[Headers, dict[str, Any]], follow: Follow, db_session: Session
) -> None:
    headers, case = sent
    clerk = desk_of(app, "W1", "street_worker", union=street)
    page = words(clerk.get(f"/console/cases/{case['no']}/steps/return_once", part=True))
    assert "只有办理的同事看得到" in page
    assert "谁签收" not in page
    typed = {"text": WHY, "files": proof()}
    answer = clerk.post(f"/console/cases/{case['no']}/steps/return_once", typed)
    assert answer.status_code == 303, words(answer)
    files = inside(case["no"], desk_of(app, "R1"))
    note = db.session.scalars(sa.select(CaseNote).where(CaseNote.step == "return_once")).one()
    assert [one.note_id for one in files] == [note.id, note.id]
    assert is_not_the_workers(case, headers, follow, db_session)


def test_nothing_is_kept_of_what_somebody_tells_who_may_not(
    app: Flask, street: TradeUnion, sent: tuple[Headers, dict[str, Any]]
) -> None:
    no, elsewhere = sent[1]["no"], desk_of(app, "P2", "partner_office", union=make_union("S2"))
    for path in (f"/console/cases/{no}/outside/answer", "/console/cases/SQ260101-0000-0/outside/answer"):
        assert elsewhere.post(path, {"text": WHY, "files": proof()}).status_code in {403, 404}
    db.session.rollback()
    assert db.session.scalars(sa.select(Attachment)).all() == []


def test_what_an_office_outside_adds_stays_inside_too(
    app: Flask, street: TradeUnion, sent: tuple[Headers, dict[str, Any]], follow: Follow, db_session: Session
) -> None:
    headers, case = sent
    no = case["no"]
    outside = desk_of(app, "P1", "partner_office", union=street)
    answer = outside.post(f"/console/cases/{no}/outside/answer", {"text": WHY, "files": proof()})
    assert answer.status_code == 303, words(answer)
    clerk = desk_of(app, "W1", "street_worker", union=street)
    (one, _) = inside(no, clerk)
    assert outside.get(f"/console/cases/{no}/files/{one.id}").status_code == 403
    assert is_not_the_workers(case, headers, follow, db_session)
