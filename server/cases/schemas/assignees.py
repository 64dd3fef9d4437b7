"""Who has a case in hand, and what is written between the two alone."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from server.cases.files.schemas import AttachmentSchema
from server.cases.schemas.parts import attachments_field
from server.core.said import trimmed
from server.core.schema import Answer, Body, Instant, length


class TalkingSchema(Body):
    """Words or files to whoever has the case in hand, and to nobody else."""

    text = fields.String(load_default="", validate=length(0, 2000))
    attachments = attachments_field()

    @validates_schema
    def says_something(self, data: dict[str, Any], **_: object) -> None:
        if not trimmed(data["text"]) and not data["attachments"]:
            raise ValidationError({"text": ["请写点内容，或者加一个文件"]})


class TalkSchema(Answer):
    """One message that only the worker and whoever has the case read."""

    id = fields.UUID(required=True)
    from_ = fields.String(required=True, data_key="from", validate=validate.OneOf(["worker", "staff"]))
    text = fields.String(required=True)
    at = Instant(required=True)
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)


class AssigneeSchema(Answer):
    """Who took the case in hand, with what was written between the two alone."""

    id = fields.UUID(required=True)
    title = fields.String(required=True, metadata={"description": "怎么称呼，比如“律师”"})
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True, metadata={"description": "工作电话"})
    now = fields.Boolean(required=True, metadata={"description": "现在就是这个人在办"})
    handed_on = fields.Boolean(required=True, metadata={"description": "以前单独谈的话已经转给这个人看"})
    talk = fields.List(fields.Nested(TalkSchema), required=True)
