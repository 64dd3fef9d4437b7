"""The web page on a cheap phone with a weak line: 1.6 Mbit/s, 300 ms there and back, a processor four times slower.

    python -m bench.web_page [--rounds 5]

Each round is a first visit of its own in real Chromium, at the list of stations, against gunicorn on the demo town.
Printed are medians against the limits of the product; times are from the beginning of the visit. *Readable* is when the
first station is painted, *usable* when a tap on a filter, made at that moment, has been answered by the page.

Beside them stands what no other load of the machine can change: how many requests had to wait for one another before
the first list was there, how many there were and how many bytes they took on the line.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Geolocation, sync_playwright

from bench.harness import serve, world

LINE = {"offline": False, "latency": 300, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
"""Chromium's emulation: milliseconds, bytes a second."""
SLOWER = 4
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WATCH = """
    new MutationObserver((_, watcher) => {
        if (!document.querySelector('.station')) return
        watcher.disconnect()
        requestAnimationFrame(() => requestAnimationFrame(() => { window.readableAt = performance.now() }))
    }).observe(document, {childList: true, subtree: true})
"""


@dataclass(frozen=True)
class Visit:
    """What one first visit took."""

    readable_s: float
    usable_s: float
    calls: int
    script_kb: float
    rounds: int
    requests: int
    line_kb: float


@dataclass(frozen=True)
class Measure:
    """One figure against its limit: no more than that."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def holds(self) -> bool:
        return self.value <= self.limit

    def __str__(self) -> str:
        sign = "ok  " if self.holds else "HIGH"
        return f"{sign} {self.name:<44} {self.value:7.2f} {self.unit:<6} wanted ≤ {self.limit:g}"


def main() -> int:
    parser = argparse.ArgumentParser(description="The web page on a weak line.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with world("bench-web-page") as environ:
        load_town(environ)
        with serve("server.app:create_app()", environ=environ) as server, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=list(FLAGS)
            )
            visits = [visit(chromium, server.base_url) for _ in range(rounds)]
            chromium.close()
    for one in visits:
        times = f"readable {one.readable_s:.2f} s, usable {one.usable_s:.2f} s"
        line = f"{one.rounds} rounds of {one.requests} requests, {one.line_kb:.0f} KB"
        print(f"     {times}, {one.calls} calls, {one.script_kb:.0f} KB of script, {line}")
    measures = [
        Measure("script at the first load, compressed", max(one.script_kb for one in visits), 250, "KB"),
        Measure("API calls to the first list of stations", max(one.calls for one in visits), 2, "calls"),
        Measure("requests that wait for one another, to the list", max(one.rounds for one in visits), 3, "rounds"),
        Measure("bytes on the line until then", max(one.line_kb for one in visits), 200, "KB"),
        Measure("first stations readable", median(one.readable_s for one in visits), 3, "s"),
        Measure("usable", median(one.usable_s for one in visits), 5, "s"),
    ]
    print(f"\nmedians of {rounds} visits; load of the machine {os.getloadavg()[0]:.1f}")
    print("\n".join(map(str, measures)))
    return 0 if all(one.holds for one in measures) else 1


def load_town(environ: dict[str, str]) -> None:
    """The demo stations, as after `make run`."""
    from server.app import create_app
    from server.core.db import db
    from server.core.settings import Settings

    with create_app(Settings.from_env(environ)).app_context():
        for part in ("unions", "staff", "people", "stations"):
            import_module(f"dev.demo.{part}").load()
        db.engine.dispose()


def visit(chromium: Browser, base_url: str) -> Visit:
    """A phone that has never been here: nothing kept, its place known to the browser only."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        permissions=["geolocation"],
        geolocation=Geolocation(latitude=22.535, longitude=114.06),
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.add_init_script(WATCH)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", LINE)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    scripts: set[str] = set()
    sizes: dict[str, float] = {}
    calls: list[str] = []
    asked: set[str] = set()
    rounds: dict[str, int] = {}

    def received(event: dict[str, Any]) -> None:
        if event["type"] == "Script":
            scripts.add(event["requestId"])

    devtools.on("Network.responseReceived", received)

    def sent(event: dict[str, Any]) -> None:
        # Pictures inside of a style sheet are told like requests.
        url = event["request"]["url"]
        if url.startswith("http"):
            asked.add(event["requestId"])
            rounds.setdefault(url, rounds.get(cause(event["initiator"]) or "", 0) + 1)

    devtools.on("Network.requestWillBeSent", sent)
    devtools.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    page.on("request", lambda request: calls.append(request.url) if "/api/" in request.url else None)

    page.goto(f"{base_url}/#/pages/stations/stations", wait_until="commit")
    page.locator(".station").first.wait_for()
    before = len(calls)
    kb = sum(sizes.get(one, 0) for one in scripts) / 1024
    line_kb = sum(sizes.get(one, 0) for one in asked) / 1024
    requests = len(asked)
    list_rounds = next(count for url, count in rounds.items() if "/api/v1/stations?" in url)
    page.locator('.chip:has-text("24 小时")').first.click()
    page.locator('.chip--on:has-text("24 小时")').wait_for()
    usable, readable = page.evaluate("[performance.now(), window.readableAt]")
    context.close()
    return Visit(readable / 1000, usable / 1000, before, kb, list_rounds, requests, line_kb)


def cause(initiator: dict[str, Any]) -> str | None:
    """The address of the page or script that asked for something, as Chromium tells it."""
    frames = initiator.get("stack", {}).get("callFrames") or [{}]
    told = initiator.get("url") or frames[0].get("url")
    return told.partition("#")[0] if told else None


if __name__ == "__main__":
    sys.exit(main())
