"""The demo's past sends no messages today."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from dev.demo.__main__ import nothing_leaves_the_app
from server.core.db import db, new_id, transaction
from server.core.jobs import run_worker
from server.notices.models import Delivery, Notice
from server.notices.service import notify
from server.notices.worded import worded
from tests.standins import StandIn

WORDS: Any = {"kind": "case.need_more", "title": "请你补充", "body": worded("SQ1 还差一点情况"), "link": "/cases/SQ1"}


def deliveries() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Delivery)) or 0


def test_what_the_demo_tells_is_in_the_inbox_and_nowhere_else(app: Flask, sms_standin: StandIn) -> None:
    notify(worker_id=new_id(), **WORDS)
    with nothing_leaves_the_app():
        notify(worker_id=new_id(), **WORDS)
        assert deliveries() == 2
    assert deliveries() == 1, "what waited before still does"
    with transaction() as session:
        assert session.query(Notice).count() == 2
    db.session.remove()
    run_worker(app, wait=False, periodic_tasks=False)
    assert sms_standin.calls() == []
