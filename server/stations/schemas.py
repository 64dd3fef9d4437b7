"""Wire shapes of the directory. Answers are put together in `view`; their schemas document them."""

from datetime import datetime
from math import isfinite
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from server.core.datum import Datum, Point
from server.core.schema import Answer, Body, Instant, Query, one_of, text
from server.core.web.paging import PageQuery
from server.stations.amenities import Amenity, AmenityState, amenities
from server.stations.index import Box
from server.stations.models import Entry, StationKind
from server.stations.policy import policy
from server.stations.rules import ConfirmedBy, DoorState, ReportKind

_NEAR = "要写成 near=纬度,经度，例如 near=22.541,114.06"
_BBOX = "要写成 bbox=西,南,东,北，例如 bbox=114.0,22.5,114.1,22.6"


class Position(fields.Field[Point]):
    """`lat,lng` in degrees, in whatever datum the question says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "description": "纬度,经度", "example": "22.541,114.06"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Point:
        lat, lng = _numbers(value, count=2, hint=_NEAR)
        if abs(lat) > 90 and abs(lat) <= 180 and abs(lng) <= 90:
            raise ValidationError("纬度和经度写反了：先纬度，后经度")
        if abs(lat) > 90 or abs(lng) > 180:
            raise ValidationError("没有这样的位置：纬度在 -90 到 90 之间，经度在 -180 到 180 之间")
        return Point(lat, lng)


class BoxField(fields.Field[Box]):
    """`west,south,east,north` in degrees."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            metadata={"type": "string", "description": "西,南,东,北", "example": "114.0,22.5,114.1,22.6"}, **kwargs
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Box:
        west, south, east, north = _numbers(value, count=4, hint=_BBOX)
        if max(abs(south), abs(north)) > 90 or max(abs(west), abs(east)) > 180:
            raise ValidationError("没有这样的范围：" + _BBOX)
        if west > east or south > north:
            raise ValidationError("范围反了：西要小于东，南要小于北")
        return Box(west, south, east, north)


class AmenityCode(fields.Field[Amenity]):
    """A code of config/amenities.csv."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "enum": list(amenities())}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Amenity:
        found = amenities().get(value) if isinstance(value, str) else None
        if found is None:
            raise ValidationError("没有这项服务，服务的编号是 S01 到 S30")
        return found


class StationQuery(PageQuery):
    """What the list can be asked."""

    near = Position(load_default=None)
    radius = fields.Integer(
        load_default=None,
        validate=validate.Range(1, policy().max_radius_m, error=f"范围要在 1 到 {policy().max_radius_m} 米之间"),
        metadata={"description": f"米；和 near 一起用，不写是 {policy().radius_m}"},
    )
    amenity = fields.List(AmenityCode(), load_default=list, metadata={"description": "可以写几个，要同时都有"})
    open = fields.String(
        load_default=None,
        validate=validate.OneOf(["now"], error="只能是 now"),
        metadata={"description": "只看现在开着的和说不准的"},
    )
    at = Instant(load_default=None, metadata={"description": "只看那个时候开着的和说不准的"})
    kind = one_of(StationKind, load_default=None)
    entry = one_of(Entry, load_default=None)
    district = fields.String(
        load_default="",
        validate=validate.Regexp(r"^(\d{6}|\d{9})?$", error="要是 6 位的区编号或 9 位的街道编号"),
        metadata={"description": "区（6 位）或街道（9 位）的编号"},
    )
    is_24h = fields.Boolean(load_default=False)
    q = text(0, 60, load_default="", metadata={"description": "名称、地址或编号里的字"})
    bbox = BoxField(load_default=None)
    datum = one_of(Datum, load_default=Datum.GCJ02, metadata={"description": "near 和 bbox 用的坐标系；回答都是 gcj02"})


class PlaceQuery(Query):
    """Where somebody is, for the distance to one place."""

    near = Position(load_default=None)
    datum = one_of(Datum, load_default=Datum.GCJ02)


class OpenSchema(Answer):
    """The door, and how fresh that is."""

    state = one_of(DoorState, required=True)
    until = Instant(required=True, allow_none=True, metadata={"description": "开到什么时候；全天开着的没有"})
    opens_at = Instant(required=True, allow_none=True, metadata={"description": "下一次什么时候开"})
    confirmed_at = Instant(required=True, allow_none=True, metadata={"description": "最后一次有人确认"})
    confirmed_by = one_of(
        ConfirmedBy, required=True, allow_none=True, metadata={"description": "谁确认的：站长、来过的人、工会"}
    )
    reports = fields.String(required=True, allow_none=True, metadata={"example": "1 人说没开门 · 5 分钟前"})
    reason = fields.String(required=True, allow_none=True, metadata={"description": "今天和平时不一样的原因"})


class ServiceSchema(Answer):
    """One service at a place."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    short = fields.String(required=True)
    state = one_of(AmenityState, required=True)
    reports = fields.String(required=True, allow_none=True)


class StationSchema(Answer):
    """One place in the list."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = one_of(StationKind, required=True)
    address = fields.String(required=True)
    district = fields.String(required=True)
    street = fields.String(required=True, allow_none=True)
    lat = fields.Float(required=True)
    lng = fields.Float(required=True)
    distance_m = fields.Integer(required=True, allow_none=True)
    entry = one_of(Entry, required=True)
    capacity = fields.Integer(required=True, allow_none=True)
    is_24h = fields.Boolean(required=True)
    duty_phone = fields.String(required=True, allow_none=True)
    open = fields.Nested(OpenSchema, required=True)
    amenities = fields.List(fields.Nested(ServiceSchema), required=True)


class ExceptionSchema(Answer):
    """Days with other hours."""

    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    text = fields.String(required=True)
    reason = fields.String(required=True)


class StationDetailSchema(StationSchema):
    """One place with its hours."""

    hours = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    hours_text = fields.String(required=True, metadata={"example": "周一至周五 09:00–18:00；周六、周日休息"})
    closed_days = fields.List(fields.String(), required=True)
    exceptions = fields.List(fields.Nested(ExceptionSchema), required=True)
    duty_hours_text = fields.String(required=True, allow_none=True)


class NearestSchema(Answer):
    """A place outside of what was asked for."""

    amenity = fields.String(required=True, allow_none=True, metadata={"description": "为空：要的都有"})
    code = fields.String(required=True)
    name = fields.String(required=True)
    distance_m = fields.Integer(required=True)


class WidenSchema(Answer):
    """What is nearest when nothing fits."""

    text = fields.String(required=True)
    nearest = fields.List(fields.Nested(NearestSchema), required=True)


class StationListSchema(Answer):
    """A page of places. `widen` only where there is nothing to show."""

    items = fields.List(fields.Nested(StationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    widen = fields.Nested(WidenSchema, required=True, allow_none=True)
    datum = fields.String(required=True, validate=validate.Equal("gcj02"))


class DeviceHeaders(Query):
    """Who reports, where nobody is signed in."""

    device = fields.String(
        load_default="",
        data_key="X-Device",
        metadata={
            "description": "本机随机号；没登录的要带，登录了的不看",
            "pattern": "^[A-Za-z0-9_-]{16,64}$",
        },
    )


class ReportBody(Body):
    """What somebody at the place says."""

    kind = one_of(ReportKind, required=True)
    amenity = AmenityCode(load_default=None, allow_none=True)
    note = text(0, 200, load_default=None, allow_none=True)

    @validates_schema
    def check_amenity(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("amenity") and data.get("kind") in (ReportKind.OPEN, ReportKind.LOCKED):
            raise ValidationError({"amenity": ["说门开没开，不用选服务"]})


class ReportSchema(Answer):
    """A report that was kept, and the place as it is shown now."""

    id = fields.UUID(required=True)
    kind = one_of(ReportKind, required=True)
    amenity = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    undo_until = Instant(required=True)
    station = fields.Nested(StationDetailSchema, required=True)


def _numbers(value: Any, *, count: int, hint: str) -> list[float]:
    try:
        numbers = [float(part) for part in str(value).split(",")]
    except ValueError:
        raise ValidationError(hint) from None
    if len(numbers) != count or not all(isfinite(number) for number in numbers):
        raise ValidationError(hint)
    return numbers


def asked_at(query: dict[str, Any], now: datetime) -> datetime | None:
    """The moment at which places must be open, if that was asked."""
    at: datetime | None = query["at"]
    return at if at is not None else now if query["open"] else None
