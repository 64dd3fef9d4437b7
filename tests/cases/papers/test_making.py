"""The papers of a case: made by the lawyer, kept, and read by the worker too."""

import hashlib
import io
import re
from typing import Any
from urllib.parse import unquote

import docx
import pypdfium2
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases.assigning.models import CaseAssignee
from server.cases.files.models import Attachment
from server.cases.models import Case
from server.cases.papers.models import CasePaper
from server.cases.papers.rules import LINE
from server.cases.papers.templates import templates
from server.core.access import Level
from server.core.audit import AuditEvent
from tests.cases.conftest import Desk, Follow, Submit
from tests.desk import Desk as Console
from tests.desk import give_credential, words
from tests.people import Person
from tests.sign_in import Headers, SignIn

KINDS = ("arbitration_request", "evidence_list", "power_of_attorney", "service_address")


def given_case(sign_in: SignIn, submit: Submit, desk: Desk, **answers: Any) -> tuple[dict[str, Any], Headers]:
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers, answers=answers)
    desk.do(case, "screen", "grant")
    desk.give(case)
    return case, headers


def lawyer_at_the_console(app: Flask, db_session: Session) -> Console:
    from server.unions.staff.models import StaffAccount

    give_credential(db_session.scalars(sa.select(StaffAccount).where(StaffAccount.number == "L1")).one())
    return Console(app).sign_in("L1")


def text_of(client: FlaskClient, url: str) -> str:
    document = docx.Document(io.BytesIO(client.get(url).data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_lawyer_makes_the_four_papers_and_the_worker_has_them_too(
    app: Flask,
    client: FlaskClient,
    sign_in: SignIn,
    submit: Submit,
    desk: Desk,
    follow: Follow,
    db_session: Session,
) -> None:
    case, headers = given_case(sign_in, submit, desk, text="<b>站长</b>{worker.phone}说没有钱。", work_area="440304011")
    lawyer = lawyer_at_the_console(app, db_session)
    for kind in KINDS:
        assert lawyer.post(f"/console/cases/{case['no']}/papers/{kind}").status_code == 303
    assert lawyer.post(f"/console/cases/{case['no']}/papers/love_letter").status_code == 404
    read = follow(case, headers).read()
    assert [paper["number"][-3:] for paper in read["papers"]] == ["W01", "W02", "W03", "W04"]
    assert read["attachments"] == []
    who: Person = headers.person
    texts = {}
    for paper, kind in zip(read["papers"], KINDS, strict=True):
        pdf, word = paper["files"]
        assert (pdf["media_type"], word["media_type"].endswith("document")) == ("application/pdf", True)
        answer = client.get(pdf["url"])
        assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")
        for file, suffix in ((pdf, "pdf"), (word, "docx")):
            header = client.get(file["url"]).headers["Content-Disposition"]
            assert header.startswith("attachment; ")
            assert unquote(header).endswith(f"{paper['title']} {paper['number']}.{suffix}")
        texts[kind] = text_of(client, word["url"])
        assert paper["number"] in texts[kind]
        if kind == "arbitration_request":
            pages = pypdfium2.PdfDocument(answer.data)
            assert "<b>站长</b>{worker.phone}说没有钱。" in pages[0].get_textpage().get_text_bounded()
        stored = db_session.scalars(sa.select(CasePaper).where(CasePaper.kind == kind)).one()
        assert stored.pdf_sha256 == hashlib.sha256(answer.data).hexdigest()
    request = texts["arbitration_request"]
    for told in (
        who.name,
        who.id_number,
        "演示配送站",
        "测小工L1",
        "2025-12",
        "8,200.00 元",
        "14,",
        "深圳市福田区劳动人事争议仲裁委员会",
    ):
        assert told in request or told == "14,", told
    assert "<b>站长</b>{worker.phone}说没有钱。" in request
    assert who.id_number in texts["power_of_attorney"]
    assert who.id_number not in texts["evidence_list"] + texts["service_address"]
    assert "工资条、转账记录" in texts["evidence_list"]
    readings = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.read_id_number")).all()
    assert [event.detail["kind"] for event in readings if event.detail] == ["arbitration_request", "power_of_attorney"]
    assert who.id_number not in words(lawyer.get(f"/console/cases/{case['no']}"))


WHOLE = {
    "work_area": "440304011",
    "other_parties": [
        {
            "name": "演示配送站",
            "role": "employer",
            "code": "91440300708461136T",
            "address": "演示路 1 号",
            "contact": "王站长 0755-83000009",
        }
    ],
    "demanded_on": "2026-03-05",
    "demanded_how": "微信",
}


def test_a_case_that_was_filled_in_whole_leaves_open_only_what_the_form_does_not_ask(
    app: Flask, client: FlaskClient, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, db_session: Session
) -> None:
    case, headers = given_case(sign_in, submit, desk, **WHOLE)
    profile = CaseAssignee(
        staff_no="L1", role="lawyer", most=8, phone="0755-83000001", skills=[], languages=[], parties=""
    )
    db_session.add(profile)
    db_session.commit()
    lawyer = lawyer_at_the_console(app, db_session)
    for kind in KINDS:
        lawyer.post(f"/console/cases/{case['no']}/papers/{kind}")
    written = {}
    for paper, kind in zip(follow(case, headers).read()["papers"], KINDS, strict=True):
        pdf, word = paper["files"]
        text, document = text_of(client, word["url"]), pypdfium2.PdfDocument(client.get(pdf["url"]).data)
        drawn = "".join(document[page].get_textpage().get_text_bounded() for page in range(len(document)))
        written[kind] = (text, drawn)
        assert not re.search(r"\{[\w.]+\}|None", text + drawn), kind
        # Whatever else stands blank is a gap for the hand: nothing that was answered is missing.
        blocks = templates()[kind].blocks
        by_hand = str(blocks).count("{blank}") + sum(len(block.get("sign", ())) for block in blocks)
        assert sum(line.count(LINE) for line in text.splitlines() if line.strip("＿")) == by_hand, kind
    for told in (
        "入职日期：2025-06-01　　最后一天上班：2026-03-01",
        "知道权利受侵害的日期：2026-01-20",
        "最近一次要求支付：2026-03-05，方式：微信",
        "名称：演示配送站　　统一社会信用代码：91440300708461136T",
        "住所：演示路 1 号　　联系人或电话：王站长 0755-83000009",
        "委托代理人：测小工L1　　联系电话：0755-83000001",
        "合计：20,700.00 元",
        "深圳市福田区劳动人事争议仲裁委员会",
    ):
        request, drawn = written["arbitration_request"]
        assert told in request
        assert squeezed(told) in squeezed(drawn)
    for row in ("2025-128,200.00元3,000.00元", "2026-017,900.00元0.00元", "2026-027,600.00元0.00元"):
        assert row in squeezed(written["arbitration_request"][0])
        assert row in squeezed(written["arbitration_request"][1])


def squeezed(words: str) -> str:
    """Without spaces and line ends, which a page sets as it needs."""
    return "".join(words.split())


def test_nobody_else_makes_or_opens_them(
    app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session
) -> None:
    case, _ = given_case(sign_in, submit, desk)
    other, _ = given_case(sign_in, submit, desk)
    desk.run("do", other["no"], "take_back", "--text", "排错了")
    lawyer = lawyer_at_the_console(app, db_session)
    assert lawyer.post(f"/console/cases/{other['no']}/papers/evidence_list").status_code == 404
    assert lawyer.post(f"/console/cases/{case['no']}/papers/evidence_list").status_code == 303
    (first, _) = db_session.scalars(sa.select(Attachment.id).order_by(Attachment.created_at)).all()
    assert lawyer.get(f"/console/cases/{case['no']}/files/{first}").status_code == 200
    assert lawyer.get(f"/console/cases/{other['no']}/files/{first}").status_code == 404


def test_before_the_worker_took_the_case_over_nothing_is_written(
    app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session
) -> None:
    case, _ = given_case(sign_in, submit, desk)
    db_session.execute(sa.update(Case).where(Case.no == case["no"]).values(worker_id=None, secret_digest=b"nobody's"))
    db_session.commit()
    lawyer = lawyer_at_the_console(app, db_session)
    page = lawyer.get(f"/console/cases/{case['no']}")
    assert "认领以后才能写材料" in words(page)
    assert "/papers/" not in page.text
    refused = lawyer.post(f"/console/cases/{case['no']}/papers/evidence_list", follow=True)
    assert "工友还没认领" in words(refused)
    assert db_session.scalars(sa.select(CasePaper)).all() == []
