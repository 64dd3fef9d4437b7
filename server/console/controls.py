"""A control for each question of a form: how it is asked, what stands in it, what answer it makes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from msgspec import Struct
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    FieldList,
    Form,
    IntegerField,
    MonthField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms import FormField as Group
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from server.cases.forms.fields import FieldType, FormField, PlaceSource
from server.cases.publications import open_to_objection
from server.console.forms import Spoken, YuanField, stripped
from server.core.clock import SHANGHAI, now
from server.identity.papers import PAPER_NAMES
from server.unions.areas import areas

ASKED = "q_"
"""Before the key of a field, so that it is no other attribute of the form."""


class Control(Struct, frozen=True):
    """How one type of question is asked here."""

    make: Callable[[FormField], Field]
    shown: Callable[[FormField, Any], Any] = lambda _, answer: answer
    """Field and answer → what stands in the control."""
    answer: Callable[[FormField, Any, Any], Any] = lambda _, given, _before: given or None
    """Field, what stands in the control, and the answer before → answer; None for none."""


class OfferedField(StringField):
    """Words, some of which the page offers: `offered` are pairs of words and what they stand for."""

    def __init__(self, label: str, offered: Callable[[], Iterable[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(label, filters=[stripped], **kwargs)
        self._offered = offered

    @property
    def offered(self) -> Sequence[tuple[str, str]]:
        """What the page offers, each with what it stands for."""
        return list(self._offered())


class NamedField(StringField):
    """A name, which the page looks for among those that are known while it is typed: `names` says which."""

    def __init__(self, label: str, names: FieldType, **kwargs: Any) -> None:
        super().__init__(label, filters=[stripped], **kwargs)
        self.names = names


class AreaField(StringField):
    """A street or a community, by its name."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, filters=[stripped], **kwargs)

    def pre_validate(self, form: Form) -> None:
        """Take only what there is."""
        if self.data and self.data not in _codes():
            raise ValidationError("请从列出的街道、社区里选一个")


class Part(Form):
    """Several controls in one: a group, or a row of a table."""

    Meta = Spoken


def shown_in(fields: Iterable[FormField], answers: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the controls of a form, or of a row."""
    return {
        ASKED + field.key: CONTROLS[field.type].shown(field, answers[field.key])
        for field in fields
        if field.key in answers
    }


def answers_in(fields: Iterable[FormField], given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Answers that controls make, by key; None for none. What one says of another that was left empty stands there."""
    asked = list(fields)
    made = {
        field.key: CONTROLS[field.type].answer(field, given.get(ASKED + field.key), before.get(field.key))
        for field in asked
    }
    for field in asked:
        if field.fills is not None and made.get(field.fills) is None and (area := (made[field.key] or {}).get("area")):
            made[field.fills] = area
    return made


def controls_of(fields: Iterable[FormField]) -> dict[str, Field]:
    """Controls by the name of their attribute."""
    return {ASKED + field.key: CONTROLS[field.type].make(field) for field in fields}


def area_names() -> Iterable[str]:
    """Every street and every community, as they are typed here."""
    return _codes()


@cache
def _codes() -> Mapping[str, str]:
    known = areas()
    names: dict[str, str] = {}
    for street in known.streets.values():
        name = f"{known.districts[street.district_code].name} {street.name}"
        names[name] = street.code
        names |= {f"{name} {one.name}": one.code for one in known.communities_of(street.code)}
    return names


def _area_name(code: str) -> str:
    return next((name for name, one in _codes().items() if one == code), code)


def _label(field: FormField) -> str:
    return f"{field.label}（必填）" if field.required else field.label


def _choices(field: FormField) -> list[SelectChoice]:
    return [SelectChoice(choice.value, choice.label) for choice in field.choices]


def _chosen(field: FormField) -> list[SelectChoice]:
    return [SelectChoice("", "没有选"), *_choices(field)]


def _line(field: FormField) -> Field:
    return StringField(_label(field), filters=[stripped])


def _named(field: FormField) -> Field:
    return NamedField(_label(field), field.type)


def _open(field: FormField) -> Field:
    return OfferedField(_label(field), lambda: ((choice.label, choice.value) for choice in field.choices))


def _opened(field: FormField, answer: str) -> str:
    return next((choice.label for choice in field.choices if choice.value == answer), answer)


def _open_answer(field: FormField, given: str | None, _before: object) -> str | None:
    return next((choice.value for choice in field.choices if choice.label == given), given or None)


def _day(_: FormField, answer: str) -> date:
    """Of a date, or of a month its first."""
    return date.fromisoformat(answer if len(answer) > len("2026-01") else f"{answer}-01")


def _group(field: FormField, **controls: Field) -> Field:
    made: type[Form] = type("GroupForm", (Part,), controls)
    return Group(made, _label(field))


def _card(field: FormField) -> Field:
    return _group(
        field,
        bank=StringField("哪家银行", filters=[stripped]),
        number=StringField("卡号", filters=[lambda typed: typed.replace(" ", "") if typed else typed]),
    )


def _card_answer(_: FormField, given: Mapping[str, str], before: Mapping[str, str] | None) -> dict[str, str] | None:
    """A number that is there is not shown, and stays where no other is typed."""
    number = given["number"] or (before or {}).get("number")
    found = {"bank": given["bank"], "number": number}
    return {key: value for key, value in found.items() if value} or None


def _paper(field: FormField) -> Field:
    kinds = [SelectChoice("", "没有选"), *(SelectChoice(kind.value, name) for kind, name in PAPER_NAMES.items())]
    return _group(
        field,
        kind=SelectField("哪种证件", choices=kinds, validate_choice=False),
        number=StringField("证件号码", filters=[stripped]),
    )


def _paper_answer(_: FormField, given: Mapping[str, str], before: Mapping[str, str] | None) -> dict[str, str] | None:
    """As of a card: a number that is there stays where no other is typed, unless the kind is another."""
    kept = (before or {}).get("number") if given["kind"] == (before or {}).get("kind") else None
    found = {"kind": given["kind"], "number": given["number"] or kept}
    return {key: value for key, value in found.items() if value} or None


def _address(field: FormField) -> Field:
    return _group(field, area=AreaField("街道或社区"), detail=StringField("门牌、楼栋", filters=[stripped]))


def _address_answer(_: FormField, given: Mapping[str, str], _before: object) -> dict[str, str] | None:
    found = {"area": _codes().get(given["area"], given["area"]), "detail": given["detail"]}
    return {key: value for key, value in found.items() if value} or None


def _period(field: FormField) -> Field:
    return _group(
        field, first=DateField("从哪天", [Optional()]), last=DateField("到哪天（还没完就空着）", [Optional()])
    )


def _period_shown(_: FormField, answer: Mapping[str, str]) -> dict[str, date]:
    names = {"from": "first", "to": "last"}
    return {names[key]: date.fromisoformat(day) for key, day in answer.items()}


def _period_answer(_: FormField, given: Mapping[str, date | None], _before: object) -> dict[str, str] | None:
    days = {"from": given["first"], "to": given["last"]}
    return {key: day.isoformat() for key, day in days.items() if day is not None} or None


def _signature(field: FormField) -> Field:
    return _group(
        field,
        agreed=BooleanField("念给工友听了，他说同意"),
        name=StringField("工友的姓名", filters=[stripped]),
    )


def _signature_answer(_: FormField, given: Mapping[str, Any], _before: object) -> dict[str, Any] | None:
    if not given["agreed"] and not given["name"]:
        return None
    return {"name": given["name"], "agreed": given["agreed"]}


def _organisation_answer(_: FormField, given: str | None, before: Mapping[str, str] | None) -> Any:
    """One that was picked keeps its code until another name is typed; routing knows unions by their names."""
    if before is not None and before["name"] == given:
        return before
    return {"name": given} if given else None


def _publication(field: FormField) -> Field:
    standing = [SelectChoice(one.code, one.name) for one in open_to_objection(at=now())]
    return _group(
        field,
        code=SelectField(
            "从列表里选（街道没有填的，按选的填上）",
            choices=[SelectChoice("", "不在列表里"), *standing],
            validate_choice=False,
        ),
        name=StringField("不在列表里的，写上公示里的姓和街道", filters=[stripped]),
    )


def _publication_shown(_: FormField, answer: Mapping[str, str]) -> dict[str, str]:
    """One that stands no more is in no list: its name is written."""
    listed = any(one.code == answer.get("code") for one in open_to_objection(at=now()))
    return {"code": answer["code"]} if listed else {"name": answer["name"]}


def _publication_answer(_: FormField, given: Mapping[str, str], before: Mapping[str, str] | None) -> Any:
    """One of the list by its code: a name may be that of several by the time it is sent."""
    code, name = given["code"], given["name"]
    if before is not None and (before.get("code") == code if code else before["name"] == name):
        return before
    if code:
        picked = next((one for one in open_to_objection(at=now()) if one.code == code), None)
        if picked is None:
            # The form says that there is none.
            return {"name": name or code, "code": code}
        return {"name": picked.name, "code": picked.code} | ({"area": picked.area} if picked.area else {})
    return {"name": name} if name else None


def _rows(field: FormField) -> Field:
    row: type[Form] = type("RowForm", (Part,), controls_of(field.fields))
    return FieldList(Group(row), _label(field), min_entries=1)


def _rows_answer(field: FormField, given: Sequence[Mapping[str, Any]], _before: object) -> list[dict[str, Any]] | None:
    return [row for one in given if (row := row_in(field, one))] or None


def row_in(field: FormField, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of one row of a table; empty for a row with nothing in it."""
    made = answers_in(field.fields, given, {})
    return {key: answer for key, answer in made.items() if answer is not None}


def _moment_answer(_field: FormField, typed: datetime | None, before: Any) -> Any:
    """The same moment stays as it was written: a minute is as exact as the control."""
    if typed is None:
        return None
    given = typed.replace(tzinfo=SHANGHAI)
    if before is not None and abs(datetime.fromisoformat(before) - given) < timedelta(minutes=1):
        return before
    return given.isoformat()


def _degrees(place: Mapping[str, Any]) -> str:
    return f"{place['lat']}, {place['lng']}"


def _place_answer(_field: FormField, typed: str | None, before: Any) -> Any:
    """What was there, as sure as it was, where nothing was changed; else a point on a map."""
    if not typed:
        return None
    if before is not None and typed == _degrees(before):
        return before
    try:
        lat, lng = map(float, typed.replace("，", ",").split(","))
    except ValueError:
        # The form says what is wrong with it.
        return {"lat": typed, "lng": typed, "source": PlaceSource.PIN.value}
    return {"lat": lat, "lng": lng, "source": PlaceSource.PIN.value}


CONTROLS: Mapping[FieldType, Control] = {
    FieldType.TEXT: Control(_line),
    FieldType.PHONE: Control(_line),
    FieldType.LONG_TEXT: Control(
        lambda field: TextAreaField(_label(field), filters=[stripped]),
        # A browser ends lines with two characters.
        answer=lambda _, given, _before: (given or "").replace("\r\n", "\n") or None,
    ),
    FieldType.AREA: Control(
        lambda field: AreaField(_label(field)),
        shown=lambda _, answer: _area_name(answer),
        answer=lambda _, given, _before: _codes().get(given, given) or None,
    ),
    FieldType.OPEN_CHOICE: Control(_open, shown=_opened, answer=_open_answer),
    FieldType.CHOICE: Control(lambda field: SelectField(_label(field), choices=_chosen(field), validate_choice=False)),
    FieldType.CHOICES: Control(
        lambda field: SelectMultipleField(
            _label(field),
            choices=_choices(field),
            widget=ListWidget(prefix_label=False),
            option_widget=CheckboxInput(),
        )
    ),
    FieldType.YES_NO: Control(
        lambda field: RadioField(
            _label(field), [Optional()], choices=[SelectChoice("yes", "是"), SelectChoice("no", "不是")]
        ),
        shown=lambda _, answer: "yes" if answer else "no",
        answer=lambda _, given, _before: {"yes": True, "no": False}.get(given),
    ),
    FieldType.MONEY: Control(
        lambda field: YuanField(f"{_label(field)}（元）", [Optional()]),
        shown=lambda _, answer: answer / 100,
        answer=lambda _, yuan, _before: None if yuan is None else int(yuan * 100),
    ),
    FieldType.INTEGER: Control(
        lambda field: IntegerField(_label(field), [Optional()]), answer=lambda _, number, _before: number
    ),
    FieldType.DATE: Control(
        lambda field: DateField(_label(field), [Optional()]),
        shown=_day,
        answer=lambda _, day, _before: day and day.isoformat(),
    ),
    FieldType.MONTH: Control(
        lambda field: MonthField(_label(field), [Optional()]),
        shown=_day,
        answer=lambda _, day, _before: day and f"{day:%Y-%m}",
    ),
    FieldType.PERIOD: Control(_period, shown=_period_shown, answer=_period_answer),
    FieldType.TIME: Control(
        lambda field: TimeField(_label(field), [Optional()]),
        shown=lambda _, answer: time.fromisoformat(answer),
        answer=lambda _, at, _before: at and f"{at:%H:%M}",
    ),
    FieldType.PERSON: Control(_line),
    FieldType.PAPER: Control(_paper, shown=lambda _, answer: {"kind": answer["kind"]}, answer=_paper_answer),
    FieldType.USCC: Control(_line, answer=lambda _, given, _before: (given or "").upper() or None),
    FieldType.ADDRESS: Control(
        _address,
        shown=lambda _, answer: {**answer, "area": _area_name(answer["area"])},
        answer=_address_answer,
    ),
    FieldType.STATION: Control(_named, shown=lambda _, answer: answer["name"], answer=_organisation_answer),
    FieldType.MOMENT: Control(
        lambda field: DateTimeLocalField(_label(field), [Optional()], format=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]),
        shown=lambda _, answer: datetime.fromisoformat(answer).astimezone(SHANGHAI).replace(tzinfo=None),
        answer=_moment_answer,
    ),
    FieldType.PLACE: Control(
        lambda field: StringField(f"{_label(field)}（纬度, 经度）", filters=[stripped]),
        shown=lambda _, answer: _degrees(answer),
        answer=_place_answer,
    ),
    FieldType.ORGANISATION: Control(_named, shown=lambda _, answer: answer["name"], answer=_organisation_answer),
    FieldType.PUBLICATION: Control(_publication, shown=_publication_shown, answer=_publication_answer),
    FieldType.OWN_CASE: Control(_line),
    FieldType.BANK_CARD: Control(_card, shown=lambda _, answer: {"bank": answer["bank"]}, answer=_card_answer),
    FieldType.SIGNATURE: Control(_signature, answer=_signature_answer),
    FieldType.ROWS: Control(
        _rows, shown=lambda field, rows: [shown_in(field.fields, row) for row in rows], answer=_rows_answer
    ),
}
"""Every type that takes an answer."""
