"""Demo grievances that ended long ago: `config/demo/past.yaml`, so that the report has months and streets to compare.

They are anonymous: each is one more person for the report, and none stands among the own cases of a demo person.
"""

from collections.abc import Iterator
from pathlib import Path

import yaml

from dev.demo import cases
from dev.demo.cases import Entry

FILE = Path(__file__).resolve().parents[2] / "config" / "demo" / "past.yaml"


def load() -> str:
    """Make those that are not there yet."""
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return cases.made([*_entries(document["streets"], document["matters"])])


def _entries(streets: dict[str, str], matters: list[Entry]) -> Iterator[Entry]:
    for matter in matters:
        for code, street in streets.items():
            answered = matter["reply"]
            yield {
                "service": "grievance",
                "days": matter["days"],
                "answers": {
                    "kind": "complaint",
                    "topic": matter["topic"],
                    "text": matter["text"].format(street=street),
                    "wish": "solve",
                },
                "steps": [
                    {"after": 0.2, "do": "accept"},
                    {"after": 0.3, "do": "dispatch", "office": code, "text": "请到现场看一看，和对方谈。"},
                    {"after": 1, "do": "sign"},
                    {"after": answered, "do": "reply", "text": matter["answer"]},
                    {
                        "after": answered + 1,
                        "act": "rating",
                        "rating": {"solved": True, "attitude": 5, "result": matter["result"]},
                    },
                ],
            }
