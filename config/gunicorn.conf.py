"""How gunicorn serves the application, in development and in production."""

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

wsgi_app = "server.app:create_app()"
# Outside production anybody can sign in as a demo person, so other machines are served only if HOST says so.
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"

worker_class = "server.core.web.worker.ProblemWorker"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 8)
preload_app = True
# Of whoever is the master now, also after USR2.
pidfile = os.environ.get("PID_FILE") or None

timeout = 60
graceful_timeout = 20
# Longer than a proxy's 60 seconds: whoever closes an idle connection must not be the side that is just being asked.
keepalive = 75
# Signals are enough, and the home folder it would lie in need not be writable.
control_socket_disable = True

# Nothing of ours needs more: cursors and tokens are short, bodies have a limit of their own.
limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190

# The application logs each request itself, without query strings or addresses, and so does our worker what it refuses.
accesslog = None
errorlog = "-"
loglevel = "error"

# Set before prometheus_client is imported, which reads it then. One folder a master, so that the counts of an earlier
# run are not added; on a reload (SIGHUP) the variable is there already and the counts stay.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    # In memory: the counts are mapped, and on a disk without room the kernel ends whoever writes to them.
    memory = Path("/dev/shm")  # noqa: S108  # a folder of our own in it
    data = Path(os.environ.get("DATA_DIR") or "var")
    usual = memory / f"warmbee-{os.getuid()}" if os.access(memory, os.W_OK) else data
    metrics = Path(os.environ.get("METRICS_DIR") or usual / "metrics").absolute()
    for old in metrics.glob("*"):
        if not Path("/proc", old.name).exists():
            shutil.rmtree(old, ignore_errors=True)
    mine = metrics / str(os.getpid())
    mine.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(mine)


def post_fork(server, worker):
    """Connections made while loading belong to the parent."""
    from server.core.process import after_fork

    # Whoever tidied up meanwhile must not cost anybody an answer.
    with suppress(OSError):
        Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)
    after_fork(server.app.wsgi())


def post_worker_init(worker):
    """After USR2 two masters share the listening socket: the old one may go as soon as the new one serves.

    If the new code does not start, its master ends and the old one goes on as if nothing had been asked.
    """
    old_master = os.environ.get("GUNICORN_PID")
    if old_master:
        os.kill(int(old_master), signal.SIGTERM)


def on_exit(server):
    """The counts end with the run."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


def child_exit(server, worker):
    """Gauges of a process that is gone must not live on."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)
