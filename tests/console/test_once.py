"""What is sent from the desk once is done once: reloaded, clicked twice, or sent by two tabs at the same moment."""

import re
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.cases.assigning.models import CaseTalk
from server.cases.models import Case, CaseNote
from server.cases.papers.models import CasePaper
from server.cases.proxies.models import CaseProxy
from server.console import once
from server.core.access import Level
from server.core.clock import today
from server.core.db import Base, db, transaction
from server.core.jobs import run_worker
from server.core.web import idempotency
from server.core.web.idempotency import IdempotencyRecord
from server.stations.managers.models import ManagerCode
from server.unions.duty.models import StaffAbsence, StaffDuty
from server.unions.staff.models import RoleGrant
from tests.cases.conftest import Desk as Commands
from tests.cases.conftest import Submit, consents
from tests.cases.conftest import desk as commands  # noqa: F401  # a fixture
from tests.cases.conftest import submit as submit
from tests.desk import Desk, desk_of, give_credential, words
from tests.people import person
from tests.sign_in import SignIn
from tests.staff import make_staff, make_street
from tests.standins import StandIn
from tests.stations.making import make_station

KEY = re.compile(r'name="once" value="([^"]+)"')
SOMEBODY = person(752)
PATH = "/console/proxies/grievance"
TOLD = {
    "q_kind": "complaint",
    "q_topic": "pay",
    "q_text": "站点每单多扣两元，没有说过为什么。",
    "q_wish": "solve",
    "identity_mode": "named",
    "phone": SOMEBODY.phone,
    "name": SOMEBODY.name,
    **{f"agreed_{one['key']}": "y" for one in consents("terms")},
}
DAY = str(today() + timedelta(days=1))
"""Not today: midnight may come while the tests run."""


def filled(desk: Desk, path: str, data: dict[str, Any], *, action: str | None = None) -> dict[str, Any]:
    """What a browser sends of the form of a page."""
    form = next(one for one in desk.get(path).text.split("<form")[1:] if f'action="{action or path}"' in one)
    key = KEY.search(form)
    assert key is not None
    return {**data, "once": key[1]}


def count(session: Session, table: type[Base]) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.fixture
def clerk(app: Flask) -> Desk:
    return desk_of(app, "S0101", "street_worker", union=make_street("440304011"))


def test_a_reload_shows_the_same_receipt_and_sends_no_second_text(
    app: Flask, clerk: Desk, sms_standin: StandIn, db_session: Session
) -> None:
    told = filled(clerk, PATH, TOLD)
    first, again = clerk.post(PATH, told), clerk.post(PATH, told)
    assert first.status_code == again.status_code == 200
    assert first.text == again.text
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    run_worker(app, wait=False, periodic_tasks=False)
    assert len([one for one in sms_standin.messages() if one["phone"] == SOMEBODY.phone]) == 1
    nobody = {**TOLD, "identity_mode": "anonymous", "name": "", "phone": ""}
    told = filled(clerk, PATH, nobody)
    secrets = {words(clerk.post(PATH, told)) for _ in range(2)}
    assert len(secrets) == 1
    assert "暗号" in secrets.pop()
    assert count(db_session, Case) == 2


def test_the_same_form_with_other_words_is_refused_and_a_new_one_is_not(clerk: Desk, db_session: Session) -> None:
    told = filled(clerk, PATH, TOLD)
    clerk.post(PATH, told)
    other = clerk.post(PATH, {**told, "q_text": "又扣了我三元，还是没有说为什么。"})
    assert (other.status_code, once.ANOTHER in words(other)) == (422, True)
    assert count(db_session, Case) == 1
    assert clerk.post(PATH, filled(clerk, PATH, TOLD)).status_code == 200
    assert count(db_session, Case) == 2


def test_what_was_refused_leaves_nothing_and_is_put_right(clerk: Desk, db_session: Session) -> None:
    told = filled(clerk, PATH, TOLD)
    wrong = clerk.post(PATH, {**told, "phone": "12345"})
    assert wrong.status_code == 422
    assert count(db_session, IdempotencyRecord) == 0
    assert clerk.post(PATH, told).status_code == 200
    assert (count(db_session, Case), count(db_session, CaseProxy)) == (1, 1)


def test_another_member_of_the_staff_has_keys_of_their_own(app: Flask, clerk: Desk, db_session: Session) -> None:
    told = filled(clerk, PATH, TOLD)
    other = desk_of(app, "S0102", "street_worker", union=make_street("440304001"))
    assert {clerk.post(PATH, told).status_code, other.post(PATH, told).status_code} == {200}
    assert count(db_session, Case) == 2


def await_waiting(number: int) -> None:
    """Until so many statements wait for a lock in this database."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = time.monotonic() + 20
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.scalar(waiting) < number:
            assert time.monotonic() < until, "nobody waits"
            time.sleep(0.02)


def both_at_once(app: Flask, number: str, told: dict[str, Any]) -> list[TestResponse]:
    """The same form, sent twice: the first cannot be over when the second comes."""
    answers: list[TestResponse] = []

    def send() -> None:
        with app.app_context():
            answers.append(Desk(app).sign_in(number).post(PATH, told))

    threads = [threading.Thread(target=send) for _ in range(2)]
    with transaction() as session:
        session.execute(sa.text("LOCK TABLE case_proxy IN EXCLUSIVE MODE"))
        for waiting, thread in enumerate(threads, start=1):
            thread.start()
            await_waiting(waiting)
    for thread in threads:
        thread.join(timeout=20)
    return answers


def test_two_clicks_at_the_same_moment_make_one_case(app: Flask, clerk: Desk, db_session: Session) -> None:
    answers = both_at_once(app, "S0101", filled(clerk, PATH, TOLD))
    assert [one.status_code for one in answers] == [200, 200]
    assert len({words(one) for one in answers}) == 1
    assert count(db_session, Case) == 1


def test_without_the_key_they_make_two(
    app: Flask, clerk: Desk, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = filled(clerk, PATH, TOLD)
    monkeypatch.setattr(once, "_key", lambda: None)
    both_at_once(app, "S0101", told)
    assert count(db_session, Case) == 2


@pytest.mark.parametrize(
    ("role", "path", "action", "data", "table"),
    [
        ("street_worker", "/console/absences", None, {"first_day": DAY, "last_day": DAY}, StaffAbsence),
        (
            "security_admin",
            "/console/duty/new",
            None,
            {"number": "HERE", "kind": "desk", "union": "GH440304", "first_day": DAY},
            StaffDuty,
        ),
        (
            "security_admin",
            "/console/requests/new",
            None,
            {"number": "OTHER", "role": "worker_desk", "union": "GH440304", "until": DAY, "reason": "值班"},
            RoleGrant,
        ),
        ("district_office", "/console/stations/FT0042", "/console/stations/FT0042/codes", {}, ManagerCode),
    ],
    ids=["absence", "duty", "request", "code"],
)
def test_what_is_made_at_the_desk_is_made_once(
    app: Flask, db_session: Session, role: str, path: str, action: str | None, data: dict[str, Any], table: type[Base]
) -> None:
    make_station("FT0042")
    make_staff("OTHER")
    desk = desk_of(app, "HERE", role)
    told, before = filled(desk, path, data, action=action), count(db_session, table)
    answers = [desk.post(action or path, told) for _ in range(2)]
    assert {one.status_code for one in answers} <= {200, 303}, words(answers[0])
    assert answers[0].headers.get("Location") == answers[1].headers.get("Location")
    assert count(db_session, table) == before + 1
    if action is None:
        assert once.SENT_BEFORE in words(desk.get(answers[1].headers["Location"]))
    else:
        assert words(answers[0]) == words(answers[1])


def test_a_lawyer_writes_and_makes_papers_once(
    app: Flask,
    sign_in: SignIn,
    submit: Submit,
    commands: Commands,  # noqa: F811
    db_session: Session,
) -> None:
    make_staff("A1024")
    case = submit("legal_aid", sign_in(Level.L2))
    commands.do(case, "screen", "grant")
    commands.give(case, "L1")
    from server.unions.staff.models import StaffAccount

    give_credential(db_session.scalars(sa.select(StaffAccount).where(StaffAccount.number == "L1")).one())
    lawyer, here = Desk(app).sign_in("L1"), f"/console/cases/{case['no']}"
    for path, action, data, table in (
        (f"{here}/talk", f"{here}/talk", {"text": "明天上午带上转账记录。"}, CaseTalk),
        (f"{here}/note", f"{here}/note", {"text": "等对方盖章。"}, CaseNote),
        (here, f"{here}/papers/service_address", {}, CasePaper),
    ):
        told, before = filled(lawyer, path, data, action=action), count(db_session, table)
        lawyer.post(action, told)
        other = {"text": "另一句。"} if data else {}
        if data:
            lawyer.post(action, filled(lawyer, path, other, action=action))
        assert lawyer.post(action, told).status_code == 303
        assert count(db_session, table) == before + (2 if data else 1)
    assert idempotency.REPLAY in lawyer.post(action, told).headers
