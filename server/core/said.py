"""Sentences about a field, each with the word that stands for it in other languages; and what somebody typed."""

import unicodedata
from typing import Any, Self

_NOTHING_TO_SEE = {"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"}
"""Categories of spaces and of what only steers or marks others. Rare names use private and unknown ones: not those."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers, which count as letters or signs."""


def trimmed(typed: str) -> str:
    """What somebody typed, without the spaces around it; "" where there is nothing to see."""
    seen = any(one not in _BLANK and unicodedata.category(one) not in _NOTHING_TO_SEE for one in typed)
    return typed.strip() if seen else ""


class Said(str):
    """A Chinese sentence that knows its own code, and the number that it names."""

    code: str
    limit: float | None

    def __new__(cls, words: str, code: str, *, limit: float | None = None) -> Self:
        made = super().__new__(cls, words)
        made.code = code
        made.limit = limit
        return made

    def format(self, *args: Any, **kwargs: Any) -> "Said":
        """Stays what it is where marshmallow fills it in."""
        return Said(super().format(*args, **kwargs), self.code, limit=self.limit)

    def reason(self) -> dict[str, str | float]:
        """As it goes on the wire."""
        return {"code": self.code} if self.limit is None else {"code": self.code, "limit": self.limit}
