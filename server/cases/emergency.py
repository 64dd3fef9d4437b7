"""Words that may mean danger to life: whoever writes them is shown whom to call. Never holds anything up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from server.cases.loader import ServiceError
from server.core.documents import read_yaml


class Emergency(Struct, frozen=True):
    """`config/emergency.yaml`."""

    title: str
    text: str
    phones: Sequence[Mapping[str, str]]
    """`{"number", "name"}`."""
    words: frozenset[str]

    def heard_in(self, texts: Iterable[str]) -> bool:
        """Whether any of the texts holds one of the words."""
        return any(word in text for text in texts for word in self.words)

    def advice(self) -> dict[str, Any]:
        """What is shown: the `safety` of an answer."""
        return {"title": self.title, "text": self.text, "phones": [dict(phone) for phone in self.phones]}


def words_in(value: Any) -> Iterator[str]:
    """Every text in answers that were not checked yet."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for below in value.values():
            yield from words_in(below)
    elif isinstance(value, list):
        for below in value:
            yield from words_in(below)


def load_emergency(path: Path) -> Emergency:
    """Read the file.

    Raises:
        DocumentError: it is not YAML.
        ServiceError: something is missing in it.
    """
    read = read_yaml(path)
    try:
        return Emergency(
            title=read["title"],
            text=read["text"],
            phones=tuple({"number": phone["number"], "name": phone["name"]} for phone in read["phones"]),
            words=frozenset(word for group in read["words"].values() for word in group),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ServiceError([f"{path.name}: needs title, text, phones and words by group ({error})"]) from None
