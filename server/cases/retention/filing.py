"""Which class everything of a case is in, and when each class runs out. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct

from server.cases.declaration import Service
from server.cases.files.media import MediaType
from server.cases.forms.fields import FormField
from server.cases.retention.classes import RetentionRules


class Filing(Struct, frozen=True):
    """Where the parts of a service's cases belong."""

    own: str
    """The class of the service itself, which outlasts the others: with it goes all that is personal."""
    answers: Mapping[str, str]
    """Field key → class."""
    files: Mapping[str, str]
    """The same of the fields for files that name one."""
    rules: RetentionRules

    def of_file(self, media_type: MediaType, field: str | None = None) -> str:
        """The class of an attachment: its field's, else that of its kind."""
        named = None if field is None else self.files.get(field)
        kind = media_type.value.partition("/")[0]
        return named or self._at_most(self.rules.media.get(kind, self.own))

    @property
    def of_place(self) -> str:
        return self._at_most(self.rules.place)

    @property
    def of_calls(self) -> str:
        return self._at_most(self.rules.calls)

    def classes(self) -> set[str]:
        """Every class that a case of the service can hold something of."""
        media = {self.of_file(one) for one in MediaType}
        return {self.own, self.of_place, self.of_calls, *media, *self.answers.values(), *self.files.values()}

    def due(self, key: str, *, ended_at: datetime) -> datetime:
        """When a class runs out."""
        return self.rules.classes[key].keep.after(ended_at)

    def run_out(self, *, ended_at: datetime, at: datetime) -> set[str]:
        """Classes whose time is over; all of them once the service's own is."""
        if self.due(self.own, ended_at=ended_at) <= at:
            return self.classes()
        return {key for key in self.classes() if self.due(key, ended_at=ended_at) <= at}

    def next_due(self, *, ended_at: datetime, purged: Collection[str]) -> datetime | None:
        """When something runs out next; None when nothing is left."""
        left = [self.due(key, ended_at=ended_at) for key in self.classes() if key not in purged]
        return min(left, default=None)

    def _at_most(self, key: str) -> str:
        return key if self.rules.classes[key].keep <= self.rules.classes[self.own].keep else self.own


def filing_of(service: Service, rules: RetentionRules) -> Filing:
    """How the cases of a service are filed."""
    own = service.retention or rules.otherwise
    bare = Filing(own, {}, {}, rules)
    form = service.form.declaration
    files = {field.key: bare._at_most(field.retention) for field in form.files() if field.retention is not None}
    answers = {field.key: bare._at_most(_class_of(field, own, rules)) for field in form.fields()}
    return Filing(own, answers, files, rules)


def _class_of(field: FormField, own: str, rules: RetentionRules) -> str:
    return field.retention or rules.types.get(field.type, own)
