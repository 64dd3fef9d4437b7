"""Telling a worker of their case."""

from server.cases.models import Case
from server.notices.service import notify


def tell_worker(case: Case, *, kind: str, title: str, body: str, did_it_themselves: bool = False) -> None:
    """Put a message about a case into its worker's inbox; nobody else has one."""
    if case.worker_id is not None:
        notify(
            worker_id=case.worker_id,
            kind=kind,
            title=title,
            body=body,
            link=f"/cases/{case.no}",
            did_it_themselves=did_it_themselves,
        )
