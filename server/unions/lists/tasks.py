"""Background work: forgetting what came of lists."""

from datetime import timedelta

from server.core.clock import now
from server.core.jobs import periodic
from server.unions.lists.service import forget

KEPT = timedelta(days=31)


@periodic(name="unions.forget_lists", cron="46 3 * * *")
def forget_lists() -> None:
    """What came of a list is known for a month."""
    forget(before=now() - KEPT)
