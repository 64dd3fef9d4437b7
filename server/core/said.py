"""Sentences about a field, each with the word that stands for it in other languages."""

from typing import Any, Self


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
