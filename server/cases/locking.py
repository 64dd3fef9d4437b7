"""Locks on cases, always taken in the same order, so that nobody waits in a circle.

What others were merged into comes before what was merged, then the earlier one before the later: so the case that staff
opened another from, with all that was merged into it, before the one that was opened, which tells them. Whatever may
change a membership changes the worker's other cases too: it takes all of them, before its own, and
before accounts and memberships.
"""

import uuid

import sqlalchemy as sa

from server.cases.capabilities.registry import changes_membership
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.models import Case
from server.core.db import db
from server.core.errors import not_found


def lock(*, no: str) -> tuple[Case, Service]:
    """A case for whoever changes it; others wait until the transaction ends, but not who writes down that another case
    goes with it.

    Raises:
        Problem: 404.
    """
    return lock_where(Case.no == no)


def lock_where(whose: sa.ColumnElement[bool]) -> tuple[Case, Service]:
    """`lock` of the one case that this is true of."""
    session = db.session()
    found = session.execute(
        sa.select(Case.worker_id, Case.service, Case.service_version, Case.opened_from_id).where(whose)
    ).one_or_none()
    if found is None:
        raise not_found()
    service = version_of(found.service, found.service_version)
    if found.worker_id is not None and changes_membership(service):
        lock_all_of(found.worker_id)
    if found.opened_from_id is not None:
        _lock_source(found.opened_from_id)
    case = session.scalar(
        sa.select(Case).where(whose).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if case is None:
        raise not_found()
    return case, service


def lock_all_of(*worker_ids: uuid.UUID) -> None:
    """Let others wait who want to change any case of a worker, or of several who turn out to be one."""
    db.session.execute(
        sa.select(Case.id)
        .where(Case.worker_id.in_(worker_ids))
        .order_by(Case.lead_id.is_not(None), Case.id)
        .with_for_update(key_share=True)
    )


def _lock_source(case_id: uuid.UUID) -> None:
    """What a case was opened from, and what was merged into that: read anew, as they are now."""
    db.session.scalars(
        sa.select(Case)
        .where(sa.or_(Case.id == case_id, Case.lead_id == case_id))
        .order_by(Case.lead_id.is_not(None), Case.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
