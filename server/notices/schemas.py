"""Wire shapes of the inbox and of subscriptions."""

from marshmallow import fields, validate

from server.core.schema import Answer, Body, Instant, Query, one_of
from server.notices.models import SubscriptionAnswer
from server.notices.templates import Moment


class NoticeSchema(Answer):
    """One message."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True, metadata={"description": "整段话，简体中文"})
    words = fields.String(
        attribute="said.words",
        required=True,
        metadata={"description": "同一段话，编号、日期、名称这些换成 {名字}，好用别的语言说；没有留下来的，就是整段话"},
    )
    slots = fields.Dict(
        attribute="said.slots",
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "{名字} 里填什么"},
    )
    link = fields.String(required=True)
    at = Instant(attribute="created_at", required=True)
    read = fields.Function(lambda notice: notice.read_at is not None, metadata={"type": "boolean"}, required=True)


class NoticeListSchema(Answer):
    """A page of the inbox, newest first."""

    items = fields.List(fields.Nested(NoticeSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class MomentQuery(Query):
    """After what the worker is to be asked."""

    moment = one_of(
        Moment,
        data_key="for",
        load_default=None,
        metadata={"description": "办完哪件事以后问：办事、报名、认证。不填就是全部"},
    )


class TemplateSchema(Answer):
    """A template to ask for."""

    id = fields.String(required=True, metadata={"description": "微信的模板编号"})
    name = fields.String(required=True)
    tells = fields.String(required=True, metadata={"description": "订了会收到什么"})
    moments = fields.List(one_of(Moment), data_key="for", required=True)


class TemplateListSchema(Answer):
    """Templates, the most useful first: ask for as many of the first ones as WeChat takes in one go."""

    items = fields.List(fields.Nested(TemplateSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SubscriptionReportSchema(Body):
    """What the worker said in WeChat's dialog."""

    results = fields.Dict(
        keys=fields.String(),
        values=one_of(SubscriptionAnswer),
        required=True,
        validate=validate.Length(max=20, error="一次不能超过 20 个模板"),
        metadata={"description": "模板编号 → accept 或 reject", "maxProperties": 20},
    )


class SubscriptionSchema(TemplateSchema):
    """A template, and how often the worker still allows it."""

    remaining = fields.Integer(required=True, metadata={"description": "还能发几次"})
    answer = one_of(SubscriptionAnswer, required=True, allow_none=True, metadata={"description": "上次怎么选的"})
    answered_at = Instant(required=True, allow_none=True)


class SubscriptionListSchema(Answer):
    """What the worker allows to be sent by WeChat."""

    items = fields.List(fields.Nested(SubscriptionSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    counted_from_reports = fields.Boolean(
        required=True, metadata={"description": "次数按小程序的上报算；不是的话，按微信的推送算"}
    )
