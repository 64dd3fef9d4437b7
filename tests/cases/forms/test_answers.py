"""Forms: what they accept, and what they say about what they do not."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from server.cases.forms.answers import CompiledForm
from server.cases.forms.fields import Choice, Condition, FieldType, FormDeclaration, FormField, Section
from server.cases.forms.schema import DIALECT
from server.cases.forms.sentences import SENTENCES
from tests.cases.declared import services

FIELDS = (
    FormField("title", FieldType.TEXT, "题目", required=True, minimum=3, maximum=5),
    FormField("kind", FieldType.CHOICE, "哪种", choices=(Choice("a", "甲"), Choice("b", "乙"))),
    FormField("tools", FieldType.CHOICES, "工具", choices=(Choice("x", "一"), Choice("y", "二")), minimum=2),
    FormField("sure", FieldType.YES_NO, "确定吗"),
    FormField("fee", FieldType.MONEY, "钱", minimum=10, maximum=100),
    FormField("day", FieldType.DATE, "哪天"),
    FormField("month", FieldType.MONTH, "哪月", required_if=Condition.of({"kind": "b"})),
    FormField("why", FieldType.TEXT, "为什么", required=True, visible_if=Condition.of({"sure": False})),
    FormField(
        "rows",
        FieldType.ROWS,
        "几行",
        maximum=2,
        fields=(FormField("name", FieldType.TEXT, "名", required=True), FormField("sum", FieldType.MONEY, "额")),
    ),
)
FORM = CompiledForm(FormDeclaration((Section("all", "全部", FIELDS),)), title="试")
GOOD = {"title": "三个字"}


@pytest.mark.parametrize(
    ("answers", "path", "words"),
    [
        ({}, "answers.title", "这一项必填"),
        ({"title": "   "}, "answers.title", "这一项必填"),
        ({"title": None}, "answers.title", "这一项必填"),
        ({**GOOD, "colour": 1}, "answers.colour", "表里没有这一项"),
        ({"title": 7}, "answers.title", "这里要填文字"),
        ({**GOOD, "fee": "12"}, "answers.fee", "这里要填整数"),
        ({**GOOD, "fee": 12.5}, "answers.fee", "这里要填整数"),
        ({**GOOD, "fee": True}, "answers.fee", "这里要填整数"),
        ({**GOOD, "sure": "yes"}, "answers.sure", "这里只能选是或不是"),
        ({**GOOD, "rows": "x"}, "answers.rows", "这里要填一个列表"),
        ({**GOOD, "rows": ["x"]}, "answers.rows.0", "这里的格式不对"),
        ({**GOOD, "kind": "c"}, "answers.kind", "请从列出的选项里选一个"),
        ({**GOOD, "tools": ["x", "z"]}, "answers.tools.1", "请从列出的选项里选一个"),
        ({"title": "短"}, "answers.title", "请至少写 3 个字"),
        ({"title": "这一个实在太长"}, "answers.title", "不能超过 5 个字"),
        ({**GOOD, "month": "2026-3"}, "answers.month", "月份要像 2026-03 这样写"),
        ({**GOOD, "day": "20260301"}, "answers.day", "日期要像 2026-03-01 这样写"),
        ({**GOOD, "day": "2026-02-30"}, "answers.day", "日期要像 2026-03-01 这样写"),
        ({**GOOD, "day": "2026-W01-1"}, "answers.day", "日期要像 2026-03-01 这样写"),
        ({**GOOD, "fee": 9}, "answers.fee", "不能小于 10"),
        ({**GOOD, "fee": 101}, "answers.fee", "数字太大了，最多 100"),
        ({**GOOD, "tools": ["x"]}, "answers.tools", "请至少填 2 项"),
        ({**GOOD, "tools": ["x", "x"]}, "answers.tools", "同一个选项只选一次"),
        ({**GOOD, "rows": [{"name": "一"}] * 3}, "answers.rows", "最多填 2 项"),
        ({**GOOD, "rows": [{"name": "一"}, {"sum": 5}]}, "answers.rows.1.name", "这一项必填"),
        ({**GOOD, "rows": [{"name": "一", "sum": -1}]}, "answers.rows.0.sum", "不能小于 0"),
        ({**GOOD, "rows": [{"name": "一", "age": 3}]}, "answers.rows.0.age", "表里没有这一项"),
        ({**GOOD, "kind": "b"}, "answers.month", "这一项必填"),
        ({**GOOD, "sure": False}, "answers.why", "这一项必填"),
    ],
)
def test_each_wrong_answer_has_its_own_sentence(answers: dict[str, Any], path: str, words: str) -> None:
    assert FORM.accept(answers)[1] == {path: [words]}


def test_every_keyword_that_a_form_compiles_to_has_a_sentence() -> None:
    annotations = {"$schema", "title", "description", "x-layout", "properties", "items", "allOf", "if", "then"}

    def keywords(schema: Any) -> set[str]:
        found = set(schema) - annotations
        for below in [*schema.get("properties", {}).values(), *filter(None, [schema.get("items")])]:
            found |= keywords(below)
        return found

    used = keywords(FORM.schema).union(*(keywords(service.form.schema) for service in services().values()))
    assert used <= SENTENCES.keys()


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert set(FORM.accept({"fee": 1, "kind": "z"})[1]) == {"answers.title", "answers.fee", "answers.kind"}


def test_spaces_and_empty_answers_are_dropped() -> None:
    kept, errors = FORM.accept(
        {"title": "  三个字 ", "kind": None, "day": " ", "rows": [{"name": " 一 ", "sum": None}]}
    )
    assert not errors
    assert kept == {"title": "三个字", "rows": [{"name": "一"}]}


def test_what_is_hidden_is_neither_required_nor_kept() -> None:
    kept, errors = FORM.accept({**GOOD, "sure": True, "why": "写过又改了主意"})
    assert not errors
    assert "why" not in kept


def test_nothing_is_hidden_while_what_decides_is_wrong() -> None:
    _, errors = FORM.accept({**GOOD, "sure": "perhaps", "why": 7})
    assert set(errors) == {"answers.sure", "answers.why"}


@pytest.mark.parametrize("key", services())
def test_the_example_of_a_service_fits_its_form_for_any_validator(key: str) -> None:
    service = services()[key]
    Draft202012Validator.check_schema(service.asked.schema)
    assert service.asked.schema["$schema"] == DIALECT
    Draft202012Validator(service.asked.schema).validate(service.example)
    assert service.asked.accept(service.example) == (service.example, {})


VALUES = st.sampled_from(["a", "b", True, False, 0, 1, None])
CASES = st.dictionaries(st.sampled_from("xyz"), st.lists(VALUES, min_size=1, max_size=3), min_size=1)


@given(cases=st.lists(CASES, min_size=1, max_size=3), answers=st.dictionaries(st.sampled_from("xyz"), VALUES))
def test_a_condition_means_the_same_here_and_in_the_schema(
    cases: list[dict[str, list[Any]]], answers: dict[str, Any]
) -> None:
    condition = Condition.of(cases)
    assert condition.holds(answers) == Draft202012Validator(condition.schema()).is_valid(answers)


def test_the_words_a_worker_typed_are_found_wherever_they_are() -> None:
    answers = {"title": "三个字", "kind": "a", "rows": [{"name": "一行"}, {"name": "两行"}]}
    assert list(FORM.typed_texts(answers)) == ["三个字", "一行", "两行"]


CONTRACT = {
    "grievance": (
        {"kind", "topic", "text", "wish"},
        {"firm"},
    ),
    "legal_aid": (
        {"matter", "text", "work_mode", "other_parties", "still_working", "stage", "wanted", "migrant"},
        {"last_day", "known_on", "wages"},
    ),
}


@pytest.mark.parametrize("key", CONTRACT)
def test_a_form_asks_for_what_the_contract_says_and_demands_no_more(key: str) -> None:
    required, optional = CONTRACT[key]
    schema = services()[key].form.schema
    assert set(schema["required"]) == required
    assert optional <= schema["properties"].keys()
    assert "allOf" not in schema


def test_the_contracts_values_are_the_choices() -> None:
    grievance = services()["grievance"].form.schema["properties"]
    assert grievance["kind"]["enum"] == ["consult", "help", "complaint", "report", "suggest", "praise"]
    assert grievance["wish"]["enum"] == ["reply", "solve", "record"]
    aid = services()["legal_aid"].form.schema["properties"]
    assert aid["matter"]["enum"] == (
        ["wages", "relation", "injury", "dismissal", "insurance", "overtime", "deposit", "traffic", "other"]
    )
    assert aid["work_mode"]["enum"] == ["contract", "roster", "free", "agency", "unsure"]
    assert set(aid["wages"]["items"]["required"]) == {"month", "agreed", "paid"}
    assert aid["other_parties"]["items"]["required"] == ["name"]


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"last_day": "2026-03-01"}, "2027-03-01"),
        ({"last_day": "2024-02-29"}, "2025-02-28"),
        ({"still_working": True}, None),
        ({"matter": "injury", "known_on": "2026-05-04"}, "2027-05-04"),
        ({"matter": "injury", "known_on": None}, None),
        ({"matter": "dismissal", "still_working": True, "known_on": "2026-01-02"}, "2027-01-02"),
        ({"demanded_on": "2026-06-01"}, "2027-03-01"),
    ],
)
def test_the_limit_of_arbitration_follows_from_the_answers(changes: dict[str, Any], limit: str | None) -> None:
    service = services()["legal_aid"]
    answers, errors = service.form.accept({**deepcopy(dict(service.example)), **changes})
    assert not errors
    rule = next(rule for rule in service.computed if rule.key == "limit_date")
    found = rule.find(answers, today=date(2026, 3, 13))
    assert (found.value if found else None) == limit


@pytest.mark.parametrize(
    ("today", "colour", "urgent"),
    [
        (date(2026, 6, 1), "far", False),
        (date(2027, 2, 22), "close", False),
        (date(2027, 2, 23), "close", True),
        (date(2027, 3, 1), "close", True),
        (date(2027, 3, 2), "passed", False),
    ],
)
def test_the_limit_turns_urgent_with_fewer_than_seven_days_left(today: date, colour: str, urgent: bool) -> None:
    service = services()["legal_aid"]
    rule = next(rule for rule in service.computed if rule.key == "limit_date")
    found = rule.find(service.example, today=today)
    assert found is not None
    assert (found.colour, found.urgent) == (colour, urgent)


def test_what_is_owed_is_summed_month_by_month() -> None:
    rule = next(rule for rule in services()["legal_aid"].computed if rule.key == "owed")
    rows = [
        {"month": "2026-01", "agreed": 500_00, "paid": 100_00},
        {"month": "2026-02", "agreed": 500_00, "paid": 600_00},
    ]
    found = rule.find({"wages": rows}, today=date(2026, 3, 1))
    assert found is not None
    assert (found.value, found.text) == (400_00, "400.00 元")
    assert rule.find({}, today=date(2026, 3, 1)) is None
