"""Files for fields of a form: their controls, and what was chosen in them."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import Field, Form

from server.cases.files.service import kinds_in_words, store_of_staff
from server.cases.forms.fields import FileKind, FormField, Viewer
from server.cases.seeing import seen
from server.console.controls import ASKED
from server.core.errors import Problem, unprocessable

ACCEPTED = {
    FileKind.IMAGE: "image/jpeg,image/png,image/webp",
    FileKind.PDF: "application/pdf",
    FileKind.AUDIO: "audio/*",
    FileKind.VIDEO: "video/*",
}
_ABOUT_THE_FILE = frozenset({413, 415, 422})


def fields_for_files(declared: Iterable[FormField]) -> list[FormField]:
    """Those that whoever works on a case sees."""
    return list(seen(declared, {Viewer.HANDLER}))


def file_controls_of(fields: Iterable[FormField]) -> dict[str, Field]:
    """Controls by the name of their attribute. What was chosen outlives a refusal: the page keeps the control."""
    return {
        ASKED + field.key: MultipleFileField(
            f"{field.label}（{kinds_in_words(field.kinds)}，最多 {field.most_files} 个）",
            render_kw={
                "accept": ",".join(ACCEPTED[kind] for kind in field.kinds),
                "data-unkept": "yes",
                "hx-preserve": "true",
            },
        )
        for field in fields
    }


def files_in(fields: Iterable[FormField], form: Form) -> Sequence[dict[str, Any]]:
    """What was chosen, stored until the case takes it.

    Raises:
        Problem: 422 naming the field of a file that cannot be kept.
    """
    items = []
    for field in fields:
        for chosen in form[ASKED + field.key].data or ():
            if chosen:
                try:
                    items.append({**store_of_staff(chosen.read()), "field": field.key})
                except Problem as problem:
                    if problem.status not in _ABOUT_THE_FILE:
                        raise
                    sentences = next(iter((problem.errors or {}).values()), [problem.title])
                    raise unprocessable({f"answers.{field.key}": sentences}) from None
    return items
