"""Pictures and PDFs that go along with an order: of named cases, as stored, once, and before the order."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases.exchange.models import CaseExchange, ExchangeMessage
from server.cases.exchange.outbound import deliver
from server.cases.files.models import Attachment
from server.core.audit import AuditEvent
from server.core.db import db
from tests.cases.conftest import Desk, Follow, Submit, consents
from tests.cases.exchange.conftest import ANEW, told
from tests.cases.files.conftest import jpeg, pdf
from tests.cases.files.test_recordings import sample
from tests.cases.test_in_confidence import make_union
from tests.desk import desk_of, words
from tests.sign_in import Headers
from tests.standins import StandIn


@pytest.fixture
def ready(app: Flask, client: FlaskClient, submit: Submit, follow: Follow, worker: Headers, desk: Desk) -> Any:
    """A grievance with a picture, a PDF, a voice, and a picture that stays inside; its worker agrees to pass it on."""

    def prepare(mode: str) -> dict[str, Any]:
        files = []
        for content in (jpeg(), pdf(), sample("voice.m4a")):
            stored = client.post("/api/v1/attachments", data={"file": (io.BytesIO(content), "a")}, headers=worker)
            assert stored.status_code == 201, stored.json
            files.append({"id": stored.json["id"]})
        case = submit("grievance", worker, identity_mode=mode, attachments=files)
        union = make_union("S1")
        for step in (("accept",), ("dispatch", "--to", "S1", "--text", "请核实。")):
            assert desk.run("do", case["no"], *step).exit_code == 0
        proof = {"version": 3, "text": "不归我们。", "files": (io.BytesIO(jpeg()), "a.jpg")}
        clerk = desk_of(app, "W1", "street_worker", union=union)
        assert clerk.post(f"/console/cases/{case['no']}/steps/return_once", proof).status_code in {200, 303}
        db.session.rollback()
        assert db.session.scalar(sa.select(sa.func.count()).where(Attachment.note_id.is_not(None))) == 1
        desk.do(case, "ask_city")
        assert follow(case, worker).post("agreement", {"consents": consents("sharing")}).status_code == 200
        desk.do(case, ("to_city", ANEW))
        return case

    return prepare


def send_now() -> None:
    """As the job does, whatever time of the next try it has."""
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(sa.update(ExchangeMessage).values(due_at=ExchangeMessage.at))
    db.session.expire_all()
    deliver(exchange_id=str(db.session.scalars(sa.select(CaseExchange.id)).one()))
    db.session.rollback()


def test_pictures_and_papers_of_a_named_case_go_before_the_order_through_an_outage(
    ready: Any, city_standin: StandIn
) -> None:
    case = ready("named")
    city_standin.fault("/v1/files", status=503, times=1)
    send_now()
    assert told(city_standin, case["no"]) == [], "the order waits for its files"
    city_standin.fault("/v1/messages", status=503, times=1)
    send_now()
    send_now()
    [order] = told(city_standin, case["no"])
    stored = {
        (one.media_type, one.sha256, one.size)
        for one in db.session.scalars(sa.select(Attachment).where(Attachment.note_id.is_(None)))
        if not one.media_type.startswith("audio")
    }
    assert {(one["media_type"], one["sha256"], one["size"]) for one in order["files"]} == stored
    assert [one["media_type"] for one in order["files"]] == ["image/jpeg", "application/pdf"]
    assert {one["again"] for one in order["files"]} == {1}, "handed over again with the order, kept once"
    passed = db.session.scalars(sa.select(AuditEvent.actor).where(AuditEvent.action == "case.file_to_city")).all()
    assert passed == ["system"] * 4


def test_what_12345_does_not_take_is_left_out_and_the_order_goes_and_the_desk_sees_it(
    app: Flask, ready: Any, city_standin: StandIn
) -> None:
    case = ready("named")
    city_standin.fault("/v1/files", errcode="too_large", times=1)
    send_now()
    [order] = told(city_standin, case["no"])
    assert [one["media_type"] for one in order["files"]] == ["application/pdf"]
    clerk = desk_of(app, "S0009", "district_rights")
    page = clerk.get(f"/console/cases/{case['no']}")
    assert "附件：1 个一起送到了，1 个对方没有收 没收的附件 1 对方说太大" in words(page)
    [left] = re.findall(r'href="([^"]+)"[^>]*>.{0,600}?没收的附件', page.text.partition("告诉 12345 的")[2], re.S)
    assert "图片" in words(clerk.get(left)), "what to send another way is a tap away"


def test_nothing_of_a_case_in_confidence_goes_along(app: Flask, ready: Any, city_standin: StandIn) -> None:
    case = ready("confidential")
    send_now()
    [order] = told(city_standin, case["no"])
    assert order["files"] == []
    assert city_standin.calls("/v1/files") == []
    assert "没有附件一起转" in words(desk_of(app, "S0009", "district_rights").get(f"/console/cases/{case['no']}"))
