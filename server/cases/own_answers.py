"""The answers of a case as its worker reads them again: what they said, and what the union filled in for them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from server.cases.forms.fields import Answers, FieldType, FormField
from server.cases.forms.speaking import how_found, spoken
from server.cases.models import Author
from server.identity.papers import PAPER_NAMES, IdType
from server.identity.rules import mask_id_number


class Change(Struct, frozen=True):
    """Answers that were changed."""

    at: str
    """When, as it is sent."""
    by: Author
    before: Answers


def own_answers(fields: Iterable[FormField], answers: Answers, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Each answer in words, in the form's order, with who wrote it last.

    Args:
        changes: the latest first.

    Returns:
        what `schemas.case.OwnAnswerSchema` says. Numbers of cards and papers are masked: others may see the page too.
    """
    last = _last_changes(answers, changes)
    shown = []
    for field in fields:
        if field.key in answers:
            change = last.get(field.key)
            shown.append(
                {
                    **_in_words(field, answers[field.key]),
                    "key": field.key,
                    "by": (change.by if change else Author.STAFF if field.by_staff else Author.WORKER).value,
                    "at": None if change is None else change.at,
                }
            )
    return shown


def _last_changes(answers: Answers, changes: Sequence[Change]) -> Mapping[str, Change]:
    """By field: the change since which the answer is what it is."""
    found: dict[str, Change] = {}
    after = answers
    for change in changes:
        for key in after.keys() - found.keys():
            if change.before.get(key) != after[key]:
                found[key] = change
        after = change.before
    return found


def _in_words(field: FormField, answer: Any) -> dict[str, Any]:
    shown = {"label": field.label, "type": field.type.value}
    if field.type is FieldType.ROWS:
        columns = [[_in_words(one, row[one.key]) for one in field.fields if one.key in row] for row in answer]
        return {**shown, "words": [], "rows": columns}
    return {**shown, "words": list(_words(field, answer))}


def _words(field: FormField, answer: Any) -> Iterator[str]:
    match field.type:
        case FieldType.CHOICES:
            # Each by itself: the page may say it in another language.
            yield from (choice.label for choice in field.choices if choice.value in answer)
        case FieldType.PLACE:
            # Degrees mean nothing to whoever stood there.
            if "name" in answer:
                yield answer["name"]
            yield how_found(answer)
        case FieldType.PAPER:
            yield PAPER_NAMES[IdType(answer["kind"])]
            yield mask_id_number(answer["number"])
        case _:
            yield spoken(field, answer)
