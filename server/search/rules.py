"""What a few typed words mean. Pure: what can be found comes in as arguments."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Findable(NamedTuple):
    """Something with a name, and the everyday words for it."""

    key: str
    name: str
    words: tuple[str, ...] = ()
    text: str = ""
    """Further text that is searched, but counts less than the name."""


class Meaning(NamedTuple):
    """A query of which some words name things that can be asked for by themselves."""

    named: tuple[str, ...]
    """Keys, each once."""
    rest: tuple[str, ...]
    """The words that are only words."""


def plain(text: str) -> str:
    """As texts are compared: width and case folded, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def ranked(query: str, things: Iterable[Findable]) -> list[str]:
    """Keys of the things that a query may mean, the likeliest first.

    A declared word anywhere in the query is enough (“老板欠我工资” holds 工资), and the more of them the better;
    otherwise every typed word must be in the name or the declared words, or, counting less, in the text too.
    """
    typed = [word for word in map(plain, query.split()) if word]
    if not typed:
        return []
    scored = [(_score(typed, thing), thing.key) for thing in things]
    return [key for score, key in sorted(scored, key=lambda one: -one[0]) if score]


def _score(typed: Sequence[str], thing: Findable) -> int:
    words = [plain(word) for word in thing.words]
    whole = "".join(typed)
    held = sum(word in whole for word in words)
    if held:
        return 2 + held
    known = [plain(thing.name), *words]
    if all(any(word in text for text in known) for word in typed):
        return 2
    known.append(plain(thing.text))
    return int(all(any(word in text for text in known) for word in typed))


def meaning(query: str, things: Sequence[Findable]) -> Meaning:
    """Tell the words that name one of the things from those that are only words.

    A word names a thing when it is its short name or a declared word, holds one (“附近厕所”), or is, with two
    characters or more, a part of its long name (`text`).
    """
    named: dict[str, None] = {}
    rest = []
    for word in map(plain, query.split()):
        key = _named_by(word, things) if word else None
        if key is not None:
            named[key] = None
        elif word:
            rest.append(word)
    return Meaning(tuple(named), tuple(rest))


def _named_by(word: str, things: Sequence[Findable]) -> str | None:
    names = [(thing.key, [plain(name) for name in (thing.name, *thing.words)]) for thing in things]
    for key, known in names:
        if word in known:
            return key
    held = [(len(name), key) for key, known in names for name in known if len(name) > 1 and name in word]
    if held:
        # The longest: 电动车充电 holds 充电 too.
        return max(held, key=lambda one: one[0])[1]
    if len(word) > 1:
        return next((thing.key for thing in things if word in plain(thing.text)), None)
    return None
