"""The environment is complete or made anew, whatever happened to it."""

import base64
import hashlib
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from dev.bootstrap import STAMP, Trouble, ensure_environment
from tests.dev.runs import NOBODY, ROOT, python_of_anybody

pytestmark = pytest.mark.xdist_group("processes")


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    return tmp_path / ".venv"


def _requirements(tmp_path: Path, *, version: str, digest: str | None = None) -> Path:
    """A list of one tiny package, made here; with a `digest` that is not its own, one that pip refuses."""
    wheel = tmp_path / f"tiny-{version}-py3-none-any.whl"
    source = f"VERSION = {version!r}\n".encode()
    about = f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n"
    kind = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    proof = base64.urlsafe_b64encode(hashlib.sha256(source).digest()).rstrip(b"=").decode()
    info = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", source)
        archive.writestr(f"{info}/METADATA", about)
        archive.writestr(f"{info}/WHEEL", kind)
        archive.writestr(
            f"{info}/RECORD",
            f"tiny.py,sha256={proof},{len(source)}\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n",
        )
    listed = tmp_path / "requirements.txt"
    listed.write_text(f"{wheel.as_uri()} --hash=sha256:{digest or hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
    return listed


def _installed(venv: Path) -> str:
    command = [str(venv / "bin" / "python"), "-c", "import tiny; print(tiny.VERSION)"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def test_a_half_made_environment_is_made_anew_and_a_complete_one_left_alone(
    venv: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (venv / "bin").mkdir(parents=True)
    (venv / "half").touch()

    # A download that is not what was pinned: nothing is complete afterwards.
    with pytest.raises(Trouble, match="could not be installed"):
        ensure_environment(venv, _requirements(tmp_path, version="1.0", digest="0" * 64))
    assert not (venv / "half").exists()
    assert not (venv / STAMP).exists()

    requirements = _requirements(tmp_path, version="1.0")
    ensure_environment(venv, requirements)
    assert _installed(venv) == "1.0"
    capsys.readouterr()

    made = (venv / "pyvenv.cfg").stat().st_mtime_ns
    ensure_environment(venv, requirements)
    assert capsys.readouterr().out == ""

    ensure_environment(venv, _requirements(tmp_path, version="1.1"))
    assert _installed(venv) == "1.1"
    assert (venv / "pyvenv.cfg").stat().st_mtime_ns == made


def test_a_shared_environment_is_used_and_never_touched(venv: Path, tmp_path: Path) -> None:
    venv.symlink_to(Path(os.environ.get("VIRTUAL_ENV") or ROOT / ".venv").resolve())
    before = sorted(path.name for path in venv.iterdir())
    ensure_environment(venv, _requirements(tmp_path, version="1.0"))
    assert sorted(path.name for path in venv.iterdir()) == before
    assert venv.is_symlink()


def test_a_link_to_something_else_is_named(venv: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    venv.symlink_to(elsewhere)
    with pytest.raises(Trouble, match=r"is no Python 3\.11 environment"):
        ensure_environment(venv, _requirements(tmp_path, version="1.0"))
    assert elsewhere.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_who_may_not_install_packages_is_told_the_line_to_type() -> None:
    found = python_of_anybody()
    if found is None:
        pytest.skip("this checkout or every Python 3.11 is closed to other users")
    program = (
        "from dev.bootstrap import Trouble, ensure_debian_packages\n"
        "try: ensure_debian_packages(('no-such-package', 'make'))\n"
        "except Trouble as trouble: print(trouble)"
    )
    done = subprocess.run(
        [found[0], "-c", program],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **found[1]},
        capture_output=True,
        text=True,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        check=False,
    )
    assert done.stdout.endswith("sudo apt-get install --yes --no-install-recommends no-such-package\n")
