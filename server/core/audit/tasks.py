"""What the worker does for the audit by itself."""

from datetime import timedelta

from server.core.audit import purging, reading, sealer
from server.core.audit.chain import Purged
from server.core.clock import now
from server.core.jobs import periodic
from server.core.settings import settings


@periodic(name="audit.seal", cron="* * * * * */3")
def seal() -> None:
    """Every three seconds: the tail that is not sealed stays shorter than what raises an alarm."""
    sealer.seal()


@periodic(name="audit.watch_reading", cron="*/5 * * * *")
def watch_reading() -> None:
    """Look for unusual reading."""
    reading.watch()


@periodic(name="audit.forget_old", cron="10 20 * * *")
def forget_old() -> None:
    """At 04:10 in Shenzhen: forget what has been kept for AUDIT_DAYS."""
    purging.forget(Purged.EVENTS, before=now() - timedelta(days=settings().audit_days), actor="system")
