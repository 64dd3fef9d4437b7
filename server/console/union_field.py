"""A field in which a union is chosen by typing: its code, or a part of its name."""

from collections.abc import Sequence
from typing import Any

from wtforms import StringField
from wtforms.validators import ValidationError

from server.console.forms import stripped
from server.console.member import member
from server.me.handing_on import offices
from server.unions.models import TradeUnion
from server.unions.staff.directory import unions_in_scope
from server.unions.staff.vocabulary import Right


class OfficeField(StringField):
    """`chosen` is the union, once the form is right. The page offers whoever receives people."""

    chosen: TradeUnion

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, filters=[stripped], **kwargs)

    @property
    def offered(self) -> Sequence[TradeUnion]:
        """What the page offers."""
        return offices()

    def pre_validate(self, form: Any) -> None:
        """Take what was picked (`GH440304 区总工会`), a code, or a name that only one has."""
        words = self.data or ""
        fitting = [union for union in self.offered if words in (union.code, union.name, f"{union.code} {union.name}")]
        if len(fitting) != 1:
            raise ValidationError("请从列出的工会里选一个" if words else "请选一个工会")
        self.chosen = fitting[0]


class UnionField(OfficeField):
    """The same of the unions for which somebody holds `right`."""

    def __init__(self, label: str, right: Right, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.right = right

    @property
    def offered(self) -> Sequence[TradeUnion]:
        """What the page offers."""
        return unions_in_scope(by=member().number, right=self.right)
