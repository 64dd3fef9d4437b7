"""A member of the staff in a real browser."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from server.unions.models import TradeUnion
from tests.desk import PASSWORD, Desk, make_member
from tests.journeys_web.phone import hindrances
from tests.live import LiveServer

WIDE = (1280, 800)
NARROW = (390, 844)


class Clerk:
    """One browser at the console. `complaints` are errors on its pages' consoles."""

    def __init__(
        self, browser: Browser, server: LiveServer, *, size: tuple[int, int] = WIDE, dark: bool = False
    ) -> None:
        self.base_url = server.base_url
        self.context: BrowserContext = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
        )
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, number: str, *held: str, union: TradeUnion | None = None) -> "Clerk":
        """As somebody new with these roles, by hand."""
        make_member(number, *held, union=union)
        return self.sign_in_again(number)

    def sign_in_again(self, number: str, password: str = PASSWORD) -> "Clerk":
        """As somebody who is there; the code is what the page shows outside of production."""
        self.open("/console/")
        self.page.get_by_label("工号").fill(number)
        self.page.get_by_label("密码").fill(password)
        self.press("登录")
        self.page.get_by_label("验证码").fill(self.page.locator("[data-code]").inner_text())
        self.press("继续")
        self.page.get_by_role("heading", name="今日必办").wait_for()
        return self

    def enter(self, desk: Desk) -> "Clerk":
        """With the cookie of a browser that is signed in."""
        cookie = desk.client.get_cookie("warmbee_console", path="/console")
        assert cookie is not None
        # The service's own cookie has a narrower path than one of an address, and would go first.
        self.context.clear_cookies()
        domain = urlsplit(self.base_url).hostname or ""
        self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "domain": domain, "path": "/console"}])
        return self

    def open(self, path: str) -> None:
        self.page.goto(self.base_url + path)

    def press(self, words: str) -> None:
        """Click a button or a link that looks like one."""
        self.page.locator(f'.btn:visible:has-text("{words}")').first.click()

    def see(self, words: str) -> None:
        """Wait until the words are there."""
        self.page.get_by_text(words).locator("visible=true").first.wait_for()

    def hindrances(self) -> list[str]:
        """See `hindrances`."""
        return hindrances(self.page)
