"""Engines die and come back, WeChat and SMS are down, the disk is full: what workers were told stays true."""

import io
import os
import resource
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
import requests
import sqlalchemy as sa

from server.activities import planning
from server.core import jobs
from server.core.db import db, transaction
from server.seats.verify import verify
from server.unions.models import TradeUnion
from server.unions.vocabulary import UnionKind
from tests.activities.conftest import new_activity
from tests.cases.files.conftest import encoded, jpeg, picture
from tests.faults.conftest import Breakable
from tests.faults.takers import Takers
from tests.faults.workers import Crowd
from tests.live import LiveServer, start_server, stop_server
from tests.people import person
from tests.sign_in import Headers
from tests.standins import StandIn

pytestmark = pytest.mark.xdist_group("processes")

WORKERS = 3
CASES_EACH = 6


def ready(server: LiveServer) -> dict[str, object]:
    told: dict[str, object] = requests.get(server.url("/health/ready"), timeout=30).json()
    return told


def test_redis_is_killed_and_comes_back(breakable: Breakable) -> None:
    crowd = Crowd(breakable.server, [breakable.worker() for _ in range(WORKERS)])
    with crowd.sending(CASES_EACH):
        crowd.wait_for(3)
        breakable.redis.process.send_signal(signal.SIGKILL)
        breakable.redis.process.wait(30)
        crowd.wait_for(6)
        assert ready(breakable.server)["status"] == "degraded"
        breakable.start_redis()
        crowd.wait_for(3)
    crowd.check(CASES_EACH)
    assert set(crowd.statuses) == {201}, "slower, never wrong"
    assert ready(breakable.server)["status"] == "ok"


def test_postgresql_crashes_and_comes_back(breakable: Breakable) -> None:
    crowd = Crowd(breakable.server, [breakable.worker() for _ in range(WORKERS)])
    with crowd.sending(CASES_EACH):
        crowd.wait_for(4)
        breakable.postgres.stop(force=True)
        answer = requests.get(breakable.server.url("/health/ready"), timeout=30)
        assert (answer.status_code, answer.json()["postgresql"]) == (503, False)
        breakable.start_postgres()
        crowd.wait_for(4)
    crowd.check(CASES_EACH)
    assert set(crowd.statuses) <= {201, 409, 503}
    assert ready(breakable.server)["status"] == "ok"


def test_wechat_and_sms_are_down_and_come_back(
    breakable: Breakable, wechat_process: StandIn, sms_process: StandIn
) -> None:
    """Whoever needs neither notices nothing; a code is sent once they are back, and signing in says what to do."""
    for standin in (wechat_process, sms_process):
        standin.begin()
    wechat_process.fault("/sns/jscode2session", status=503)
    sms_process.fault("/v1/messages", errcode="no_balance")  # certainly not sent; see test_sms_codes for the rest
    server, phone = breakable.server, person(590).phone
    crowd = Crowd(server, [breakable.worker() for _ in range(WORKERS)])
    with crowd.sending(2):
        code = wechat_process.control("POST", "codes", {})["code"]
        signing_in = requests.post(server.url("/api/v1/sessions"), json={"code": code}, timeout=30)
        assert signing_in.status_code == 503
        assert "微信" in signing_in.json()["title"]
        asked = requests.post(server.url("/api/v1/sms-codes"), json={"phone": phone}, timeout=30)
        assert asked.status_code == 202
    crowd.check(2)
    assert set(crowd.statuses) == {201}
    work(breakable)
    assert [text for text in sms_process.messages() if text["phone"] == phone] == []
    for standin in (wechat_process, sms_process):
        standin.begin()
    work(breakable)
    (text,) = [text for text in sms_process.messages() if text["phone"] == phone]
    entering = {"phone": phone, "sms_code": text["code"]}
    assert requests.post(server.url("/api/v1/sessions"), json=entering, timeout=30).status_code == 201


def work(breakable: Breakable) -> None:
    """Let the job worker do what waits, also what it was to try again later."""
    with breakable.app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"))
    jobs.run_worker(breakable.app, wait=False, periodic_tasks=False)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes; for who may not mount one, a folder in which no file may grow."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0
    if mounted:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=True)
    yield folder
    if mounted:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def on_a_small_disk(breakable: Breakable, small_disk: Path, tmp_path: Path) -> Iterator[LiveServer]:
    started = start_server(
        breakable.environment | {"DATA_DIR": str(small_disk)}, log=tmp_path / "gunicorn.log", workers=1
    )
    yield started
    stop_server(started)


def fill(disk: Path, server: LiveServer) -> Iterator[None]:
    """Take all of the room until the generator goes on."""
    if os.geteuid() == 0:
        rest = disk / "somebody-elses"
        with rest.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        yield
        rest.unlink()
    else:
        (worker,) = psutil.Process(server.process.pid).children()
        worker.rlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        yield
        worker.rlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def test_the_disk_of_the_attachments_is_full(
    breakable: Breakable, on_a_small_disk: LiveServer, small_disk: Path
) -> None:
    """A file is refused and nothing of it is kept; cases go on, and what was stored is still shown."""
    server, who = on_a_small_disk, breakable.worker()
    kept = upload(server, who, jpeg())
    assert kept.status_code == 201
    (process,) = psutil.Process(server.process.pid).children()
    filled = fill(small_disk, server)
    next(filled)
    for _ in range(3):
        refused = upload(server, who, encoded(picture(900, 900).effect_spread(200), "PNG"))
        assert (refused.status_code, "之前存好的都还在" in refused.json()["title"]) == (503, True)
    crowd = Crowd(server, [breakable.worker(), who])
    with crowd.sending(2):
        pass
    crowd.check(2)
    assert set(crowd.statuses) == {201}
    assert ready(server)["status"] == "ok"
    next(filled, None)
    again = upload(server, who, jpeg())
    assert again.status_code == 201
    sent = {"text": "照片", "attachments": [{"id": answer.json()["id"]} for answer in (kept, again)]}
    no = crowd.numbers[-1].pop()
    told = requests.post(server.url(f"/api/v1/cases/{no}/messages"), json=sent, headers=who, timeout=30).json()
    for file in told["messages"][-1]["attachments"]:
        assert requests.get(server.url(file["url"]), timeout=30).content[:3] == jpeg()[:3]
    assert psutil.Process(server.process.pid).children() == [process], "the process lived through it"


def upload(server: LiveServer, who: Headers, content: bytes) -> requests.Response:
    files = {"file": ("a.jpg", io.BytesIO(content))}
    headers = {**who, "Idempotency-Key": str(uuid.uuid4())}
    return requests.post(server.url("/api/v1/attachments"), files=files, headers=headers, timeout=30)


def test_the_folder_of_the_counts_is_gone(breakable: Breakable, tmp_path: Path) -> None:
    """Nothing is counted then, and everything is answered, also by a process that begins without it."""
    metrics = tmp_path / "metrics"
    server = start_server(
        breakable.environment | {"METRICS_DIR": str(metrics)}, log=tmp_path / "gunicorn.log", workers=1
    )
    try:
        shutil.rmtree(metrics)
        assert requests.get(server.url("/metrics"), timeout=30).status_code == 503
        metrics.write_text("no folder")
        begin_anew(server)
        assert ready(server)["status"] == "ok"
        metrics.unlink()
        begin_anew(server)
        assert ready(server)["status"] == "ok"
        assert "warmbee_requests_total" in requests.get(server.url("/metrics"), timeout=30).text
    finally:
        stop_server(server)


def begin_anew(server: LiveServer) -> None:
    """Kill the only process; the master starts another one."""
    (process,) = psutil.Process(server.process.pid).children()
    process.send_signal(signal.SIGKILL)
    process.wait(30)


@pytest.fixture
def activity_id(breakable: Breakable) -> uuid.UUID:
    """Open for signing up, with fewer seats than there are workers; who comes up on its waiting list is asked first."""
    with breakable.app.app_context():
        with transaction() as session:
            union = TradeUnion(
                code=uuid.uuid4().hex[:8], name="福田区总工会（演示）", kind=UnionKind.DISTRICT, area_code="440304"
            )
            session.add(union)
        return planning.announce(
            new_activity(organiser=union, seats=2, waiting_list=True, offers=True, begins=timedelta(days=9)),
            actor="system",
        )


def test_postgresql_is_killed_while_seats_are_taken_offered_and_given_back(
    breakable: Breakable, activity_id: uuid.UUID
) -> None:
    takers = Takers(breakable.server, [breakable.worker() for _ in range(5)], activity_id=activity_id)
    with takers.coming_and_going(4):
        for _ in range(3):
            takers.wait_for(6)
            breakable.kill_postgres()
            breakable.start_postgres()
    takers.check()
    assert {one.act for one in takers.told} == {"coming", "looking", "confirming", "going"}
    assert {one.signup["state"] for one in takers.told} == {"signed", "waiting", "offered", "cancelled", "passed"}
    with breakable.app.app_context():
        assert verify()[1] == []


def test_what_was_acknowledged_before_it_is_written_out_is_noticed(
    breakable: Breakable, activity_id: uuid.UUID
) -> None:
    """With synchronous_commit off, and with what writes the log out a moment later held up: it surely comes too late.

    What fsync is for shows only where the machine itself dies: the system still writes what a killed process gave it.
    """
    takers = Takers(breakable.server, [breakable.worker() for _ in range(3)], activity_id=activity_id)
    with breakable.postgres.connect() as connection:
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")
        writers = connection.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'").fetchall()
    ((writer,),) = writers
    psutil.Process(writer).suspend()
    with takers.coming_and_going(2):
        pass
    takers.check()
    breakable.kill_postgres()
    breakable.start_postgres()
    with breakable.postgres.connect() as connection:
        connection.execute("ALTER SYSTEM RESET synchronous_commit")
        connection.execute("SELECT pg_reload_conf()")
    with pytest.raises(AssertionError, match="lost"):
        takers.check()
