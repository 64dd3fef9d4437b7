"""The templates of `config/papers`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from server.cases.papers.rules import Template
from server.core.documents import read_yaml

FOLDER = Path(__file__).resolve().parents[3] / "config" / "papers"


@cache
def templates() -> Mapping[str, Template]:
    """All of them by key, the name of the file."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        given = read_yaml(path)
        found[path.stem] = Template(path.stem, given["title"], given["identity"], given["blocks"], given.get("series"))
    return found
