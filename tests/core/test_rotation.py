"""Keys are replaced while the service runs: killed half-way, with people who read, write and arrive meanwhile."""

import base64
import os
import random
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.app import create_app
from server.core import rotation
from server.core.access import Level
from server.core.crypto import keyed_hmac, keyed_hmacs
from server.core.db import db, transaction
from server.core.settings import Settings
from server.identity.models import ID_NUMBER, PHONE, RosterEntry, WeChatLogin, Worker, WorkerGroup
from server.identity.papers import IdType
from server.identity.service import sign_in_by_openid
from server.identity.verification import Claim, read_claim, verify
from server.notices.service import notify
from server.notices.worded import worded
from tests.live import ROOT
from tests.people import person
from tests.rosters import make_union, put_on_roster
from tests.sign_in import make_worker

pytestmark = pytest.mark.xdist_group("processes")


def ring(*ids: str) -> dict[str, str]:
    """Settings with these keys, the first one current; those with an s are for SM4 and SM3."""

    def written(key_id: str, algorithm: str, size: int) -> str:
        return f"{key_id}:{algorithm}:{base64.b64encode((key_id.encode() * 32)[:size]).decode()}"

    fields = (written(one, "sm4gcm", 16) if "s" in one else written(one, "aes256gcm", 32) for one in ids)
    macs = (written(one, "sm3" if "s" in one else "sha256", 32) for one in ids)
    return {"FIELD_KEYS": ",".join(fields), "HMAC_KEYS": ",".join(macs)}


@pytest.fixture
def elsewhere(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The settings, and a folder of its own: files of other tests are under other keys."""
    return environment | {"DATA_DIR": str(tmp_path)}


@pytest.fixture
def keys(app: Flask, elsewhere: dict[str, str]) -> Iterator[Any]:
    """`keys("new", "old")`: the service with these keys."""
    with ExitStack() as stack:

        def make(*ids: str) -> Flask:
            made = create_app(Settings.from_env(elsewhere | ring(*ids)))
            stack.callback(_dispose, made)
            return made

        yield make


def _dispose(made: Flask) -> None:
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def fill(service: Flask, people: int) -> list[uuid.UUID]:
    """Verified workers, each with a notice and a WeChat account."""
    with service.app_context():
        made = []
        for number in range(people):
            with transaction() as session:
                worker = make_worker(Level.L2, person(number))
                notify(worker_id=worker.id, kind="test", title="标题", body=worded(f"第 {number} 条"), link="/")
                openid = f"o{number}"
                session.add(
                    WeChatLogin(worker_id=worker.id, openid=openid, openid_hmac=keyed_hmac(openid, purpose="openid"))
                )
                made.append(worker.id)
        db.session.remove()
    return made


def under(key: str) -> int:
    """How many workers' phones this key encrypted."""
    db.session.rollback()
    return db.session.execute(
        sa.text("SELECT count(*) FROM worker WHERE substr(phone, 3, get_byte(phone, 1)) = CAST(:key AS bytea)"),
        {"key": key.encode()},
    ).scalar_one()


def test_everything_is_made_anew_and_opens_with_the_new_keys_alone(keys: Any) -> None:
    workers = fill(keys("old"), 7)
    with keys("snew", "old").app_context():
        done = rotation.rotate(at_once=3)
        assert {table: one.rows for table, one in done.items() if one.rows} == {
            "notice": 7,
            "worker": 7,
            "wechat_login": 7,
        }
        assert {use.key for use in rotation.uses()} == {"snew"}
        assert not any(one.rows for one in rotation.rotate().values())
    with keys("snew").app_context():
        for number, worker_id in enumerate(workers):
            worker = db.session.get_one(Worker, worker_id)
            assert (worker.phone, worker.id_number) == (person(number).phone, person(number).id_number)
            assert worker.id_number_hmac == keyed_hmac(person(number).id_number, purpose=ID_NUMBER)
            assert worker.phone_hmac == keyed_hmac(person(number).phone, purpose=PHONE)
            assert sign_in_by_openid(openid=f"o{number}").worker.id == worker_id


def test_a_digest_whose_value_was_taken_out_stays_and_does_not_hold_up_the_rest(keys: Any) -> None:
    (worker_id, *_) = fill(keys("old"), 2)
    with keys("new", "old").app_context():
        with transaction() as session:
            session.execute(sa.update(Worker).where(Worker.id == worker_id).values(id_number=None))
        assert rotation.rotate()["worker"].rows == 2
        left = [(use.column, use.key, use.values) for use in rotation.uses() if not use.current]
        assert left == [("worker.id_number_hmac", "old", 1)]


def test_a_row_that_no_key_opens_is_left_and_named(keys: Any) -> None:
    (worker_id, *_) = fill(keys("old"), 3)
    with keys("new", "old").app_context():
        with transaction() as session:
            damaged = sa.text("UPDATE worker SET phone = phone || 'x' WHERE id = :id")
            session.execute(damaged, {"id": worker_id})
        done = rotation.rotate(at_once=1)["worker"]
        assert (done.rows, done.unreadable) == (2, 1)


def test_a_row_that_somebody_works_on_is_waited_for_by_nobody(keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    workers = fill(keys("old"), 3)
    service = keys("new", "old")
    with service.app_context(), db.engine.connect() as other:
        other.execute(sa.select(Worker.id).where(Worker.id == workers[1]).with_for_update())
        seen = []

        def release(_: float) -> None:
            seen.append((under("new"), under("old")))
            other.rollback()

        monkeypatch.setattr(rotation.time, "sleep", release)
        assert rotation.rotate()["worker"].rows == 3
        assert seen == [(2, 1)]


def test_killed_half_way_and_gone_on_while_people_read_and_write(
    app: Flask, keys: Any, elsewhere: dict[str, str]
) -> None:
    people = 80
    workers = fill(keys("old"), people)
    expected = {worker_id: person(number).phone for number, worker_id in enumerate(workers)}
    reading, writing = keys("new", "old"), keys("old", "new")
    over, trouble = threading.Event(), []

    def read() -> None:
        chance = random.Random(1)
        with reading.app_context():
            while not over.wait(0.005):
                worker_id = chance.choice(workers)
                try:
                    phone = db.session.scalar(sa.select(Worker.phone).where(Worker.id == worker_id))
                    db.session.rollback()
                    assert phone is not None
                    assert phone.startswith("199000")
                except Exception as error:  # told to the test
                    trouble.append(repr(error))
                    return

    def write() -> None:
        """A process that has not got the new order of keys yet."""
        chance = random.Random(2)
        with writing.app_context():
            while not over.wait(0.02):
                worker_id, phone = chance.choice(workers[:-1]), person(chance.randrange(people, 999)).phone
                try:
                    with transaction() as session:
                        worker = session.get_one(Worker, worker_id, with_for_update=True)
                        worker.phone, worker.phone_hmac = phone, keyed_hmac(phone, purpose=PHONE)
                    expected[worker_id] = phone
                except Exception as error:  # told to the test
                    trouble.append(repr(error))
                    return

    command = [sys.executable, "-m", "flask", "--app", "server.app", "keys", "rotate", "--at-once", "1"]
    threads = [threading.Thread(target=one) for one in (read, write)]
    for thread in threads:
        thread.start()
    try:
        with app.app_context(), db.engine.connect() as busy:
            # Somebody works on the last one, so that the command cannot be done before it is killed.
            busy.execute(sa.select(Worker.id).where(Worker.id == workers[-1]).with_for_update())
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | elsewhere | ring("new", "old"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            while under("new") < 10:
                assert process.poll() is None, "it ended before it could be killed"
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert 0 < under("new") < people
            busy.rollback()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert trouble == []
    with reading.app_context():
        rotation.rotate(at_once=50)
        assert {use.key for use in rotation.uses()} == {"new"}
    with keys("new").app_context():
        found = {row.id: row.phone for row in db.session.execute(sa.select(Worker.id, Worker.phone))}
        assert found == expected
        for worker_id, phone in expected.items():
            holders = sa.select(Worker.id).where(Worker.phone_hmac == keyed_hmac(phone, purpose=PHONE))
            assert worker_id in db.session.scalars(holders).all()


def test_no_table_refuses_new_ciphertexts(app: Flask) -> None:
    """Triggers of append-only tables answer to the statement, whatever it would change."""
    for table in rotation._tables():
        for one in table.replaceable:
            with transaction() as session:
                session.execute(rotation.ALLOWED)
                session.execute(sa.update(table.table).where(sa.false()).values({one.name: one.column}))


def _claim(number: int) -> Claim:
    one = person(number)
    return read_claim(
        id_type=IdType.RESIDENT_ID, id_number=one.id_number, name=one.name, worker_group=WorkerGroup.COURIER
    )


def test_a_number_stays_one_accounts_while_processes_disagree_on_the_current_key(keys: Any) -> None:
    before, after = keys("old", "new"), keys("new", "old")
    with before.app_context():
        put_on_roster(*(person(number) for number in range(10)))
    outcomes: list[list[str]] = []
    for number in range(10):
        start = threading.Barrier(2)

        def ask(service: Flask, said: list[str], number: int = number, start: threading.Barrier = start) -> None:
            with service.app_context():
                worker_id = make_worker(Level.L1, person(500 + number)).id
                start.wait(20)
                said.append(verify(worker_id=worker_id, claim=_claim(number), consents=[]).state.value)
                db.session.remove()

        said: list[str] = []
        pair = [threading.Thread(target=ask, args=(service, said)) for service in (before, after)]
        for one in pair:
            one.start()
        for one in pair:
            one.join()
        outcomes.append(sorted(said))
    assert outcomes == [["manual", "matched"]] * 10
    with after.app_context():
        rotation.rotate()
        for number in range(10):
            holders = Worker.id_number_hmac.in_(keyed_hmacs(person(number).id_number, purpose=ID_NUMBER))
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Worker).where(holders)) == 1


def test_one_wechat_account_opens_one_account_under_either_key(keys: Any) -> None:
    with keys("old").app_context():
        first = sign_in_by_openid(openid="o1").worker.id
    with keys("new", "old").app_context():
        assert sign_in_by_openid(openid="o1").worker.id == first


def test_a_roster_that_is_imported_anew_gets_new_digests(keys: Any) -> None:
    with keys("old").app_context():
        union = make_union()
        put_on_roster(person(1), person(2), union=union)
    with keys("new", "old").app_context():
        put_on_roster(person(1), union=union)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(RosterEntry)) == 2
        made = {use.key: use.values for use in rotation.uses() if use.column == "roster_entry.id_number_hmac"}
        assert made == {"new": 1, "old": 1}


def test_the_commands_say_what_they_did(keys: Any) -> None:
    fill(keys("old"), 2)
    service = keys("new", "old")
    run = service.test_cli_runner()
    with service.app_context():
        assert "worker.phone  old  2  to be made anew" in run.invoke(args=["keys", "status"]).output
        assert "worker  2" in run.invoke(args=["keys", "rotate"]).output
        assert run.invoke(args=["keys", "rotate"]).output == "nothing to do\n"
        said = run.invoke(args=["keys", "status"]).output
        assert said.endswith("0 values under keys that are not the current ones\n")
