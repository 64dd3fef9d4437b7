"""Housekeeping of attachments."""

from server.cases.files.forgetting import forget_unclaimed, sweep_orphans
from server.cases.files.uploads import forget_unfinished
from server.core.jobs import periodic


@periodic(name="cases.forget_unclaimed_attachments", cron="23 * * * *")
def forget_unclaimed_attachments() -> None:
    """What nobody claimed or finished vanishes after a day."""
    forget_unclaimed()
    forget_unfinished()


@periodic(name="cases.sweep_orphan_files", cron="40 19 * * *")
def sweep_orphan_files() -> None:
    """Once a night, since it asks for the names of all files."""
    sweep_orphans()
