"""Fields that several shapes share: a form's answers, words that say something, files, yes or no."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from server.cases.files.schemas import AnswerFileSchema, ClaimSchema
from server.cases.files.service import MAX_AT_ONCE, MAX_WITH_ANSWERS
from server.core.said import trimmed

MOST_ANSWERS = 200
DEEPEST = 5


def dictionary(**kwargs: Any) -> fields.Dict:
    """An object of any keys and values."""
    return fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), **kwargs)


def answers_field(**kwargs: Any) -> fields.Dict:
    """What was filled into a form, not too long and not too deep."""
    most = validate.Length(max=MOST_ANSWERS, error="填的项太多了")
    return dictionary(validate=[most, _not_too_deep], **kwargs)


def _not_too_deep(value: Any, *, left: int = DEEPEST) -> None:
    # No form nests deeper than a table; what is endless would exhaust whoever looks at it.
    if isinstance(value, dict | list):
        if not left:
            raise ValidationError("内容套得太深了")
        for below in value.values() if isinstance(value, dict) else value:
            _not_too_deep(below, left=left - 1)


class YesNo(fields.Boolean):
    """true or false; 1 and 0, which equal them in Python, are numbers."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


def not_blank(words: str) -> None:
    """Refuses words that say nothing."""
    if not trimmed(words):
        raise ValidationError("请写点内容")


def attachments_field() -> fields.List[Any]:
    """Claims on files that were uploaded before."""
    most = validate.Length(max=MAX_AT_ONCE, error=f"一次最多 {MAX_AT_ONCE} 个文件")
    return fields.List(fields.Nested(ClaimSchema), load_default=list, validate=most)


def answer_files_field() -> fields.List[Any]:
    """Claims on files that come with answers, each of which may name its field."""
    most = validate.Length(max=MAX_WITH_ANSWERS, error=f"一次最多 {MAX_WITH_ANSWERS} 个文件")
    return fields.List(fields.Nested(AnswerFileSchema), load_default=list, validate=most)
