"""Every page for everybody: axe-core finds nothing, by day, at night and in large type; nothing is too wide."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys_web.phone import Phone
from tests.live import LiveServer

AXE = Path(__file__).parents[2] / "miniprogram" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    "/",
    "/pages/stations/stations",
    "/pages/activities/activities",
    "/pages/services/services",
    "/pages/me/me",
    "/pages/search/search",
    "/stations/detail/detail?code=FT0003",
    "/stations/map/map",
    "/activities/mine/mine",
    "/cases/service/service?key=legal_aid",
    "/cases/form/form?key=legal_aid",
    "/cases/form/form?key=grievance",
    "/cases/follow/follow",
    "/cases/mine/mine",
    "/account/sign-in/sign-in",
    "/account/verify/verify",
    "/account/card/card",
    "/account/inbox/inbox",
    "/account/consents/consents",
    "/account/settings/settings",
    "/account/about/about",
    "/manager/today/today",
)


@pytest.mark.parametrize("look", ["light", "dark", "elder", "en"])
def test_every_page_can_be_used_by_everybody(look: str, chromium: Browser, server: LiveServer, town: None) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark" if look == "dark" else "light", locale="zh-CN"
    )
    kept = {"elder": ("elder", "true"), "en": ("locale", '"en"')}.get(look)
    if kept:
        value = f"JSON.stringify({{type: 'string', data: '{kept[1]}'}})"
        context.add_init_script(f"try {{ localStorage.setItem('wb.{kept[0]}', {value}) }} catch (error) {{}}")
    found: list[str] = []
    for path in PAGES:
        phone = Phone(context.new_page(), server.base_url)
        phone.page.goto(f"{server.base_url}/#{path}")
        phone.page.locator("[role=heading][aria-level='1']").first.wait_for(state="attached")
        phone.page.wait_for_load_state("networkidle")
        phone.page.evaluate(AXE.read_text("utf-8"))
        report = phone.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found += [f"{path}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in report["violations"]]
        if phone.page.evaluate("document.documentElement.scrollWidth") > 390:
            found.append(f"{path}: wider than the screen")
        found += [f"{path}: {words}" for words in phone.complaints + phone.strangers]
        phone.page.close()
    context.close()
    assert found == []
