"""Pure: when a message is tried again, and what a text for an office outside must not hold."""

from collections.abc import Iterable
from datetime import datetime, timedelta

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
"""After the first failure, the second, …; then every hour for as long as it takes."""
COPIED = 12
"""So many characters in a row that are the worker's own are no chance."""
TELLING = 2
"""A name of fewer characters is in too many words."""


def next_try(at: datetime, *, tries: int) -> datetime:
    """When a message that failed for the `tries`-th time is tried again."""
    return at + PAUSES[min(tries, len(PAUSES)) - 1]


def copies(text: str, own_words: Iterable[str]) -> str | None:
    """The first passage of the worker's own words that a text repeats; punctuation and spaces do not hide it."""
    written = _plain(text)
    for words in own_words:
        plain = _plain(words)
        for start in range(len(plain) - COPIED + 1):
            if plain[start : start + COPIED] in written:
                return plain[start : start + COPIED]
    return None


def points_to(text: str, *, names: Iterable[str | None], numbers: Iterable[str | None]) -> bool:
    """Whether a text holds a name, or the digits of a phone or an identity number, however they are spaced."""
    plain = _plain(text).upper()
    return any(len(name or "") >= TELLING and _plain(str(name)).upper() in plain for name in names) or any(
        number and _plain(number).upper().removeprefix("86") in plain for number in numbers
    )


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
