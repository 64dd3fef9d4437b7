"""Nightly housekeeping of the directory."""

from server.core.jobs import periodic
from server.stations import service
from server.stations.managers import codes


@periodic(name="stations.settle_and_forget", cron="40 19 * * *")
def settle_and_forget() -> None:
    """At 03:40 in Shenzhen: what reports came to is stored, reports of a month ago are deleted, and old codes."""
    service.settle_and_forget()
    codes.forget_old()
