"""`/city/messages`: what 12345 tells the service."""

from flask import request

from server.cases.exchange.inbound import receive
from server.cases.exchange.schemas import TakenSchema
from server.city.service import NotFromCity, NotUnderstood, read
from server.core.errors import Problem
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access
from server.core.web.idempotency import idempotency_exempt

blp = ApiBlueprint("city", __name__, description="12345 的工单")

MOST_BYTES = 64 * 1024
"""Of a message: many times the longest order."""


@blp.before_request
def refuse_endless_bodies() -> None:
    """Orders are words."""
    request.max_content_length = MOST_BYTES


@blp.route("/city/messages", methods=["POST"])
@access.public
@idempotency_exempt("an order is known by its number, what is said of it by its running number")
@blp.response(200, TakenSchema)
@blp.problems(400, 403, 409, 413)
def push() -> dict[str, bool]:
    """12345 推送的工单和进展（要签名）"""
    try:
        message = read(dict(request.headers), path=request.path, body=request.get_data())
    except NotFromCity:
        raise Problem(403, title="这个地址只给 12345 用") from None
    except NotUnderstood:
        raise Problem(400) from None
    return {"taken": receive(message)}
