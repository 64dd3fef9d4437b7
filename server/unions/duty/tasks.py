"""Background work: forgetting who was on duty long ago."""

from datetime import timedelta

from server.core.clock import today
from server.core.jobs import periodic
from server.unions.duty.service import forget_ended

KEPT = timedelta(days=3 * 366)
"""As long as what a missed promise may be asked about."""


@periodic(name="duty.forget", cron="51 3 * * *")
def forget_old_duties() -> None:
    """Duties and absences go three years after their last day."""
    forget_ended(before=today() - KEPT)
