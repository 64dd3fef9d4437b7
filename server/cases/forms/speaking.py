"""Answers as people read them. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from server.cases.forms.fields import Answers, FieldType, FormField, PlaceSource
from server.core.clock import spoken_instant
from server.identity.papers import PAPER_NAMES, IdType
from server.identity.rules import mask_id_number
from server.unions.areas import STREET_DIGITS, areas


def spoken_answers(fields: tuple[FormField, ...], answers: Answers, within: str = "") -> Iterator[tuple[str, str]]:
    """Answers with the form's own labels, in the form's order."""
    for field in fields:
        if field.key not in answers:
            continue
        label, answer = within + field.label, answers[field.key]
        if field.type is FieldType.ROWS:
            for number, row in enumerate(answer, start=1):
                yield from spoken_answers(field.fields, row, within=f"{label} · 第 {number} 行 · ")
        else:
            yield label, spoken(field, answer)


def spoken(field: FormField, answer: Any) -> str:
    """One answer in words; rows are spoken by `spoken_answers`."""
    labels: Mapping[str, str] = {choice.value: choice.label for choice in field.choices}
    match field.type:
        case FieldType.YES_NO:
            return "是" if answer else "不是"
        case FieldType.MONEY:
            return f"{answer / 100:,.2f} 元"
        case FieldType.CHOICES:
            return "、".join(labels[one] for one in answer)
        case FieldType.INTEGER:
            return str(answer)
        case FieldType.AREA:
            return _area(answer)
        case FieldType.PERIOD:
            return f"{answer['from']} 到 {answer.get('to', '现在')}"
        case FieldType.ADDRESS:
            return f"{_area(answer['area'])} {answer['detail']}"
        case FieldType.PAPER:
            return f"{PAPER_NAMES[IdType(answer['kind'])]} {mask_id_number(answer['number'])}"
        case FieldType.STATION | FieldType.PUBLICATION:
            return str(answer["name"])
        case FieldType.ORGANISATION:
            return f"{answer['name']}（{answer['code']}）" if "code" in answer else str(answer["name"])
        case FieldType.PLACE:
            return _place(answer)
        case FieldType.MOMENT:
            return spoken_instant(datetime.fromisoformat(answer))
        case FieldType.BANK_CARD:
            return f"{answer['bank']} 尾号 {answer['number'][-4:]}"
        case FieldType.SIGNATURE:
            return f"{answer['name']}（已签名）"
        case _:
            return labels.get(answer, answer)


SOURCES = {
    PlaceSource.HERE: "手机定位",
    PlaceSource.PIN: "在地图上点的",
    PlaceSource.STATION: "在驿站旁边",
    PlaceSource.STREET: "只知道在这条街道",
}


def how_found(answer: Mapping[str, Any]) -> str:
    """How somebody said where a place is."""
    how = SOURCES[PlaceSource(answer["source"])]
    if "accuracy" in answer:
        how += f"，误差约 {answer['accuracy']} 米"
    if "street" in answer:
        how += f"，说是在{_area(answer['street'])}"
    return how


def _place(answer: Mapping[str, Any]) -> str:
    where = f"{answer['lat']:.5f}, {answer['lng']:.5f}（{how_found(answer)}）"
    return f"{answer['name']} {where}" if "name" in answer else where


def _area(code: str) -> str:
    """A street, or a street with its community."""
    street = areas().name_of(code[:STREET_DIGITS])
    return street if len(code) <= STREET_DIGITS else street + areas().name_of(code)
