"""A role does not end by surprise: who holds it and who grants it are told before, and it is renewed in time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.clock import SHANGHAI
from server.core.db import db, transaction
from server.core.errors import Problem
from server.core.settings import Environment, settings
from server.notices.models import StaffNotice
from server.notices.roles_ending import warn_of_roles_ending
from server.notices.staff import ROLES
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.staff import service
from server.unions.staff.granters import count_granters_wanted, warnings_of_granters
from server.unions.staff.models import RoleGrant, StaffAccount
from server.unions.staff.vocabulary import GrantState
from tests.desk import desk_of, words
from tests.moments import Freeze
from tests.staff import make_district, make_staff, make_street, put_on_duty

ENDS = datetime(2026, 4, 1, 0, 0, tzinfo=SHANGHAI)
BEGINS = ENDS - timedelta(days=60)


@pytest.fixture
def street(app: Flask, freeze: Freeze) -> TradeUnion:
    """A street whose clerk W has a role until 1 April; S1 and S2 grant roles, H heads the district."""
    freeze(BEGINS)
    street = make_street("440304011")
    make_staff("W", "street_worker", union=street)
    with transaction() as session:
        session.execute(sa.update(RoleGrant).values(until=ENDS))
    for number in ("S1", "S2"):
        make_staff(number, "security_admin")
    put_on_duty(make_staff("H"), DutyKind.HEAD, make_district())
    return street


def told(moment: datetime, freeze: Freeze) -> set[tuple[str | None, str]]:
    """What was told by the run of that moment, on which the job ran twice."""
    freeze(moment)
    before = set(read())
    warn_of_roles_ending()
    warn_of_roles_ending()
    new = [one for one in read() if one not in before]
    return {(one[1], one[2]) for one in new}


def read() -> list[tuple[object, str | None, str]]:
    db.session.rollback()
    asked = sa.select(StaffNotice).where(StaffNotice.kind == ROLES)
    return [(one.id, one.staff_no, one.text) for one in db.session.scalars(asked)]


def test_who_holds_it_and_who_grants_it_are_told_twice_before_and_the_head_at_the_end(
    street: TradeUnion, freeze: Freeze
) -> None:
    assert told(ENDS - timedelta(days=15), freeze) == set()
    first = told(ENDS - timedelta(days=14), freeze)
    assert {number for number, _ in first} == {"W", "S1", "S2"}
    assert all("还有 14 天到期" in text for _, text in first)
    assert told(ENDS - timedelta(days=5), freeze) == set(), "once"
    assert {number for number, _ in told(ENDS - timedelta(days=2), freeze)} == {"W", "S1", "S2"}
    last = told(ENDS + timedelta(hours=9), freeze)
    assert {number for number, _ in last} == {"W", "S1", "S2", "H"}
    assert "手上的事项没有人办" in next(text for number, text in last if number == "H")
    assert told(ENDS + timedelta(days=20), freeze) == set()


def test_it_is_renewed_before_it_ends_by_two_and_nobody_is_told_again(street: TradeUnion, freeze: Freeze) -> None:
    longer = ENDS + timedelta(days=300)
    asked = {"number": "W", "role": "street_worker", "union": street, "until": longer, "reason": "接着办"}
    with pytest.raises(Problem, match="already_held"):
        service.request_role(**asked, by="S1")
    freeze(ENDS - timedelta(days=13))
    grant = service.request_role(**asked, by="S1")
    with pytest.raises(Problem, match="already_asked"):
        service.request_role(**asked, by="S2")
    service.approve_role(grant_id=grant.id, by="S2")
    db.session.rollback()
    of_w = sa.select(RoleGrant.until, RoleGrant.state).join(StaffAccount, StaffAccount.id == RoleGrant.staff_id)
    rows = db.session.execute(of_w.where(StaffAccount.number == "W").order_by(RoleGrant.until))
    assert [tuple(row) for row in rows] == [(ENDS, GrantState.ENDED), (longer, GrantState.GRANTED)]
    assert told(ENDS - timedelta(days=2), freeze) == set()


@pytest.fixture
def production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WARMBEE", replace(settings(), environment=Environment.PRODUCTION))


def end(*numbers: str, at: datetime) -> None:
    """Their roles end then."""
    theirs = sa.select(StaffAccount.id).where(StaffAccount.number.in_(numbers))
    with transaction() as session:
        session.execute(sa.update(RoleGrant).where(RoleGrant.staff_id.in_(theirs)).values(until=at))


def test_fewer_than_three_who_grant_or_three_that_end_together_are_told_of(
    street: TradeUnion, production: None, freeze: Freeze
) -> None:
    name = make_district().name
    assert (warnings_of_granters(), count_granters_wanted(by="S1")) == (
        [f"{name}：安全管理员只有 2 个人，权限到期时不能互相续，请加到 3 个"],
        1,
    )
    make_staff("S3", "security_admin")
    assert (warnings_of_granters(), count_granters_wanted(by="S1")) == ([], 0)
    end("S1", "S2", at=ENDS)
    end("S3", at=ENDS + timedelta(days=1))
    assert warnings_of_granters() == [], "there is time"
    freeze(ENDS - timedelta(days=12))
    assert (warnings_of_granters(), count_granters_wanted(by="S1")) == (
        [f"{name}：安全管理员的权限 14 天内全部到期，请马上申请接着用，由另一位批准"],
        3,
    )
    end("S3", at=ENDS + timedelta(days=300))
    assert warnings_of_granters() == [], "one is left who renews, and the third approves"
    freeze(ENDS + timedelta(days=301))
    assert warnings_of_granters() == ["没有人有安全管理员的权限：谁也不能给权限，请看运维手册"]


def test_whoever_grants_above_counts_and_whoever_grants_below_does_not(street: TradeUnion, production: None) -> None:
    make_staff("S3", "security_admin")
    below = make_staff("T1", "security_admin", union=street)
    assert (warnings_of_granters(), count_granters_wanted(by="T1")) == ([], 0)
    with transaction() as session:
        session.execute(sa.update(StaffAccount).where(StaffAccount.number == "S3").values(closed_at=below.created_at))
    assert [one.partition("：")[0] for one in warnings_of_granters()] == [make_district().name]
    assert (count_granters_wanted(by="S1"), count_granters_wanted(by="T1")) == (1, 0)


def test_the_first_page_of_whoever_grants_says_so(app: Flask, street: TradeUnion) -> None:
    title = "安全管理员要补、要续的"
    clerk = desk_of(app, "S3", "security_admin")
    assert title not in words(clerk.get("/console/")).partition("没有等着的")[0]
    end("S1", at=BEGINS)
    assert f"1 {title}" in words(clerk.get("/console/"))


def test_whoever_grants_sees_what_ends_and_asks_that_it_go_on(app: Flask, street: TradeUnion, freeze: Freeze) -> None:
    freeze(ENDS - timedelta(days=10))
    clerk = desk_of(app, "S3", "security_admin")
    assert "快到期、刚到期的权限" in clerk.get("/console/").text
    page = clerk.get("/console/requests").text
    assert ("W：" in page, page.count("申请接着用")) == (True, 1)
    asking = clerk.get(f"/console/requests/new?number=W&role=street_worker&union={street.name}").text
    assert street.name in asking
    sent = clerk.post(
        "/console/requests/new",
        {"number": "W", "role": "street_worker", "union": street.name, "until": "2026-12-31", "reason": "接着办"},
        follow=True,
    )
    assert sent.status_code == 200
    assert "申请接着用" not in clerk.get("/console/requests").text
