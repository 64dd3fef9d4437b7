"""What the public reads of grants."""

from marshmallow import fields

from server.core.schema import Answer, Instant


class PublicationSchema(Answer):
    """What the public reads of a grant, for a time."""

    name_masked = fields.String(required=True)
    place = fields.String(required=True)
    kind = fields.String(required=True)
    since = Instant(required=True)
    until = Instant(required=True)


class PublicationListSchema(Answer):
    """What is published now, the newest first."""

    items = fields.List(fields.Nested(PublicationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ObjectedSchema(Answer):
    """A publication as whoever objects to it chooses it; with these words and this code it is the answer of a field."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    area = fields.String(required=True, allow_none=True)
    until = Instant(required=True)


class ObjectedListSchema(Answer):
    """What may be objected to now, the newest first."""

    items = fields.List(fields.Nested(ObjectedSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
