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
from server.cases.forms.speaking import spoken_answers
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
PARTS = (
    FormField("when", FieldType.PERIOD, "从哪天到哪天"),
    FormField("at", FieldType.TIME, "几点"),
    FormField("who", FieldType.PERSON, "姓名"),
    FormField("paper", FieldType.PAPER, "证件"),
    FormField("code", FieldType.USCC, "代码"),
    FormField("home", FieldType.ADDRESS, "住址"),
    FormField("station", FieldType.STATION, "驿站"),
    FormField("card", FieldType.BANK_CARD, "银行卡"),
)
OTHERS = CompiledForm(FormDeclaration((Section("all", "全部", PARTS),)), title="试")
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
        ({**GOOD, "day": "1026-03-01"}, "answers.day", "这个时间太早了，请看看年份有没有写错"),
        ({**GOOD, "month": "1026-03"}, "answers.month", "这个时间太早了，请看看年份有没有写错"),
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


@pytest.mark.parametrize(
    "answers",
    [
        {"when": {"from": "2026-03-01", "to": "2026-03-01"}, "at": "23:59", "who": "买买提·吐尔逊"},
        {"when": {"from": "2026-03-01"}, "code": "91440300708461136T", "station": {"name": "路口那个"}},
        {"home": {"area": "440304007", "detail": "一栋 2 单元"}, "paper": {"kind": "passport", "number": "E12345678"}},
    ],
)
def test_what_is_right_is_kept_as_it_was_written(answers: dict[str, Any]) -> None:
    assert OTHERS.accept(answers) == (answers, {})


@pytest.mark.parametrize(
    ("answers", "path", "words"),
    [
        ({"when": {"from": "2026-03-02", "to": "2026-03-01"}}, "answers.when", "结束那天不能比开始那天早"),
        ({"when": {"to": "2026-03-01"}}, "answers.when.from", "这一项必填"),
        ({"when": {"from": "2026-02-30"}}, "answers.when.from", "日期要像 2026-03-01 这样写"),
        ({"when": {"from": "1026-03-01"}}, "answers.when.from", "这个时间太早了，请看看年份有没有写错"),
        ({"at": "24:00"}, "answers.at", "时间要像 09:30 这样写"),
        ({"who": "张<三>"}, "answers.who", "姓名里有不该有的字符，请照证件上的填"),
        ({"paper": {"kind": "diploma", "number": "1"}}, "answers.paper.kind", "请从列出的选项里选一个"),
        ({"code": "91440300708461136A"}, "answers.code", "统一社会信用代码有一位不对，请照营业执照再核对一遍"),
        ({"code": "9144"}, "answers.code", "统一社会信用代码是 18 位数字和大写字母，营业执照上有"),
        ({"home": {"area": "福田", "detail": "一栋"}}, "answers.home.area", "请从列表里选街道或社区"),
        ({"home": {"area": "440304007"}}, "answers.home.detail", "这一项必填"),
        (
            {"card": {"bank": "演示银行", "number": "6222020200011112227"}},
            "answers.card.number",
            "银行卡号不对，请对着卡再看一遍",
        ),
    ],
)
def test_each_part_has_its_own_sentence(answers: dict[str, Any], path: str, words: str) -> None:
    assert OTHERS.accept(answers)[1] == {path: [words]}


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        ("when", {"from": "2026-03-01"}, "2026-03-01 到 现在"),
        ("paper", {"kind": "passport", "number": "E12345678"}, "护照 E****8"),
        ("home", {"area": "440304007", "detail": "一栋"}, "梅林街道 一栋"),
        ("card", {"bank": "演示银行", "number": "6222020200011112220"}, "演示银行 尾号 2220"),
    ],
)
def test_staff_read_answers_in_words_and_numbers_of_papers_and_cards_masked(key: str, answer: Any, words: str) -> None:
    assert dict(spoken_answers(PARTS, {key: answer})) == {next(one.label for one in PARTS if one.key == key): words}


def test_both_of_two_conditions_hold_or_neither_does() -> None:
    both = Condition.of({"kind": ["a", "b"]}).both(Condition.of([{"kind": "b", "sure": True}, {"sure": False}]))
    held = [
        (kind, sure) for kind in ("a", "b", "c") for sure in (True, False) if both.holds({"kind": kind, "sure": sure})
    ]
    assert held == [("a", False), ("b", True), ("b", False)]


def test_every_keyword_that_a_form_compiles_to_has_a_sentence() -> None:
    annotations = {"$schema", "title", "description", "x-layout", "properties", "items", "allOf", "if", "then"}

    def keywords(schema: Any) -> set[str]:
        found = set(schema) - annotations
        for below in [*schema.get("properties", {}).values(), *filter(None, [schema.get("items")])]:
            found |= keywords(below)
        return found

    used = (keywords(FORM.schema) | keywords(OTHERS.schema)).union(
        *(keywords(service.form.schema) for service in services().values())
    )
    assert used <= SENTENCES.keys()


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert set(FORM.accept({"fee": 1, "kind": "z"})[1]) == {"answers.title", "answers.fee", "answers.kind"}


def test_spaces_and_empty_answers_are_dropped() -> None:
    kept, errors = FORM.accept(
        {"title": "  三个字 ", "kind": None, "day": "\u200b", "rows": [{"name": " 一 ", "sum": None}]}
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
    # Two exceptions: docs/decisions/0036-the-day-one-knew.md, and what an objection is to, with its street.
    demanded = [field for rule in schema.get("allOf", ()) for field in rule["then"]["required"]]
    assert demanded == {"legal_aid": ["known_on"], "grievance": ["published", "street"]}.get(key, [])


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
        ({"matter": "injury", "known_on": "2026-03-04"}, "2027-03-04"),
        ({"last_day": None, "known_on": "2026-01-20"}, "2027-01-20"),
        ({"last_day": None, "known_on": None}, None),
        ({"matter": "dismissal", "known_on": "2026-02-10"}, "2027-02-10"),
        ({"matter": "dismissal", "known_on": "2026-03-10"}, "2027-03-01"),
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


@pytest.mark.parametrize(
    ("answers", "limit"),
    [
        ({"matter": "dismissal", "last_day": "2025-11-29"}, "2026-11-29"),
        ({"matter": "injury", "last_day": "2025-11-29"}, "2026-11-29"),
        ({"matter": "injury", "still_working": True, "demanded_on": "2025-11-29"}, "2026-11-29"),
    ],
)
def test_a_case_without_the_day_that_counts_is_red_by_the_earliest_there_is(
    answers: dict[str, Any], limit: str
) -> None:
    """Cases that were sent before the day was asked for, or that staff typed."""
    rule = next(rule for rule in services()["legal_aid"].computed if rule.key == "limit_date")
    found = rule.find({"still_working": False, **answers}, today=date(2026, 11, 26))
    assert found is not None
    assert (found.value, found.urgent, found.colour) == (limit, True, "close")
    assert ("先按最早的一天算" in found.text) == (answers["matter"] == "injury")


def test_the_day_one_knew_is_required_where_the_year_counts_from_it() -> None:
    form = services()["legal_aid"].form
    answers = {key: value for key, value in services()["legal_aid"].example.items() if key != "known_on"}
    assert not form.accept(answers)[1]
    assert list(form.accept({**answers, "matter": "dismissal"})[1]) == ["answers.known_on"]


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
