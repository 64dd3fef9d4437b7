"""A service whose processes die at the worst moment: what was asked is committed, and nobody has the answer yet.

Served by gunicorn as `tests.faults.dying:create_app()`.
"""

import itertools
import os
import signal

from flask import Flask, Response, request

from server import app as service

EVERY = 4
"""A process answers so many things that it made, less one; of the last it dies, and the master starts another one."""


def create_app() -> Flask:
    """The service, with each process as its own copy of the count."""
    made = service.create_app()
    count = itertools.count(1)

    @made.after_request
    def die(answer: Response) -> Response:
        if request.method == "POST" and answer.status_code == 201 and next(count) % EVERY == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return made
