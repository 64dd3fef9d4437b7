"""A worker's browser: real Chromium at a phone's size, on the page that the service itself serves."""

import os
from collections.abc import Iterator
from importlib import import_module

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Geolocation, sync_playwright

from server.core.web.static import WEB_PAGE
from tests.journeys_web.phone import Phone
from tests.live import LiveServer

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FUTIAN = Geolocation(latitude=22.5350, longitude=114.0600)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not (WEB_PAGE / "index.html").is_file():
        pytest.fail("the web page is not built: run `make build` first")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def town(app: Flask) -> None:
    """People, stations and activities, as after `make run`."""
    for part in ("unions", "staff", "people", "stations", "activities"):
        import_module(f"dev.demo.{part}").load()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        viewport={"width": 390, "height": 844},
        locale="zh-CN",
        has_touch=True,
        is_mobile=True,
        timezone_id="Asia/Shanghai",
    )
    made.set_default_timeout(10_000)
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
def located_phone(phone: Phone, context: BrowserContext) -> Phone:
    """The same in 福田, with permission to say so."""
    context.grant_permissions(["geolocation"])
    context.set_geolocation(FUTIAN)
    return phone
