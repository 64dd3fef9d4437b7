"""Wire shapes of a worker's rights."""

from marshmallow import fields

from server.core.schema import Answer, Body, Instant, one_of, text
from server.me.models import CorrectionState


class StepUpCodeSchema(Body):
    """The code that was sent to the worker's own phone."""

    sms_code = text(1, 10, required=True)


class StepUpSchema(Answer):
    """Until when the sensitive thing may be done."""

    expires_at = Instant(required=True)


class LineSchema(Answer):
    """One line."""

    label = fields.String(required=True)
    value = fields.String(required=True)


class PartSchema(Answer):
    """One chapter."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    entries = fields.List(fields.List(fields.Nested(LineSchema)), required=True, attribute="lines")


class ExportSchema(Answer):
    """Everything that is held about the worker."""

    made_at = Instant(required=True)
    parts = fields.List(fields.Nested(PartSchema), required=True)


class CorrectionSchema(Body):
    """What is wrong, and how it should read."""

    text = text(2, 1000, required=True)


class CorrectionAskedSchema(Answer):
    """A request that waits for a person."""

    id = fields.UUID(required=True)
    state = one_of(CorrectionState, required=True)
    created_at = Instant(required=True)
