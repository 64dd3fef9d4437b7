"""What a worker says when joining (入会登记表)."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.core.clock import now
from server.core.db import new_id
from server.unions.models import JoiningRecord


def keep_joining_record(session: Session, *, worker_id: uuid.UUID, fields: Mapping[str, Any]) -> None:
    """Keep what was said; what was said before of other fields stays.

    Args:
        fields: by the columns of `JoiningRecord`.
    """
    at = now()
    entering = insert(JoiningRecord).values(id=new_id(), worker_id=worker_id, created_at=at, updated_at=at, **fields)
    session.execute(
        entering.on_conflict_do_update(index_elements=["worker_id"], set_=dict(fields) | {"updated_at": at})
    )
