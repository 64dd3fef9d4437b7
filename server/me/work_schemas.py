"""Wire shapes of what workers say about their own work."""

from typing import Any

from marshmallow import fields, validates_schema
from marshmallow.exceptions import ValidationError

from server.core.schema import Answer, Body, one_of, text
from server.identity.models import WorkerGroup
from server.unions.areas import is_area
from server.unions.vocabulary import Employment


def _there(code: str) -> None:
    if not is_area(code):
        raise ValidationError("没有这个街道或社区")


def area_code(description: str) -> fields.String:
    """The code of a street or a community that there is."""
    return fields.String(validate=_there, metadata={"description": description})


class OwnChangesSchema(Body):
    """What a worker corrects alone; what is left out stays as it is."""

    worker_group = one_of(WorkerGroup)
    employment = one_of(Employment)
    employer = text(1, 100)
    work_area = area_code("街道（9 位）或社区（12 位）的编码")
    former_union = text(0, 100)

    @validates_schema
    def something_to_change(self, data: dict[str, Any], **_: Any) -> None:
        if not data:
            raise ValidationError("没有要改的内容")


class AreaSchema(Answer):
    """A street or a community."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class WorkSchema(Answer):
    """What a worker said; null where nothing was."""

    worker_group = one_of(WorkerGroup, required=True, allow_none=True)
    employment = one_of(Employment, required=True, allow_none=True)
    employer = fields.String(required=True, allow_none=True)
    work_area = fields.Nested(AreaSchema, required=True, allow_none=True)
    former_union = fields.String(required=True, allow_none=True)


class StreetSchema(AreaSchema):
    """A street, and the district that it is in."""

    district = fields.String(required=True)


class StreetListSchema(Answer):
    """By code, so that a district's are together."""

    items = fields.List(fields.Nested(StreetSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
