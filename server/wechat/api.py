"""`/wechat/callback`: what WeChat tells the service."""

from flask import Response, request
from marshmallow import fields

from server.core.db import read_only
from server.core.schema import Query
from server.core.web.blueprint import ApiBlueprint
from server.core.web.guard import access
from server.core.web.idempotency import idempotency_exempt
from server.wechat.callback import Signed, receive, verify_address

blp = ApiBlueprint("wechat", __name__, description="微信的消息推送")

PLAIN = "text/plain; charset=utf-8"


class SignedQuery(Query):
    """Whatever is missing is a signature that does not hold."""

    timestamp = fields.String(load_default="", metadata={"description": "Unix 时间，和现在差 10 分钟以上就不收"})
    nonce = fields.String(load_default="")
    signature = fields.String(load_default="", metadata={"description": "明文方式的签名"})
    msg_signature = fields.String(load_default="", metadata={"description": "安全方式的签名"})


class EchoQuery(SignedQuery):
    """WeChat wants to read its own words."""

    echostr = fields.String(load_default="")


@blp.route("/wechat/callback")
@access.public
@read_only
@blp.arguments(EchoQuery, location="query")
@blp.response(200, {"type": "string"}, content_type="text/plain")
@blp.problems(403)
def echo(query: dict[str, str]) -> Response:
    """微信确认这个地址是我们的"""
    echostr = query.pop("echostr")
    verify_address(Signed(**query))
    return Response(echostr, content_type=PLAIN)


@blp.route("/wechat/callback", methods=["POST"])
@access.public
@idempotency_exempt("an identical repeat has no effect")
@blp.arguments(SignedQuery, location="query")
@blp.response(200, {"type": "string"}, content_type="text/plain")
@blp.problems(400, 403, 413)
def push(query: dict[str, str]) -> Response:
    """微信推送的事件（JSON 或 XML，明文或加密）"""
    receive(Signed(**query), request.get_data(as_text=True))
    return Response("success", content_type=PLAIN)
