"""What a change of membership does to cases: they stay with the union that had them, and what it decides is over."""

import uuid
from typing import Any

import sqlalchemy as sa

from server.cases.catalogue import version_of
from server.cases.locking import lock_all_of
from server.cases.models import Case
from server.cases.steps import SYSTEM, make, moment, position_of
from server.cases.vocabulary import OVER, Occasion
from server.core.db import db
from server.unions.service import union_of


def on_membership_changed(_sender: Any, *, worker_id: uuid.UUID) -> None:
    """Receiver of the signal, inside the transaction of the change and before it."""
    session = db.session()
    lock_all_of(worker_id)
    home = union_of(session, worker_id)
    if home is not None:
        # 首接负责: whoever answered for a case goes on with it, also when its worker is nobody's member any more.
        session.execute(
            sa.update(Case).where(Case.worker_id == worker_id, Case.union_id.is_(None)).values(union_id=home.id)
        )
    for case in session.scalars(
        sa.select(Case)
        .where(Case.worker_id == worker_id, Case.phase.not_in(OVER))
        .order_by(Case.id)
        .execution_options(populate_existing=True)
    ).all():
        service = version_of(case.service, case.service_version)
        step = service.machine.by_occasion(position_of(case), Occasion.MEMBERSHIP_CHANGES, mode=case.identity_mode)
        if step is not None:
            make(case, service, step, by=SYSTEM, at=moment(case))
