"""The directory is held in the process: a test must not see the places of the one before."""

import pytest
from flask import Flask

from server.stations.directory import directory


@pytest.fixture(autouse=True)
def _nothing_held(app: Flask) -> None:
    directory().look_now()
