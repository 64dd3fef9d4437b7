"""Chinese text search without a parser or an extension: every character and every pair of neighbours is a lexeme."""

import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR

_WORD = re.compile(r"\w+")
MAX_QUERY = 60
"""Characters of a query that are looked at."""


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def search_tokens(*texts: str) -> list[str]:
    """All single characters and bigrams of the words, each once, for indexing."""
    found: set[str] = set()
    for word in (word for text in texts for word in _words(text)):
        found.update(word)
        found.update(word[i : i + 2] for i in range(len(word) - 1))
    return sorted(found)


def search_vector(*texts: str) -> sa.ColumnElement[Any]:
    """The value for a `TSVECTOR` column."""
    return sa.func.array_to_tsvector(sa.cast(search_tokens(*texts), ARRAY(sa.Text)))


def matches(column: Any, query: str) -> sa.ColumnElement[bool]:
    """Whether the indexed text holds every word of the query (bigrams, or the character of a one-character word)."""
    wanted: set[str] = set()
    for word in _words(query[:MAX_QUERY]):
        wanted.update([word] if len(word) == 1 else (word[i : i + 2] for i in range(len(word) - 1)))
    if not wanted:
        return sa.false()
    # Each lexeme is quoted, so no input can become an operator of the query.
    quoted = " & ".join("'" + token.replace("\\", "\\\\").replace("'", "''") + "'" for token in sorted(wanted))
    return sa.cast(column, TSVECTOR).bool_op("@@")(sa.cast(quoted, TSQUERY))
