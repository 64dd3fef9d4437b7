"""Workers' accounts at the console: found by phone, masked; what takes two persons takes two."""

import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.core.access import Level
from server.core.audit import AuditEvent
from server.identity.models import Worker
from tests.desk import Desk, desk_of, words
from tests.rosters import join, make_union
from tests.sign_in import Headers, SignIn


@pytest.fixture
def first(app: Flask) -> Desk:
    return desk_of(app, "W0001", "worker_desk")


@pytest.fixture
def second(app: Flask) -> Desk:
    return desk_of(app, "W0002", "worker_desk")


def path_of(headers: Headers, act: str = "") -> str:
    return f"/console/accounts/{headers.worker_id}" + (f"/{act}" if act else "")


def confirm_path(desk: Desk, act: str = "confirm") -> str:
    """Where the only act that waits is decided."""
    return re.findall(rf'action="([^"]+/{act})"', desk.get("/console/acts").text)[0]


def level(client: FlaskClient, headers: Headers) -> str:
    found: str = client.get("/api/v1/me", headers=headers).get_json()["level"]
    return found


def test_an_account_is_found_by_its_phone_and_shown_masked(first: Desk, sign_in: SignIn, db_session: Session) -> None:
    worker = sign_in(Level.L2)
    page = words(first.post("/console/accounts", {"phone": worker.person.phone}))
    assert str(worker.worker_id) in page
    assert worker.person.name not in page
    assert worker.person.id_number not in page
    # What was typed stands in its field, and nowhere else.
    assert worker.person.phone not in page
    reads = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "account.read")).all()
    assert [(read.actor, read.subject_id) for read in reads] == [("staff:W0001", str(worker.worker_id))]
    assert "没有找到归你管的账号" in words(first.post("/console/accounts", {"phone": "19900019999"}))
    assert first.post("/console/accounts", {"phone": "12"}).status_code == 422


def test_a_person_is_seen_by_two(client: FlaskClient, first: Desk, second: Desk, sign_in: SignIn) -> None:
    worker = sign_in(Level.L2)
    assert "等另一个人确认" in words(first.post(path_of(worker, "seen"), {"valid_to": "2040-01-01"}, follow=True))
    assert "你自己提议的" in words(first.get("/console/acts"))
    confirm = confirm_path(second)
    assert first.post(confirm).status_code == 403
    assert level(client, worker) == "L2"
    assert "1 账号的事等第二个人确认" in words(second.get("/console/"))
    assert "当面核实：办好了" in words(second.post(confirm, follow=True))
    assert level(client, worker) == "L3"
    assert "可能别人先办了" in words(second.post(confirm))


def test_what_does_not_go_is_told_in_the_page(first: Desk, sign_in: SignIn) -> None:
    guest = sign_in(Level.L1)
    assert "先完成实名认证" in words(first.post(path_of(guest, "seen")))
    assert "编号不完整" in words(first.post(path_of(guest, "merge"), {"other": "abc"}))
    assert "要有两个不同的账号" in words(first.post(path_of(guest, "merge"), {"other": str(guest.worker_id)}))
    assert "没有登记号码" in words(first.post(path_of(guest, "release")))


def test_one_freezes_at_once_and_two_let_in_again(
    client: FlaskClient, first: Desk, second: Desk, sign_in: SignIn
) -> None:
    worker = sign_in(Level.L2)
    first.post(path_of(worker, "freeze"))
    assert client.get("/api/v1/me", headers=worker).status_code == 401
    first.post(path_of(worker, "unfreeze"))
    assert client.get("/api/v1/me", headers=worker).status_code == 401
    second.post(confirm_path(second))
    assert client.get("/api/v1/me", headers=worker).status_code == 200


def test_two_accounts_become_one(first: Desk, second: Desk, sign_in: SignIn, db_session: Session) -> None:
    keep, gone = sign_in(Level.L2), sign_in(Level.L1)
    first.post(path_of(keep, "merge"), {"other": str(gone.worker_id)})
    second.post(confirm_path(second))
    db_session.expire_all()
    assert db_session.get_one(Worker, gone.worker_id).merged_into == keep.worker_id


def test_a_proposal_is_taken_from_the_table(first: Desk, second: Desk, sign_in: SignIn) -> None:
    worker = sign_in(Level.L2)
    first.post(path_of(worker, "seen"))
    assert "撤下了" in words(second.post(confirm_path(second, "drop"), follow=True))
    assert "没有等第二个人确认的" in words(first.get("/console/acts"))


def test_who_is_another_streets_member_is_out_of_reach(first: Desk, sign_in: SignIn) -> None:
    worker = sign_in(Level.L2)
    join(worker.worker_id, make_union("GH440307015", area_code="440307015"))
    assert "没有找到归你管的账号" in words(first.post("/console/accounts", {"phone": worker.person.phone}))
    assert first.get(path_of(worker)).status_code == 403
    for act in ("seen", "freeze", "release", "unfreeze", "pin"):
        assert first.post(path_of(worker, act)).status_code == 403, act
    assert first.get(f"/console/accounts/{uuid.uuid4()}").status_code == 404


def test_a_dormitory_that_somebody_saw_shares_a_phone(first: Desk, sign_in: SignIn, db_session: Session) -> None:
    worker = sign_in(Level.L1)
    assert "填 6 到 50" in words(first.post(path_of(worker, "share"), {"most": "5"}))
    assert "最多 8 个人合用" in words(first.post(path_of(worker, "share"), {"most": "8"}, follow=True))
    assert "现在记着：最多 8 个人" in words(first.get(path_of(worker)))
    assert db_session.scalars(sa.select(Worker.may_share_with).where(Worker.id == worker.worker_id)).one() == 8
    acts = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "account.sharing_confirmed")).all()
    assert [(one.actor, one.detail) for one in acts] == [("staff:W0001", {"most": 8})]
