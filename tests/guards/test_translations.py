"""What a Hong Kong worker reads of forms and consents is in 繁體 and English: reworded texts are translated anew."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "miniprogram" / "src" / "texts" / "service-words.ts"
READ = ("label", "help", "placeholder", "title", "text", "stops", "stays", "why")


def translated() -> set[str]:
    keys = re.findall(r"^  '((?:[^'\\]|\\.)*)': \[", WORDS.read_text("utf-8"), re.MULTILINE)
    return {key.replace("\\n", "\n").replace("\\'", "'") for key in keys}


def said(part: Any) -> Iterator[str]:
    """Every text that a worker reads in a form or a consent."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in READ and isinstance(value, str):
                yield value.strip()
            else:
                yield from said(value)
    elif isinstance(part, list):
        for value in part:
            yield from said(value)


@pytest.mark.parametrize("path", sorted((ROOT / "config" / "consents").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_consent_is_translated(path: Path) -> None:
    assert set(said(yaml.safe_load(path.read_text("utf-8")))) - translated() == set()


@pytest.mark.parametrize("service", ["legal_aid", "grievance", "call_me"])
def test_every_word_of_these_forms_is_translated(service: str) -> None:
    declared = yaml.safe_load((ROOT / "config" / "services" / f"{service}.yaml").read_text("utf-8"))
    assert set(said(declared["form"])) - translated() == set()
