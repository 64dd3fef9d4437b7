"""A worker's browser: real Chromium at a phone's size, on the page that the service itself serves."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Geolocation, sync_playwright

from dev.bootstrap import BROWSER
from server.core.web.static import WEB_PAGE
from tests import town as demo_town
from tests.desk import Desk
from tests.journeys_web.clerk import Clerk
from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import Resident, settle
from tests.journeys_web.thumb import Thumb
from tests.leaks import OutputFolder
from tests.live import ROOT, LiveServer, start_server, stop_server

CHROMIUM = os.environ.get("CHROMIUM", f"/usr/bin/{BROWSER}")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A microphone that hums, for those who say it instead of typing.
    "--use-fake-device-for-media-stream",
    # Without its windows the browser asks nobody, and has no microphone.
    "--use-fake-ui-for-media-stream",
)
FUTIAN = Geolocation(latitude=22.5350, longitude=114.0600)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all journeys of a worker; each has a context of its own.

    No longer: while Playwright runs its event loop holds the thread, and a test of jobs may come next.
    """
    if not (WEB_PAGE / "index.html").is_file():
        pytest.fail("the web page is not built: run `make build` first")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def web_server(shared_app: Flask, environment: dict[str, str]) -> Iterator[LiveServer]:
    """One process: what one tap wrote the next page reads at once. (Two follow each other within a second.)"""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "master")
    log = OutputFolder(ROOT / "var" / "test-output").folder / f"gunicorn-web-{worker}.log"
    started = start_server(environment, log=log, workers=1)
    yield started
    stop_server(started)


@pytest.fixture
def server(app: Flask, web_server: LiveServer) -> LiveServer:
    """The service that the browser talks to."""
    return web_server


@pytest.fixture
def town(app: Flask) -> None:
    """People, stations and activities, as after `make run`."""
    demo_town.fill(*demo_town.PARTS)


@pytest.fixture
def clerk(app: Flask, chromium: Browser, server: LiveServer, town: None) -> Iterator[Clerk]:
    """谭晓梅 of the district's rights department, at the console."""
    signed_in = Clerk(chromium, server).enter(Desk(app).sign_in("DEMO01"))
    yield signed_in
    signed_in.context.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        viewport={"width": 390, "height": 844},
        locale="zh-CN",
        has_touch=True,
        is_mobile=True,
        timezone_id="Asia/Shanghai",
        # Keeping the page for later is a hundred requests: test_without_a_network.py has browsers that do.
        service_workers="block",
    )
    made.set_default_timeout(30_000)
    yield made
    made.close()


@pytest.fixture
def phone(context: BrowserContext, server: LiveServer, town: None) -> Iterator[Phone]:
    """A phone without a place. What its page says on the console, and whom it asks, is watched."""
    page = context.new_page()
    made = Phone(page, server.base_url)
    yield made
    assert made.complaints == []
    assert made.strangers == []


@pytest.fixture
def resident(server: LiveServer, town: None) -> Resident:
    """陈小雨, who has a seat and a case."""
    return settle(server.base_url, "陈小雨")


@pytest.fixture
def located_phone(phone: Phone, context: BrowserContext) -> Phone:
    """The same in 福田, with permission to say so."""
    context.grant_permissions(["geolocation"])
    context.set_geolocation(FUTIAN)
    return phone


@pytest.fixture
def thumb(phone: Phone, context: BrowserContext) -> Iterator[Thumb]:
    devtools = context.new_cdp_session(phone.page)
    yield Thumb(devtools)
    devtools.detach()
