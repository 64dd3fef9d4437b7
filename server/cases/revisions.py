"""The answers of a case as they were."""

from typing import Any

import orjson
import sqlalchemy as sa

from server.cases.models import Case, CaseRevision
from server.core.db import db


def answers_at(case: Case, version: int | None) -> dict[str, Any]:
    """The answers as they were at a version of the case; None for what they are now."""
    later = sa.select(CaseRevision).where(CaseRevision.case_id == case.id, CaseRevision.number >= (version or 0))
    revision = None if version is None else db.session.scalar(later.order_by(CaseRevision.number).limit(1))
    found: dict[str, Any] = orjson.loads(case.answers if revision is None else revision.answers)
    return found
