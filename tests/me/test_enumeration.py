"""Nobody finds out who is registered: not by what is answered, not by what is done before it is answered.

Time on a busy machine says nothing, so the work is counted: SQL statements in their order, keyed digests, calls of
systems that are not ours, and how many jobs are left behind. What costs the same, takes the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.core import crypto
from server.core.access import Level
from server.core.clock import now, today
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.identity.models import ID_NUMBER, DeskRequest, Worker
from server.identity.papers import IdType, read_id_number
from tests.me.test_verification import body_of
from tests.people import Person, id_number, person
from tests.rosters import put_on_roster
from tests.sign_in import Headers, SignIn
from tests.standins import StandIn


@dataclass
class Work:
    """What one request cost."""

    statements: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    calls: int = 0
    jobs: int = 0


@dataclass
class Seen:
    """What somebody outside could see, and what was done for it."""

    status: int
    body: Any
    headers: dict[str, str]
    work: Work


Watch = Callable[[Callable[[], TestResponse]], Seen]


@pytest.fixture
def watch(count_queries: list[str], identity_standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """`watch(lambda: client.post(…))` makes a request and says what it cost."""
    digests: list[str] = []
    plain = crypto.KeyedHmac.digests

    def counted(self: crypto.KeyedHmac, value: str | bytes, *, purpose: str) -> list[bytes]:
        digests.append(purpose)
        return plain(self, value, purpose=purpose)

    monkeypatch.setattr(crypto.KeyedHmac, "digests", counted)

    def jobs() -> int:
        with db.engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM procrastinate_jobs").scalar_one())

    def look(request: Callable[[], TestResponse]) -> Seen:
        before, calls = jobs(), len(identity_standin.calls())
        count_queries.clear()
        digests.clear()
        answer = request()
        work = Work(list(count_queries), list(digests), len(identity_standin.calls()) - calls)
        work.jobs = jobs() - before
        headers = {key: value for key, value in answer.headers.items() if key != "X-Request-Id"}
        body = answer.get_json()
        body.pop("request_id", None)
        return Seen(answer.status_code, body, headers, work)

    return look


def alike(seen: list[Seen]) -> None:
    for one in seen[1:]:
        assert one == seen[0]


@pytest.mark.parametrize(
    ("id_type", "numbers"),
    [
        ("resident_id", None),
        ("hk_mo_pass", ("H12345678", "H87654321")),
        ("passport", ("E12345678", "E87654321")),
    ],
)
def test_a_known_a_taken_and_an_unknown_number_look_alike(
    client: FlaskClient, sign_in: SignIn, watch: Watch, id_type: str, numbers: tuple[str, str] | None
) -> None:
    taken, unknown = numbers or (person(1).id_number, person(3).id_number)
    put_on_roster(person(2), person(4))
    holder = sign_in(Level.L1)
    hold(holder, id_type, taken)
    paper = {"id_type": id_type}
    claims = [
        body_of(person(3), id_number=unknown, **paper),
        body_of(person(1), id_number=taken, **paper),
        body_of(person(1), id_number=taken, name="测小错", **paper),
    ]
    if numbers is None:
        claims.append(body_of(person(2), name="测小错"))
    seen = [watch(lambda body=body: verify(client, sign_in(Level.L1), body)) for body in claims]
    alike(seen)
    assert seen[0].body["state"] == "manual"
    assert (seen[0].work.calls, seen[0].work.jobs) == (0, 1), "the outside service is asked afterwards, if at all"


def test_a_second_claim_for_a_taken_number_looks_like_a_second_claim_for_any(
    client: FlaskClient, sign_in: SignIn, watch: Watch
) -> None:
    sign_in(Level.L2, who=person(1))
    seen = []
    for number in (1, 3):
        headers = sign_in(Level.L1)
        verify(client, headers, body_of(person(number)))
        seen.append(watch(lambda headers=headers, number=number: verify(client, headers, body_of(person(number)))))
    alike(seen)


def test_what_the_profile_says_of_a_taken_number_it_says_of_any(
    client: FlaskClient, sign_in: SignIn, watch: Watch
) -> None:
    sign_in(Level.L2, who=person(1))
    shown = []
    for number in (1, 3):
        headers = sign_in(Level.L1)
        verify(client, headers, body_of(person(number)))
        shown.append(watch(lambda headers=headers: client.get("/api/v1/me", headers=headers)))
    for one in shown:
        one.body = {key: one.body["verification"][key] for key in ("state", "reason", "wanted")}
    for one in shown:
        one.headers.pop("Content-Length", None)
        one.headers.pop("ETag", None)
    alike(shown)
    reasons = {request.reason for request in db.session.scalars(sa.select(DeskRequest))}
    assert len(reasons) == 2, "the desk knows the difference"


def test_the_sixth_try_is_refused_alike_for_a_known_and_an_unknown_number(
    client: FlaskClient, sign_in: SignIn, watch: Watch
) -> None:
    sign_in(Level.L2, who=person(1))
    headers = sign_in(Level.L1)
    for number in range(5):
        verify(client, headers, body_of(person(10 + number)))
    seen = [watch(lambda number=number: verify(client, headers, body_of(person(number)))) for number in (1, 3)]
    for one in seen:
        assert one.status == 429
        one.headers.pop("Retry-After")
    alike(seen)


def test_asking_for_a_code_looks_alike_for_every_phone(client: FlaskClient, sign_in: SignIn, watch: Watch) -> None:
    known, couple, unknown = person(20), Person("测小双", person(21).phone, id_number(22)), person(23)
    sign_in(Level.L1, who=known)
    for _ in range(2):
        sign_in(Level.L1, who=couple)
    alike([watch(lambda who=who: ask(client, who.phone)) for who in (known, couple, unknown)])


def test_a_wrong_code_looks_alike_for_every_phone(client: FlaskClient, sign_in: SignIn, watch: Watch) -> None:
    known, unknown = person(24), person(25)
    sign_in(Level.L1, who=known)
    for asked in (False, True):
        seen = []
        for who in (known, unknown):
            if asked:
                ask(client, who.phone)
            body = {"phone": who.phone, "sms_code": "no-num"}
            seen.append(watch(lambda body=body: client.post("/api/v1/sessions", json=body)))
        alike(seen)
        assert seen[0].status == 401


def test_taking_a_phone_that_another_has_looks_like_taking_any(
    client: FlaskClient, sign_in: SignIn, watch: Watch, wechat_standin: StandIn
) -> None:
    sign_in(Level.L1, who=person(26))
    seen = []
    for phone in (person(26).phone, person(27).phone):
        code = wechat_standin.control("POST", "phone-codes", {"phone": phone})["code"]
        headers = sign_in(Level.L1)
        seen.append(
            watch(
                lambda code=code, headers=headers: client.put("/api/v1/me/phone", json={"code": code}, headers=headers)
            )
        )
    for one in seen:
        one.body = {key: value for key, value in one.body.items() if key not in {"id", "phone_masked"}}
    alike(seen)


def verify(client: FlaskClient, headers: Headers, body: dict[str, Any]) -> TestResponse:
    return client.post("/api/v1/me/verification", json=body, headers=headers)


def ask(client: FlaskClient, phone: str) -> TestResponse:
    return client.post("/api/v1/sms-codes", json={"phone": phone})


def hold(headers: Headers, id_type: str, number: str) -> None:
    """Verify an account as the desk would have, with any paper."""
    read = read_id_number(IdType(id_type), number, today=today(), allow_synthetic=True)
    with transaction() as session:
        worker = session.get_one(Worker, headers.worker_id)
        worker.level, worker.name, worker.verified_at = Level.L2, person(1).name, now()
        worker.id_type, worker.id_number = read.id_type, read.text
        worker.id_number_hmac = keyed_hmac(read.key, purpose=ID_NUMBER)
