"""Whether cases of several workers are one dispute: the same matter, against the same firm. Pure; `groups.py` looks."""

from collections.abc import Iterator

from msgspec import Struct

from server.cases.alike import plain as plain_answer
from server.cases.assigning.rules import SHORTEST, Party, plain, same
from server.cases.forms.fields import Answers, Condition, FieldType, FormDeclaration


class GroupRule(Struct, frozen=True):
    """When cases of a service belong together, and from how many people on somebody has to be told."""

    least: int
    """People."""
    days: int
    """How long before the later one the earlier one was sent at most."""
    same: tuple[str, ...]
    """Fields with the same answer in both."""
    people: str
    """The table in which one case names others whom it is about as well."""
    parties: str
    """The table with the other sides."""
    name: str
    code: str | None
    """Its columns."""
    besides: Condition | None
    """Rows of it that do not count."""
    say: str
    """What whoever works on them has to think of, from so many people on."""

    def people_in(self, answers: Answers) -> int:
        """How many one case speaks of: whoever sent it, and those whom it names."""
        return 1 + len(answers.get(self.people) or ())

    def fits(self, one: Answers, other: Answers) -> bool:
        """Whether two cases are one dispute."""
        for key in self.same:
            answer = plain_answer(one.get(key))
            if answer is None or answer != plain_answer(other.get(key)):
                return False
        theirs = list(self._parties_in(other))
        return any(same(mine, their) for mine in self._parties_in(one) for their in theirs)

    def faults(self, form: FormDeclaration) -> Iterator[str]:
        """What is wrong with it: tables, columns and answers that the form has not."""
        for key in self.same:
            if form.field(key) is None:
                yield f"group.same: there is no field {key}"
        for key in (self.people, self.parties):
            if (field := form.field(key)) is None or field.type is not FieldType.ROWS:
                yield f"group: {key} is no table"
        parties = form.field(self.parties)
        known = {column.key for column in parties.fields} if parties is not None else set()
        named = {self.name, *([self.code] if self.code else []), *(self.besides.deciding() if self.besides else ())}
        for key in sorted(named - known):
            yield f"group.parties: there is no column {key}"

    def _parties_in(self, answers: Answers) -> Iterator[Party]:
        """Those by whom a firm is known: a short name without a code, such as 站长, is anybody's."""
        for row in answers.get(self.parties) or ():
            if self.besides is not None and self.besides.holds(row):
                continue
            code = (row.get(self.code) or "").upper() or None if self.code else None
            if code is not None or len(plain(row.get(self.name) or "")) >= SHORTEST:
                yield Party(row.get(self.name) or "", code)


def people_of(numbers: list[int]) -> int:
    """How many people are in a group at least, when each of its cases speaks of so many: those whom one names may have
    sent one of the others."""
    return max(len(numbers), *numbers)
