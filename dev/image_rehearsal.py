"""`python -m dev.image_rehearsal`: take the Dockerfile's steps without Docker, and serve from what they make.

For machines without a Docker engine, as root on Linux. Each stage is an overlay over this machine's own root, in place
of the stage's base image; its steps run in a chroot there. In the end the service runs as the image's user on a
read-only tree with /data and /tmp writable, against Debian's PostgreSQL 15 and Redis 7: migrated, served, asked whether
it is healthy by the image's own HEALTHCHECK, stopped. It does not show the base images, the layers and compose.yaml.

With `--last-stage` only the last stage's steps are taken, less than half a minute: packages (those of development among
them) and built pages are those of this checkout.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from dev.embedded_postgres import SOCKET, SUPERUSER
from dev.testing_engines import DATABASE_SERVER, fresh_database

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = "REHEARSAL_SCRATCH"
"""The folder to mount on, told to the process that has mounts of its own."""
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
SECRETS = {
    "FIELD_KEYS": "one:" + "A" * 43 + "=",
    "HMAC_KEYS": "one:" + "B" * 43 + "=",
    "SIGNING_KEY": "C" * 43 + "=",
    "WECHAT_APP_ID": "wx0000000000000000",
    "WECHAT_APP_SECRET": "rehearsal",
    "SMS_API_BASE": "https://sms.invalid",
    "SMS_API_KEY": "rehearsal",
    "METRICS_TOKEN": "rehearsal",
    "PUBLIC_BASE_URL": "https://warmbee.invalid",
    "UNION_NAME": "演练",
    "UNION_PHONE": "0755-00000000",
}
"""Of nothing: settings with which production starts."""


@dataclass
class Stage:
    """One FROM and what follows it."""

    root: Path
    workdir: str = "/"
    user: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def run(self, command: list[str], *, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a command in there, as the stage's user."""
        as_user = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"] if self.user else []
        entered = ["chroot", str(self.root), "env", f"--chdir={self.workdir}", *as_user, *command]
        return subprocess.Popen(entered, env=os.environ | {"PATH": PATH} | self.env | (env or {}))

    def must(self, command: list[str], *, env: dict[str, str] | None = None) -> None:
        """Run a command to its end."""
        if status := self.run(command, env=env).wait():
            raise SystemExit(f"✗ {shlex.join(command)} ended with {status}")


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """(word, rest) of each instruction, continued lines joined, comments left out."""
    lines = "\n".join(line for line in dockerfile.splitlines() if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", "", lines)
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())]


def build(scratch: Path, context: Path, *, last_stage: bool) -> Stage:
    """Take all steps, or those of the last stage; returns that."""
    stages: dict[str, Stage] = {}
    steps = instructions((ROOT / "Dockerfile").read_text())
    if last_stage:
        stages["packages"] = stages["pages"] = _at_hand(_overlay(scratch / "at-hand"))
        steps = steps[max(number for number, (word, _) in enumerate(steps) if word == "FROM") :]
    stage = Stage(scratch)
    for word, rest in steps:
        print(f"· {word} {rest[:100]}", flush=True)
        match word:
            case "FROM":
                name = rest.partition(" AS ")[2] or "last"
                stage = stages[name] = Stage(_overlay(scratch / name))
            case "WORKDIR":
                stage.workdir = rest
                (stage.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case "RUN":
                stage.must(["sh", "-ec", rest])
            case "COPY":
                _copy(rest, stage, stages, context)
            case "ENV" | "ARG":
                stage.env |= dict(
                    pair.partition("=")[::2] for pair in shlex.split(rest.replace("$COMMIT", "rehearsal"))
                )
                stage.env = {key: value.replace("$PATH", PATH) for key, value in stage.env.items()}
            case "USER":
                stage.user = rest
            case "CMD":
                stage.command = json.loads(rest)
            case "HEALTHCHECK":
                stage.health = json.loads(rest.partition("CMD ")[2])
            case "VOLUME" | "EXPOSE":
                pass
            case _:
                raise SystemExit(f"✗ {word} is new to this rehearsal")
    return stage


def _overlay(folder: Path) -> Path:
    """This machine's root, with changes that go to `folder`."""
    for part in ("changes", "work", "root"):
        (folder / part).mkdir(parents=True)
    options = f"lowerdir=/,upperdir={folder}/changes,workdir={folder}/work"
    _must(["mount", "-t", "overlay", "overlay", "-o", options, str(folder / "root")])
    _must(["mount", "--bind", "/proc", str(folder / "root" / "proc")])
    # Not the machine's own /dev: a step that goes wrong must not reach it.
    devices = folder / "root" / "dev"
    _must(["mount", "-t", "tmpfs", "tmpfs", str(devices)])
    (devices / "shm").mkdir(mode=0o1777)
    for name in ("null", "zero", "random", "urandom"):
        (devices / name).touch()
        _must(["mount", "--bind", f"/dev/{name}", str(devices / name)])
    # What the base images of Python have, for every user; a developer's own may lie in a closed home folder.
    python = folder / "root" / "usr" / "local" / "bin" / "python"
    python.unlink(missing_ok=True)
    python.symlink_to("/usr/bin/python3.11")
    return folder / "root"


def _at_hand(root: Path) -> Stage:
    """What the first stages leave to the last one, of this checkout."""
    stage = Stage(root)
    stage.must(["python", "-m", "venv", "--without-pip", "/opt/venv"])
    here, there = Path(sys.prefix), root / "opt" / "venv"
    packages = Path("lib") / "python3.11" / "site-packages"
    _must(["mount", "--bind", str(here / packages), str(there / packages)])
    for name in ("flask", "gunicorn"):
        _, _, script = (here / "bin" / name).read_text().partition("\n")
        (there / "bin" / name).write_text(f"#!/opt/venv/bin/python\n{script}")
        (there / "bin" / name).chmod(0o755)
    shutil.copytree(ROOT / "server" / "static" / "vendor", root / "src" / "server" / "static" / "vendor")
    shutil.copytree(ROOT / "miniprogram" / "dist" / "build" / "h5", root / "src" / "h5")
    return stage


def _copy(rest: str, stage: Stage, stages: dict[str, Stage], context: Path) -> None:
    words = rest.split()
    source = context
    if words[0].startswith("--from="):
        source = stages[words.pop(0).removeprefix("--from=")].root
    *names, target = words
    place = stage.root / target.lstrip("/") if target.startswith("/") else stage.root / stage.workdir[1:] / target
    for name in names:
        found = source / name.lstrip("/")
        if found.is_dir():
            shutil.copytree(found, place, symlinks=True, dirs_exist_ok=True)
        else:
            goal = place / found.name if target.endswith(("/", ".")) else place
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(found, goal)


def serve(stage: Stage) -> None:
    """Migrate, serve and ask for health, as compose.yaml does."""
    port = os.environ.get("PORT") or "8000"
    env = SECRETS | _engines(stage) | {"PORT": port}
    for folder in ("data", "tmp"):
        _must(["mount", "-t", "tmpfs", "-o", f"uid={stage.user},mode=700", "tmpfs", str(stage.root / folder)])
    _must(["mount", "-o", "remount,ro", str(stage.root)])
    refused = stage.run(["sh", "-c", "! touch /app/server/x 2>/dev/null"]).wait()
    if refused or (stage.root / "app" / "dev").exists() or (stage.root / "app" / "config" / "demo").exists():
        raise SystemExit("✗ the tree is writable, or holds what belongs to development")
    stage.must(["flask", "db", "upgrade"], env=env)
    web = stage.run(stage.command, env=env)
    worker = stage.run(["flask", "jobs", "work"], env=env)
    health = [word.replace(":8000/", f":{port}/") for word in stage.health]
    try:
        healthy = any(stage.run(["sh", "-c", "sleep 1; " + shlex.join(health)], env=env).wait() == 0 for _ in range(60))
        page = stage.run(["python", "-c", _PAGE.format(port=port)], env=env).wait() == 0
        lives = web.poll() is None and worker.poll() is None
    finally:
        web.terminate()
        worker.terminate()
        web.wait(30)
        worker.wait(30)
    if not (healthy and page and lives):
        raise SystemExit(f"✗ healthy: {healthy}, web page: {page}, both still run: {lives}")
    print("✓ built, migrated, served and healthy, as an ordinary user on a read-only tree")


def _engines(stage: Stage) -> dict[str, str]:
    """Their sockets, where the image's user can reach them."""
    url = fresh_database("rehearsal", template="template0", environ={DATABASE_SERVER: os.environ["TEST_DATABASE_URL"]})
    sockets = {
        "postgres": Path(str(make_url(url).query["host"])) / SOCKET,
        "redis": Path(os.environ["TEST_REDIS_URL"].partition("?")[0].removeprefix("unix://")),
    }
    for name, socket in sockets.items():
        socket.chmod(0o777)
        place = stage.root / "run" / name / socket.name
        place.parent.mkdir()
        place.touch()
        _must(["mount", "--bind", str(socket), str(place)])
    return {
        "DATABASE_URL": f"postgresql://{SUPERUSER}@/rehearsal?host=/run/postgres",
        "REDIS_URL": f"unix:///run/redis/{sockets['redis'].name}",
    }


_PAGE = (
    "import urllib.request; page = urllib.request.urlopen('http://127.0.0.1:{port}/').read(); assert b'<div id' in page"
)


def _context(scratch: Path) -> Path:
    """The files that git knows and .dockerignore lets in, by and large: the Dockerfile names what it copies."""
    context = scratch / "context"
    files = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
    for name in filter(None, files.split("\0")):
        if not name.startswith("config/demo/"):
            (context / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, context / name)
    return context


def _must(command: list[str]) -> None:
    subprocess.run(command, check=True)


def main(arguments: list[str]) -> int:
    if SCRATCH in os.environ:
        scratch = Path(os.environ[SCRATCH])
        _must(["mount", "-t", "tmpfs", "-o", "size=6g", "tmpfs", str(scratch)])
        serve(build(scratch, _context(scratch), last_stage="--last-stage" in arguments))
        return 0
    # Everything is mounted in a namespace of its own, and gone with it; the folder itself stays empty.
    scratch = Path(tempfile.mkdtemp(prefix="warmbee-image-"))
    here = [
        sys.executable,
        "-m",
        "dev.external_engines",
        "unshare",
        "--mount",
        sys.executable,
        "-m",
        "dev.image_rehearsal",
        *arguments,
    ]
    try:
        return subprocess.run(here, env=os.environ | {SCRATCH: str(scratch)}, check=False).returncode
    finally:
        scratch.rmdir()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
