"""Everything that the service holds about a worker, for the worker: to be read, and to be kept as a file."""

import uuid
from datetime import datetime

from server.core import audit
from server.core.clock import now
from server.core.db import transaction
from server.core.personal import Part, contributors
from server.core.private import Private


class Export(Private, frozen=True):
    """All parts, in the order in which the domains were registered."""

    made_at: datetime
    parts: list[Part]


def export(*, worker_id: uuid.UUID) -> Export:
    """Gather what the domains hold; that it was done is recorded."""
    with transaction() as session:
        parts = [part for one in contributors() for part in one.export(session, worker_id)]
        audit.record(actor=f"worker:{worker_id}", action="account.export", subject_kind="worker", subject_id=worker_id)
        return Export(made_at=now(), parts=parts)
