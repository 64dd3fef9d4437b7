"""What happens to clocks by itself."""

from server.clocks.changes import recompute_provisional
from server.core.clock import now
from server.core.jobs import periodic


@periodic(name="clocks.recompute", cron="23 * * * *")
def recompute_clocks() -> None:
    """Compute anew what waited for a holiday table. Most of the time there is nothing: an index says so."""
    recompute_provisional(at=now())
