"""Cases to work with."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.core.db import transaction
from server.identity.consents import consent_texts
from server.unions.models import TradeUnion
from server.unions.vocabulary import UnionKind
from tests.cases.declared import services
from tests.moments import FRIDAY as FRIDAY
from tests.moments import Freeze as Freeze
from tests.staff import make_district, make_staff

STAFF = "A1024"


def consents(*keys: str) -> list[dict[str, str]]:
    """Ticks for these texts as they are now."""
    texts = {key.value: text for key, text in consent_texts().items()}
    return [{"key": key, "version": texts[key].version} for key in keys]


def submission(service: str, **others: Any) -> dict[str, Any]:
    """A body of `POST /cases` with everything that is needed; `answers` are added to the example's."""
    keys = [
        rule.key.value
        for rule in services()[service].consents
        if rule.condition is None and not rule.with_place and not rule.later
    ]
    answers = {**services()[service].example, **others.pop("answers", {})}
    return {"service": service, "answers": answers, "consents": consents(*keys)} | others


Submit = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _nothing_kept_yet(shared_app: Flask) -> None:
    """The tables are empty before each test; the process has to learn that again."""
    shared_app.extensions["warmbee_services"].kept.clear()


@pytest.fixture(autouse=True)
def _staff(request: pytest.FixtureRequest) -> None:
    """Those who act in these tests, wherever there is a database."""
    if "app" in request.fixturenames:
        request.getfixturevalue("app")
        for number in (STAFF, "A1", "B2"):
            make_staff(number)


@pytest.fixture
def submit(client: FlaskClient) -> Submit:
    """`submit("grievance", headers)` sends a case and returns it; without headers it is sent anonymously."""

    def send(service: str = "grievance", headers: Mapping[str, str] | None = None, **others: Any) -> dict[str, Any]:
        if headers is None:
            others.setdefault("identity_mode", "anonymous")
        key = {"Idempotency-Key": str(uuid.uuid4())}
        answer = client.post("/api/v1/cases", json=submission(service, **others), headers={**(headers or {}), **key})
        assert answer.status_code == 201, answer.json
        made: dict[str, Any] = answer.json
        return made

    return send


class Desk:
    """Staff at the command line."""

    def __init__(self, app: Flask) -> None:
        self._runner = app.test_cli_runner()
        self._lawyers: set[str] = set()

    def run(self, *arguments: str, staff: str = STAFF) -> Result:
        """`flask case …`; `staff` is added where somebody has to be named."""
        named = [] if arguments[0] in {"services", "place"} else ["--as", staff]
        return self._runner.invoke(args=["case", *arguments, *named])

    def do(self, case: Mapping[str, Any], *steps: str | tuple[str, str]) -> None:
        """Make steps one after the other, each a code or a code with its text."""
        for step in steps:
            code, text = step if isinstance(step, tuple) else (step, None)
            done = self.run("do", case["no"], code, *(["--text", text] if text else []))
            assert done.exit_code == 0, done.output

    def give(self, case: Mapping[str, Any], lawyer: str = "L1") -> None:
        """Assign a case to a lawyer, who takes it."""
        if lawyer not in self._lawyers:
            self._lawyers.add(lawyer)
            make_staff(lawyer, "lawyer")
        for arguments, staff in ((("assign", "--assignee", lawyer), STAFF), (("accept",), lawyer)):
            done = self.run("do", case["no"], *arguments, staff=staff)
            assert done.exit_code == 0, done.output


@pytest.fixture
def desk(app: Flask) -> Desk:
    """Staff, who act through the command line."""
    return Desk(app)


class Worker:
    """Whoever follows a case: by token, or by the secret of an anonymous one."""

    def __init__(self, client: FlaskClient, no: str, headers: Mapping[str, str]) -> None:
        self._client, self._no, self.headers = client, no, dict(headers)

    def read(self) -> dict[str, Any]:
        """The case as it is now."""
        answer = self._client.get(f"/api/v1/cases/{self._no}", headers=self.headers)
        assert answer.status_code == 200, answer.json
        read: dict[str, Any] = answer.json
        return read

    def post(self, act: str, body: dict[str, Any]) -> TestResponse:
        """`POST /cases/{no}/{act}`, with a key of its own as the pages send it."""
        headers = {"Idempotency-Key": str(uuid.uuid4())} | self.headers
        return self._client.post(f"/api/v1/cases/{self._no}/{act}", json=body, headers=headers)


Follow = Callable[..., Worker]


@pytest.fixture
def follow(client: FlaskClient) -> Follow:
    """`follow(case, headers)` by token, `follow(case)` by the secret that came with an anonymous case."""

    def start(case: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Worker:
        return Worker(client, case["no"], {"Case-Secret": case["secret"]} if headers is None else headers)

    return start


@pytest.fixture
def longgang(app: Flask) -> TradeUnion:
    """The next district, in the same tree, with somebody for every service as 福田 has (`A1`)."""
    with transaction() as session:
        city = TradeUnion(code="GH4403", name="市总工会（测试）", kind=UnionKind.CITY, area_code="4403")
        session.add(city)
        session.flush()
        session.merge(make_district()).parent_id = city.id
        district = TradeUnion(
            code="GH440307", name="龙岗区总工会", kind=UnionKind.DISTRICT, area_code="440307", parent_id=city.id
        )
        session.add(district)
        session.flush()
    make_staff("LG", union=district)
    return district
