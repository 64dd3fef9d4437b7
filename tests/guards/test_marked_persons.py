"""Marked persons use the service, and afterwards their names, numbers and phones are nowhere in the open."""

import base64
import io
import json
import logging
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import redis as redis_library
import sentry_sdk
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport
from werkzeug.test import TestResponse

from dev.embedded_postgres import shipped_binaries
from server.core import jobs
from server.core.audit import sealer
from server.core.db import db
from server.core.settings import settings
from server.core.tracking import init_tracking
from server.identity.consents import consent_texts
from server.notices import service as notices
from server.stations.models import StationReport
from tests.leaks import as_the_service_writes, marks_in
from tests.people import person
from tests.rosters import put_on_roster
from tests.staff import make_staff
from tests.standins import StandIn
from tests.stations.making import make_station

MEMBER, STRANGER, GUEST = person(411), person(412), person(413)
PG_DUMP = shipped_binaries() / "pg_dump"

reported: list[str] = []


@jobs.task(name="test.trip_over_a_person", retry=False)
def trip_over_a_person() -> None:
    raise ValueError(f"{MEMBER.name} {MEMBER.phone}")


class Kept(Transport):
    """Keeps what would go to the error tracker."""

    def capture_envelope(self, envelope: Envelope) -> None:
        reported.append(json.dumps(envelope.get_event(), ensure_ascii=False, default=str))


@pytest.fixture(autouse=True)
def tracked(app: Flask) -> Iterator[None]:
    reported.clear()
    init_tracking(replace(settings(), sentry_dsn="http://key@127.0.0.1:9/1"), transport=Kept)
    yield
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


@pytest.fixture(autouse=True)
def lines(app: Flask) -> Iterator[io.StringIO]:
    """What the service logs, DEBUG included."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(as_the_service_writes())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    root.removeHandler(handler)


class Life:
    """What marked persons do, and what goes wrong for them."""

    def __init__(self, app: Flask, client: FlaskClient, wechat: StandIn, sms: StandIn) -> None:
        self.app, self.client, self.wechat, self.sms = app, client, wechat, sms

    def ask(self, method: str, path: str, expect: int, headers: Any = None, **options: Any) -> TestResponse:
        key = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        answer = self.client.open("/api/v1" + path, method=method, headers=key | (headers or {}), **options)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.get_data(as_text=True)}"
        return answer

    def work(self) -> None:
        jobs.run_worker(self.app, wait=False, periodic_tasks=False)
        db.session.rollback()

    def command(self, *arguments: str) -> None:
        done = self.app.test_cli_runner().invoke(args=list(arguments))
        assert done.exit_code == 0, done.output

    def sign_in_by_sms(self, phone: str) -> dict[str, str]:
        self.ask("POST", "/sms-codes", 202, json={"phone": phone})
        self.work()
        code = next(text["code"] for text in reversed(self.sms.messages()) if phone in text["phone"])
        token = self.ask("POST", "/sessions", 201, json={"phone": phone, "sms_code": code}).get_json()["token"]
        return {"Authorization": f"Bearer {token}"}

    def sign_in_by_wechat(self, phone: str) -> dict[str, str]:
        code = self.wechat.control("POST", "codes", {})["code"]
        token = self.ask("POST", "/sessions", 201, json={"code": code}).get_json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        given = self.wechat.control("POST", "phone-codes", {"phone": phone})["code"]
        self.ask("PUT", "/me/phone", 200, headers, json={"code": given})
        return headers

    def verify(self, headers: dict[str, str], who: Any, **other: Any) -> str:
        body = {
            "id_type": "resident_id",
            "id_number": who.id_number,
            "name": who.name,
            "worker_group": "courier",
            "consents": ticks("terms", "identity"),
        }
        answer = self.ask("POST", "/me/verification", 200, headers, json=body | other)
        return str(answer.get_json()["state"])

    def complain(self, headers: dict[str, str] | None, who: Any, **other: Any) -> dict[str, Any]:
        body = {
            "service": "grievance",
            "consents": ticks("terms"),
            "answers": {
                "kind": "complaint",
                "topic": "pay",
                "text": f"我是{who.name}，电话{who.phone}，证件{who.id_number}，站点多扣钱。",
                "wish": "reply",
            },
        }
        case: dict[str, Any] = self.ask("POST", "/cases", 201, headers, json=body | other).get_json()
        return case


def ticks(*keys: str) -> list[dict[str, str]]:
    texts = {key.value: text for key, text in consent_texts().items()}
    return [{"key": key, "version": texts[key].version} for key in keys]


def letter() -> bytes:
    """A PDF, which is kept byte for byte, with a phone in it."""
    written = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(written, "PDF")
    # A comment of the same length, so that what points to places in the file still does.
    marked = written.getvalue().replace(b"created by Pillow", f"call {MEMBER.phone} ".encode())
    assert marks_in(marked)
    return marked


@pytest.fixture
def life(
    app: Flask,
    client: FlaskClient,
    wechat_standin: StandIn,
    sms_standin: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> Life:
    """They have lived: signed in, verified, asked, been answered, and met errors."""
    app.extensions["warmbee_services"].kept.clear()
    life = Life(app, client, wechat_standin, sms_standin)
    make_staff("A1", union=put_on_roster(MEMBER))
    make_station("FT0001")

    member = life.sign_in_by_sms(MEMBER.phone)
    assert life.verify(member, MEMBER) == "matched"
    stranger = life.sign_in_by_wechat(STRANGER.phone)
    assert life.verify(stranger, STRANGER) == "manual"

    file = {"file": (io.BytesIO(letter()), f"{MEMBER.name}.pdf")}
    attachment = life.ask("POST", "/attachments", 201, member, data=file).get_json()["id"]
    case = life.complain(member, MEMBER, attachments=[{"id": attachment}])
    life.command("case", "do", case["no"], "accept", "--as", "A1")
    life.command("case", "message", case["no"], "--as", "A1", "--text", f"{MEMBER.name}你好，我们会打{MEMBER.phone}。")
    life.command("case", "show", case["no"], "--as", "A1")
    life.ask("POST", f"/cases/{case['no']}/messages", 201, member, json={"text": f"请打我朋友{GUEST.phone}"})
    life.command("case", "do", case["no"], "reply", "--as", "A1", "--text", f"{MEMBER.name}的钱已退。")
    words = {"solved": True, "attitude": 5, "result": 5, "comment": f"谢谢，{MEMBER.name}"}
    life.ask("POST", f"/cases/{case['no']}/rating", 201, member, json=words)

    hidden = life.complain(None, GUEST, identity_mode="anonymous")
    secret = {"Case-Secret": hidden["secret"]}
    life.ask("POST", f"/cases/{hidden['no']}/messages", 201, secret, json={"text": f"别告诉{GUEST.name}的站长"})

    device = {"X-Device": str(uuid.uuid4())}
    said = {"kind": "locked", "note": f"门锁着，{GUEST.name} {GUEST.phone}"}
    life.ask("POST", "/stations/FT0001/reports", 201, device, json=said)

    # What goes wrong tells nothing either.
    life.ask("GET", f"/search?q={MEMBER.name}", 200)
    life.ask("GET", f"/stations/{GUEST.phone}", 404)
    life.ask("GET", f"/{GUEST.id_number}", 404)
    life.ask("POST", "/sms-codes", 422, json={"phone": GUEST.phone + "0"})
    life.ask("POST", "/me/verification", 422, member, json={"name": GUEST.name, "id_number": GUEST.id_number[:-1]})
    sms_standin.fault("/v1/messages", errcode="invalid_number", times=1)
    life.ask("POST", "/sms-codes", 202, json={"phone": GUEST.phone})
    jobs.defer(trip_over_a_person)
    life.work()

    def crash(*_: Any, **__: Any) -> Any:
        raise ValueError(f"{MEMBER.name} {MEMBER.id_number}")

    monkeypatch.setattr(notices, "inbox", crash)
    life.ask("GET", "/notices", 500, member)
    monkeypatch.undo()
    sealer.seal()
    return life


def redis_values(client: redis_library.Redis) -> Iterator[bytes]:
    """Every key and every value."""
    binary = redis_library.Redis(connection_pool=client.connection_pool)
    for key in binary.scan_iter():
        yield _bytes(key)
        match _bytes(binary.type(key)):
            case b"string":
                yield _bytes(binary.get(key))
            case b"hash":
                yield from (_bytes(part) for pair in binary.hgetall(key).items() for part in pair)
            case b"set":
                yield from map(_bytes, binary.smembers(key))
            case b"zset":
                yield from (_bytes(member) for member in binary.zrange(key, 0, -1))
            case b"list":
                yield from map(_bytes, binary.lrange(key, 0, -1))
            case other:
                raise AssertionError(f"a kind of value that nobody looked into: {other!r}")


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def dumped(url: sa.URL) -> bytes:
    """The database as `pg_dump` writes it."""
    return subprocess.run(
        [PG_DUMP, "--inserts", "-h", str(url.query["host"]), "-U", str(url.username), str(url.database)],
        capture_output=True,
        check=True,
    ).stdout


@pytest.mark.usefixtures("life")
def test_marked_persons_are_nowhere_in_the_open(
    client: FlaskClient, redis: redis_library.Redis, lines: io.StringIO
) -> None:
    dump = dumped(db.engine.url)
    for table in ("worker", "service_case", "case_message", "desk_request", "notice", "station_report", "audit_event"):
        assert f"INSERT INTO public.{table} ".encode() in dump, f"nothing was written to {table}"
    assert b"test.trip_over_a_person" in dump
    assert marks_in(dump) == set(), "in the database, its jobs and its audit"

    files = [path for path in settings().data_dir.rglob("*") if path.is_file()]
    assert any(path.parent.parent.name == "files" for path in files)
    assert [path.name for path in files if marks_in(path.read_bytes())] == []

    values = list(redis_values(redis))
    assert values, "sessions are cached"
    assert [marks_in(value) for value in values if marks_in(value)] == []

    metrics = client.get("/metrics").data
    assert b"warmbee_requests_total" in metrics
    assert marks_in(metrics) == set()

    assert any("ValueError" in event for event in reported)
    assert marks_in("\n".join(reported).encode()) == set()

    log = lines.getvalue()
    assert "/api/v1/notices" in log
    assert "test.trip_over_a_person" in log
    assert marks_in(log.encode()) == set()


def test_what_was_written_can_still_be_read(life: Life) -> None:
    note = db.session.scalars(sa.select(StationReport.note)).one()
    assert note is not None
    assert GUEST.name in note


@pytest.mark.parametrize("mark", [MEMBER.name, MEMBER.phone, MEMBER.id_number])
def test_the_search_finds_what_it_looks_for(mark: str) -> None:
    plain = mark.encode()
    for hidden in (
        plain,
        b"x" + plain.hex().encode(),
        base64.b64encode(b"ab" + plain + b"cd"),
        json.dumps(mark).encode(),
    ):
        assert marks_in(b"before " + hidden + b" after"), hidden
