"""Forms: WTForms with our words, and what the service says about what was filled in."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from flask_wtf import FlaskForm
from wtforms import DecimalField, Field, Form
from wtforms.meta import DefaultMeta
from wtforms.validators import StopValidation

from server.core.errors import Problem
from server.core.said import trimmed

R = TypeVar("R")
MOST_DIGITS = 12
"""Of yuan: far above what any form takes, and few enough to reckon with."""
TOLD_IN_PLACE = frozenset({409, 422, 429})
"""What concerns what was just filled in; everything else has a page of its own."""


def told_of(problem: Problem) -> str:
    """What the service says about it, where no field is beside which it could stand."""
    return "；".join(one for sentences in (problem.errors or {}).values() for one in sentences) or problem.title


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """It was done, and this came of it."""

    value: R


SENTENCES = {
    "Not a valid choice.": "请从列出的里选",
    "Not a valid date value.": "日期不对，请从日历里选",
    "Not a valid datetime value.": "日期和时间不对，请从日历里选",
    "Not a valid time value.": "时间不对，例如 09:30",
    "Not a valid integer value.": "请填整数",
    "Not a valid decimal value.": "请填数字",
}


class _Sentences:
    """What WTForms says by itself, as the rest of the desk says it."""

    def __init__(self, translated: Any) -> None:
        self._translated = translated

    def gettext(self, string: str) -> str:
        return SENTENCES.get(string) or str(self._translated.gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(self._translated.ngettext(singular, plural, n))


class Spoken(DefaultMeta):
    """How forms and groups of controls within them speak."""

    locales = ("zh", "en")

    def get_translations(self, form: Any) -> Any:
        """WTForms' own, but for sentences that we say otherwise."""
        return _Sentences(super().get_translations(form))


class ConsoleForm(FlaskForm):
    """A form. `csrf_token` is checked before the view; see `guard.check_origin`."""

    class Meta(Spoken, FlaskForm.Meta):
        csrf = False

    refusal: str | None = None
    """Why it was not done, where that belongs to no field."""

    def done_by(self, act: Callable[[], R]) -> Done[R] | None:
        """Do it, once the form is right. None if it is not, or the service refused: why is in the form then.

        Raises:
            Problem: what is not about the input.
        """
        if not self.validate():
            return None
        try:
            return Done(act())
        except Problem as problem:
            if problem.status not in TOLD_IN_PLACE:
                raise
            self._tell(problem)
            return None

    def _tell(self, problem: Problem) -> None:
        others: list[str] = []
        for name, sentences in (problem.errors or {}).items():
            if name in self._fields:
                field = self._fields[name]
                field.errors = [*field.errors, *sentences]
            else:
                others += sentences
        if others or not problem.errors:
            self.refusal = "；".join(others) or problem.title


class Needed:
    """Something has to be filled in."""

    field_flags = {"required": True}  # noqa: RUF012  # as WTForms wants it

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, _form: Form, field: Field) -> None:
        if field.process_errors and trimmed("".join(map(str, field.raw_data or ()))):
            # What was typed is no such thing, and that was said.
            raise StopValidation
        if not trimmed(str(field.data or "")):
            # A choice that is not made is no choice of the list either: one sentence is enough.
            field.errors[:] = []
            raise StopValidation(self.sentence)


class YuanField(DecimalField):
    """An amount of money in yuan, as a `Decimal` of whole fen."""

    data: Decimal | None

    def __init__(self, label: str, *checks: Any, **kwargs: Any) -> None:
        super().__init__(label, *checks, places=2, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take no more than fen: nobody finds another amount than the one they typed."""
        super().process_formdata(valuelist)
        yuan, self.data = self.data, None
        if yuan is None:
            return
        if not (yuan.is_finite() and yuan.adjusted() < MOST_DIGITS and yuan == round(yuan, 2)):
            raise ValueError("金额请填数字，最多到分，例如 1234.50")
        self.data = yuan


def stripped(value: Any) -> Any:
    """A filter: without the spaces that a paste brings."""
    return trimmed(value) if isinstance(value, str) else value
