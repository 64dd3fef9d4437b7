"""A search looks into the neighbours' lists, so it uses their fixtures."""

import pytest
from flask import Flask

from server.stations.directory import directory
from tests.activities.conftest import announce, union

__all__ = ["announce", "union"]


@pytest.fixture(autouse=True)
def _nothing_held(app: Flask) -> None:
    directory().look_now()
