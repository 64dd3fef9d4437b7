"""Wire shapes of filing for somebody."""

from marshmallow import fields, validate

from server.core.schema import Answer, Body, Instant, length, text
from server.identity.models import ConsentKey
from server.identity.schemas import GivenConsentSchema


class ProxyBody(Body):
    """What somebody told in a station."""

    service = text(1, 40, required=True)
    identity_mode = text(1, 20, required=True, metadata={"description": "named 实名、anonymous 匿名"})
    answers = fields.Dict(keys=fields.String(), required=True, metadata={"additionalProperties": True})
    consents = fields.List(
        fields.Nested(GivenConsentSchema),
        required=True,
        validate=validate.Length(max=len(ConsentKey), error="太多了"),
        metadata={"description": "念给工友听过、工友说了同意的"},
    )
    name = text(0, 50, load_default=None, allow_none=True)
    phone = text(0, 20, load_default=None, allow_none=True, metadata={"description": "编号发到这里；匿名的不留"})


class ReceiptSchema(Answer):
    """What the worker takes along."""

    no = fields.String(required=True)
    at = Instant(required=True)
    by_sms = fields.Boolean(required=True, metadata={"description": "编号发到了工友的手机上"})
    secret = fields.String(metadata={"description": "只有匿名的才有，只给这一次，请抄给工友"})


class TypedTodaySchema(Answer):
    """One of today's: nothing of what was told."""

    no = fields.String(required=True)
    service_name = fields.String(required=True)
    state_name = fields.String(required=True)
    at = Instant(required=True)
    claimed = fields.Boolean(required=True)


class ProxyListSchema(Answer):
    """What was typed today, the newest first."""

    items = fields.List(fields.Nested(TypedTodaySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ClaimBody(Body):
    """The number on the receipt."""

    no = fields.String(required=True, validate=length(1, 40))
