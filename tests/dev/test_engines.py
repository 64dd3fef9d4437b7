"""The embedded engines, whatever state the last run left them in."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from dev import data_dir as folders
from dev import processes
from dev.engines import start_engines
from dev.reset import reset
from dev.trouble import Busy, Trouble
from tests.dev.runs import NOBODY, ROOT, all_gone, python_of_anybody

pytestmark = pytest.mark.xdist_group("processes")
NAMELESS = 61234
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def _tell(database_url: str, statement: str) -> None:
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


def _ask(database_url: str, question: str) -> object:
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def _engines_in(data_dir: Path) -> list[psutil.Process]:
    return [
        *processes.working_in(data_dir / "postgres", "postgres"),
        *processes.working_in(data_dir / "redis", "redis-server"),
    ]


def _as_nobody(program: str, data_dir: Path, *, uid: int = NOBODY) -> subprocess.CompletedProcess[str]:
    """Run a program as a user without rights."""
    found = python_of_anybody()
    if found is None:
        pytest.skip("this checkout or every Python 3.11 is closed to other users")
    python, env = found
    return subprocess.run(
        [python, "-c", program, str(data_dir)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **env},
        capture_output=True,
        text=True,
        user=uid,
        group=NOBODY,
        extra_groups=[],
        check=False,
    )


def _start_and_be_killed(data_dir: Path) -> None:
    """Another process starts the engines and dies of kill -9 with them alive."""
    program = (
        "import os, signal, sys; from pathlib import Path; from dev.engines import start_engines; "
        "start_engines(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(data_dir)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL


def test_both_answer_on_sockets_only_and_are_gone_after_the_stop(data_dir: Path) -> None:
    with start_engines(data_dir, redis_databases=20) as engines:
        assert _ask(engines.database_url, "SELECT current_database()") == "warmbee"
        assert redis.Redis.from_url(engines.redis.url(19)).ping()
        running = list(engines.processes.values())
        listening = [one for process in running for one in process.net_connections("inet")]
    assert listening == []
    assert all_gone(running)


def test_what_is_committed_survives_a_power_cut_and_text_sorts_the_same_everywhere(data_dir: Path) -> None:
    with start_engines(data_dir) as engines:
        for safety in ("fsync", "synchronous_commit", "full_page_writes"):
            assert _ask(engines.database_url, f"SELECT current_setting('{safety}')") == "on"
        encoding = "SELECT pg_encoding_to_char(encoding) || datcollate FROM pg_database WHERE datname = 'warmbee'"
        assert _ask(engines.database_url, encoding) == "UTF8C"


def test_the_log_of_the_database_holds_no_values(data_dir: Path) -> None:
    with start_engines(data_dir) as engines:
        with pytest.raises(psycopg.errors.UniqueViolation):
            _tell(engines.database_url, "CREATE TABLE t (secret text UNIQUE); INSERT INTO t VALUES ('蜜'), ('蜜')")
        log = engines.postgres.log.read_text()
    assert "duplicate key" in log
    assert "蜜" not in log


def test_servers_left_alive_by_a_kill_are_taken_over_and_stopped_in_the_end(data_dir: Path) -> None:
    _start_and_be_killed(data_dir)
    left = _engines_in(data_dir)
    with start_engines(data_dir) as engines:
        assert {process.pid for process in engines.processes.values()} <= {process.pid for process in left}
        assert _ask(engines.database_url, "SELECT 1") == 1
    assert all_gone(left)


def test_an_unreadable_pid_file_does_not_keep_them_from_starting(data_dir: Path) -> None:
    _start_and_be_killed(data_dir)
    left = _engines_in(data_dir)
    (data_dir / "postgres" / "postmaster.pid").write_text("torn\n")
    with start_engines(data_dir) as engines:
        assert _ask(engines.database_url, "SELECT 1") == 1
    assert all_gone(left)


def test_stale_pid_files_and_sockets_do_not_keep_them_from_starting(data_dir: Path) -> None:
    _start_and_be_killed(data_dir)
    left = _engines_in(data_dir)
    processes.stop(left, ((signal.SIGKILL, 5.0),))
    pid_file = data_dir / "postgres" / "postmaster.pid"
    owner = pid_file.stat().st_uid
    # The worst case: the number in the file now belongs to a living process of the same user.
    with subprocess.Popen(["sleep", "60"], user=owner if os.geteuid() == 0 else None) as stranger:
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        (data_dir / "postgres" / ".s.PGSQL.5432.lock").write_text("\n".join([str(stranger.pid), *lines[1:5]]) + "\n")
        assert (data_dir / "redis" / "redis.sock").is_socket()
        try:
            with start_engines(data_dir) as engines:
                assert _ask(engines.database_url, "SELECT 1") == 1
                assert engines.redis.client().ping()
        finally:
            stranger.kill()


def test_a_half_made_cluster_is_made_anew(data_dir: Path) -> None:
    half = data_dir / "postgres.new"
    folders.prepare(data_dir)
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with start_engines(data_dir) as engines:
        assert _ask(engines.database_url, "SELECT 1") == 1
    assert not half.exists()


def test_data_is_kept_over_a_stop(data_dir: Path) -> None:
    with start_engines(data_dir) as engines:
        _tell(engines.database_url, "CREATE TABLE kept AS SELECT '蜜' AS what")
    with start_engines(data_dir) as engines:
        assert _ask(engines.database_url, "SELECT what FROM kept") == "蜜"


def test_a_path_too_long_for_sockets_works(data_dir: Path) -> None:
    deep = data_dir.parent / ("很长的路径" * 8) / "data"
    with start_engines(deep) as engines:
        assert _ask(engines.database_url, "SELECT 1") == 1
        assert engines.redis.client().ping()
    reset(deep)
    assert not engines.postgres.socket_folder.exists()


def test_a_second_owner_is_refused_in_a_sentence(data_dir: Path) -> None:
    with start_engines(data_dir), pytest.raises(Busy, match=f"process {os.getpid()}; stop it"):
        start_engines(data_dir)


def test_a_folder_with_other_peoples_things_is_never_claimed(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "letter.txt").write_text("mine")
    with pytest.raises(Trouble, match="already holds other things"):
        start_engines(data_dir)
    with pytest.raises(Trouble, match="not deleted"):
        reset(data_dir)
    assert (data_dir / "letter.txt").exists()


@as_root
def test_under_root_a_closed_parent_stays_closed_and_the_data_goes_elsewhere(data_dir: Path) -> None:
    closed = data_dir.parent / "closed"
    closed.mkdir(mode=0o700)
    inside = closed / "data"
    with start_engines(inside) as engines:
        assert _ask(engines.database_url, "SELECT current_setting('data_directory')") == str(
            folders.outside_home(inside) / "postgres"
        )
        assert "is closed to other users" in engines.notes[0]
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    with start_engines(inside) as engines:
        assert engines.notes == ()
        _tell(engines.database_url, "CREATE TABLE kept ()")

    # Deleted by hand, so what lies outside is nobody's any more.
    shutil.rmtree(inside)
    with start_engines(inside) as engines:
        assert _ask(engines.database_url, "SELECT to_regclass('kept')") is None
    reset(inside)
    assert not folders.outside_home(inside).exists()


@as_root
def test_an_ordinary_user_has_engines_of_his_own(data_dir: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from dev.engines import start_engines\n"
        "with start_engines(Path(sys.argv[1])) as engines: print({p.username() for p in engines.processes.values()})"
    )
    done = _as_nobody(program, data_dir)
    assert (done.stdout.strip(), done.stderr) == ("{'nobody'}", "")


@as_root
def test_a_user_without_a_name_is_told_what_is_missing(data_dir: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from dev.engines import start_engines; from dev.trouble import Trouble\n"
        "try: start_engines(Path(sys.argv[1]))\n"
        "except Trouble as trouble: print(trouble)"
    )
    done = _as_nobody(program, data_dir, uid=NAMELESS)
    assert (done.stdout, done.stderr) == (
        f"PostgreSQL asks for its user's name: give user {NAMELESS} a line in /etc/passwd.\n",
        "",
    )


@as_root
def test_another_users_data_is_refused_in_a_sentence(data_dir: Path) -> None:
    start_engines(data_dir).stop()
    program = (
        "import sys; from pathlib import Path; from dev.engines import start_engines; from dev.trouble import Trouble\n"
        "try: start_engines(Path(sys.argv[1]))\n"
        "except Trouble as trouble: print(trouble)"
    )
    done = _as_nobody(program, data_dir)
    assert "belongs to another user): choose another" in done.stdout
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


@as_root
def test_root_does_not_mix_into_another_users_data(data_dir: Path) -> None:
    _as_nobody("import sys, pathlib; from dev.data_dir import prepare; prepare(pathlib.Path(sys.argv[1]))", data_dir)
    with pytest.raises(Trouble, match="belongs to another user"):
        start_engines(data_dir)


@as_root
def test_a_full_disk_is_named(data_dir: Path) -> None:
    data_dir.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m,mode=755", "none", str(data_dir)], check=False)
    if mounted.returncode != 0:
        pytest.skip("no right to mount a small disk here")
    try:
        with pytest.raises(Trouble, match=r"the disk that holds .* is full"):
            start_engines(data_dir)
        assert processes.working_in(data_dir / "redis", "redis-server") == []
    finally:
        subprocess.run(["umount", str(data_dir)], check=True)
