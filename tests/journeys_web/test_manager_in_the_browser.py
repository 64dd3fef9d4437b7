"""S1: the street gives a code, the manager opens, and the next rider sees it."""

import os
import subprocess
import sys

from tests.journeys_web.phone import Phone
from tests.live import ROOT


def code_from_the_street(environment: dict[str, str], station: str) -> str:
    """As the street makes it until it has a desk."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "server.app", "stations", "manager-code", station, "--by", "D0002"],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_what_a_manager_says_is_what_the_next_rider_sees(phone: Phone, environment: dict[str, str]) -> None:
    phone.open("/account/sign-in/sign-in")
    phone.sign_in_as("陈小雨")
    phone.open("/pages/me/me")
    phone.tap("我是站长")
    phone.see("还没有你管的驿站")
    phone.write("街道给的码", code_from_the_street(environment, "FT0003").replace(" ", ""))
    phone.press("当这个驿站的站长")
    phone.see("30 秒看一遍")

    phone.press("今天不开")
    phone.write("为什么不开", "停电检修")
    phone.press("确定")
    phone.see("停电检修")

    phone.press("看看别人看到的")
    phone.see("停电检修")
    phone.page.get_by_label("返回").locator("visible=true").click()

    phone.press("都能用")
    phone.page.locator('.mark:visible:has-text("坏了")').first.click()
    with phone.page.expect_response(lambda answer: answer.url.endswith("/duty")):
        phone.press("报上去")
    phone.press("看看别人看到的")
    phone.see("坏了，在修")
