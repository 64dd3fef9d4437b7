"""Real processes on folders of their own."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dev import data_dir as folders
from dev.reset import reset
from tests.dev.runs import MAKE_RUN, Run, settings


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A data folder to be made, in a place that other users get to; whatever runs on it is stopped in the end.

    pytest's own `tmp_path` is closed to others, and so a case of its own.
    """
    parent = Path(tempfile.mkdtemp(prefix="warmbee-"))
    parent.chmod(0o777)
    folder = parent / "data"
    yield folder
    if (folder / folders.MARKER).exists():
        reset(folder)
    shutil.rmtree(parent)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that is not there yet."""
    with _open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def after_first_run() -> Iterator[Path]:
    """The folder of a first `make run`, with its migrations and its town, that was stopped: to be copied, not used."""
    with _open_folder() as folder:
        first = Run.start(settings(folder), MAKE_RUN)
        first.process.terminate()
        first.wait()
        yield folder


@pytest.fixture
def used_dir(after_first_run: Path, data_dir: Path) -> Path:
    """A data folder on which `make run` has run before: all that a start has left to do is to start."""
    # Whose each file is is part of it: PostgreSQL is no root.
    subprocess.run(["cp", "-a", after_first_run, data_dir], check=True)
    return data_dir
