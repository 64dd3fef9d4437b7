"""What a form consists of: sections of fields, some of them shown or required only under a condition."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

Answers = Mapping[str, Any]
"""Field key → answer, as JSON has it."""


class FieldType(StrEnum):
    """How a field is asked and what its answer is."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    """One of the listed codes."""
    OPEN_CHOICE = "open_choice"
    """One of the listed codes, or the worker's own words."""
    CHOICES = "choices"
    """Any of the listed codes."""
    PHONE = "phone"
    """A number in the mainland, or with +852 or +853 in Hong Kong or Macau."""
    YES_NO = "yes_no"
    MONEY = "money"
    """分, a whole number."""
    DATE = "date"
    PERIOD = "period"
    """From a day, and to another where it is over: `{"from", "to"?}`."""
    TIME = "time"
    """Hour and minute, `09:30`."""
    MONTH = "month"
    INTEGER = "integer"
    """A whole number."""
    AREA = "area"
    """Code of a street (9 digits) or of a community (12)."""
    ADDRESS = "address"
    """`{"area", "detail"}`: a street or a community, and where in it in own words."""
    STATION = "station"
    """A place of the directory, or own words: `{"name", "code"?}`."""
    PERSON = "person"
    """Somebody's name, as papers have it."""
    PAPER = "paper"
    """`{"kind", "number"}` of somebody's paper, by the rules for its kind. Staff read the number masked."""
    USCC = "uscc"
    """统一社会信用代码 of an employer, with its check character (GB 32100)."""
    ORGANISATION = "organisation"
    """An employer, a platform or a union: `{"name", "code"?}`, the code only where a union was picked."""
    PUBLICATION = "publication"
    """What was published of a grant, or own words: `{"name", "code"?, "area"?}`, the code and the street only where
    one was picked."""
    PLACE = "place"
    """Where a thing is: `{"lat", "lng", "source", "datum"?, "accuracy"?, "name"?, "street"?}`, kept to a metre, in
    GCJ-02. `street` is the code of the one that somebody says it lies in."""
    MOMENT = "moment"
    """A time, RFC 3339 with its offset."""
    BANK_CARD = "bank_card"
    """`{"bank", "number"}`, checked by Luhn. Who handles the case reads the last four digits, finance all."""
    SIGNATURE = "signature"
    """A typed name under the words of the label, with a tick: `{"name", "agreed": true}`."""
    OWN_CASE = "own_case"
    """Number of an earlier case: one of the worker's own, or as they typed it."""
    ROWS = "rows"
    """A table: a list of objects."""
    FILE = "file"
    """Photos, papers, recordings. They come beside the answers, each with the key of its field; see `attached`."""
    INFO = "info"
    """Words on the page, no answer."""
    IDENTITY = "identity"
    """Name and number as they were verified, shown masked; no answer."""


class Viewer(StrEnum):
    """As whom somebody of the staff sees a case."""

    HANDLER = "handler"
    """Works on it at the desk."""
    READER = "reader"
    """May read it, and do nothing."""
    ASSIGNEE = "assignee"
    """Has it in hand, as a lawyer does."""
    FINANCE = "finance"
    """Pays: an account, and nothing else of the case."""
    OUTSIDE = "outside"
    """In an office outside of the union."""


class FileKind(StrEnum):
    """What a file may be, by its content."""

    IMAGE = "image"
    PDF = "pdf"
    AUDIO = "audio"
    VIDEO = "video"


MOST_FILES = 9
"""Of one field that names no maximum."""


class PlaceSource(StrEnum):
    """How somebody said where a thing is."""

    HERE = "here"
    """The phone measured where it was itself, which takes consent."""
    PIN = "pin"
    """Put on a map."""
    STATION = "station"
    """At one of the stations."""
    STREET = "street"
    """Somewhere in a street; the point is the street's middle."""


SILENT = frozenset({FieldType.INFO, FieldType.IDENTITY})
"""What only shows something."""
CHOOSING = frozenset({FieldType.CHOICE, FieldType.OPEN_CHOICE, FieldType.CHOICES})
"""What is answered with one or several of its choices."""


class Condition(Struct, frozen=True):
    """Holds when, in any of its cases, every named answer is one of the values given for it."""

    cases: tuple[Mapping[str, tuple[Any, ...]], ...]

    @classmethod
    def of(cls, document: Mapping[str, Any] | list[Mapping[str, Any]]) -> "Condition":
        """From YAML: `{matter: wages}`, `{matter: [wages, deposit], migrant: true}`, or a list of such cases."""
        cases = document if isinstance(document, list) else [document]
        return cls(
            tuple(
                {key: tuple(value) if isinstance(value, list) else (value,) for key, value in case.items()}
                for case in cases
            )
        )

    def holds(self, answers: Answers) -> bool:
        """Whether it does. A missing answer is no value."""
        return any(
            all(key in answers and any(_same(answers[key], value) for value in values) for key, values in case.items())
            for case in self.cases
        )

    def deciding(self) -> set[str]:
        """The answers that decide."""
        return {key for case in self.cases for key in case}

    def both(self, other: "Condition") -> "Condition":
        """Holds when this one and the other do."""
        return Condition(tuple(_together(one, another) for one in self.cases for another in other.cases))

    def schema(self) -> dict[str, Any]:
        """The same as a JSON Schema, to be used after `if`."""
        schemas = [
            {
                "properties": {key: {"enum": list(values)} for key, values in case.items()},
                "required": list(case),
            }
            for case in self.cases
        ]
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}

    def document(self) -> list[dict[str, list[Any]]]:
        """The same for the page that shows the form: a list of cases."""
        return [{key: list(values) for key, values in case.items()} for case in self.cases]


def _together(
    one: Mapping[str, tuple[Any, ...]], other: Mapping[str, tuple[Any, ...]]
) -> Mapping[str, tuple[Any, ...]]:
    shared = {key: tuple(value for value in one[key] if value in other[key]) for key in one.keys() & other.keys()}
    return {**one, **other, **shared}


def _same(answer: object, value: object) -> bool:
    # Python's 0 == False is not JSON's.
    return isinstance(answer, bool) == isinstance(value, bool) and answer == value


class Choice(Struct, frozen=True):
    """One thing that can be chosen."""

    value: str
    label: str


class Many(Struct, frozen=True):
    """What whoever fills in a table is told, once it has so many rows."""

    least: int
    say: str


class FormField(Struct, frozen=True):
    """One question."""

    key: str
    type: FieldType
    label: str
    help: str | None = None
    placeholder: str | None = None
    widget: str | None = None
    """A hint to the page, beyond what the type says."""
    required: bool = False
    required_if: Condition | None = None
    visible_if: Condition | None = None
    minimum: int | None = None
    """Of characters, chosen items, rows, files, or the number itself."""
    maximum: int | None = None
    many: Many | None = None
    """Of rows."""
    choices: tuple[Choice, ...] = ()
    fields: tuple["FormField", ...] = ()
    """The columns of rows."""
    distinct: bool = False
    """Of a column: no two rows say the same there, as where each row is another person."""
    happened: bool = False
    """Of a date or a month: of something that has happened, so none that is still to come."""
    kinds: tuple[FileKind, ...] = ()
    """What files it takes; of a field for files at least one."""
    by_staff: bool = False
    """Staff fill it in, with the worker on the line or at the door; the worker's own form does not ask it."""
    filled_from: str | None = None
    """What of the account stands where nothing was written: `phone` or `name`."""
    suggested: str | None = None
    """What the page puts there at first, to be seen and changed: `station`, the street of the station whose code was
    scanned, for whoever is in no union. Of an area."""
    fills: str | None = None
    """Of a publication: the field for a street that gets where it was published."""
    retention: str | None = None
    """The class of config/retention.yaml that the answer is kept in, where its type does not say."""
    seen_by: frozenset[Viewer] | None = None
    """Who of the union's staff sees the answer; None for those whom its type says, see `seeing.viewers_of`."""
    outside: bool = False
    """Offices outside the union may see the answer too: it tells what it is about and never who asks."""

    @property
    def answers(self) -> bool:
        """Whether there is anything to answer. Files are beside the answers."""
        return self.type not in SILENT and self.type is not FieldType.FILE

    @property
    def most_files(self) -> int:
        """How many files it takes."""
        return self.maximum or MOST_FILES

    def could_be(self, answer: object) -> bool:
        """Whether this is one of the answers of a field that conditions can depend on."""
        if self.type is FieldType.YES_NO:
            return isinstance(answer, bool)
        if self.type is FieldType.OPEN_CHOICE:
            return isinstance(answer, str) and answer != ""
        return answer in {choice.value for choice in self.choices} if isinstance(answer, str) else False


class Section(Struct, frozen=True):
    """Fields under one heading."""

    key: str
    title: str
    fields: tuple[FormField, ...]
    help: str | None = None


class FormDeclaration(Struct, frozen=True):
    """A form as it was declared."""

    sections: tuple[Section, ...]

    def asked(self) -> "FormDeclaration":
        """What the worker's own form asks: without what staff fill in."""
        sections = (
            Section(one.key, one.title, tuple(field for field in one.fields if not field.by_staff), one.help)
            for one in self.sections
        )
        return FormDeclaration(tuple(section for section in sections if section.fields))

    def fields(self) -> Iterator[FormField]:
        """All fields that take an answer, top level."""
        return (field for section in self.sections for field in section.fields if field.answers)

    def files(self) -> Iterator[FormField]:
        """All fields that take files."""
        return (field for section in self.sections for field in section.fields if field.type is FieldType.FILE)

    def field(self, key: str) -> FormField | None:
        """The field of a key."""
        return next((field for field in self.fields() if field.key == key), None)
