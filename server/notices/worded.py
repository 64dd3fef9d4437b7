"""Chinese sentences to a worker that other languages can say as well: words with named gaps, and what fills them."""

from collections.abc import Mapping
from typing import Any, Self


class Worded(str):
    """What a worker reads in simplified Chinese, that knows the words it was made of.

    `words` is all that a page has to have in another language; it looks them up sentence by sentence. In `slots` stand
    the number of a case, a date, a name, or what somebody of the staff wrote in their own words.
    """

    words: str
    slots: Mapping[str, str]

    def __new__(cls, words: str, slots: Mapping[str, str] | None = None) -> Self:
        slots = slots or {}
        made = super().__new__(cls, words.format_map(slots) if slots else words)
        made.words = words
        made.slots = {name: value for name, value in slots.items() if f"{{{name}}}" in words}
        return made


def worded(words: str, **slots: Any) -> Worded:
    """A text for a worker.

    Args:
        words: simplified Chinese, with `{name}` for each of `slots`; `miniprogram/src/texts/notice-words.ts` has each
            sentence in the other languages.
    """
    return Worded(words, {name: str(value) for name, value in slots.items()})


def in_a_row(*texts: Worded) -> Worded:
    """One text of several. Gaps of the same name have to be filled with the same."""
    slots: dict[str, str] = {}
    for text in texts:
        slots |= text.slots
    return Worded("".join(text.words for text in texts), slots)
