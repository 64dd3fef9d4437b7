"""Every page of the desk as somebody who may see it, by axe-core: wide and light, narrow and dark."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from server.unions.staff import credentials
from tests.attacks.offices import Street
from tests.attacks.test_permissions import Staff
from tests.journeys_web.clerk import NARROW, WIDE, Clerk
from tests.journeys_web.desk_pages import pages_of, with_more
from tests.live import LiveServer
from tests.sign_in import SignIn
from tests.staff import make_staff


@pytest.fixture
def street(app: Flask, client: FlaskClient, sign_in: SignIn, tmp_path: Path) -> Street:
    """A street with one of everything."""
    app.extensions["warmbee_services"].kept.clear()
    return Street(client, sign_in, tmp_path)


def looked_at(clerk: Clerk) -> list[str]:
    """What is wrong with the page in front. Without motion: colours that are on their way have no contrast yet."""
    found = []
    for size, scheme in ((NARROW, "dark"), (WIDE, "light")):
        clerk.page.set_viewport_size({"width": size[0], "height": size[1]})
        clerk.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {one}" for one in clerk.hindrances()]
    return found


def test_every_page_can_be_read_by_everybody(
    app: Flask, chromium: Browser, server: LiveServer, street: Street, sign_in: SignIn
) -> None:
    clerk, staff, found = Clerk(chromium, server), Staff(street), {}
    for name, desk, path in pages_of(app, staff, street, with_more(app, staff, street, sign_in)):
        answer = clerk.enter(desk).page.goto(server.base_url + path)
        assert answer is not None
        found[name] = looked_at(clerk) + ([] if answer.status == 200 else [f"answers {answer.status}"])
    assert {name: hindrances for name, hindrances in found.items() if hindrances} == {}
    # The street's verification has no photo to show.
    assert [said for said in clerk.complaints if "404" not in said] == []
    clerk.context.close()


def test_the_first_sign_in_and_new_recovery_codes(app: Flask, chromium: Browser, server: LiveServer) -> None:
    make_staff("A0001", "system_admin")
    make_staff("S0001", "street_worker")
    temporary = credentials.give_password(number="S0001", by="A0001")
    clerk = Clerk(chromium, server)
    clerk.open("/console/")
    found = {"sign in": looked_at(clerk)}
    clerk.page.get_by_label("工号").fill("S0001")
    clerk.page.get_by_label("密码").fill(temporary)
    clerk.press("登录")
    clerk.page.get_by_role("heading", name="先换一个自己的密码").wait_for()
    found["password"] = looked_at(clerk)
    for field in ("新密码", "再输一次"):
        clerk.page.get_by_label(field).fill("vier-leise-hummeln")
    clerk.page.locator("main button[type=submit]").click()
    clerk.page.get_by_role("heading", name="绑定验证器").wait_for()
    found["authenticator"] = looked_at(clerk)
    clerk.page.get_by_label("验证码").fill(clerk.page.locator("[data-code]").inner_text())
    clerk.page.locator("main button[type=submit]").click()
    clerk.page.get_by_role("heading", name="记下恢复码").wait_for()
    found["codes"] = looked_at(clerk)
    old = clerk.page.locator(".codes code").all_inner_texts()
    assert len(old) == 8

    # A code is good once, and no test waits for the next: an old recovery code does as well.
    clerk.open("/console/me/recovery-codes")
    clerk.page.get_by_label("密码").fill("vier-leise-hummeln")
    clerk.page.get_by_label("验证码").fill(old[0])
    clerk.press("换恢复码")
    clerk.see("以前的都不能用了")
    assert set(clerk.page.locator(".codes code").all_inner_texts()).isdisjoint(old)
    clerk.open("/console/no-such-page")
    clerk.see("没有找到这个页面")
    found["not there"] = looked_at(clerk)
    assert {name: hindrances for name, hindrances in found.items() if hindrances} == {}
    clerk.context.close()
