"""Wire shapes: the marshmallow base, its fields, and its sentences in Chinese."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from server.core.clock import SHANGHAI
from server.core.said import Said

SENTENCES: dict[type[fields.Field[Any]], dict[str, str]] = {
    fields.Field: {
        "required": Said("这一项必填", "required"),
        "null": Said("这一项不能为空", "required"),
        "validator_failed": "这一项不对",
    },
    fields.String: {"invalid": Said("这里要填文字", "text"), "invalid_utf8": "文字编码不对"},
    fields.Number: {"invalid": Said("这里要填数字", "number"), "too_large": Said("数字太大了", "number")},
    fields.Integer: {"invalid": Said("这里要填整数", "number")},
    fields.Boolean: {"invalid": Said("这里只能选是或不是", "yes_no")},
    fields.DateTime: {
        "invalid": "时间的格式不对",
        "format": "时间的格式不对",
        "invalid_awareness": "时间要带时区",
    },
    fields.Date: {
        "invalid": Said("日期的格式不对，要像 2026-03-01 这样", "date"),
        "format": Said("日期的格式不对", "date"),
    },
    fields.List: {"invalid": "这里要填一个列表"},
    fields.Mapping: {"invalid": "这里的格式不对"},
    fields.Nested: {"type": "这里的格式不对"},
    fields.UUID: {"invalid_uuid": "编号的格式不对"},
    fields.Float: {"special": "数字要是有限的"},
}

for _field, _sentences in SENTENCES.items():
    _field.default_error_messages = {**_field.default_error_messages, **_sentences}


class _Shape(Schema):
    """A schema that is never changed once made: documentation may point at it instead of copying it route by route."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class Body(_Shape):
    """A request body: unknown fields are refused, so that a misspelt one is not silently lost."""

    error_messages = {"unknown": "没有这一项", "type": "请求的内容要是一个对象"}  # noqa: RUF012 - marshmallow's name

    class Meta:
        unknown = RAISE


class Query(_Shape):
    """Query parameters: unknown ones are ignored, since links get decorated on their way."""

    class Meta:
        unknown = EXCLUDE


class Answer(_Shape):
    """What the service sends. Documents the answer and dumps it."""


class Instant(fields.Field[datetime]):
    """An aware instant, written RFC 3339 with Shanghai's offset."""

    default_error_messages = {"invalid": "时间的格式不对，要像 2026-03-01T09:00:00+08:00 这样"}  # noqa: RUF012 - marshmallow's name

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"type": "string", "format": "date-time", **kwargs.pop("metadata", {})}
        # A field that takes more than instants says `format: None`; JSON Schema knows no such value.
        super().__init__(metadata={key: value for key, value in metadata.items() if value is not None}, **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else instant(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        # A plus sign that was not escaped in a query string arrives as a space.
        text = value.replace(" ", "+") if isinstance(value, str) else ""
        try:
            parsed = datetime.fromisoformat(text)
        except ValueError:
            raise self.make_error("invalid") from None
        if parsed.tzinfo is None or not 1900 < parsed.year < 3000:
            raise self.make_error("invalid")
        return parsed


def instant(value: datetime) -> str:
    """How an instant is written on the wire."""
    return value.astimezone(SHANGHAI).isoformat(timespec="seconds")


def one_of(enum: type[StrEnum], **kwargs: Any) -> fields.Enum[StrEnum]:
    """A field that takes the values of an enum."""
    choices = "、".join(member.value for member in enum)
    return fields.Enum(enum, by_value=fields.String, error_messages={"unknown": f"要是其中之一：{choices}"}, **kwargs)


def length(low: int, high: int) -> validate.Length:
    """A text of so many characters."""
    if low:
        return validate.Length(low, high, error=Said(f"要有 {low} 到 {high} 个字", "length", limit=high))
    return validate.Length(low, high, error=Said(f"不能超过 {high} 个字", "too_long", limit=high))


def between(low: float, high: float) -> validate.Range:
    """A number within bounds."""
    return validate.Range(low, high, error=f"要在 {low:g} 到 {high:g} 之间")


def text(low: int = 0, high: int = 2000, **kwargs: Any) -> fields.String:
    """A text field with bounds."""
    return fields.String(validate=length(low, high), **kwargs)
