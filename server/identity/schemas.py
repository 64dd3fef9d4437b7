"""Wire shapes of the identity domain."""

from typing import Any

from marshmallow import fields, post_load, validates_schema
from marshmallow.exceptions import ValidationError

from server.core.schema import Answer, Body, Instant, one_of, text
from server.identity.consents import GivenConsent
from server.identity.models import ConsentKey


class SmsCodeRequestSchema(Body):
    """Whom to send a code to."""

    phone = text(1, 30, required=True, metadata={"description": "11 位手机号；香港、澳门的号码前面加 +852 或 +853"})


class SmsCodeAnswerSchema(Answer):
    """The same for every number."""

    valid_seconds = fields.Integer(required=True)
    again_after_seconds = fields.Integer(required=True)


class SignInSchema(Body):
    """Either a code of wx.login, or a phone with the code that was sent to it."""

    code = text(1, 200)
    phone = text(1, 30)
    sms_code = text(1, 10)

    @validates_schema
    def one_way(self, data: dict[str, Any], **_: Any) -> None:
        if set(data) not in ({"code"}, {"phone", "sms_code"}):
            raise ValidationError("请用微信登录，或者填手机号和短信验证码", "code" if not data else next(iter(data)))


class GivenConsentSchema(Body):
    """A tick."""

    key = one_of(ConsentKey, required=True)
    version = text(1, 40, required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> GivenConsent:
        return GivenConsent(**data)


class ConsentTextSchema(Answer):
    """What a worker is asked to agree to."""

    key = one_of(ConsentKey, required=True)
    version = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    separate = fields.Boolean(required=True, metadata={"description": "涉及敏感信息，要单独勾选"})
    stops = fields.String(
        required=True, allow_none=True, metadata={"description": "撤回以后什么会停；不能撤回的为 null"}
    )
    stays = fields.String(
        required=True, allow_none=True, metadata={"description": "为什么不能撤回、可以怎么办；能撤回的为 null"}
    )


class ConsentVersionSchema(Body):
    """Which text was read."""

    version = text(1, 40, required=True)


class GrantedConsentSchema(Answer):
    """What the worker agreed to."""

    key = one_of(ConsentKey, required=True)
    version = fields.String(required=True)
    granted_at = Instant(required=True)
    current = fields.Boolean(required=True, metadata={"description": "同意的是不是现行版本；不是的要再问"})


class GrantedConsentListSchema(Answer):
    """What the worker agrees to now."""

    items = fields.List(fields.Nested(GrantedConsentSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ConsentTextListSchema(Answer):
    """All consents in their current versions."""

    items = fields.List(fields.Nested(ConsentTextSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
