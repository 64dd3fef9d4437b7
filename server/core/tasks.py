"""Housekeeping of the technical ground."""

from server.core.clock import now
from server.core.db import transaction
from server.core.jobs import periodic, take_up_stalled_jobs
from server.core.web.idempotency import KEPT, forget_expired


@periodic(name="core.forget_idempotency_records", cron="17 * * * *")
def forget_idempotency_records() -> None:
    """Answers of creating POSTs are kept for 24 hours."""
    with transaction() as session:
        forget_expired(session, before=now() - KEPT)


@periodic(name="core.take_up_stalled_jobs", cron="* * * * *", alone=False)
def take_up_jobs_of_killed_workers() -> None:
    """A killed worker's jobs would stay in its hands, and a periodic one would never run again."""
    take_up_stalled_jobs()
