"""Background work: forgetting sessions of the console that ended."""

from server.core.clock import now
from server.core.jobs import periodic
from server.unions.staff.sessions import KEPT, forget_ended


@periodic(name="staff.forget_sessions", cron="41 3 * * *")
def forget_sessions() -> None:
    """Who was signed in where is known for a month."""
    forget_ended(before=now() - KEPT)
