"""When a case ends, and when it is taken up again: from its end on the time runs for which it is kept."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from server.cases.models import Case
from server.cases.retention.models import CaseRetention
from server.core.db import db


def note_end(case: Case, *, ended_at: datetime | None) -> None:
    """Write down when a locked case ended; None when it is under way again.

    What was purged is forgotten: since a reopening there may be something of every class again.
    """
    ends: dict[str, Any] = {"ended_at": ended_at, "due_at": ended_at, "rules_version": 0, "purged": {}}
    db.session.execute(
        insert(CaseRetention)
        .values(case_id=case.id, **ends)
        .on_conflict_do_update(index_elements=[CaseRetention.case_id], set_=ends)
    )
