"""`python -m dev.pictures [ADDRESS]`: take the README's pictures anew, from a run with demo data, into docs/images.

Reads pages, types into a form and sends nothing, so it can be run as often as one likes. By day, Chinese time: at night
few stations are open.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Geolocation, Page, sync_playwright

from dev.bootstrap import BROWSER

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
CHROMIUM = os.environ.get("CHROMIUM", f"/usr/bin/{BROWSER}")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
FUTIAN = Geolocation(latitude=22.5350, longitude=114.0600)
SCANNED = "/s/FT0003"
"""What the code at a station's door opens: a page of its own, before any of the others is loaded."""
COLOURS = 96
"""Few enough to keep a picture near 40 KB, enough for smooth letters."""


def _as_it_opens(page: Page) -> None:
    pass


@dataclass(frozen=True)
class Picture:
    """One page of a phone: who holds it, how it is set, and what was done before the picture."""

    name: str
    path: str
    who: str | None = None
    dark: bool = False
    large: bool = False
    language: str = "zh-Hans"
    do: Callable[[Page], None] = _as_it_opens


def _near(page: Page) -> None:
    page.locator(".btn:visible:has-text('用我的位置')").first.click()
    page.locator(".station__far:visible").first.wait_for()


def _owed_wages(page: Page) -> None:
    page.locator(".choice:visible:has-text('欠我钱')").first.click()
    page.locator("#f-still_working .choice:has-text('不是')").click()
    page.locator("#f-last_day input").fill("20260930")
    page.locator("#f-wages .btn:has-text('加一行')").click()
    for label, words in (("哪个月", "2026-09"), ("应该给", "6000"), ("给了", "1500")):
        page.locator(f"#f-wages input[aria-label='{label}']").fill(words)
    page.locator("#f-wages").evaluate("field => field.scrollIntoView()")


def _first_row(page: Page) -> None:
    page.locator("[data-row]").first.click()
    page.locator(".case").wait_for()


def _first_case(page: Page) -> None:
    page.locator(".card:visible:has-text('已办结')").first.click()
    page.locator(".turn:visible").wait_for()


DESK = "/console/"
"""Where a picture's path begins with it, a member of the staff sits before a wide screen.

Each another one: a code of an authenticator is good once.
"""

PICTURES = (
    Picture("home", "/", do=_near),
    Picture("stations", "/pages/stations/stations", do=_near),
    Picture("station-page", SCANNED),
    Picture("map", "/stations/map/map"),
    Picture("activities", "/pages/activities/activities"),
    Picture("wages", "/cases/form/form?key=legal_aid", do=_owed_wages),
    Picture("case", "/cases/mine/mine", who="陈小雨", do=_first_case),
    Picture("manager", "/manager/today/today", who="罗桂芳"),
    Picture("large", "/", large=True),
    Picture("night", "/pages/stations/stations", dark=True, do=_near),
    Picture("english", "/cases/service/service?key=grievance", language="en"),
    Picture("desk-queue", f"{DESK}cases?whose=all", who="W0001"),
    Picture("desk-case", f"{DESK}cases?whose=mine", who="DEMO01", do=_first_row),
    Picture("desk-board", f"{DESK}boards/legal_aid", who="L0001"),
    Picture("desk-report", f"{DESK}report", who="D0003"),
)


def _kept(name: str, json: str) -> str:
    """A script that leaves a setting where the page looks for it."""
    return f"localStorage.setItem('wb.{name}', JSON.stringify({{type: 'string', data: '{json}'}}))"


@contextmanager
def _phone(browser: Browser, picture: Picture) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=True,
        is_mobile=True,
        color_scheme="dark" if picture.dark else "light",
        geolocation=FUTIAN,
        permissions=["geolocation"],
    )
    context.add_init_script(_kept("locale", f'"{picture.language}"'))
    context.add_init_script(_kept("elder", "true" if picture.large else "false"))
    try:
        yield context.new_page()
    finally:
        context.close()


def _open(page: Page, address: str, path: str) -> None:
    page.goto("about:blank")
    page.goto(f"{address}{path}" if path == SCANNED else f"{address}/#{path}")
    page.locator("h1, [role=heading][aria-level='1']").first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")


def _take(browser: Browser, address: str, picture: Picture) -> bytes:
    if picture.path.startswith(DESK):
        return _take_desk(browser, address, picture)
    with _phone(browser, picture) as page:
        if picture.who:
            _open(page, address, "/account/sign-in/sign-in")
            page.locator(f"[tabindex='0']:visible:has-text('{picture.who}')").last.click()
            page.locator(".title:visible:has-text('登录')").wait_for(state="hidden")
        _open(page, address, picture.path)
        picture.do(page)
        page.wait_for_load_state("networkidle")
        return page.screenshot(animations="disabled")


def _take_desk(browser: Browser, address: str, picture: Picture) -> bytes:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="zh-CN", timezone_id="Asia/Shanghai")
    page.goto(f"{address}{DESK}")
    page.get_by_label("工号").fill(picture.who or "")
    page.get_by_label("密码").fill(page.locator(".message b").inner_text())
    page.get_by_role("button", name="登录").click()
    page.get_by_label("验证码").fill(page.locator("[data-code]").inner_text())
    page.get_by_role("button", name="继续").click()
    page.get_by_role("heading", name="今日必办").wait_for()
    page.goto(f"{address}{picture.path}")
    picture.do(page)
    return page.screenshot(animations="disabled")


def main(address: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for picture in PICTURES:
            taken = Image.open(BytesIO(_take(browser, address, picture))).convert("RGB")
            taken.quantize(COLOURS, dither=Image.Dither.NONE).save(IMAGES / f"{picture.name}.png", optimize=True)
            print(f"· docs/images/{picture.name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
