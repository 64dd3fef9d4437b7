"""What a Hong Kong worker reads of forms, consents and messages is in 繁體 and English: new words are done anew."""

import ast
import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.cases.describing import UNITS
from server.cases.forms.computed import (
    Finding,
    arbitration_limit,
    award_limit,
    coming_day,
    hardship_category,
    money_owed,
)

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "miniprogram" / "src" / "texts"
SERVICES = (
    "legal_aid",
    "grievance",
    "call_me",
    "join_union",
    "move_membership",
    "hardship_aid",
    "hazard_report",
    "leave_union",
    "review_membership",
)
DAY = date(2026, 3, 10)
HOUSEHOLDS = ((0, None), (30_000_00, None), (90_000_00, None), (90_000_00, 80_000_00))
"""Income of a year and cost of an illness, 分: each of the categories."""
READ = ("label", "help", "placeholder", "say", "title", "text", "stops", "stays", "why")


def translated() -> set[str]:
    words = "".join((TEXTS / f"{name}-words.ts").read_text("utf-8") for name in ("service", "case"))
    keys = re.findall(r"^  '((?:[^'\\]|\\.)*)': \[", words, re.MULTILINE)
    return {key.replace("\\n", "\n").replace("\\'", "'") for key in keys}


def said(part: Any) -> Iterator[str]:
    """Every text that a worker reads in a form or a consent."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in READ and isinstance(value, str):
                yield value.strip()
            elif key == "choices":
                yield from value.values()
            else:
                yield from said(value)
    elif isinstance(part, list):
        for value in part:
            yield from said(value)


@pytest.mark.parametrize("path", sorted((ROOT / "config" / "consents").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_consent_is_translated(path: Path) -> None:
    assert set(said(yaml.safe_load(path.read_text("utf-8")))) - translated() == set()


def test_whatever_is_said_of_a_field_by_a_code_is_translated() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "server").rglob("*.py"))
    codes = set(re.findall(r'(?:Said|Invalid)\(\s*f?"[^"]*",\s*"(\w+)"', sources))
    assert {"phone", "too_long", "paper_check"} <= codes
    words = (TEXTS / "fault-words.ts").read_text("utf-8")
    assert codes - set(re.findall(r"^  (\w+): \[", words, re.MULTILINE)) == set()


def test_every_way_to_say_how_long_something_takes_is_understood() -> None:
    """The page takes a span of time apart by a pattern of its own: each unit must fit it as a whole."""
    source = (TEXTS / "service.ts").read_text("utf-8")
    pattern = re.search(r"^const SPAN = /(.+)/$", source, re.MULTILINE)
    assert pattern is not None
    assert {unit for unit in UNITS.values() if not re.fullmatch(pattern[1], f"3 {unit}内")} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_word_of_these_forms_is_translated(service: str) -> None:
    assert set(said(declared(service)["form"])) - translated() == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_word_of_these_cases_is_translated(service: str) -> None:
    assert set(told(declared(service)["flow"])) - translated() == set()


def test_whatever_lies_in_the_inbox_has_a_title_in_their_language() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "server").rglob("*.py"))
    titles = set(re.findall(r'kind="[a-z_.]+",\s*title="([^"]+)"', sources))
    assert {"你是站长了", "你的事项有新留言"} <= titles
    assert titles - translated() == set()


def test_whatever_a_message_says_is_translated_sentence_by_sentence() -> None:
    bodies = set(bodies_of_services()) | set(bodies_in_the_code())
    assert {"{no} 有新留言，请打开看看。", "《{name}》的报名取消了。还有名额时可以再报。"} <= bodies
    sentences = {one for body in bodies for one in re.findall(r"[^。？！\n]+[。？！]?", body)}
    in_chinese = {one for one in sentences if re.search(r"[\u4e00-\u9fff]", one)}
    assert in_chinese ^ set(message_words()) == set(), "a sentence is not translated, or no longer said"


def test_a_message_says_the_same_numbers_dates_and_names_in_every_language() -> None:
    for words, translations in message_words().items():
        for translation in translations:
            assert sorted(re.findall(r"{\w+}", translation)) == sorted(re.findall(r"{\w+}", words)), translation


def message_words() -> dict[str, tuple[str, str]]:
    """A sentence of a message → in 繁體, in English."""
    source = (TEXTS / "notice-words.ts").read_text("utf-8")
    text = r"'((?:[^'\\]|\\.)*)'"
    found = re.findall(rf"^  {text}: \[{text}, {text}\],$", source, re.MULTILINE)
    return {words: (hk, english) for words, hk, english in found}


def bodies_of_services() -> Iterator[str]:
    for path in (ROOT / "config" / "services").glob("*.yaml"):
        service = yaml.safe_load(path.read_text("utf-8"))
        flow = service["flow"]
        reminders = [rule["remind"] for rule in service.get("computed", []) if "remind" in rule]
        for step in [flow["opening"], *flow["transitions"].values(), *reminders]:
            if step.get("notice"):
                yield step["notice"]["body"]


def bodies_in_the_code() -> Iterator[str]:
    """What `worded` is given, and what else has gaps in the modules that use it: mypy lets no other text be sent."""
    for path in (ROOT / "server").rglob("*.py"):
        source = path.read_text("utf-8")
        if not re.search(r"worded import .*\bworded\b", source):
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "worded":
                yield from (one.value for one in ast.walk(node.args[0]) if is_chinese(one))
            elif is_chinese(node) and re.search(r"{\w+}", node.value):
                yield node.value


def is_chinese(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"[\u4e00-\u9fff]", node.value) is not None
    )


def test_whatever_happens_to_a_case_of_any_service_is_translated() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "server" / "cases").rglob("*.py"))
    constants = dict(re.findall(r'^([A-Z_]+) = "([^"]+)"', sources, re.MULTILINE))
    events = re.findall(r"(?:CaseEvent|write_in_timeline)\((.*?)\)\n", sources, re.DOTALL)
    said_by_code = {name for event in events for name in re.findall(r"what=([A-Z_]+)", event)}
    assert {"TAKEN_OVER", "WRITTEN_DOWN"} <= said_by_code
    assert {constants[name] for name in said_by_code} - translated() == set()


def test_what_a_letter_does_to_the_case_that_it_came_from_is_translated() -> None:
    steps = declared("firm_letter")["flow"]["transitions"].values()
    said = {step["does"]["tell_source"]["what"] for step in steps if "tell_source" in step.get("does", {})}
    assert "工会去看过了，单位改好了" in said
    assert said - translated() == set()


def limit_by(known_on: str) -> Finding | None:
    return arbitration_limit(
        today=DAY, unpaid_wages=False, still_working=False, last_day_of_work=None, known_on=known_on
    )


@pytest.mark.parametrize(
    "finding",
    [
        money_owed(today=DAY, rows=[{"agreed": 100, "paid": 0}]),
        limit_by("2026-01-20"),
        limit_by("2024-01-20"),
        award_limit(today=DAY, awarded=True, received_on=None),
        award_limit(today=DAY, awarded=True, received_on="2026-03-01"),
        award_limit(today=DAY, awarded=True, received_on="2025-03-01"),
        coming_day(today=DAY, day="2026-03-20"),
        *(hardship_category(today=DAY, people=1, income=cents, rigid=0, illness=ill) for cents, ill in HOUSEHOLDS),
    ],
)
def test_whatever_follows_from_answers_is_translated(finding: Finding | None) -> None:
    source = (TEXTS / "fact-sentences.ts").read_text("utf-8")
    assert finding is not None
    text = finding.text
    for pattern, english in re.findall(r"^  \[/(.+)/, '[^']*', '([^']*)'\],$", source, re.MULTILINE):
        text = re.sub(pattern, english.replace("$", "\\"), text)
    assert re.findall(r"[\u4e00-\u9fff]", text) == [], text


def declared(service: str) -> Any:
    return yaml.safe_load((ROOT / "config" / "services" / f"{service}.yaml").read_text("utf-8"))


def told(flow: Any) -> Iterator[str]:
    """What a case says of itself: its promises, its states, what happened, what lies in the inbox."""
    with (ROOT / "config" / "deadlines.csv").open(encoding="utf-8", newline="") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file)}
    yield from (clock.get("name") or names[clock["deadline"]] for clock in flow["clocks"].values())
    yield from (state["name"] for state in flow["states"].values())
    yield from (step["timeline"] for step in [flow["opening"], *flow["transitions"].values()] if "timeline" in step)
    yield from (
        step["notice"]["title"] for step in [flow["opening"], *flow["transitions"].values()] if step.get("notice")
    )


def test_words_of_hong_kong_are_written_one_way() -> None:
    assert [path.name for path in sorted(TEXTS.glob("*.ts")) if "裡" in path.read_text("utf-8")] == []
