"""The nightly purge."""

import structlog

from server.cases.retention.purging import purge
from server.core.clock import now
from server.core.jobs import periodic

log = structlog.get_logger(__name__)


@periodic(name="cases.purge", cron="30 18 * * *")
def purge_cases() -> None:
    """At 02:30 in Shenzhen: remove what has run out."""
    done = purge(at=now())
    if done:
        log.info("cases_purged", **done)
