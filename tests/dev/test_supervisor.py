"""`make run`: started, stopped, killed, started again."""

import os
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from dev import processes
from dev.children import RECORD
from dev.supervisor import Plan
from tests.dev.runs import (
    MAKE_RUN,
    MAKE_TEST,
    NOBODY,
    ROOT,
    Run,
    all_gone,
    attempt,
    python_of_anybody,
    settings,
    wait_for_text,
)

pytestmark = pytest.mark.xdist_group("processes")


def test_ci_runs_the_other_command_of_the_readme() -> None:
    assert shlex.join(MAKE_TEST) in (ROOT / ".ci" / "run").read_text().splitlines()


def _status(port: str, path: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return int(answer.status)


def test_it_shows_where_everything_is_suffers_no_second_one_and_stops_with_make(used_dir: Path) -> None:
    env = settings(used_dir)
    run = Run.start(env, MAKE_RUN)
    family = run.family()
    assert {"make", "postgres", "redis-server"} <= {process.name() for process in family}
    assert _status(env["PORT"], "/health/ready") == 200
    assert f"http://127.0.0.1:{env['PORT']}" in run.output
    for stand_in in ("WECHAT_STANDIN_PORT", "SMS_STANDIN_PORT", "IDENTITY_STANDIN_PORT", "CITY_STANDIN_PORT"):
        assert f"http://127.0.0.1:{env[stand_in]}" in run.output
        assert _status(env[stand_in], "/_control/calls") == 200
    assert "demo people" in run.output

    status, said = attempt(env)
    assert (status, said.count("\n")) == (1, 1)
    assert f"(process {run.supervisor.pid}): stop that" in said

    status, said = attempt(settings(used_dir.parent / "other") | {"PORT": env["PORT"]})
    assert (status, said.count("\n")) == (1, 1)
    assert f"Port {env['PORT']} is already in use by python" in said
    assert "-m gunicorn" in said
    assert "choose another port with PORT=" in said

    assert _status(env["PORT"], "/health/live") == 200
    run.process.terminate()
    run.wait()
    assert all_gone(family)


def test_after_a_kill_the_next_run_clears_up_keeps_the_data_and_stops_on_control_c(used_dir: Path) -> None:
    env = settings(used_dir)
    killed = Run.start(env)
    _remember(used_dir)
    left = killed.supervisor.children()
    killed.process.kill()
    killed.wait()
    assert all(processes.alive(process) for process in left)

    run = Run.start(env, MAKE_RUN)
    assert "a killed run had left behind" in run.output
    assert "PostgreSQL of an earlier run is still alive: taken over" in run.output
    kept = [process for process in left if processes.alive(process)]
    assert {process.name() for process in kept} == {"postgres", "redis-server"}
    assert _remembered(used_dir)
    family = run.family()
    os.killpg(run.process.pid, signal.SIGINT)
    run.wait()
    assert all_gone([*left, *family])
    assert "the data is kept" in run.output
    assert not (used_dir / RECORD).exists()


def test_reset_stops_a_run_and_deletes_its_folder(used_dir: Path) -> None:
    env = settings(used_dir)
    run = Run.start(env)
    family = run.family()
    subprocess.run([sys.executable, "-m", "dev.reset"], cwd=ROOT, env=env, check=True)
    assert run.wait() == 0
    assert all_gone(family)
    assert not used_dir.exists()


def test_a_part_that_dies_is_named_and_stops_the_rest(used_dir: Path) -> None:
    run = Run.start(settings(used_dir))
    family = run.family()
    wait_for_text(used_dir / "logs" / "jobs.log", "worker_started")
    next(process for process in family if process.cmdline()[-2:] == ["jobs", "work"]).kill()
    assert run.wait() == 1
    assert "jobs ended by itself" in run.output
    assert "worker_started" in run.output
    assert all_gone(family)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_runs_it_too(data_dir: Path) -> None:
    found = python_of_anybody()
    if found is None:
        pytest.skip("this checkout or every Python 3.11 is closed to other users")
    python, env = found
    as_nobody = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", python, "-m", "dev.run")
    run = Run.start(settings(data_dir) | env, as_nobody)
    family = run.family()
    assert {process.username() for process in family} == {"nobody"}
    run.process.send_signal(signal.SIGINT)
    assert run.wait() == 0
    assert all_gone(family)


def test_a_second_control_c_does_not_wait_for_a_part_that_hangs(used_dir: Path) -> None:
    run = Run.start(settings(used_dir))
    family = run.family()
    for process in family:
        if "gunicorn" in process.cmdline():
            process.suspend()
    while run.process.poll() is None:
        run.process.send_signal(signal.SIGINT)
        time.sleep(0.1)
    run.wait()
    assert "Stopping at once" in run.output
    assert all_gone(family)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_signal_to_make_alone_is_noticed(tmp_path: Path, number: signal.Signals) -> None:
    """make does not pass SIGINT on, and waits: it expects that the terminal has sent it to everybody."""
    program = tmp_path / "program.py"
    program.write_text(
        "import time\nfrom dev.stop_request import StopRequest\n"
        "stop = StopRequest()\nprint('up', flush=True)\nwhile not stop: time.sleep(0.02)\n"
        "print('stopped')\n"
    )
    (tmp_path / "Makefile").write_text(f"run:\n\t@exec {sys.executable} {program}\n")
    env = settings(tmp_path) | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(["make"], cwd=tmp_path, env=env, stdout=subprocess.PIPE, start_new_session=True) as make:
        assert make.stdout is not None
        make.stdout.readline()
        make.send_signal(number)
        assert make.stdout.readline() == b"stopped\n"
        assert make.wait(timeout=30) == -number


def test_what_the_environment_points_elsewhere_is_not_started(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://elsewhere/warmbee", "WECHAT_API_BASE": "http://127.0.0.1:1"}
    plan = Plan.from_env(settings(tmp_path) | given)
    assert [one.name for one in plan.standins] == ["sms", "identity", "city"]
    assert plan.embedded
    assert not Plan.from_env(settings(tmp_path) | given | {"REDIS_URL": "redis://elsewhere"}).embedded


def test_production_has_no_stand_ins(tmp_path: Path) -> None:
    assert Plan.from_env(settings(tmp_path) | {"ENVIRONMENT": "production"}).standins == ()


@pytest.mark.parametrize("wrong", ["0", "65536", "http", "８０００"])
def test_a_port_that_is_none_is_refused(data_dir: Path, wrong: str) -> None:
    status, said = attempt(settings(data_dir) | {"PORT": wrong})
    assert (status, said) == (1, f"✗ PORT must be a port number, not '{wrong}'\n")


def _remember(data_dir: Path) -> None:
    with psycopg.connect(host=str(data_dir / "postgres"), user="postgres", dbname="warmbee") as connection:
        connection.execute("CREATE TABLE remembered ()")


def _remembered(data_dir: Path) -> bool:
    with psycopg.connect(host=str(data_dir / "postgres"), user="postgres", dbname="warmbee") as connection:
        return connection.execute("SELECT to_regclass('remembered')").fetchone() != (None,)
