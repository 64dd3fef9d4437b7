"""Real processes on folders of their own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev import data_dir as folders
from dev.reset import reset


@pytest.fixture
def data_dir() -> Iterator[Path]:
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
