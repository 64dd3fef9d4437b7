"""Wire shapes of a phone that several share, and of the PIN."""

from marshmallow import fields

from server.core.schema import Answer, Body, Instant, text


class SharingSchema(Answer):
    """Somebody on this phone."""

    id = fields.UUID(required=True)
    name_masked = fields.String(required=True, allow_none=True, metadata={"description": "还没认证的人为 null"})
    has_pin = fields.Boolean(required=True, metadata={"description": "换成这个人要不要他自己的解锁码"})
    current = fields.Boolean(required=True)
    last_used_at = Instant(required=True, allow_none=True)


class SharingListSchema(Answer):
    """Who is on this phone, the caller first."""

    items = fields.List(fields.Nested(SharingSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SwitchSchema(Body):
    """The PIN of the person who takes over, where there is one."""

    pin = text(1, 20, load_default=None)


class PinSchema(Body):
    """Six digits."""

    pin = text(1, 20, required=True)


class PinStateSchema(Answer):
    """Whether there is a PIN."""

    has_pin = fields.Boolean(required=True)


class PinCheckSchema(Answer):
    """Until when it is not asked for again."""

    expires_at = Instant(required=True)
