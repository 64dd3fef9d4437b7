"""Joining for somebody without a phone page: typed, read aloud, the paper seen by two, and a member like any other."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.cases.models import Case
from server.cases.proxies import filing
from server.core.access import Level
from server.core.db import db
from server.identity.consents import GivenConsent
from server.identity.models import ConsentKey, SignInWay
from server.identity.sessions import open_session
from server.unions.service import enrol, membership_of
from server.unions.vocabulary import MembershipState
from tests.cases.conftest import Desk as Commands
from tests.cases.conftest import submission
from tests.cases.joining import Tree
from tests.cases.joining import tree as tree
from tests.cases.proxies.test_accounts_at_the_desk import SOMEBODY, accounts, ask, case_of, decide, proxy_of
from tests.desk import Desk, desk_of, words
from tests.sign_in import make_worker

Joins = Callable[[], str]


@pytest.fixture
def desks(app: Flask, tree: Tree) -> tuple[Desk, Desk]:
    """Two who work in the street."""
    one, other = (desk_of(app, number, "street_worker", union=tree.street) for number in ("S1", "S2"))
    return one, other


@pytest.fixture
def joins(desks: object) -> Joins:
    """What somebody asks for who came to the desk; returns its number."""

    def send(phone: str | None = SOMEBODY.phone) -> str:
        body = submission("join_union", answers={"statement": {"name": SOMEBODY.name, "agreed": True}})
        told = filing.Told(
            service="join_union",
            mode="named",
            answers=body["answers"],
            consents=[GivenConsent(ConsentKey(one["key"]), one["version"]) for one in body["consents"]],
            name=SOMEBODY.name,
            phone=phone,
            on_paper=phone is None,
        )
        return filing.file_at_desk(told, staff_no="S1").case.no

    return send


@pytest.mark.parametrize("phone", [SOMEBODY.phone, None])
def test_who_never_opens_the_phone_page_is_a_member(
    tree: Tree, desks: tuple[Desk, Desk], joins: Joins, desk: Commands, phone: str | None
) -> None:
    one, other = desks
    no = joins(phone)
    refused = desk.run("do", no, "approve", staff="CHAIR")
    assert "给这位工友开账号" in refused.output
    assert case_of(no).state == "submitted", "nobody is known yet"
    # The chair of an industry's union has no desk: the street above does it.
    assert "给这位工友开账号" in words(one.get(f"/console/cases/{no}"))
    assert ask(one, no, own_phone="y" if phone else "") == "提出来了"
    assert "批准了" in decide(other, no)
    (worker,) = accounts()
    assert (worker.level, worker.name, worker.phone) == (Level.L3, SOMEBODY.name, phone)
    assert proxy_of(no).paper is None
    assert desk.run("do", no, "approve", staff="CHAIR").exit_code == 0
    found = membership_of(db.session(), case_of(no).worker_id)
    assert found is not None
    assert (found[1].code, found[0].state) == ("GH440304011-01", MembershipState.ACTIVE)


def member_of(tree: Tree, level: Level) -> str:
    """Token of somebody who is a member by now."""
    worker = make_worker(level, SOMEBODY)
    enrol(db.session(), worker_id=worker.id, union=tree.street, actor="staff:STREET")
    db.session.commit()
    return open_session(worker_id=worker.id, way=SignInWay.SMS).token


def test_who_turns_out_to_be_a_member_is_told_what_to_do_instead(
    tree: Tree, desks: tuple[Desk, Desk], joins: Joins, client: FlaskClient
) -> None:
    one, other = desks
    no = joins()
    ask(one, no)
    token = member_of(tree, Level.L2)
    said = decide(other, no)
    assert "不是给这位工友办的" in said
    assert "转会" in said
    claimed = client.post("/api/v1/me/case-claims", json={"no": no}, headers={"Authorization": f"Bearer {token}"})
    assert (claimed.status_code, claimed.json["code"]) == (409, "not_for_you")
    case: Case = case_of(no)
    assert case.worker_id is None


def test_taken_over_by_the_phone_alone_it_waits_for_who_they_are(
    tree: Tree, joins: Joins, desk: Commands, client: FlaskClient
) -> None:
    no = joins()
    token = open_session(worker_id=make_worker(Level.L1, SOMEBODY).id, way=SignInWay.SMS).token
    mine = client.post("/api/v1/me/case-claims", json={"no": no}, headers={"Authorization": f"Bearer {token}"})
    assert mine.status_code == 200, mine.json
    assert "实名认证" in desk.run("do", no, "approve", staff="CHAIR").output
    assert membership_of(db.session(), case_of(no).worker_id) is None
