"""Legal aid with five days left: aid first, then a lawyer, who accepts, writes and makes a paper, in two browsers."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from server.core.access import Level
from server.core.clock import today
from tests.cases.conftest import Worker
from tests.console.conftest import Send, send
from tests.desk import desk_of
from tests.journeys_web.clerk import NARROW, WIDE, Clerk
from tests.live import LiveServer
from tests.sign_in import SignIn

__all__ = ["send"]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_five_days_are_left(
    app: Flask,
    client: FlaskClient,
    chromium: Browser,
    server: LiveServer,
    sign_in: SignIn,
    send: Send,
    size: tuple[int, int],
) -> None:
    headers = sign_in(Level.L2)
    no = send(headers, "legal_aid", answers={"last_day": (today() - timedelta(days=360)).isoformat()})
    coordinator = Clerk(chromium, server, size=size).enter(desk_of(app, "L0", "legal_coordinator"))
    lawyer = Clerk(chromium, server, size=size).enter(desk_of(app, "L1", "lawyer"))

    coordinator.open("/console/boards/legal_aid")
    coordinator.see("不到 7 天，可以先行援助")
    assert coordinator.hindrances() == []
    coordinator.page.locator(".board-card").first.click()
    coordinator.press("期限快到了，先行援助")
    coordinator.page.get_by_label("留给工友的话").fill("只剩五天，先办起来。")
    coordinator.page.locator(".act-panel button[type=submit]").click()
    coordinator.see("办好了：期限快到了，先行援助")
    coordinator.press("指派律师")
    coordinator.see("建议")
    assert coordinator.hindrances() == []
    coordinator.page.locator(".act-panel button[type=submit]").click()
    coordinator.see("办好了：指派律师")
    coordinator.open("/console/boards/legal_aid/people")
    assert coordinator.hindrances() == []

    lawyer.open("/console/mine")
    lawyer.see("等你答复接不接")
    assert lawyer.hindrances() == []
    lawyer.page.locator(".board-card").first.click()
    lawyer.press("我接")
    lawyer.page.locator(".act-panel button[type=submit]").click()
    lawyer.see("办好了：我接")
    lawyer.press("写一份授权委托书")
    lawyer.see("写好了：授权委托书")
    lawyer.open(f"/console/cases/{no}/talk")
    lawyer.page.get_by_label("写给工友").fill("明天上午带上转账记录。")
    lawyer.press("发给工友")
    lawyer.see("明天上午带上转账记录。")
    assert lawyer.hindrances() == []

    read = Worker(client, no, headers).read()
    assert read["assignees"][0]["talk"][0]["text"] == "明天上午带上转账记录。"
    assert [paper["title"] for paper in read["papers"]] == ["授权委托书"]
    coordinator.open(f"/console/cases/{no}")
    coordinator.see("只有他们两个人看得到")
    assert "转账记录。" not in coordinator.page.content()
    for clerk in (coordinator, lawyer):
        assert clerk.complaints == []
        clerk.context.close()
