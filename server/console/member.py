"""Who asks: the member of the staff behind the console's session."""

from flask import request

from server.core.errors import Problem
from server.unions.staff.sessions import SignedIn

_KEY = "warmbee.staff"


def remember(who: SignedIn) -> None:
    """For the rest of the request."""
    request.environ[_KEY] = who


def member_or_none() -> SignedIn | None:
    """Who is signed in; None on the pages before that."""
    found: SignedIn | None = request.environ.get(_KEY)
    return found


def member() -> SignedIn:
    """Who is signed in."""
    found = member_or_none()
    if found is None:
        raise Problem(401)
    return found
