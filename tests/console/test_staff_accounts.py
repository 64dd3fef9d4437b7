"""Accounts and roles at the console: each administrator does their own part, and nobody decides about themselves."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.core.audit import AuditEvent
from server.core.clock import today
from server.core.db import transaction
from server.unions.models import TradeUnion
from server.unions.staff import credentials
from server.unions.staff.models import RoleGrant
from server.unions.staff.vocabulary import GrantState
from server.unions.vocabulary import UnionKind
from tests.desk import Desk, desk_of, make_member, words
from tests.staff import make_district, make_staff


@pytest.fixture
def system(app: Flask) -> Desk:
    return desk_of(app, "A0001", "system_admin")


@pytest.fixture
def asking(app: Flask) -> Desk:
    return desk_of(app, "B0001", "security_admin")


@pytest.fixture
def approving(app: Flask) -> Desk:
    return desk_of(app, "B0002", "security_admin")


def elsewhere() -> TradeUnion:
    """A district that nobody here administers."""
    with transaction() as session:
        union = TradeUnion(code="GH440307", name="别的区总工会", kind=UnionKind.DISTRICT, area_code="440307")
        session.add(union)
    return union


def ask_for(desk: Desk, number: str, role: str = "worker_desk", **changed: str) -> str:
    """Ask for a role; returns what the page says then."""
    filled = {
        "number": number,
        "role": role,
        "union": "GH440304",
        "until": str(today() + timedelta(days=30)),
        "reason": "窗口缺人",
    }
    return words(desk.post("/console/requests/new", filled | changed, follow=True))


def path_of(db_session: Session, act: str) -> str:
    """Where the only waiting request is decided."""
    grant_id = db_session.scalars(
        sa.select(RoleGrant.id).where(RoleGrant.state == GrantState.REQUESTED).execution_options(populate_existing=True)
    ).one()
    return f"/console/requests/{grant_id}/{act}"


def test_from_a_new_account_to_somebody_who_works(
    app: Flask, system: Desk, asking: Desk, approving: Desk, db_session: Session
) -> None:
    page = system.post("/console/staff/new", {"number": "W0009", "name": "测新人", "union": "区总工会（测试）"})
    assert "只在这里显示这一次" in words(page)
    password = re.findall(r'shown-once"><code>([^<]+)', page.text)[0]
    assert "还没有权限" in words(system.get("/console/staff?q=新人"))

    assert "等另一位安全管理员批准" in ask_for(asking, "W0009")
    assert "你自己申请的" in words(asking.get("/console/requests"))
    assert asking.post(path_of(db_session, "approve")).status_code == 403
    assert "批准了" in words(approving.post(path_of(db_session, "approve"), follow=True))

    newcomer = Desk(app)
    newcomer.get("/console/sign-in")
    newcomer.post("/console/sign-in", {"number": "W0009", "password": password})
    assert "先换一个自己的密码" in words(newcomer.client.get("/console/", follow_redirects=True))
    assert "职工服务窗口" in words(system.get("/console/staff/W0009"))


def test_a_refusal_says_why_to_whoever_asked(asking: Desk, approving: Desk, db_session: Session) -> None:
    make_staff("S0001", "street_worker")
    ask_for(asking, "S0001")
    assert "请写明为什么退回" in words(approving.post(path_of(db_session, "refuse"), {"reason": " "}))
    approving.post(path_of(db_session, "refuse"), {"reason": "已有两人在窗口"})
    assert "已有两人在窗口" in words(asking.get("/console/requests"))
    assert "没有等着批准的申请" in words(approving.get("/console/requests"))


def test_what_another_decided_meanwhile_is_told(asking: Desk, approving: Desk, db_session: Session) -> None:
    make_staff("S0001", "street_worker")
    ask_for(asking, "S0001")
    approve = path_of(db_session, "approve")
    approving.post(approve)
    assert "可能别人先办了" in words(approving.post(approve))


def test_nobody_asks_for_themselves_and_no_role_is_for_ever(asking: Desk) -> None:
    make_staff("S0001", "street_worker")
    assert "不能给自己申请" in ask_for(asking, "B0001")
    assert "期限要在 366 天以内" in ask_for(asking, "S0001", until=str(today() + timedelta(days=400)))
    assert "期限要在 366 天以内" in ask_for(asking, "S0001", until="9999-12-31")
    assert "没有这个工号" in ask_for(asking, "S9999")
    assert "请从列出的工会里选一个" in ask_for(asking, "S0001", union="没有的工会")
    assert "不能给这一级工会" in ask_for(asking, "S0001", "base_chair")


def test_a_role_taken_back_closes_its_pages_at_once(app: Flask, asking: Desk, db_session: Session) -> None:
    worker = desk_of(app, "D0001", "audit_admin")
    assert worker.get("/console/audit").status_code == 200
    grant_id = db_session.scalars(sa.select(RoleGrant.id).where(RoleGrant.role == "audit_admin")).one()
    asking.post(f"/console/staff/D0001/roles/{grant_id}/revoke")
    assert worker.get("/console/audit").status_code == 403


def test_a_closed_account_is_out_at_once(app: Flask, system: Desk) -> None:
    worker = desk_of(app, "S0001", "street_worker")
    assert "账号停用了" in words(system.post("/console/staff/S0001/close", follow=True))
    assert worker.get("/console/").status_code == 303


def test_another_password_or_a_released_authenticator_ends_every_session(
    app: Flask, system: Desk, asking: Desk
) -> None:
    worker = desk_of(app, "S0001", "street_worker")
    assert "S0001 的临时密码" in words(system.post("/console/staff/S0001/password"))
    assert worker.get("/console/").status_code == 303
    worker.sign_in("S0001")
    assert "解绑了" in words(asking.post("/console/staff/S0001/authenticator", follow=True))
    assert worker.get("/console/").status_code == 303


def test_a_locked_account_is_seen_and_unlocked(app: Flask, system: Desk) -> None:
    make_member("S0001", "street_worker")
    for _ in range(credentials.TRIES):
        with pytest.raises(credentials.Problem):
            credentials.try_password(number="S0001", password="wrong")
    assert "锁着" in words(system.get("/console/staff"))
    assert "已经解锁" in words(system.post("/console/staff/S0001/unlock", follow=True))
    assert credentials.try_password(number="S0001", password="drei-bunte-bienen-7")


def test_administrators_see_and_change_only_those_below_their_union(app: Flask, system: Desk, asking: Desk) -> None:
    make_member("X0001", "street_worker", union=elsewhere())
    for desk in (system, asking):
        assert "X0001" not in words(desk.get("/console/staff"))
        assert desk.get("/console/staff/X0001").status_code == 404
    assert system.post("/console/staff/X0001/close").status_code == 403
    assert asking.post("/console/staff/X0001/authenticator").status_code == 403


def test_no_administrator_does_the_work_of_another(system: Desk, asking: Desk) -> None:
    make_member("S0001", "street_worker")
    assert system.get("/console/requests").status_code == 403
    assert system.get("/console/audit").status_code == 403
    assert system.post("/console/staff/S0001/authenticator").status_code == 403
    assert asking.get("/console/staff/new").status_code == 403
    assert asking.post("/console/staff/S0001/password").status_code == 403
    page = words(asking.get("/console/staff/S0001"))
    assert "解绑验证器" in page
    assert "临时密码" not in page


def test_looking_at_an_account_is_recorded(system: Desk, db_session: Session) -> None:
    account = make_member("S0001", "street_worker", union=make_district())
    system.get("/console/staff/S0001")
    event = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "staff.read")).one()
    assert (event.actor, event.subject_id) == ("staff:A0001", str(account.id))
