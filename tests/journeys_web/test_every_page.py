"""Every page for everybody: axe-core finds nothing by day, at night, in large type, in English; nothing is too wide."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.journeys_web.phone import COLOURS, Phone
from tests.journeys_web.resident import Resident, kept_script
from tests.live import LiveServer

TORN = """() => {
    const found = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    while (texts.nextNode()) {
        const text = texts.currentNode
        for (const word of text.data.matchAll(/[A-Za-z]{3,}/g)) {
            range.setStart(text, word.index)
            range.setEnd(text, word.index + word[0].length)
            const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)))
            if (lines.size > 1) found.push(`${word[0]} is on two lines: ${text.data.slice(0, 60)}`)
        }
    }
    for (const box of document.querySelectorAll('.card, .tab, .head__row'))
        if (box.scrollWidth > box.clientWidth + 1) found.push(`${box.className} is too narrow: ${box.innerText}`)
    return found
}"""
"""A word of letters that does not stay on one line, and a box that something sticks out of."""

PAGES_JSON = Path(__file__).parents[2] / "miniprogram" / "src" / "pages.json"
LONG_PROMISES = ("grievance", "call_me", "hazard_report", "hardship_aid", "join_union")
"""Services whose deadlines have the most to say."""
GROUPS: dict[str, tuple[str, ...]] = {
    "home": ("/", "/pages/search/search", "/pages/me/me"),
    "stations": ("/pages/stations/stations", "/stations/detail/detail?code=FT0003", "/stations/map/map"),
    "activities": (
        "/pages/activities/activities",
        "/activities/detail/detail?id={activity}",
        "/activities/mine/mine",
        "/activities/pass/pass?id={signup}",
    ),
    "services": (
        "/pages/services/services",
        "/cases/service/service?key=legal_aid",
        "/cases/form/form?key=legal_aid",
        "/cases/form/form?key=grievance",
        "/cases/call/call?about=反映问题",
        "/cases/hazard/hazard",
    ),
    "cases": (
        "/cases/mine/mine",
        "/cases/case/case?no={case}",
        "/cases/change/change?no={case}",
        "/cases/follow/follow",
        "/cases/published/published",
    ),
    "account": (
        "/account/sign-in/sign-in",
        "/account/verify/verify",
        "/account/card/card",
        "/account/people/people",
        "/account/pin/pin",
        "/account/inbox/inbox",
        "/account/consents/consents",
        "/account/data/data",
        "/account/settings/settings",
        "/account/about/about",
        "/manager/today/today",
        "/manager/proxy/proxy",
    ),
}
NARROWEST = {
    **GROUPS,
    "services": (*GROUPS["services"], *(f"/cases/service/service?key={key}" for key in LONG_PROMISES)),
}
SEEN_ELSEWHERE = {"cases/receipt/receipt"}
"""Pages that are only there after what a journey does."""


@pytest.fixture
def open_context(chromium: Browser, resident: Resident) -> Iterator[BrowserContext]:
    """A phone on which 陈小雨 is signed in."""
    made = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", reduced_motion="reduce", service_workers="block"
    )
    made.add_init_script(resident.kept_session())
    yield made
    made.close()


def test_no_page_is_forgotten() -> None:
    told = json.loads(PAGES_JSON.read_text("utf-8"))
    every = {page["path"] for page in told["pages"]}
    every |= {f"{part['root']}/{page['path']}" for part in told["subPackages"] for page in part["pages"]}
    walked = {path.lstrip("/").partition("?")[0] or "pages/home/home" for paths in GROUPS.values() for path in paths}
    assert walked | SEEN_ELSEWHERE == every


@pytest.mark.parametrize("group", GROUPS)
def test_every_page_can_be_used_by_everybody(
    group: str, open_context: BrowserContext, server: LiveServer, resident: Resident
) -> None:
    found: list[str] = []
    phone = Phone(open_context.new_page(), server.base_url)
    for path in GROUPS[group]:
        phone.page.emulate_media(color_scheme="light")
        phone.open(
            path.format(activity=resident.activity_id, signup=resident.signup_id, case=resident.case_no), settled=True
        )
        found += [f"{path} by day: {fault}" for fault in phone.hindrances()]
        phone.page.emulate_media(color_scheme="dark")
        found += [f"{path} at night: {fault}" for fault in phone.hindrances(only=COLOURS)]
        phone.page.locator(".head__tap:visible").filter(has_text=re.compile("大字")).click()
        phone.page.locator(".wb--elder:visible").wait_for()
        found += [f"{path} in large type: {fault}" for fault in phone.hindrances()]
        phone.page.locator(".head__tap:visible").filter(has_text=re.compile("大字|标准")).click()
        found += [f"{path}: {words}" for words in phone.forget()]
    assert found == []


@pytest.mark.parametrize("group", NARROWEST)
def test_every_page_holds_english(
    group: str, open_context: BrowserContext, server: LiveServer, resident: Resident
) -> None:
    """English has the longest words, and 320 pixels is what a page is read on when it is enlarged fourfold."""
    open_context.add_init_script(kept_script("locale", "en"))
    found: list[str] = []
    phone = Phone(open_context.new_page(), server.base_url)
    large = phone.page.locator(".head__tap[aria-pressed]:visible")
    for path in NARROWEST[group]:
        phone.open(
            path.format(activity=resident.activity_id, signup=resident.signup_id, case=resident.case_no), settled=True
        )
        assert phone.page.evaluate("document.documentElement.lang") == "en"
        if path in GROUPS[group]:
            found += [f"{path}: {fault}" for fault in phone.hindrances() + phone.forget()]
        phone.page.set_viewport_size({"width": 320, "height": 844})
        large.click()
        phone.page.locator(".wb--elder:visible").wait_for()
        found += [f"{path} in large type: {fault}" for fault in phone.page.evaluate(TORN)]
        large.click()
        phone.page.set_viewport_size({"width": 390, "height": 844})
    assert found == []
