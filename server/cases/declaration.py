"""A service in one version, as its YAML file declares it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import orjson
from msgspec import Struct

from server.cases.alike import AlikeRule
from server.cases.flow.machine import Machine
from server.cases.forms.answers import CompiledForm
from server.cases.forms.computed import Computed
from server.cases.forms.fields import Answers, Condition
from server.cases.grouping import GroupRule
from server.cases.taking_over import TakesOver
from server.cases.vocabulary import IdentityMode
from server.core.access import Level
from server.identity.models import ConsentKey


class Mode(Struct, frozen=True):
    """One way to be known, and what it takes."""

    level: Level
    explain: str
    preselected: bool = False
    """Chosen on the form while nobody has chosen otherwise."""


class ConsentRule(Struct, frozen=True):
    """A consent that the service asks for, and when."""

    key: ConsentKey
    why: str | None
    condition: Condition | None
    with_place: bool
    later: bool
    """Not asked when a case is sent: staff read it aloud when they fill in the rest."""
    modes: frozenset[IdentityMode]
    optional: bool = False
    """A case is taken without it too; staff are told which it was."""

    def asked(self, answers: Answers, *, mode: IdentityMode, place: bool) -> bool:
        """Whether whoever submits this is asked.

        Args:
            place: whether the phone told where it was.
        """
        if mode not in self.modes or (self.with_place and not place):
            return False
        return self.condition is None or self.condition.holds(answers)

    def needed(self, answers: Answers, *, mode: IdentityMode, place: bool) -> bool:
        """Whether this is not taken without it. Arguments as of `asked`."""
        return not self.optional and self.asked(answers, mode=mode, place=place)


class AskedBy(Struct, frozen=True):
    """Only members may ask, or only others; everybody else is told where to go."""

    members: bool
    otherwise: str


class Caution(Struct, frozen=True):
    """What staff have to think of before they decide."""

    condition: Condition
    say: str


class Tell(Struct, frozen=True):
    """Of what the chair of the union that has a case is told at once."""

    condition: Condition
    say: str


class WayBy(StrEnum):
    """How a routing rule finds a union."""

    ORGANISATION = "organisation"
    """The union that was picked, or the one that `config/routing.yaml` or the tree knows by the name that was typed."""
    TABLE = "table"
    """The first row of a table of `config/routing.yaml` for the answer and the area."""
    AREA = "area"
    """The office that serves the street, else the district."""
    DISTRICT = "district"
    """The office of the district that the street lies in, else the one above it."""
    POINT = "point"
    """The same for the street that a place lies in."""
    CASE = "case"
    """The union that has the worker's own earlier case of this number."""


class Way(Struct, frozen=True):
    """One routing rule. The first that finds a union with somebody for the service decides."""

    by: WayBy
    field: str
    table: str | None
    area: str | None
    """The field with the area, for a table."""
    condition: Condition | None
    away_from_home: bool = False
    """What the answers are about may be the doing of the worker's own union, or of the office of the street: neither
    sees the case. Where the condition holds, no later rule is tried."""

    def holds(self, answers: Answers) -> bool:
        """Whether the rule is tried with these answers."""
        return self.condition is None or self.condition.holds(answers)


class Parties(Struct, frozen=True):
    """Where a form has the other sides: a table, and its columns for name and credit code."""

    field: str
    name: str
    code: str | None


class Assignment(Struct, frozen=True):
    """To whom the cases of a service are assigned, and what decides who fits."""

    role: str
    """Key in `config/roles.yaml`."""
    title: str
    """What workers call them."""
    skill: str | None
    """The field whose answer they have to be able to deal with."""
    language: str | None
    parties: Parties | None


class Column(Struct, frozen=True):
    """One column of a board."""

    name: str
    states: tuple[str, ...]


class Board(Struct, frozen=True):
    """All cases of a service at a glance, by stage."""

    columns: tuple[Column, ...]
    dates: tuple[str, ...]
    """Computed values that are shown; of several the first that there is."""


@dataclass(frozen=True)
class Service:
    """What a worker can ask for, and all that follows from asking."""

    key: str
    version: int
    prefix: str
    """Of its case numbers."""
    name: str
    summary: str
    place: bool
    """Whether a place may be given."""
    firm_side: bool
    """An employer's own union may handle it too: it is about membership, not about the employer."""
    by_proxy: bool
    """Staff and managers of stations may file it for somebody."""
    asked_by: AskedBy | None
    one_at_a_time: bool
    """Nobody asks for it a second time while the first is under way."""
    by_desk: bool
    """Nobody asks for it: staff open it about a member, or from another case."""
    opened_from: tuple[str, ...]
    """Keys of the services from whose cases staff open it: then it is about no worker."""
    called_by: str | None
    """The answer by which lists for staff tell its cases apart: in the words of staff, about no person."""
    objects_to: str | None
    """The field that names the publication which a case objects to: who decided on that has no part in the case."""
    step_up: bool
    """Whoever asks for it proves first that the phone is theirs."""
    cautions: tuple[Caution, ...]
    route: tuple[Way, ...]
    retention: str | None
    """The class of config/retention.yaml in which its cases are kept; None in versions of before there were any."""
    text_or_file: str | None
    """The field that may be left out when a file is attached, e.g. a voice."""
    modes: Mapping[IdentityMode, Mode]
    consents: tuple[ConsentRule, ...]
    urgent_if: Condition | None
    """Answers that make a case urgent."""
    page_if: Condition | None
    """Answers by which a worker says that there is danger now."""
    tell: tuple[Tell, ...]
    alike: tuple[AlikeRule, ...]
    """When two cases are about the same thing."""
    group: GroupRule | None
    """When cases of several workers are one dispute; None where each is a matter of its own."""
    takes_over: tuple[TakesOver, ...]
    """What its form begins with for whoever goes on from a case of another service."""
    form: CompiledForm
    """Everything, with what staff fill in."""
    asked: CompiledForm
    """What the worker's own form asks."""
    computed: tuple[Computed, ...]
    example: Answers
    example_by_staff: Answers
    """What staff add to it."""
    machine: Machine
    assignment: Assignment | None
    board: Board | None
    papers: tuple[str, ...]
    """Keys of the templates of `config/papers` that are made of its cases."""
    document: Mapping[str, Any]
    """The file, as it was read."""

    def cautions_for(self, answers: Answers) -> list[str]:
        """What staff have to think of with these answers."""
        return [one.say for one in self.cautions if one.condition.holds(answers)]

    def ways_away(self, answers: Answers) -> list[Way]:
        """The routing rules by which a case with these answers is kept away from its worker's own union."""
        return [way for way in self.route if way.away_from_home and way.holds(answers)]

    @cached_property
    def digest(self) -> str:
        """Of what the file says; comments and layout do not count."""
        return hashlib.sha256(orjson.dumps(self.document, option=orjson.OPT_SORT_KEYS)).hexdigest()
