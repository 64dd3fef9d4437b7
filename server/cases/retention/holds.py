"""What keeps a case beyond its time: a dispute, a supervision, a lawsuit. While it lasts, nothing of it is removed."""

import uuid
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from server.cases.models import Case
from server.cases.retention.models import CaseRetention
from server.core.db import db


def hold(case: Case, *, at: datetime) -> None:
    """Keep everything of a locked case from now on."""
    db.session.execute(
        insert(CaseRetention)
        .values(case_id=case.id, rules_version=0, purged={}, held_at=at)
        .on_conflict_do_update(index_elements=[CaseRetention.case_id], set_={"held_at": at})
    )


def release(case: Case) -> None:
    """Let its time run again: what ran out meanwhile goes in the next night."""
    db.session.execute(sa.update(CaseRetention).where(CaseRetention.case_id == case.id).values(held_at=None))


def is_held(case: Case) -> bool:
    """Whether everything of a case is kept."""
    return bool(held_of([case.id]))


def held_of(case_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of which everything is kept."""
    if not case_ids:
        return set()
    return set(
        db.session.scalars(
            sa.select(CaseRetention.case_id).where(
                CaseRetention.case_id.in_(case_ids), CaseRetention.held_at.is_not(None)
            )
        )
    )
