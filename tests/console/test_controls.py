"""A control for each type of question: what was answered stands in it, and comes back as the same answer."""

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from server.cases.asking import unknown_answers
from server.cases.forms.answers import CompiledForm
from server.cases.forms.fields import Choice, FieldType, FormDeclaration, FormField, Section
from server.console.case_forms import StepForm
from server.console.controls import answers_in, controls_of, shown_in

CHOICES = (Choice("a", "甲"), Choice("b", "乙"))
COLUMNS = (
    FormField("who", FieldType.PERSON, "姓名"),
    FormField("left", FieldType.YES_NO, "走了吗"),
    FormField("home", FieldType.AREA, "哪个街道"),
)
ANSWERS: dict[FieldType, Any] = {
    FieldType.TEXT: "一句话",
    FieldType.LONG_TEXT: "一行\n又一行",
    FieldType.CHOICE: "b",
    FieldType.OPEN_CHOICE: "a",
    FieldType.CHOICES: ["a", "b"],
    FieldType.PHONE: "19900000000",
    FieldType.YES_NO: False,
    FieldType.MONEY: 123_450,
    FieldType.DATE: "2026-03-01",
    FieldType.PERIOD: {"from": "2026-03-01", "to": "2026-03-02"},
    FieldType.TIME: "09:30",
    FieldType.MONTH: "2026-03",
    FieldType.INTEGER: 0,
    FieldType.AREA: "440304007",
    FieldType.ADDRESS: {"area": "440304007", "detail": "一栋"},
    FieldType.STATION: {"name": "路口那个", "code": "FT-0001"},
    FieldType.PUBLICATION: {"name": "王某，演示街道", "code": "GS1"},
    FieldType.OWN_CASE: "SQ261127-0001-B",
    FieldType.MOMENT: "2026-03-13T09:58:00+08:00",
    FieldType.PLACE: {"lat": 22.54622, "lng": 114.08811, "source": "pin"},
    FieldType.PERSON: "买买提·吐尔逊",
    FieldType.PAPER: {"kind": "passport", "number": "E12345678"},
    FieldType.USCC: "91440300708461136T",
    FieldType.ORGANISATION: {"name": "演示配送站", "code": "GH1"},
    FieldType.BANK_CARD: {"bank": "演示银行", "number": "6222020200011112220"},
    FieldType.SIGNATURE: {"name": "测小工", "agreed": True},
    FieldType.ROWS: [{"who": "张三", "left": True}, {"who": "李四", "home": "440304007"}],
}
CHOOSING = {FieldType.CHOICE, FieldType.OPEN_CHOICE, FieldType.CHOICES}


def field_of(kind: FieldType) -> FormField:
    return FormField(
        "it",
        kind,
        "问题",
        choices=CHOICES if kind in CHOOSING else (),
        fields=COLUMNS if kind is FieldType.ROWS else (),
    )


def sent(form: Form) -> MultiDict[str, str]:
    """What a browser sends of a form that nobody touched."""
    html = "".join(str(control()) for control in form)
    pairs: list[tuple[str, str]] = []
    for name, body in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', html, flags=re.S):
        pairs += [(name, value) for value in re.findall(r'<option selected value="([^"]*)"', body)[:1]]
    for name, body in re.findall(r'<textarea[^>]*name="([\w-]+)"[^>]*>(.*?)</textarea>', html, flags=re.S):
        pairs.append((name, unescape(body.lstrip("\r\n")).replace("\n", "\r\n")))
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([\w-]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and (" checked" in tag or ('type="radio"' not in tag and 'type="checkbox"' not in tag)):
            pairs.append((name[1], unescape(value[1])))
    return MultiDict(pairs)


@pytest.mark.parametrize("kind", ANSWERS)
def test_what_was_answered_comes_back_as_it_was(app: Flask, kind: FieldType) -> None:
    fields, answers = (field_of(kind),), {"it": ANSWERS[kind]}
    made: type[Form] = type("Made", (Form,), controls_of(fields))
    form = made(sent(made(data=shown_in(fields, answers))))
    assert form.validate(), form.errors
    assert answers_in(fields, form.data, answers) == answers


@pytest.mark.parametrize("kind", ANSWERS)
def test_what_was_not_answered_stays_without_an_answer(app: Flask, kind: FieldType) -> None:
    fields = (field_of(kind),)
    made: type[Form] = type("Made", (Form,), controls_of(fields))
    form = made(sent(made()))
    assert form.validate(), form.errors
    assert answers_in(fields, form.data, {}) == {"it": None}


@pytest.mark.parametrize("typed", ["NaN", "sNaN", "-Infinity", "1e400", "1e999999999", "12.345", "1e-99999999", "二"])
def test_an_amount_is_a_number_of_fen(typed: str) -> None:
    fields = (field_of(FieldType.MONEY),)
    made: type[Form] = type("Made", (Form,), controls_of(fields))
    form = made(MultiDict({"q_it": typed}))
    assert not form.validate()
    assert answers_in(fields, form.data, {}) == {"it": None}
    assert f'value="{typed}"' in str(form.q_it())


@pytest.mark.parametrize(
    ("typed", "said"), [("12.345", "金额请填数字，最多到分，例如 1234.50"), ("", "请填金额"), (" ", "请填金额")]
)
def test_what_a_step_has_to_name_is_said_to_be_wrong_and_not_to_be_missing(app: Flask, typed: str, said: str) -> None:
    form = StepForm(MultiDict({"yuan": typed}))
    form.validate()
    assert list(form.yuan.errors) == [said]


def test_numbers_of_cards_and_papers_do_not_stand_in_the_page() -> None:
    for kind in (FieldType.BANK_CARD, FieldType.PAPER):
        fields = (field_of(kind),)
        made: type[Form] = type("Made", (Form,), controls_of(fields))
        page = "".join(str(control()) for control in made(data=shown_in(fields, {"it": ANSWERS[kind]})))
        assert ANSWERS[kind]["number"] not in page


@pytest.mark.parametrize(
    ("kind", "answer", "path"),
    [
        (FieldType.AREA, "440304999", "answers.it"),
        (FieldType.ADDRESS, {"area": "440304999", "detail": "一栋"}, "answers.it.area"),
        (FieldType.PAPER, {"kind": "resident_id", "number": "440304199001010000"}, "answers.it.number"),
        (FieldType.ROWS, [{"who": "张三"}, {"home": "440304999"}], "answers.it.1.home"),
    ],
)
def test_what_cannot_be_is_told_by_its_path(app: Flask, kind: FieldType, answer: Any, path: str) -> None:
    form = CompiledForm(FormDeclaration((Section("all", "全部", (field_of(kind),)),)), title="试")
    assert form.accept({"it": answer})[1] == {}
    service: Any = SimpleNamespace(form=form, route=())
    assert list(unknown_answers(service, {"it": answer}, worker_id=None)) == [path]


def test_every_type_that_takes_an_answer_is_tried_here() -> None:
    assert ANSWERS.keys() == {kind for kind in FieldType if field_of(kind).answers}
