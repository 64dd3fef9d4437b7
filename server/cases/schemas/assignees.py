"""Who has a case in hand, and what is written between the two alone."""

from marshmallow import fields, validate

from server.cases.schemas.parts import not_blank
from server.core.schema import Answer, Body, Instant, length


class TalkingSchema(Body):
    """Words to whoever has the case in hand, and to nobody else."""

    text = fields.String(required=True, validate=[length(1, 2000), not_blank])


class TalkSchema(Answer):
    """One message that only the worker and whoever has the case read."""

    id = fields.UUID(required=True)
    from_ = fields.String(required=True, data_key="from", validate=validate.OneOf(["worker", "staff"]))
    text = fields.String(required=True)
    at = Instant(required=True)


class AssigneeSchema(Answer):
    """Who took the case in hand, with what was written between the two alone."""

    id = fields.UUID(required=True)
    title = fields.String(required=True, metadata={"description": "怎么称呼，比如“律师”"})
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True, metadata={"description": "工作电话"})
    now = fields.Boolean(required=True, metadata={"description": "现在就是这个人在办"})
    handed_on = fields.Boolean(required=True, metadata={"description": "以前单独谈的话已经转给这个人看"})
    talk = fields.List(fields.Nested(TalkSchema), required=True)
