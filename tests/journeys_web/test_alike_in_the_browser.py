"""One gate, many riders: the desk puts three grievances together by click; the next is asked, and all are answered."""

import uuid
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser

from tests.journeys_web.clerk import Clerk
from tests.journeys_web.conftest import FUTIAN
from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import kept_script
from tests.live import LiveServer

ANSWERS = {"kind": "complaint", "topic": "access", "text": "门口保安不让电动车进，要走两公里。", "wish": "solve"}


@pytest.fixture
def other(chromium: Browser, server: LiveServer, town: None) -> Iterator[Phone]:
    """王𬀩's phone, at the same gate."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai", service_workers="block"
    )
    context.grant_permissions(["geolocation"])
    context.set_geolocation(FUTIAN)
    context.add_init_script(kept_script("session", session_of(server, "王𬀩")))
    made = Phone(context.new_page(), server.base_url)
    yield made
    assert made.complaints == []
    context.close()


def session_of(server: LiveServer, name: str) -> dict[str, object]:
    api = f"{server.base_url}/api/v1"
    people = requests.get(f"{api}/dev/identities", timeout=30).json()["items"]
    code = next(person["code"] for person in people if person["name"] == name)
    session: dict[str, object] = requests.post(f"{api}/sessions", json={"code": code}, timeout=30).json()
    return session


def sent(server: LiveServer, name: str) -> str:
    """The number of a grievance that somebody sent from the gate."""
    asked = {
        "service": "grievance",
        "identity_mode": "confidential",
        "answers": ANSWERS,
        "place": {"lat": FUTIAN["latitude"], "lng": FUTIAN["longitude"], "datum": "wgs84"},
        "consents": [{"key": key, "version": "1"} for key in ("terms", "location")],
    }
    headers = {
        "Authorization": f"Bearer {session_of(server, name)['token']}",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    answer = requests.post(f"{server.base_url}/api/v1/cases", json=asked, headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text
    no: str = answer.json()["no"]
    return no


def tell(phone: Phone) -> None:
    """What others have told already: the sheet is there."""
    phone.open("/cases/form/form?key=grievance")
    phone.choose("隐名")
    phone.choose("投诉")
    phone.choose("通行、停车")
    phone.write("说说经过", "小区门口保安不让电动车进，绕两公里")
    phone.choose("帮我解决")
    phone.press("加上我现在的位置")
    phone.see("已加上位置")
    phone.agree()
    phone.press("提交")
    phone.see("可能已经有人反映过")


def test_who_has_met_the_same_joins_or_goes_alone_and_everybody_is_answered(
    located_phone: Phone, other: Phone, clerk: Clerk, server: LiveServer
) -> None:
    lead, *more = (sent(server, name) for name in ("黄建军", "孙丽华", "邓伟"))
    for no in (lead, *more):
        clerk.open(f"/console/cases/{no}")
        clerk.press("受理")
        clerk.page.locator(".act-panel button[type=submit]").click()
        clerk.see("办好了：受理")
    for no in more:
        clerk.open(f"/console/cases/{no}")
        clerk.page.locator(f".alike li:has-text('{lead}') .btn").click()
        clerk.see(f"并到 {lead}？")
        clerk.press("确定")
        clerk.see("办好了：和同样的事合并")

    located_phone.open("/account/sign-in/sign-in")
    located_phone.sign_in_as("赵敏")
    tell(located_phone)
    assert located_phone.hindrances() == []
    located_phone.press("我也遇到")
    located_phone.see("已收到")
    located_phone.press("看进展")
    located_phone.see("和同样的事一起办")

    tell(other)
    other.press("还是单独提交")
    other.see("已收到")
    other.press("看进展")
    other.see("已提交，工会收到了")

    clerk.open(f"/console/cases/{lead}")
    clerk.press("答复")
    clerk.page.locator(".act-panel textarea").fill("物业同意在东门放行电动车。")
    clerk.page.locator(".act-panel button[type=submit]").click()
    clerk.see("办好了：答复")
    for phone, answered in ((located_phone, True), (other, False)):
        phone.page.reload()
        phone.see("已答复" if answered else "工会在办")
        assert phone.sees("物业同意在东门放行电动车。") is answered
    # Those whom the desk put together read it too.
    headers = {"Authorization": f"Bearer {session_of(server, '邓伟')['token']}"}
    read = requests.get(f"{server.base_url}/api/v1/cases/{more[1]}", headers=headers, timeout=30).json()
    assert [said["text"] for said in read["messages"]] == ["物业同意在东门放行电动车。"]
    assert clerk.complaints == []
