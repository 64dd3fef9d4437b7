"""The web page after one visit: it opens without a network, and a new edition replaces it without trapping anybody."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext

from server.core.web.static import WEB_PAGE
from tests.journeys_web.phone import Phone
from tests.journeys_web.resident import Resident
from tests.leaks import OutputFolder
from tests.live import ROOT, LiveServer, start_server, stop_server

READY = "async () => { while (!navigator.serviceWorker.controller) await new Promise((go) => setTimeout(go, 50)) }"
"""All is kept, and the open page asks the worker. (Playwright's own waiting is an `eval`, which is forbidden.)"""
WAITING = """async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    while (!registration.waiting) await new Promise((go) => setTimeout(go, 50))
}"""
ONE_LEFT = "async () => { while ((await caches.keys()).length > 1) await new Promise((go) => setTimeout(go, 50)) }"
KEPT = """async () => {
    const found = []
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) found.push(request.url)
    }
    return found
}"""


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone whose browser keeps pages, as real ones do."""
    made = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", timezone_id="Asia/Shanghai", service_workers="allow"
    )
    made.set_default_timeout(30_000)
    yield made
    made.close()


@pytest.fixture
def passing_server(app: Flask, environment: dict[str, str], town: None) -> Iterator[LiveServer]:
    """A service of this test's own, so that it can be gone."""
    log = OutputFolder(ROOT / "var" / "test-output").folder / "gunicorn-passing.log"
    started = start_server(environment, log=log, workers=1)
    yield started
    stop_server(started)


def test_after_one_visit_the_page_opens_without_a_network(context: BrowserContext, passing_server: LiveServer) -> None:
    phone = Phone(context.new_page(), passing_server.base_url)
    phone.open("/pages/stations/stations")
    first = phone.text(".station__name")
    phone.page.evaluate(READY)

    stop_server(passing_server)
    phone.page.close()
    phone = Phone(context.new_page(), passing_server.base_url)
    phone.open("/pages/stations/stations")
    phone.see("没有网络。这是")
    assert phone.text(".station__name") == first
    # Also pages that were never opened, and the way back.
    phone.tap("办事")
    phone.see("没有网络")
    phone.tap("首页")
    phone.see("在路上，有工会")
    assert phone.strangers == []


def test_what_the_api_answers_is_never_kept_by_the_worker(
    context: BrowserContext, server: LiveServer, resident: Resident
) -> None:
    context.add_init_script(resident.kept_session())
    phone = Phone(context.new_page(), server.base_url)
    phone.open(f"/cases/case/case?no={resident.case_no}")
    phone.page.evaluate(READY)
    # From here on every call goes past the worker.
    phone.open("/pages/me/me", settled=True)
    phone.see("陈*")
    phone.open(f"/cases/case/case?no={resident.case_no}", settled=True)
    kept = phone.page.evaluate(KEPT)
    assert f"{server.base_url}/" in kept
    assert [url for url in kept if "/assets/" not in url and "/static/" not in url] == [f"{server.base_url}/"]


class Publisher:
    """The built page, served from a copy of its own: edition after edition, or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(WEB_PAGE, folder)
        self._server = PatientServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def publish(self, words: str) -> None:
        """An edition whose page has these words in its title and whose scripts have other names."""
        [entry] = (self.folder / "assets").glob("index-*.js")
        renamed = entry.with_name(f"index-{words}.js")
        for path in [self.folder / "index.html", self.folder / "sw.js", *(self.folder / "assets").glob("*.js")]:
            path.write_text(path.read_text("utf-8").replace(entry.name, renamed.name), "utf-8")
        entry.rename(renamed)
        page = self.folder / "index.html"
        page.write_text(page.read_text("utf-8").replace("<title>", f"<title>{words} "), "utf-8")
        worker = self.folder / "sw.js"
        worker.write_text(worker.read_text("utf-8").replace("KEPT = 'warmbee-", f"KEPT = 'warmbee-{words}"), "utf-8")

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class PatientServer(ThreadingHTTPServer):
    """A browser and its worker open a dozen connections at once: beyond a queue of five the kernel drops them."""

    request_queue_size = 128


class Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        """As the service sends the page and its worker."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    made = Publisher(tmp_path / "page")
    yield made
    made.stop()


EDITION = "document.querySelector('script[type=module]').src"


def test_a_new_edition_is_met_at_the_next_opening_and_the_old_one_goes(
    context: BrowserContext, publisher: Publisher
) -> None:
    page = context.new_page()
    page.goto(publisher.base_url)
    page.evaluate(READY)
    before = page.evaluate("caches.keys()")

    publisher.publish("second")
    page.goto("about:blank")
    page.goto(publisher.base_url)
    assert page.evaluate(EDITION).endswith("/index-second.js")
    page.locator(".tabs").wait_for()

    # Both are kept while a page is open; then the new one takes over, and works without a network.
    page.evaluate(WAITING)
    assert set(before) < set(page.evaluate("caches.keys()"))
    page.close()
    page = context.new_page()
    page.goto(publisher.base_url)
    page.evaluate(ONE_LEFT)
    assert page.evaluate("caches.keys()") != before
    publisher.stop()
    page.goto("about:blank")
    page.goto(publisher.base_url)
    assert page.evaluate(EDITION).endswith("/index-second.js")
    page.locator(".tabs").wait_for()


def test_a_page_left_open_keeps_working_after_a_new_edition(context: BrowserContext, publisher: Publisher) -> None:
    page = context.new_page()
    page.goto(publisher.base_url)
    page.evaluate(READY)
    [settings] = (publisher.folder / "assets").glob("account-settings-settings.*.js")
    settings.unlink()
    page.evaluate("location.hash = '/account/settings/settings'")
    page.locator('.title:visible:has-text("语言和大字")').wait_for()
