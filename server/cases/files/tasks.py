"""Housekeeping of attachments."""

from server.cases.files.service import forget_unclaimed
from server.core.jobs import periodic


@periodic(name="cases.forget_unclaimed_attachments", cron="23 * * * *")
def forget_unclaimed_attachments() -> None:
    """What nobody claimed vanishes after a day."""
    forget_unclaimed()
