"""An anonymous case: opened by its secret alone, and nothing anywhere tells who sent it."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis as redis_library
import requests
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases.models import Case, SecretTries
from server.cases.numbers import case_number, is_case_number, new_secret, plain_secret
from server.cases.ownership import MOST_TRIES
from server.cases.tasks import forget_secret_tries
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import Base, db
from server.identity.models import Consent
from server.notices.models import Notice
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, submission
from tests.cases.files.conftest import jpeg
from tests.live import LiveServer, start_server, stop_server
from tests.sign_in import SignIn


def test_an_anonymous_case_is_followed_with_number_and_secret(submit: Submit, desk: Desk, follow: Follow) -> None:
    case = submit("grievance")
    assert case["identity_mode"] == "anonymous"
    me = follow(case)
    desk.do(case, "accept", ("reply", "站点已经撤销罚款规定。"))
    read = me.read()
    assert read["messages"][0]["text"] == "站点已经撤销罚款规定。"
    assert "secret" not in read
    assert me.post("rating", {"solved": True, "attitude": 5, "result": 4}).json["phase"] == "done"


def test_the_secret_is_stored_as_a_digest_only(submit: Submit, db_session: Session) -> None:
    secret = submit("grievance")["secret"]
    row = db_session.scalars(sa.select(Case)).one()
    assert row.worker_id is None
    assert row.secret_digest is not None
    assert plain_secret(secret).encode() not in row.secret_digest
    assert hashlib.sha256(plain_secret(secret).encode()).digest() not in row.secret_digest


def test_a_secret_can_be_typed_back_as_people_type(client: FlaskClient, submit: Submit) -> None:
    case = submit("grievance")
    typed = f" {case['secret'].lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
    answer = client.get(f"/api/v1/cases/{case['no']}", headers={"Case-Secret": typed})
    assert answer.status_code == 200


def test_nobody_is_asked_for_more_where_nobody_can_be_reached(submit: Submit, desk: Desk, follow: Follow) -> None:
    case = submit("grievance")
    desk.do(case, "accept")
    assert desk.run("do", case["no"], "ask_more", "--text", "是哪个站点？").exit_code == 1
    assert desk.run("message", case["no"], "--text", "是哪个站点？").exit_code == 0
    assert follow(case).post("messages", {"text": "福民路那个"}).status_code == 201


def test_a_token_with_an_anonymous_case_is_refused(
    client: FlaskClient, sign_in: SignIn, submit: Submit, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    body = submission("grievance", identity_mode="anonymous")
    answer = client.post("/api/v1/cases", json=body, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "anonymous_with_token")
    assert db_session.scalars(sa.select(Case)).all() == []
    case = submit("grievance")
    both = client.get(f"/api/v1/cases/{case['no']}", headers={**headers, "Case-Secret": case["secret"]})
    assert (both.status_code, both.json["code"]) == (422, "anonymous_with_token")


def test_a_service_without_anonymity_refuses_it(client: FlaskClient) -> None:
    answer = client.post("/api/v1/cases", json=submission("legal_aid", identity_mode="anonymous"))
    assert answer.json["errors"] == {"identity_mode": ["这项服务现在只能这样提交：named（实名）"]}


def test_a_wrong_secret_and_a_number_that_does_not_exist_are_answered_alike(
    client: FlaskClient, submit: Submit
) -> None:
    case = submit("grievance")
    other = case_number(prefix="SQ", day=FRIDAY.date(), sequence=999_999)
    wrong = client.get(f"/api/v1/cases/{case['no']}", headers={"Case-Secret": new_secret()})
    absent = client.get(f"/api/v1/cases/{other}", headers={"Case-Secret": new_secret()})
    assert (wrong.status_code, absent.status_code) == (404, 404)
    assert {**wrong.json, "request_id": ""} == {**absent.json, "request_id": ""}


def test_a_named_case_has_no_secret_to_guess(client: FlaskClient, sign_in: SignIn, submit: Submit) -> None:
    case = submit("grievance", sign_in(Level.L1))
    for secret in ("", new_secret()):
        assert client.get(f"/api/v1/cases/{case['no']}", headers={"Case-Secret": secret}).status_code == 404


@pytest.mark.parametrize("exists", [True, False])
def test_after_ten_wrong_secrets_a_number_takes_no_more_for_a_quarter_of_an_hour(
    client: FlaskClient, submit: Submit, freeze: Freeze, exists: bool
) -> None:
    freeze(FRIDAY)
    no = submit("grievance")["no"] if exists else case_number(prefix="SQ", day=FRIDAY.date(), sequence=999_999)

    def guess() -> Any:
        return client.get(f"/api/v1/cases/{no}", headers={"Case-Secret": new_secret()})

    assert [guess().status_code for _ in range(MOST_TRIES)] == [404] * MOST_TRIES
    refused = guess()
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 15 * 60 + 1
    freeze(FRIDAY + timedelta(minutes=15, seconds=1))
    assert guess().status_code == 404


def test_nobody_locks_a_reporter_out_by_guessing(client: FlaskClient, submit: Submit, follow: Follow) -> None:
    case = submit("grievance")
    me = follow(case)
    for _ in range(MOST_TRIES + 2):
        client.get(f"/api/v1/cases/{case['no']}", headers={"Case-Secret": new_secret()})
    assert me.read()["no"] == case["no"]
    assert me.post("messages", {"text": "我还在"}).status_code == 201


def test_wrong_secrets_are_counted_when_something_is_posted_too(
    client: FlaskClient, submit: Submit, db_session: Session
) -> None:
    case = submit("grievance")
    headers = {"Case-Secret": new_secret(), "Idempotency-Key": str(uuid.uuid4())}
    answer = client.post(f"/api/v1/cases/{case['no']}/messages", json={"text": "你好"}, headers=headers)
    assert answer.status_code == 404
    assert db_session.scalars(sa.select(SecretTries.tries)).all() == [1]


def test_counts_of_wrong_secrets_are_forgotten(
    client: FlaskClient, submit: Submit, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    case = submit("grievance")
    client.get(f"/api/v1/cases/{case['no']}", headers={"Case-Secret": new_secret()})
    freeze(FRIDAY + timedelta(hours=1))
    forget_secret_tries()
    assert db_session.scalars(sa.select(SecretTries)).all() == []


@pytest.mark.parametrize("no", ["SQ260313-0042", "sq260313-0042-K", "SQ260313-0042-I", "x", "%00"])
def test_what_is_not_a_number_is_not_found(client: FlaskClient, no: str) -> None:
    assert client.get(f"/api/v1/cases/{no}", headers={"Case-Secret": new_secret()}).status_code == 404


def test_one_wrong_or_two_swapped_characters_do_not_make_another_number() -> None:
    no = case_number(prefix="SQ", day=FRIDAY.date(), sequence=42)
    assert no.startswith("SQ260313-0042-")
    assert is_case_number(no)
    body, check = no[:-2], no[-2:]
    digits = [place for place, character in enumerate(body) if character.isdigit()]
    for place in digits:
        wrong = [body[:place] + digit + body[place + 1 :] for digit in "0123456789" if digit != body[place]]
        assert not any(is_case_number(other + check) for other in wrong)
    for place in digits[:-1]:
        swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
        assert swapped == body or not is_case_number(swapped + check)


ADDRESS = "203.0.113.77"
DEVICE = "device-of-the-marked-phone"
AGENT = "MarkedPhone/7.7"


@pytest.fixture
def watched(app: Flask, environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[LiveServer, Path]]:
    """A service behind a proxy, with rate limits, whose whole output is one file."""
    log = tmp_path / "server.log"
    server = start_server(environment | {"RATE_LIMITS": "on", "TRUSTED_PROXIES": "1"}, log=log, workers=1)
    yield server, log
    stop_server(server)


def everything_stored(redis: redis_library.Redis) -> dict[str, set[str]]:
    """Every row of every table and every key of Redis, as text and with binary columns in hex."""
    stored: dict[str, set[str]] = {}
    with db.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        assert set(tables) >= {table.name for table in Base.metadata.sorted_tables}
        for name in tables:
            stored[name] = set(connection.exec_driver_sql(f'SELECT "{name}"::text FROM "{name}"').scalars())
    stored["redis"] = {f"{key!r}={redis.dump(key)!r}" for key in redis.scan_iter()}
    return stored


def test_nothing_anywhere_tells_who_sent_an_anonymous_case(
    watched: tuple[LiveServer, Path], redis: redis_library.Redis, sign_in: SignIn, db_session: Session
) -> None:
    server, log = watched
    base = server.url("/api/v1")
    marks = {"X-Forwarded-For": ADDRESS, "X-Device": DEVICE, "User-Agent": AGENT}
    known = sign_in(Level.L2)
    assert requests.get(f"{base}/me/cases", headers={**known, **marks}, timeout=10).status_code == 200
    before, logged = everything_stored(redis), log.stat().st_size

    def call(method: str, path: str, **options: Any) -> Any:
        headers = {**marks, **options.pop("headers", {})}
        answer = requests.request(method, base + path, headers=headers, timeout=10, **options)
        assert answer.status_code < 300, answer.text
        return answer.json()

    photo = call(
        "POST",
        "/attachments",
        files={"file": ("photo.jpg", jpeg(), "image/jpeg")},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    body = submission(
        "grievance", identity_mode="anonymous", attachments=[{"id": photo["id"], "claim": photo["claim"]}]
    )
    case = call("POST", "/cases", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    secret = {"Case-Secret": case["secret"]}
    call("GET", f"/cases/{case['no']}", headers=secret)
    call("POST", f"/cases/{case['no']}/messages", json={"text": "请尽快"}, headers=secret)
    call("POST", f"/cases/{case['no']}/supplements", json={"answers": {"firm": "演示二站"}}, headers=secret)
    call("POST", f"/cases/{case['no']}/withdrawal", json={"reason": "不用了"}, headers=secret)
    wrong = requests.get(f"{base}/cases/{case['no']}", headers={**marks, "Case-Secret": "wrong"}, timeout=10)
    assert wrong.status_code == 404

    after = everything_stored(redis)
    new = [row for name, rows in after.items() for row in rows - before.get(name, set())]
    new += log.read_bytes()[logged:].decode().splitlines()
    assert any(case["no"] in row for row in new), "the search would find what is there"
    tokens = [known.token, hashlib.sha256(known.token.encode()).hexdigest()]
    worker = [str(known.worker_id), known.worker_id.hex]
    phone = known.person.phone
    traces = [*tokens, *worker, phone, ADDRESS, ADDRESS.encode().hex(), DEVICE, DEVICE.encode().hex(), AGENT]
    for row in new:
        assert not [trace for trace in traces if trace in row], row[:200]
        # The secret itself is nowhere either, and no log line holds the number.
        assert case["secret"] not in row
    lines = log.read_bytes()[logged:].decode()
    assert case["no"] not in lines
    assert {event.actor for event in db_session.scalars(sa.select(AuditEvent))} == {"anonymous"}
    for kind in (Consent, Notice):
        assert db_session.scalars(sa.select(kind)).all() == []
