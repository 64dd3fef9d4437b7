"""Prepare this machine: the virtual environment `.venv`, and for the tests a few Debian packages.

Runs before anything is installed, so it needs the standard library alone:

    python3 dev/bootstrap.py            what `make run` needs
    python3 dev/bootstrap.py --tests    what `make test` needs besides

Prints a line for each thing it does, and nothing when nothing is missing.
"""

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON_VERSION = "3.11"
PALETTE = Path("miniprogram/src/theme/tokens.css")
"""The mini-program's colours, which the console shares."""
STAMP = "warmbee.stamp"
"""Written into the environment last: the digest of what was installed. Without it the environment is half made."""

FRONT_END_FILES = (
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig.json",
    "index.html",
    "scripts/gen-headstart.mjs",
    "scripts/gen-worker.mjs",
    "scripts/compress.mjs",
)
"""Besides `src`, what the build depends on."""

BROWSER = "chromium-headless-shell"
"""Debian's Chromium without its windows: a page takes half of the time."""
TEST_PACKAGES = (BROWSER, "fonts-noto-cjk", "python3-venv", "make", "git")


class Trouble(Exception):
    """One sentence for the person at the terminal. (That of `dev.trouble` needs the package, hence its imports.)"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Prepare this machine.")
    parser.add_argument("--tests", action="store_true", help="also what the tests need")
    options = parser.parse_args()
    try:
        one_at_a_time()
        if options.tests:
            ensure_debian_packages(TEST_PACKAGES)
        ensure_environment(ROOT / ".venv", ROOT / "requirements-dev.txt")
        ensure_assets(ROOT / "assets")
        ensure_front_end(ROOT / "miniprogram")
    except Trouble as trouble:
        print(f"✗ {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def one_at_a_time() -> None:
    """Wait for another one that is at it in this checkout; the lock ends with the process."""
    file = os.open(__file__, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Waiting for another make that prepares the environment")
        fcntl.flock(file, fcntl.LOCK_EX)


def ensure_environment(venv: Path, requirements: Path) -> None:
    """Create, complete or renew the environment, whatever state a killed run left it in."""
    if venv.is_symlink():
        # Somebody's shared environment: used as it is, never touched.
        if interpreter_version(venv / "bin" / "python") != PYTHON_VERSION:
            raise Trouble(f"{venv} links to {venv.readlink()}, which is no Python {PYTHON_VERSION} environment.")
        return
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    stamp = venv / STAMP
    found = stamp.read_text().strip() if stamp.exists() else None
    usable = found is not None and interpreter_version(venv / "bin" / "python") == PYTHON_VERSION
    if usable and found == wanted:
        return
    if usable:
        say("Renewing .venv: the requirements changed")
        stamp.unlink()
    else:
        create(venv)
    install(venv, requirements)
    stamp.write_text(wanted + "\n")


def create(venv: Path) -> None:
    """Make an empty environment, in place of a half-made one."""
    python = find_python()
    if not has_ensurepip(python):
        ensure_debian_packages(("python3-venv",))
    if venv.exists():
        say("Removing the half-made .venv")
        shutil.rmtree(venv)
    say("Creating .venv")
    run([python, "-m", "venv", str(venv)], "The environment could not be created")


def install(venv: Path, requirements: Path) -> None:
    """Install exactly the pinned files, and refuse any other of the same name."""
    say("Installing the pinned packages (a minute or two)")
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--require-hashes"]
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(requirements)]
    run(command, "The packages could not be installed")


def ensure_assets(folder: Path) -> None:
    """Fetch what the server's own pages load, and copy it to where they load it from."""
    ensure_node_packages(folder, "the pages' files")
    copied = ROOT / "server" / "static" / "vendor"
    wanted = digest_of([folder / "package-lock.json", folder / "copy.mjs", ROOT / PALETTE])
    stamp = copied / STAMP
    if stamp.exists() and stamp.read_text().strip() == wanted:
        return
    npm(folder, "run", "build", failure="The pages' files could not be copied")
    stamp.write_text(wanted + "\n")


def ensure_front_end(folder: Path) -> None:
    """Build the mini-program and the web page, when their sources changed since the last time."""
    ensure_node_packages(folder, "the front end's packages")
    sources = [folder / name for name in FRONT_END_FILES]
    sources += [path for path in sorted((folder / "src").rglob("*")) if path.is_file()]
    wanted = digest_of(sources)
    stamp = folder / "dist" / STAMP
    if stamp.exists() and stamp.read_text().strip() == wanted:
        return
    say("Building the web page and the mini-program (a minute)")
    shutil.rmtree(folder / "dist", ignore_errors=True)
    for target in ("h5", "mp-weixin"):
        npm(folder, "run", f"build:{target}", failure=f"The front end ({target}) could not be built")
    stamp.write_text(wanted + "\n")


def ensure_node_packages(folder: Path, what: str) -> None:
    """Install exactly the locked packages."""
    if not shutil.which("npm"):
        raise Trouble("npm is needed and was not found: install Node.js 20.")
    wanted = digest_of([folder / "package-lock.json"])
    stamp = folder / "node_modules" / STAMP
    if stamp.exists() and stamp.read_text().strip() == wanted:
        return
    say(f"Fetching {what}")
    # Not `npm ci`: it refuses a lock file when the registry lacks some other platform's optional package.
    npm(folder, "install", "--no-save", "--no-audit", "--no-fund", failure=f"{what} could not be fetched".capitalize())
    stamp.write_text(wanted + "\n")


def npm(folder: Path, *words: str, failure: str) -> None:
    run(["npm", "--prefix", str(folder), *words], failure)


def digest_of(files: "list[Path]") -> str:
    """Names and contents."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(ROOT)}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def find_python() -> str:
    """An interpreter of the wanted version: the one that runs this, or python3.11 from the PATH."""
    name = "python" + PYTHON_VERSION
    # Of the installation, not of an environment that may be active, and may be the one to be replaced.
    for candidate in (sys.base_prefix + "/bin/" + name, shutil.which(name), "/usr/bin/" + name):
        if candidate and interpreter_version(Path(candidate)) == PYTHON_VERSION:
            return candidate
    raise Trouble(
        f"Python {PYTHON_VERSION} is needed and was not found (this is {sys.version.split()[0]}): "
        "install python3.11 and python3.11-venv."
    )


def interpreter_version(python: Path) -> "str | None":
    """Its version as "3.11", or None if it does not run, as in an environment whose interpreter is gone."""
    try:
        done = subprocess.run(
            [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.decode().strip() if done.returncode == 0 else None


def has_ensurepip(python: str) -> bool:
    """Debian's Python comes without it until python3-venv is there."""
    return subprocess.run([python, "-c", "import ensurepip"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def ensure_debian_packages(packages: "tuple[str, ...]") -> None:
    """Install what is missing if we may, else say how."""
    missing = [package for package in packages if not is_installed(package)]
    if os.environ.get("CHROMIUM") and BROWSER in missing:
        missing.remove(BROWSER)
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Trouble("Debian packages are missing; install them with: sudo " + " ".join(command))
    say("Installing Debian packages: " + " ".join(missing))
    run(["apt-get", "update"], "The list of Debian packages could not be read")
    run(command, "The Debian packages could not be installed")


def is_installed(package: str) -> bool:
    if not shutil.which("dpkg-query"):
        return False
    done = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.stdout == b"installed"


def run(command: "list[str]", failure: str) -> None:
    """Run quietly; if it fails, show what it said."""
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    done = subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode != 0:
        words = done.stdout.decode(errors="replace").strip().splitlines()[-15:]
        raise Trouble("\n    ".join([failure + "; it said:", *words]))


def say(line: str) -> None:
    print(f"· {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
