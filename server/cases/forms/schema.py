"""A declared form as JSON Schema 2020-12 with layout.

Labels and help are `title` and `description`; what a page needs beyond them is under `x-layout`, which validators
ignore. `required-if`, and `required` of a field that is not always visible, become `if`/`then`.
"""

from typing import Any

from server.cases.forms.fields import Condition, FieldType, FormDeclaration, FormField, PlaceSource, Section
from server.cases.forms.sentences import PATTERNS
from server.core.datum import Datum
from server.identity.papers import PAPER_NAMES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

SHORT = 100
LONG = 2000
ROWS = 60
NAME = 50
CODE = 40
INTEGER = 1_000_000
METRES = 100_000
MONEY = 1_000_000_000
"""Ten million yuan, in 分: more is a slip of the finger."""


def json_schema(form: FormDeclaration, *, title: str) -> dict[str, Any]:
    """The form as a schema that any 2020-12 validator can use."""
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "title": title,
        **_object(tuple(form.fields())),
        "x-layout": {"sections": [_section_layout(section) for section in form.sections]},
    }
    conditions = [rule for field in form.fields() if (rule := _conditional(field)) is not None]
    if conditions:
        schema["allOf"] = conditions
    return schema


def _object(fields: tuple[FormField, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.key: _property(field) for field in fields},
        "required": [field.key for field in fields if field.required and field.visible_if is None],
        "additionalProperties": False,
    }


def _conditional(field: FormField) -> dict[str, Any] | None:
    rule = {"required": [field.key]}
    if field.required_if is not None:
        conditions = [field.required_if, *([field.visible_if] if field.visible_if else [])]
        return {"if": _all(conditions), "then": rule}
    if field.required and field.visible_if is not None:
        return {"if": field.visible_if.schema(), "then": rule}
    return None


def _all(conditions: list[Condition]) -> dict[str, Any]:
    if len(conditions) == 1:
        return conditions[0].schema()
    return {"allOf": [condition.schema() for condition in conditions]}


def _property(field: FormField) -> dict[str, Any]:
    named: dict[str, Any] = {"title": field.label}
    if field.help:
        named["description"] = field.help
    return {**_value(field), **named}


def _value(field: FormField) -> dict[str, Any]:
    # What is required is not empty either.
    low = field.minimum if field.minimum is not None else int(field.required)
    match field.type:
        case FieldType.TEXT | FieldType.OPEN_CHOICE:
            return {"type": "string", "minLength": max(low, 1), "maxLength": field.maximum or SHORT}
        case FieldType.OWN_CASE:
            return {"type": "string", "minLength": max(low, 1), "maxLength": field.maximum or CODE}
        case FieldType.LONG_TEXT:
            return {"type": "string", "minLength": max(low, 1), "maxLength": field.maximum or LONG}
        case FieldType.CHOICE:
            return {"type": "string", "enum": [choice.value for choice in field.choices]}
        case FieldType.CHOICES:
            listed = {"type": "string", "enum": [choice.value for choice in field.choices]}
            return {"type": "array", "items": listed, "uniqueItems": True, "minItems": low}
        case FieldType.PHONE:
            return {"type": "string", "pattern": PATTERNS["phone"].expression}
        case FieldType.YES_NO:
            return {"type": "boolean"}
        case FieldType.MONEY:
            bounds = {"minimum": field.minimum or 0, "maximum": field.maximum or MONEY}
            return {"type": "integer", **bounds}
        case FieldType.DATE:
            return {"type": "string", "format": "date"}
        case FieldType.MOMENT:
            return {"type": "string", "format": "moment"}
        case FieldType.PLACE:
            return _pair(
                {
                    "lat": {"type": "number", "minimum": -90, "maximum": 90},
                    "lng": {"type": "number", "minimum": -180, "maximum": 180},
                    "source": {"type": "string", "enum": [source.value for source in PlaceSource]},
                    "datum": {"type": "string", "enum": [datum.value for datum in Datum]},
                    "accuracy": {"type": "integer", "minimum": 0, "maximum": METRES},
                    "name": {"type": "string", "minLength": 1, "maxLength": SHORT},
                    "street": {"type": "string", "pattern": PATTERNS["area"].expression},
                },
                required=["lat", "lng", "source"],
            )
        case FieldType.MONTH:
            return {"type": "string", "pattern": PATTERNS["month"].expression}
        case FieldType.TIME:
            return {"type": "string", "pattern": PATTERNS["time"].expression}
        case FieldType.PERIOD:
            day = {"type": "string", "format": "date"}
            return {**_pair({"from": day, "to": day}, required=["from"]), "format": "period"}
        case FieldType.PERSON:
            return {"type": "string", "minLength": 1, "maxLength": NAME, "format": "person"}
        case FieldType.PAPER:
            kind = {"type": "string", "enum": list(PAPER_NAMES)}
            number = {"type": "string", "minLength": 1, "maxLength": CODE}
            return _pair({"kind": kind, "number": number}, required=["kind", "number"])
        case FieldType.USCC:
            return {"type": "string", "pattern": PATTERNS["uscc"].expression, "format": "uscc"}
        case FieldType.ADDRESS:
            area = {"type": "string", "pattern": PATTERNS["area"].expression}
            detail = {"type": "string", "minLength": 1, "maxLength": field.maximum or SHORT}
            return _pair({"area": area, "detail": detail}, required=["area", "detail"])
        case FieldType.ROWS:
            return {
                "type": "array",
                "items": _object(field.fields),
                "minItems": low,
                "maxItems": field.maximum or ROWS,
            }
        case FieldType.BANK_CARD:
            number = {"type": "string", "pattern": PATTERNS["bank_card"].expression, "format": "luhn"}
            bank = {"type": "string", "minLength": 1, "maxLength": NAME}
            return _pair({"bank": bank, "number": number}, required=["bank", "number"])
        case FieldType.INTEGER:
            return {"type": "integer", "minimum": field.minimum or 0, "maximum": field.maximum or INTEGER}
        case FieldType.AREA:
            return {"type": "string", "pattern": PATTERNS["area"].expression}
        case FieldType.ORGANISATION | FieldType.STATION:
            named = {"type": "string", "minLength": 1, "maxLength": field.maximum or SHORT}
            code = {"type": "string", "minLength": 1, "maxLength": CODE}
            return _pair({"name": named, "code": code}, required=["name"])
        case FieldType.PUBLICATION:
            named = {"type": "string", "minLength": 1, "maxLength": field.maximum or SHORT}
            code = {"type": "string", "minLength": 1, "maxLength": CODE}
            area = {"type": "string", "pattern": PATTERNS["area"].expression}
            return _pair({"name": named, "code": code, "area": area}, required=["name"])
        case FieldType.SIGNATURE:
            named = {"type": "string", "minLength": 1, "maxLength": NAME}
            return _pair({"name": named, "agreed": {"const": True}}, required=["name", "agreed"])
        case FieldType.INFO | FieldType.IDENTITY | FieldType.FILE:
            raise AssertionError("words on the page take no answer, and files are beside the answers")


def _pair(properties: dict[str, Any], *, required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _section_layout(section: Section) -> dict[str, Any]:
    return _given(
        key=section.key,
        title=section.title,
        help=section.help,
        fields=[_field_layout(field) for field in section.fields],
    )


def _field_layout(field: FormField) -> dict[str, Any]:
    return _given(
        key=field.key,
        type=field.type.value,
        widget=field.widget,
        label=field.label,
        help=field.help,
        placeholder=field.placeholder,
        filled_from=field.filled_from,
        suggested=field.suggested,
        fills=field.fills,
        many={"least": field.many.least, "say": field.many.say} if field.many else None,
        required=field.required or None,
        required_if=field.required_if.document() if field.required_if else None,
        visible_if=field.visible_if.document() if field.visible_if else None,
        choices=[{"value": one.value, "label": one.label} for one in field.choices] or None,
        fields=[_field_layout(column) for column in field.fields] or None,
        kinds=[kind.value for kind in field.kinds] or None,
        not_after="today" if field.happened else None,
        most=field.most_files if field.type is FieldType.FILE else None,
    )


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
