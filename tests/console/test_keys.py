"""Keys on the page of a case: each presses one button, and only that one says so."""

import re
from collections import Counter

from flask import Flask

from server.cases.working import staff_step
from server.core.access import Level
from tests.cases.conftest import consents
from tests.console.conftest import Send
from tests.desk import desk_of
from tests.sign_in import SignIn


def test_a_key_stands_on_one_button(app: Flask, sign_in: SignIn, send: Send) -> None:
    no = send(sign_in(Level.L1), "hazard_report", consents=consents("terms", "location"))
    desk = desk_of(app, "A0001", "district_rights")
    staff_step(no=no, code="check", staff_no="A0001")
    keys = Counter(re.findall(r'data-key="(\w)"', desk.get(f"/console/cases/{no}").text))
    assert keys["t"] == keys["f"] == 1
    assert set(keys.values()) == {1}
