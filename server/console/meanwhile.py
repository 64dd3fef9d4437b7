"""A form that says on which version of a case it was opened; what happened meanwhile where somebody else was faster."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from wtforms import HiddenField

from server.cases import desk
from server.cases.models import Case
from server.console.asked import number_in
from server.console.forms import ConsoleForm
from server.console.member import member
from server.core.db import db
from server.unions.staff.service import names_of

Happened = tuple[datetime, str | None, str]
"""When, by whom of the staff if by any of them, what."""


class VersionedForm(ConsoleForm):
    """A form about one version of a case."""

    version = HiddenField()
    seen = HiddenField()
    """When the form was opened, so that it can be said what happened since."""

    @property
    def number(self) -> int | None:
        """The version."""
        return number_in(self.version.data or "")


def happened_since(case: Case, form: VersionedForm) -> list[Happened]:
    """What happened to a case since its form was opened."""
    try:
        since = datetime.fromisoformat(form.seen.data or "")
    except ValueError:
        since = case.created_at
    return desk.changed_since(no=case.no, at=since if since.tzinfo else case.created_at, staff_no=member().number)


def version_now(case: Case) -> int:
    """The version of a case as it stands."""
    db.session.refresh(case)
    return case.version


def names_in(happened: Iterable[Happened]) -> Mapping[str, str]:
    """Number → name of the staff who did it."""
    return names_of(db.session(), {who for _, who, _ in happened if who is not None})
