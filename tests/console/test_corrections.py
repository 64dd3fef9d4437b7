"""What workers ask to have put right, at the console."""

import re

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.core.access import Level
from server.core.audit import AuditEvent
from server.me import corrections
from tests.desk import desk_of, words
from tests.rosters import join, make_union
from tests.sign_in import SignIn


def test_a_request_is_read_once_opened_and_answered(
    app: Flask, client: FlaskClient, sign_in: SignIn, db_session: Session
) -> None:
    desk, worker = desk_of(app, "W0001", "worker_desk"), sign_in(Level.L2)
    corrections.ask(worker_id=worker.worker_id, text="单位写错了，是<b>甲公司</b>")
    queue = desk.get("/console/corrections")
    assert "甲公司" not in queue.text
    path = re.findall(r'href="(/console/corrections/[^"]+)"', queue.text)[0]
    opened = desk.get(path)
    assert "单位写错了，是&lt;b&gt;甲公司&lt;/b&gt;" in opened.text
    assert db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "correction.read")).one()
    assert "请选一个" in words(desk.post(path, {"answer": "改好了"}))
    assert "已经告诉本人" in words(desk.post(path, {"state": "done", "answer": "已经改成甲公司"}, follow=True))
    notices = client.get("/api/v1/notices", headers=worker).get_json()["items"]
    assert notices[0]["body"] == "已经改成甲公司"
    assert desk.get(path).status_code == 404


def test_another_streets_member_is_out_of_reach(app: Flask, sign_in: SignIn) -> None:
    desk, worker = desk_of(app, "W0001", "worker_desk"), sign_in(Level.L2)
    asked = corrections.ask(worker_id=worker.worker_id, text="名字错了")
    join(worker.worker_id, make_union("GH440307015", area_code="440307015"))
    assert "没有等着处理的更正" in words(desk.get("/console/corrections"))
    assert desk.get(f"/console/corrections/{asked.id}").status_code == 403
