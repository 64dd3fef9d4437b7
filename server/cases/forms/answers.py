"""Checks answers against a compiled form."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from server.cases.forms.fields import Answers, FieldType, FormDeclaration, FormField, PlaceSource
from server.cases.forms.schema import json_schema
from server.cases.forms.sentences import LONG_AGO, NOT_YET, TWICE, sentence
from server.core.clock import today
from server.core.datum import Datum, Point, convert
from server.core.said import Said, trimmed
from server.identity.rules import normalise_name

FORMATS = FormatChecker(formats=())

PLACE_DIGITS = 5
"""Of degrees: about a metre."""
MOST_ERRORS = 100
"""More are not looked for: nobody mends them one by one."""

LIFETIME_YEARS = 100
"""Nobody tells of a day, or a month, that is longer ago."""

_DATE = re.compile(r"([01][0-9]|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_OF_TIME = {FieldType.DATE, FieldType.MONTH, FieldType.PERIOD}
_TYPED = {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.OPEN_CHOICE, FieldType.OWN_CASE}


@FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    # `date.fromisoformat` also takes 20260301 and week dates, which other programs do not.
    return not isinstance(value, str) or (_DATE.fullmatch(value) is not None and bool(date.fromisoformat(value)))


@FORMATS.checks("moment", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("luhn")
def _is_luhn(value: object) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1)."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        # Not of the shape: another keyword says so.
        return True
    doubled = [int(digit) * 2 for digit in value[-2::-2]]
    total = sum(int(digit) for digit in value[-1::-2]) + sum(one - 9 if one > 9 else one for one in doubled)
    return total % 10 == 0


@FORMATS.checks("period")
def _is_period(value: object) -> bool:
    """Whether it does not end before it begins."""
    if not isinstance(value, dict) or not {"from", "to"} <= value.keys():
        return True
    days = (value["from"], value["to"])
    return not all(isinstance(day, str) for day in days) or days[0] <= days[1]


@FORMATS.checks("person", raises=ValueError)
def _is_person(value: object) -> bool:
    return not isinstance(value, str) or bool(normalise_name(value))


@FORMATS.checks("uscc")
def _is_uscc(value: object) -> bool:
    """Whether the last character is the check character of the others (GB 32100-2015, MOD 31-3)."""
    if not isinstance(value, str) or len(value) != len(_USCC_WEIGHTS) + 1 or not set(value) <= set(_USCC):
        # Not of the shape: another keyword says so.
        return True
    total = sum(_USCC.index(one) * weight for one, weight in zip(value, _USCC_WEIGHTS, strict=False))
    return _USCC.index(value[-1]) == -total % len(_USCC)


class CompiledForm:
    """A form ready to check answers: compiled once for each version of a service."""

    def __init__(self, declaration: FormDeclaration, *, title: str) -> None:
        self.declaration = declaration
        self.schema = json_schema(declaration, title=title)
        Draft202012Validator.check_schema(self.schema)
        self._validator = Draft202012Validator(self.schema, format_checker=FORMATS)

    def accept(self, given: Answers, *, whole: bool = True) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """What is kept of the answers, and what is wrong with them.

        Spaces around words and empty answers are dropped, and so are answers to questions that the other answers
        hide: what one no longer sees on the page is not sent to anybody.

        Args:
            whole: whether everything that is required has to be there already.

        Returns:
            the answers to keep, and dotted path below `answers` → sentences; the second empty if all is well.
        """
        trimmed = _trimmed(given)
        kept = {
            key: value
            for key, value in trimmed.items()
            if (field := self.declaration.field(key)) is None or self._visible(field, trimmed)
        }
        errors: dict[str, list[str]] = {}
        for error in islice(self._validator.iter_errors(kept), MOST_ERRORS):
            if not whole and error.validator == "required" and not error.absolute_path:
                continue
            for path, words in _said(error):
                sentences = errors.setdefault(path, [])
                if words not in sentences:
                    sentences.append(words)
        for path, words in _out_of_time(tuple(self.declaration.fields()), kept, "answers"):
            # What is no date at all is said already.
            errors.setdefault(path, [words])
        if not errors:
            for field in self.declaration.fields():
                if field.type is FieldType.PLACE and field.key in kept:
                    kept[field.key] = _drawn(kept[field.key])
                for path in _doubles(field, kept.get(field.key) or ()):
                    errors[path] = [TWICE]
        return kept, errors

    def _visible(self, field: FormField, answers: Answers) -> bool:
        condition = field.visible_if
        if condition is None or condition.holds(answers):
            return True
        # While what decides is itself missing or wrong, nothing is hidden yet.
        deciding = (self.declaration.field(key) for key in condition.deciding())
        return not all(one is not None and one.could_be(answers.get(one.key)) for one in deciding)

    def measured(self, answers: Answers) -> list[str]:
        """The fields whose answer is where the phone itself was."""
        return [
            field.key
            for field in self.declaration.fields()
            if field.type is FieldType.PLACE
            and isinstance(answer := answers.get(field.key), Mapping)
            and answer.get("source") == PlaceSource.HERE
        ]

    def typed_texts(self, answers: Answers) -> Iterator[str]:
        """Everything in checked answers that the worker wrote in own words."""
        yield from _typed(tuple(self.declaration.fields()), answers)


def _doubles(field: FormField, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Where a row says again what an earlier one says, however it is written."""
    for column in (one for one in field.fields if one.distinct):
        seen: set[str] = set()
        for place, row in enumerate(rows):
            said = "".join(unicodedata.normalize("NFKC", row.get(column.key, "")).split()).casefold()
            if said and said in seen:
                yield f"answers.{field.key}.{place}.{column.key}"
            seen.add(said)


def _out_of_time(fields: tuple[FormField, ...], answers: Mapping[str, Any], where: str) -> Iterator[tuple[str, Said]]:
    """Where a day or a month is more than a lifetime ago, or is said to have happened and is still to come."""
    latest = today().isoformat()
    earliest = f"{today().year - LIFETIME_YEARS}{latest[4:]}"
    for field in fields:
        answer, path = answers.get(field.key), f"{where}.{field.key}"
        if field.type is FieldType.PERIOD and isinstance(answer, Mapping):
            answer, path = answer.get("from"), f"{path}.from"
        if field.type in _OF_TIME and isinstance(answer, str):
            if answer < earliest[: len(answer)]:
                yield path, LONG_AGO
            elif field.happened and answer > latest[: len(answer)]:
                yield path, NOT_YET
        elif field.type is FieldType.ROWS and isinstance(answer, list):
            for place, row in enumerate(answer):
                if isinstance(row, Mapping):
                    yield from _out_of_time(field.fields, row, f"{path}.{place}")


def _drawn(place: Mapping[str, Any]) -> dict[str, Any]:
    """A place in our own datum, to about a metre: devices write more digits than they know."""
    datum = Datum(place.get("datum", Datum.GCJ02))
    lat, lng = convert(Point(place["lat"], place["lng"]), datum, Datum.GCJ02)
    rest = {key: value for key, value in place.items() if key != "datum"}
    return rest | {"lat": round(lat, PLACE_DIGITS), "lng": round(lng, PLACE_DIGITS)}


def _trimmed(value: Any) -> Any:
    if isinstance(value, str):
        return trimmed(value)
    if isinstance(value, list):
        return [_trimmed(item) for item in value]
    if isinstance(value, Mapping):
        kept = {key: _trimmed(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None and item != ""}
    return value


def _said(error: ValidationError) -> Iterator[tuple[str, str]]:
    path = ["answers", *(str(step) for step in error.absolute_path)]
    keyword = str(error.validator)
    value: Any = error.validator_value
    instance: Any = error.instance
    schema: Any = error.schema
    words = sentence(keyword, value)
    if keyword == "required":
        # One error for each missing key, which only its English message names: say all, doubles are dropped.
        for key in value:
            if key not in instance:
                yield ".".join([*path, key]), words
    elif keyword == "additionalProperties":
        for key in instance.keys() - schema["properties"].keys():
            yield ".".join([*path, key]), words
    else:
        yield ".".join(path), words


def _typed(fields: tuple[FormField, ...], answers: Mapping[str, Any]) -> Iterator[str]:
    for field in fields:
        answer = answers.get(field.key)
        if answer is None:
            continue
        if field.type in _TYPED:
            yield answer
        elif field.type is FieldType.ROWS:
            for row in answer:
                yield from _typed(field.fields, row)
