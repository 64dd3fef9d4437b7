"""What a worker does with a phone, in the words of the page."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request

AXE = Path(__file__).parents[2] / "miniprogram" / "node_modules" / "axe-core" / "axe.min.js"

# What the browser itself says about answers that a test asks for on purpose.
EXPECTED = ("Failed to load resource",)


COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe-core whose answer depends on colours."""


def hindrances(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """What axe-core finds on a page, by all or `only` some of its rules; and whether it is wider than the screen."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    rules = {"runOnly": {"type": "rule", "values": list(only)}} if only else {}
    report = page.evaluate("asked => axe.run(document, asked)", {"resultTypes": ["violations"], **rules})
    found = [f"{one['id']} {one['nodes'][0]['html'][:160]}" for one in report["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found


class Phone:
    """One page. `complaints` are errors on its console, `strangers` addresses outside of the service."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != urlsplit(self.base_url).netloc:
            self.strangers.append(request.url)

    def forget(self) -> list[str]:
        """What there was of both since it was asked the last time."""
        heard = self.complaints + self.strangers
        self.complaints.clear()
        self.strangers.clear()
        return heard

    def open(self, path: str = "/", *, settled: bool = False) -> None:
        """A cold start at a page; `settled` waits until everything that it asks for is there."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.base_url}/#{path}")
        if settled:
            self.page.locator("[role=heading][aria-level='1']:visible").first.wait_for()
            self.page.locator(".bone:visible").first.wait_for(state="hidden")

    def hindrances(self, *, only: Sequence[str] = ()) -> list[str]:
        """See `hindrances`."""
        return hindrances(self.page, only=only)

    def see(self, words: str | re.Pattern[str]) -> Locator:
        """Wait until the words are on the screen."""
        found = self.page.get_by_text(words).locator("visible=true").first
        found.wait_for()
        return found

    def sees(self, words: str) -> bool:
        """Whether the words are there now."""
        return self.page.get_by_text(words).locator("visible=true").count() > 0

    def button(self, words: str) -> Locator:
        """The button of this name on the page in front."""
        return self.page.locator(f'.btn:visible:has-text("{words}")').first

    def press(self, words: str) -> None:
        """Tap a button."""
        self.button(words).click()

    def tap(self, words: str) -> None:
        """Tap whatever has these words and can be tapped."""
        self.page.locator(f'[tabindex="0"]:visible:has-text("{words}")').last.click()

    def choose(self, words: str) -> None:
        """Tap a choice of a form."""
        self.page.locator(f'.choice:visible:has-text("{words}")').first.click()

    def write(self, label: str, words: str) -> None:
        """Fill the field of this label."""
        self.field(label).fill(words)

    def field(self, label: str) -> Locator:
        """The field of this label on the page in front."""
        return self.page.locator(f'input[aria-label="{label}"]:visible, textarea[aria-label="{label}"]:visible').first

    def agree(self, *, besides: str | None = None) -> None:
        """Tick every consent on the page, but those that have these words."""
        for tick in self.page.locator(".consent__tick:visible").filter(has_not_text=besides).all():
            tick.click()

    def sign_in_as(self, name: str) -> None:
        """By the picker of demo people, from the sign-in page in front."""
        self.tap(name)
        self.page.locator('.title:visible:has-text("登录")').wait_for(state="hidden")

    def text(self, selector: str) -> str:
        """The words of an element in front."""
        return self.page.locator(f"{selector}:visible").first.inner_text()
