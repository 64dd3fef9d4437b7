"""Somebody whose request lies with another street comes to this one with the paper, and is looked after here."""

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from server.core.access import Level
from server.core.db import db
from server.identity.models import DeskRequest, DeskState
from server.unions.models import TradeUnion
from tests.desk import Desk, make_member
from tests.journeys_web.clerk import NARROW, WIDE, Clerk
from tests.live import LiveServer
from tests.me.test_verification import body_of
from tests.people import person
from tests.sign_in import SignIn

SOMEBODY = person(772)
HERE, ELSEWHERE = "440304011", "440307012"


def test_whoever_shows_the_paper_is_taken_over_and_verified(
    app: Flask, client: FlaskClient, chromium: Browser, server: LiveServer, town: None, sign_in: SignIn
) -> None:
    worker = sign_in(Level.L1)
    asked = client.post("/api/v1/me/verification", json=body_of(SOMEBODY, area=ELSEWHERE), headers=worker)
    assert asked.get_json()["state"] == "manual"
    street = db.session.scalars(
        sa.select(TradeUnion).where(TradeUnion.area_code == HERE, TradeUnion.kind == "street")
    ).one()
    for number, size in (("Y3", NARROW), ("Y4", WIDE)):
        make_member(number, "worker_desk", union=street)
        clerk = Clerk(chromium, server, size=size).enter(Desk(app).sign_in(number))
        clerk.open("/console/accounts")
        clerk.see("工友带证件来了")
        assert clerk.hindrances() == []
        clerk.page.get_by_label("证件上的号码").fill(SOMEBODY.id_number)
        clerk.press("接过来办")
        clerk.press("确定")
        clerk.see("核对他的认证")
        assert SOMEBODY.name not in clerk.page.content()
        assert clerk.hindrances() == []
        assert clerk.page.get_by_label("证件上的号码").input_value() == ""
        clerk.context.close()
    waiting = db.session.scalars(sa.select(DeskRequest.id).where(DeskRequest.state == DeskState.OPEN)).one()
    clerk = Clerk(chromium, server).enter(Desk(app).sign_in("Y4"))
    clerk.open("/console/verification")
    clerk.page.locator(f'a[href$="{waiting}"]').click()
    clerk.see(SOMEBODY.id_number)
    clerk.press("通过")
    clerk.press("确定")
    clerk.see("通过了，已经告诉本人")
    clerk.context.close()
    assert client.get("/api/v1/me", headers=worker).get_json()["level"] == "L2"
