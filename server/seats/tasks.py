"""The nightly look at the books."""

import structlog

from server.core.jobs import periodic
from server.seats.verify import verify

log = structlog.get_logger(__name__)


class BooksDoNotFitError(RuntimeError):
    """Counters and claims differ; the log names the pools. The job stays as failed until somebody looks."""


@periodic(name="seats.verify", cron="40 19 * * *")
def verify_seats() -> None:
    """Compare counters with claims at 03:40 in Shanghai, and shout."""
    _, findings = verify()
    for finding in findings:
        log.critical("seats_do_not_fit", pool_id=str(finding.pool_id), what=finding.what)
    if findings:
        raise BooksDoNotFitError(f"{len(findings)} findings, see the log or `flask seats verify`")
