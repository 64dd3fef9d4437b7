"""Authenticated read of one case over HTTP, against the same by hand: Flask, psycopg, plain SQL, nothing declared.

    python -m bench.case_read [--rounds N] [--seconds S]

The other endpoint has the same middleware and the same login through the session cache, asks one plain statement for
each table (all by index) on a pool of its own with autocommit, opens the same ciphertexts and answers the same JSON,
which is checked. Each of 200 workers has one case in the middle of its life: steps, messages both ways, clocks stopped
and running, a photo.
"""

import argparse
import hashlib
import io
import secrets
import sys
import uuid
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import orjson
import psycopg
from flask import Flask, Response
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from bench.client import request
from bench.harness import Measured, alternate, measure, ratio, serve, table, world
from dev.demo import staff, unions
from server.app import create_app
from server.cases import acts, working
from server.cases.catalogue import catalogue
from server.cases.files.links import link
from server.cases.files.service import store_attachment
from server.cases.own_answers import own_answers
from server.cases.ownership import Key
from server.cases.submission import Submission, submit
from server.core.access import Level, Principal
from server.core.clock import SHANGHAI, day_of, now
from server.core.crypto import cipher
from server.core.db import new_id, transaction
from server.core.settings import Settings, settings
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access, worker
from server.identity.consents import GivenConsent, consent_texts
from server.identity.models import LoginSession, SignInWay, Worker

WORKERS = 200
CONNECTIONS = 32
TARGET = 0.60

CASE = """
    SELECT c.*, r.solved, r.attitude, r.result, r.comment
    FROM service_case c LEFT JOIN case_rating r ON r.case_id = c.id AND r.round = c.round
    WHERE c.no = %s AND c.worker_id = %s
"""
EVENTS = "SELECT at, what FROM case_event WHERE case_id = %s ORDER BY number"
CLOCKS = """
    SELECT key, name, due_at, original_due_at, basis, provisional, paused_at, owed_by, extended, event_at FROM clock
    WHERE owner_kind = 'case' AND owner_id = %s AND stopped_at IS NULL ORDER BY started_at, id
"""
MESSAGES = "SELECT id, author, text, at FROM case_message WHERE case_id = %s ORDER BY at, id"
FILES = """
    SELECT id, message_id, media_type, size, seconds, field FROM attachment WHERE case_id = %s ORDER BY claimed_at, id
"""
ASSIGNMENTS = """
    SELECT a.id, p.name, h.phone, a.ended_at, a.handed_on_at
    FROM case_assignment a
    JOIN staff_account p ON p.number = a.staff_no
    LEFT JOIN case_assignee h ON h.staff_no = a.staff_no AND h.role = a.role
    WHERE a.case_id = %s AND a.accepted_at IS NOT NULL ORDER BY a.assigned_at
"""
TALK = """
    SELECT t.id, t.assignment_id, t.author, t.text, t.at
    FROM case_talk t JOIN case_assignment a ON a.id = t.assignment_id
    WHERE a.case_id = %s AND a.accepted_at IS NOT NULL ORDER BY t.at, t.id
"""
OFFICE = """
    SELECT u.name, d.name AS person, d.phone
    FROM trade_union u
    LEFT JOIN LATERAL (
        SELECT a.name, d.phone
        FROM staff_duty d JOIN staff_account a ON a.id = d.staff_id
        WHERE d.union_id = u.id AND d.kind = 'desk' AND d.phone IS NOT NULL AND a.closed_at IS NULL
            AND d.first_day <= %s AND (d.last_day IS NULL OR d.last_day >= %s)
        ORDER BY d.first_day, a.number LIMIT 1
    ) d ON true
    WHERE u.id = %s
"""
MEMBERSHIP = "SELECT union_id FROM membership WHERE worker_id = %s"
NONE_OF_THESE = [
    f"SELECT * FROM {table_name} WHERE case_id = %s"
    for table_name in ("case_paper", "case_exchange", "case_proxy", "case_revision")
]
"""Asked as for any case; these have none."""


def make_app() -> Flask:
    """The service with one more route, by hand."""
    app = create_app()
    bench = ApiBlueprint("bench", __name__)
    pools: list[ConnectionPool[psycopg.Connection[dict[str, Any]]]] = []

    @bench.route("/bench/cases/<no>")
    @access.signed_in
    def read_by_hand(no: str) -> Response:
        if not pools:
            # In the worker, not in the process that it was forked from.
            url = settings().database_url.replace("postgresql+psycopg://", "postgresql://")
            kwargs = {"autocommit": True, "row_factory": dict_row}
            pools.append(ConnectionPool(url, min_size=8, max_size=8, kwargs=kwargs, open=True))
        with pools[0].connection() as connection:
            body = orjson.dumps(by_hand(connection, no=no, worker_id=worker().worker_id))
        return Response(body, content_type="application/json")

    app.extensions["warmbee_api"].register_blueprint(bench)
    return app


Row = dict[str, Any]


def by_hand(connection: psycopg.Connection[Row], *, no: str, worker_id: uuid.UUID) -> Row:
    """The contract's Case, asked for and made without what the service is made of."""
    case = connection.execute(CASE, (no, worker_id)).fetchone()
    assert case is not None
    asked = (EVENTS, CLOCKS, MESSAGES, FILES, ASSIGNMENTS, TALK)
    parts = [connection.execute(one, (case["id"],)).fetchall() for one in asked]
    assert not any(connection.execute(one, (case["id"],)).fetchall() for one in NONE_OF_THESE)
    assert connection.execute(MEMBERSHIP, (worker_id,)).fetchone() is None
    today = day_of(now())
    office = connection.execute(OFFICE, (today, today, case["union_id"])).fetchone()
    assert office is not None
    return put_together(case, office, *parts)


def put_together(
    case: Row,
    office: Row,
    events: list[Row],
    clocks: list[Row],
    messages: list[Row],
    files: list[Row],
    assignments: list[Row],
    talk: list[Row],
) -> Row:
    """The same straight from the rows."""
    service = catalogue().current[case["service"]]
    state = service.machine.states[case["state"]]
    answers = orjson.loads(cipher().decrypt(case["answers"], context=b"service_case.answers"))
    running = [
        {
            "key": clock["key"],
            "name": clock["name"],
            "due_at": local(clock["due_at"]),
            "original_due_at": local(clock["original_due_at"]),
            "last_day": (clock["due_at"].astimezone(SHANGHAI) - timedelta(microseconds=1)).date(),
            "basis": clock["basis"],
            "provisional": clock["provisional"],
            "paused": clock["paused_at"] is not None,
            "owed_by": clock["owed_by"],
            "extended": clock["extended"] > 0,
            "event_at": clock["event_at"] and local(clock["event_at"]),
        }
        for clock in clocks
    ]
    links: dict[Any, list[Row]] = {}
    for file in files:
        shown = link(
            attachment_id=file["id"], media_type=file["media_type"], size=file["size"], seconds=file["seconds"]
        )
        links.setdefault(file["message_id"], []).append(shown)
    said: dict[Any, list[Row]] = {}
    for one in talk:
        opened = cipher().decrypt(one["text"], context=b"case_talk.text").decode()
        said.setdefault(one["assignment_id"], []).append(
            {"id": one["id"], "from": one["author"], "text": opened, "at": local(one["at"])}
        )
    today: date = day_of(now())
    computed = [(rule, rule.find(answers, today=today)) for rule in service.computed]
    return {
        "no": case["no"],
        "service": service.key,
        "service_name": service.name,
        "state": state.code,
        "state_name": state.name,
        "phase": state.phase,
        "next": {
            "who": state.next,
            "name": "工会",
            "by": next((one["due_at"] for one in running if one["key"] == state.by), None),
        },
        "clocks": running,
        "identity_mode": case["identity_mode"],
        "urgent": case["urgency"] == "urgent",
        "created_at": local(case["created_at"]),
        "updated_at": local(case["updated_at"]),
        "timeline": [{"at": local(event["at"]), "what": event["what"]} for event in events],
        "messages": [
            {
                "id": message["id"],
                "from": message["author"],
                "text": cipher().decrypt(message["text"], context=b"case_message.text").decode(),
                "at": local(message["at"]),
                "attachments": links.get(message["id"], []),
            }
            for message in messages
        ],
        "attachments": links.get(None, []),
        "answers": answers,
        "computed": [
            {
                "key": rule.key,
                "name": rule.name,
                "value": found.value,
                "text": found.text,
                "urgent": found.urgent,
                "colour": found.colour,
            }
            for rule, found in computed
            if found is not None
        ],
        "can": ["messages", "supplements", "withdrawal", "replacement", "talk"],
        "assignees": [
            {
                "id": one["id"],
                "title": "律师",
                "name": cipher().decrypt(one["name"], context=b"staff_account.name").decode(),
                "phone": one["phone"] and cipher().decrypt(one["phone"], context=b"case_assignee.phone").decode(),
                "now": one["ended_at"] is None,
                "handed_on": one["handed_on_at"] is not None,
                "talk": said.get(one["id"], []),
            }
            for one in assignments
        ],
        "papers": [],
        "answered": own_answers(service.form.declaration.fields(), answers, ()),
        "level_ahead": "L2",
        "office": {
            "name": office["name"],
            "person": office["person"] and cipher().decrypt(office["person"], context=b"staff_account.name").decode(),
            "phone": office["phone"],
        },
    }


def local(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def make_cases(workers: int) -> list[tuple[str, str]]:
    """Token and case number of each worker."""
    photo = io.BytesIO()
    from PIL import Image

    Image.new("RGB", (60, 40), "orange").save(photo, "JPEG")
    service = catalogue().current["legal_aid"]
    texts = consent_texts()
    consents = [GivenConsent(rule.key, texts[rule.key].version) for rule in service.consents]
    unions.load()
    staff.load()
    made = []
    for _ in range(workers):
        token, who = secrets.token_urlsafe(32), Worker(id=new_id(), level=Level.L2)
        with transaction() as session:
            session.add(who)
            session.flush()
            token_hash = hashlib.sha256(token.encode()).digest()
            until = now() + timedelta(days=1)
            session.add(LoginSession(worker_id=who.id, token_hash=token_hash, way=SignInWay.DEMO, expires_at=until))
        caller = Principal(worker_id=who.id, level=Level.L2, session_id=new_id())
        no = submit(Submission(service.key, "named", service.example, consents), caller=caller).case.no
        file = store_attachment(content=photo.getvalue(), worker_id=who.id).attachment
        acts.say(no=no, key=Key(worker_id=who.id), text="工资流水在这里。" * 8, items=[{"id": file.id}])
        for code, staff_no in (("screen", "L0001"), ("grant", "DEMO01")):
            working.staff_step(no=no, code=code, staff_no=staff_no)
        working.staff_step(no=no, code="assign", staff_no="L0001", named=working.Named(assignee_no="L1001"))
        for code in ("accept", "begin"):
            working.staff_step(no=no, code=code, staff_no="L1001")
        working.staff_step(no=no, code="report", staff_no="L0001", text="已经向仲裁委提交申请，等开庭通知。" * 4)
        made.append((token, no))
    return made


def without_links(body: bytes) -> Row:
    """An answer without what differs from one moment to the next."""
    read: Row = orjson.loads(body)
    for message in read["messages"]:
        for file in message["attachments"]:
            file["url"] = file["url"].partition("?")[0]
    return read


def main() -> bool:
    """Print the table and the ratio; returns whether it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=4.0)
    wanted = parser.parse_args()
    with world("bench-cases") as environ:
        app = create_app(Settings.from_env(environ))
        with app.app_context():
            made = make_cases(WORKERS)
        with serve("bench.case_read:make_app()", environ=environ) as server:
            paths = {"read of one case": "/api/v1/cases", "the same by hand, psycopg": "/api/v1/bench/cases"}
            raw = {
                name: [
                    request("GET", f"{server.base_url}{path}/{no}", headers={"Authorization": f"Bearer {token}"})
                    for token, no in made
                ]
                for name, path in paths.items()
            }
            bodies = [
                [without_links(body) for _, body in measure(server, each, connections=1, keep_bodies=True).load.bodies]
                for each in raw.values()
            ]
            if bodies[0] != bodies[1]:
                raise RuntimeError(f"the answers differ:\n{bodies[0][0]}\n{bodies[1][0]}")

            def run(name: str) -> Measured:
                measured = measure(server, raw[name], connections=CONNECTIONS, seconds=wanted.seconds)
                if set(measured.load.statuses) != {200}:
                    raise RuntimeError(f"{name}: {measured.load.statuses}")
                return measured

            seen = alternate({name: partial(run, name) for name in paths}, rounds=wanted.rounds)
    print(table(seen), end="\n\n")
    ours, hand = paths
    found = ratio(ours, seen[ours], seen[hand], target=TARGET)
    print(found)
    return found.holds


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
