"""Wire shapes of a worker's rights."""

from typing import Any

from marshmallow import fields, validates_schema
from marshmallow.exceptions import ValidationError

from server.core.schema import Answer, Body, Instant, one_of, text
from server.identity.models import WorkerGroup
from server.me.models import CorrectionState
from server.unions.areas import areas
from server.unions.vocabulary import Employment


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


class OwnChangesSchema(Body):
    """What a worker corrects alone; what is left out stays as it is."""

    worker_group = one_of(WorkerGroup)
    employment = one_of(Employment)
    employer = text(1, 100)
    work_area = fields.String(metadata={"description": "街道（9 位）或社区（12 位）的编码"})
    former_union = text(0, 100)

    @validates_schema
    def something_to_change(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("没有要改的内容")
        code = data.get("work_area")
        if code is not None and code not in areas().streets and code not in areas().communities:
            raise ValidationError("没有这个街道或社区", "work_area")


class CorrectionSchema(Body):
    """What is wrong, and how it should read."""

    text = text(2, 1000, required=True)


class CorrectionAskedSchema(Answer):
    """A request that waits for a person."""

    id = fields.UUID(required=True)
    state = one_of(CorrectionState, required=True)
    created_at = Instant(required=True)
