"""Forms that make something new: done once, also when the page is reloaded, the button clicked twice, or both at once.

Every form of the console carries a key that was made with its page. A view that is marked here takes it for the key of
what it does.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, flash, request
from flask.typing import ResponseReturnValue

from server.console.member import member
from server.core.errors import Problem
from server.core.web.idempotency import REPLAY, REUSED, once

View = Callable[..., ResponseReturnValue]

FIELD = "once"
"""The name of the hidden field."""
SENT_BEFORE = "这一份刚才已经交过了，没有再交一遍"
ANOTHER = "这一份已经交过了；要再交不一样的，请重新打开再填"


def fresh_key() -> str:
    """For a form of the page that is being made."""
    return str(uuid.uuid4())


def sent_once(view: View) -> View:
    """Mark a view whose form is done once; whoever sends it again gets the answer that the first one got."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        key = _key()
        if key is None:
            return view(*args, **kwargs)
        try:
            # The form token is another one on each page; it was checked before.
            answer: Response = once(
                key,
                scope=b"staff:" + member().staff_id.bytes,
                act=lambda: view(*args, **kwargs),
                beside={"csrf_token"},
                wait=True,
            )
        except Problem as problem:
            if problem.code != REUSED:
                raise
            raise Problem(422, REUSED, ANOTHER) from None
        if REPLAY in answer.headers and answer.status_code != 200:
            flash(SENT_BEFORE, "done")
        return answer

    return run


def _key() -> uuid.UUID | None:
    """The key of the form that was sent; None for a page that is opened, and for a form without one."""
    try:
        return uuid.UUID(request.form[FIELD]) if FIELD in request.form else None
    except ValueError:
        return None
