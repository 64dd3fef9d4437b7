"""When a case ends, and when it is taken up again: from its end on the time runs for which it is kept."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from server.cases.models import Case
from server.cases.retention.models import CaseRetention
from server.core.db import db


def note_end(case: Case, *, ended_at: datetime | None) -> None:
    """Write down when a locked case ended; None when it is under way again."""
    ends = {"ended_at": ended_at, "due_at": ended_at, "rules_version": 0}
    db.session.execute(
        insert(CaseRetention)
        .values(case_id=case.id, purged=[], **ends)
        .on_conflict_do_update(index_elements=[CaseRetention.case_id], set_=ends)
    )
