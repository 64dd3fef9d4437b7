"""Housekeeping of the technical ground."""

from server.core.clock import now
from server.core.db import transaction
from server.core.jobs import periodic
from server.core.web.idempotency import KEPT, forget_expired


@periodic(name="core.forget_idempotency_records", cron="17 * * * *")
def forget_idempotency_records() -> None:
    """Answers of creating POSTs are kept for 24 hours."""
    with transaction() as session:
        forget_expired(session, before=now() - KEPT)
