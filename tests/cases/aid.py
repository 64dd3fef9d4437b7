"""Somebody in need, and the street and the district that help."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from server.cases.tasks import lapse_cases
from server.core.access import Level
from server.core.clock import SHANGHAI
from tests.cases.conftest import Desk, Freeze, Submit
from tests.cases.declared import services
from tests.cases.test_in_confidence import make_union
from tests.moments import at
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

KEY = "hardship_aid"
REST = services()[KEY].example_by_staff
READ_ALOUD = ("identity", "health", "finance", "family", "publication", "truth")
RIDER = person(5)
THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=SHANGHAI)
ACCOUNT: Mapping[str, str] = REST["account"]


@pytest.fixture
def street(app: object) -> None:
    """A street with three who work there and its chair, two of finance in the district and the district's chair."""
    union = make_union("GH440304011")
    for number in ("S1", "S2", "S3"):
        make_staff(number, "street_worker", union=union)
    for number in ("F1", "F2"):
        make_staff(number, "finance")
    make_staff("R1", "ledger_review")
    make_staff("Z1", "street_chair", union=union)
    make_staff("Z2", "district_chair")


@pytest.fixture
def rider(sign_in: SignIn) -> Headers:
    """Somebody whom staff have seen."""
    return sign_in(Level.L3, who=RIDER)


class Office:
    """What staff do, each by name."""

    def __init__(self, desk: Desk, no: str) -> None:
        self._desk, self.no = desk, no

    def do(self, staff: str, step: str, text: str | None = None, *options: str) -> str:
        words = ["--text", text] if text else []
        done = self._desk.run("do", self.no, step, *words, *options, staff=staff)
        assert done.exit_code == 0, done.output
        return done.output

    def refused(self, staff: str, step: str, text: str | None = None, *options: str) -> str:
        words = ["--text", text] if text else []
        done = self._desk.run("do", self.no, step, *words, *options, staff=staff)
        assert done.exit_code == 1, done.output
        return done.output

    def second(self, staff: str, step: str) -> str:
        done = self._desk.run("approve", self.no, step, staff=staff)
        assert done.exit_code == 0, done.output
        return done.output

    def not_second(self, staff: str, step: str) -> str:
        done = self._desk.run("approve", self.no, step, staff=staff)
        assert done.exit_code == 1, done.output
        return done.output

    def fill(self, staff: str = "S1", answers: Mapping[str, Any] = REST, *agreed: str) -> Any:
        ticks = [part for key in agreed or READ_ALOUD for part in ("--agreed", key)]
        return self._desk.run("fill", self.no, "--answers", json.dumps(answers), *ticks, staff=staff)

    def file(self) -> None:
        self.do("S1", "talk", "说好了，明天上门。")
        assert self.fill().exit_code == 0
        self.do("S1", "file")

    def publish(self, by: str = "A1") -> None:
        self.file()
        self.do("S1", "visit", "两个人都看过了。")
        self.second("S2", "visit")
        self.do("S1", "street_agree", "属实。")
        self.second("S3", "street_agree")
        self.do(by, "district_agree")

    def grant(self, amount: int = 300_000) -> None:
        self.do("A1", "grant", "按标准。", "--amount", str(amount))
        self.second("B2", "grant")


@pytest.fixture
def case(rider: Headers, submit: Submit, street: None, freeze: Freeze) -> dict[str, Any]:
    freeze(THURSDAY)
    return submit(KEY, rider)


@pytest.fixture
def office(desk: Desk, case: dict[str, Any]) -> Office:
    return Office(desk, case["no"])


@pytest.fixture
def publicised(office: Office, freeze: Freeze) -> Office:
    freeze(at("2026-11-27 09:00"))
    office.publish()
    freeze(at("2026-12-04 18:01"))
    lapse_cases()
    return office
