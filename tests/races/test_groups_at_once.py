"""Colleagues who send their cases at the same moment find each other, and whoever has to know is told once."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases import groups
from server.cases.models import CaseGroup
from server.cases.submission import Submission, submit
from server.core.access import Level, Principal
from server.core.db import db
from server.identity.consents import GivenConsent, consent_texts
from server.identity.models import ConsentKey
from server.notices.models import StaffNotice
from server.notices.staff import GROUP
from tests.cases.conftest import submission
from tests.sign_in import SignIn

COLLEAGUES = 6
PARTY = {"name": "深圳演示速运有限公司", "role": "employer"}


def at_once(app: Flask, sign_in: SignIn) -> None:
    """All of them send theirs, each of which names nine others."""
    body = submission("legal_aid", answers={"other_parties": [PARTY], "co_claimants": [{"name": "小李"}] * 9})
    texts = consent_texts()
    given = [GivenConsent(ConsentKey(one["key"]), texts[ConsentKey(one["key"])].version) for one in body["consents"]]
    people = [sign_in(Level.L2) for _ in range(COLLEAGUES)]

    def send(worker_id: uuid.UUID) -> None:
        with app.app_context():
            caller = Principal(worker_id=worker_id, level=Level.L2, session_id=uuid.uuid4())
            submit(
                Submission(service="legal_aid", identity_mode="named", answers=body["answers"], consents=given),
                caller=caller,
            )

    with ThreadPoolExecutor(COLLEAGUES) as pool:
        list(pool.map(send, [one.worker_id for one in people]))


def heads() -> int:
    return db.session.scalar(sa.select(sa.func.count(CaseGroup.head_id.distinct()))) or 0


def told() -> int:
    return db.session.scalar(sa.select(sa.func.count()).where(StaffNotice.kind == GROUP)) or 0


def test_without_waiting_for_each_other_they_are_several_groups(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "one_at_a_time", lambda *_: None)
    for _ in range(8):
        at_once(app, sign_in)
        if heads() > 1:
            return
        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE service_case SET phase = 'withdrawn'")
            connection.exec_driver_sql("DELETE FROM case_group")
    pytest.fail("they never met")


def test_who_sends_at_the_same_moment_is_one_group_of_which_is_told_once(app: Flask, sign_in: SignIn) -> None:
    at_once(app, sign_in)
    assert (heads(), told()) == (1, 1)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CaseGroup)) == COLLEAGUES
