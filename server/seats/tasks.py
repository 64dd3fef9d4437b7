"""What happens to seats by itself: offers run out, and the books are looked at every night."""

import structlog

from server.core.jobs import periodic
from server.seats import offers
from server.seats.verify import note, verify

log = structlog.get_logger(__name__)


class BooksDoNotFitError(RuntimeError):
    """Counters and claims differ; the log names the pools. The job stays as failed until somebody looks."""


@periodic(name="seats.expire_offers", cron="* * * * *")
def expire_offers() -> None:
    """Pass on, every minute, what was offered and not taken."""
    ended = offers.expire()
    if ended:
        log.info("seat_offers_ended", count=ended)


@periodic(name="seats.verify", cron="40 19 * * *")
def verify_seats() -> None:
    """Compare counters with claims at 03:40 in Shanghai, and shout: in the log, in /status, in a row that stays."""
    _, findings = verify()
    note(findings)
    for finding in findings:
        log.critical("seats_do_not_fit", pool_id=str(finding.pool_id), what=finding.what)
    if findings:
        raise BooksDoNotFitError(f"{len(findings)} findings, see the log or `flask seats verify`")
