"""What a worker does in a case."""

from marshmallow import fields

from server.cases.schemas.parts import YesNo, answer_files_field, answers_field, attachments_field, not_blank
from server.core.schema import Body, between, length, text
from server.identity.schemas import GivenConsentSchema


class MessageSchema(Body):
    """Words to the union."""

    text = fields.String(required=True, validate=[length(1, 2000), not_blank])
    attachments = attachments_field()


class SupplementSchema(Body):
    """Answers to change or add, files to add."""

    answers = answers_field(load_default=dict)
    attachments = answer_files_field()


class WithdrawalSchema(Body):
    """Taking it back."""

    reason = text(0, 500, load_default=None, allow_none=True)


class AgreementSchema(Body):
    """A tick under the text that the case asks for."""

    consents = fields.List(fields.Nested(GivenConsentSchema), required=True, validate=length(1, 20))


class RatingSchema(Body):
    """How it went."""

    solved = YesNo(required=True)
    attitude = fields.Integer(required=True, strict=True, validate=between(1, 5))
    result = fields.Integer(required=True, strict=True, validate=between(1, 5))
    comment = text(0, 1000, load_default=None, allow_none=True)


class OutcomeSchema(Body):
    """Whether it is solved. No rating."""

    solved = YesNo(required=True)
    reason = text(0, 2000, load_default=None, allow_none=True, metadata={"description": "没有解决时必填：哪里没解决"})


class ReopeningSchema(Body):
    """Why it is not done."""

    reason = fields.String(required=True, validate=[length(1, 2000), not_blank])
