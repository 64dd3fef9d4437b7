"""What the routes of services and cases share: the blueprint, its limits, and how a case is opened and shown."""

from typing import Any

from flask import Response, request

from server.cases import reading
from server.cases.catalogue import catalogue
from server.cases.ownership import Key
from server.core import json
from server.core.errors import Problem
from server.core.limits import address_key, limiter
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import principal, worker
from server.identity.pins import require_pin

blp = ApiBlueprint("cases", __name__, description="办事")

MOST_BYTES = 256 * 1024
"""Of a body: several times the longest form."""
WRONG_SECRETS = "20/minute"
"""From one address. What protects a case is counted for it in PostgreSQL."""

wrong_secrets = limiter.limit(
    WRONG_SECRETS,
    key_func=address_key,
    deduct_when=lambda response: response.status_code == 404,
    exempt_when=lambda: principal() is not None,
)


@blp.before_request
def refuse_endless_bodies() -> None:
    """Only files are large, and they have a route of their own."""
    request.max_content_length = MOST_BYTES


def key_of(headers: dict[str, Any]) -> Key:
    """What the caller shows to open a case: the token or the secret, never both."""
    caller, secret = principal(), headers["secret"]
    if secret is not None:
        if caller is not None:
            raise Problem(422, "anonymous_with_token", "看匿名的事不要带登录信息，这样谁也不知道是你")
        return Key(secret=secret)
    require_pin(worker())
    return Key(worker_id=worker().worker_id)


def shown(no: str, key: Key, *, alarming: bool = False) -> dict[str, Any]:
    """A case as its worker sees it, with where to get help at once if what was just written is alarming."""
    case = reading.own_case(no=no, key=key)
    if alarming:
        case["safety"] = catalogue().emergency.advice()
    return case


def answer(body: dict[str, Any], status: int) -> Response:
    """A body that was made by hand, as it is."""
    return Response(json.dumps(body), status=status, content_type="application/json")
