"""Wire shapes of the inbox."""

from marshmallow import fields

from server.core.schema import Answer, Instant


class NoticeSchema(Answer):
    """One message."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    link = fields.String(required=True)
    at = Instant(attribute="created_at", required=True)
    read = fields.Function(lambda notice: notice.read_at is not None, metadata={"type": "boolean"}, required=True)


class NoticeListSchema(Answer):
    """A page of the inbox, newest first."""

    items = fields.List(fields.Nested(NoticeSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
