"""Wire shapes for those who keep a place."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from server.core.schema import Answer, Body, Instant, one_of, text
from server.stations.amenities import AmenityState
from server.stations.managers.duty import DutyState
from server.stations.schemas import StationDetailSchema

_SEEN = (AmenityState.OK, AmenityState.BROKEN)


class BindingBody(Body):
    """The code that the street gave."""

    code = text(1, 40, required=True, metadata={"description": "街道工会给的 10 位数字，空格不算"})


class DutyBody(Body):
    """What a manager says of today."""

    state = one_of(DutyState, required=True)
    reason = text(
        1, 40, load_default=None, allow_none=True, metadata={"description": "今天为什么不开，大家都看得到；不开时必填"}
    )
    amenities = fields.Dict(
        keys=fields.String(),
        values=fields.Enum(
            AmenityState,
            by_value=fields.String,
            validate=validate.OneOf(_SEEN, error="要是其中之一：ok、broken"),
            error_messages={"unknown": "要是其中之一：ok、broken"},
            metadata={"enum": [state.value for state in _SEEN]},
        ),
        load_default=dict,
        validate=validate.Length(max=30, error="不能超过 30 项"),
        metadata={"description": "看过的设备，编号 → ok 或 broken", "maxProperties": 30},
    )

    @validates_schema
    def check_reason(self, data: dict[str, Any], **_: Any) -> None:
        closed = data.get("state") is DutyState.CLOSED_TODAY
        if closed and not (data.get("reason") or "").strip():
            raise ValidationError({"reason": ["今天不开，说一下原因，来的人看得到"]})
        if not closed and data.get("reason"):
            raise ValidationError({"reason": ["开门不用写原因"]})


class DutySchema(Answer):
    """What the managers have said today."""

    state = one_of(
        DutyState, required=True, allow_none=True, metadata={"description": "今天还没有哪个站长说过，就是 null"}
    )
    said_at = Instant(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    due_at = Instant(required=True, allow_none=True, metadata={"description": "到这时还没有站长说开门，就显示“说不准”"})
    shut = fields.String(
        required=True, allow_none=True, metadata={"description": "工会今天为什么关着它，这时不能说开门；没有关是 null"}
    )


class KeptStationSchema(StationDetailSchema):
    """A place that one keeps, as everybody sees it, and what there is to do."""

    duty = fields.Nested(DutySchema, required=True)
    to_check = fields.List(
        fields.String(), required=True, metadata={"description": "每天要看一眼的服务的编号，都在 amenities 里"}
    )


class KeptStationListSchema(Answer):
    """The places that one keeps."""

    items = fields.List(fields.Nested(KeptStationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
