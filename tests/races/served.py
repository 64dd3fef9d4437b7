"""The service for races over HTTP: each answer names the process that gave it; what protects can be left out.

Served by gunicorn as `tests.races.served:create_app()`.
"""

import os
import re
import time
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response

from server import app as service
from server.seats import service as seats
from tests.races import case_acts

UNPROTECTED = "TEST_UNPROTECTED"
"""The environment variable that leaves out the lock on a case, and what makes of two claims one."""
PROCESS = "X-Process"
"""The header that names the process."""
APPLICATION = "tests.races.served:create_app()"

_insert = seats._insert


def create_app() -> Flask:
    """The service, as the environment says."""
    if UNPROTECTED in os.environ:
        case_acts.lock_with(False)
        _let_in_twice()
    made = service.create_app()
    made.after_request(_named)
    return made


def _named(answer: Response) -> Response:
    answer.headers[PROCESS] = str(os.getpid())
    return answer


def _let_in_twice() -> None:
    """Insert a claim without a word about the one that may be there; without its index, too, there is nothing else."""
    plain = re.sub(r"ON CONFLICT .* DO NOTHING", "", seats.INSERT_CLAIM.text, flags=re.DOTALL)
    seats.INSERT_CLAIM = sa.text(plain)
    seats._insert = _slowly


def _slowly(*args: Any, **kwargs: Any) -> Any:
    """What everybody's code does, only longer."""
    time.sleep(0.1)
    return _insert(*args, **kwargs)
