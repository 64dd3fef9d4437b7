"""Publishing for a time (公示): a masked name, the street and the kind; never why, and nobody else's name."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.cases.capabilities.doing import Doing
from server.cases.capabilities.models import CasePublication
from server.cases.forms.speaking import spoken
from server.clocks.models import OwnerKind
from server.clocks.service import clocks_of
from server.core.clock import today
from server.core.db import db
from server.core.errors import conflict
from server.identity.models import ConsentKey
from server.identity.rules import mask_name
from server.identity.service import get_worker


def publish(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Publish until the clock `until` is over: the street of `place`, and the value of the computed `kind`."""
    worker_id = doing.case.worker_id
    worker = None if worker_id is None else get_worker(db.session(), worker_id)
    if worker is None or worker.name is None:
        raise conflict("not_verified", "还没有实名，不能公示：请工友先做实名认证；代填的，点“给这位工友开账号”")
    if ConsentKey.PUBLICATION not in {one["key"] for one in doing.case.consents}:
        raise conflict("no_consent", "工友没有同意公示，不能公示")
    field = doing.service.form.declaration.field(str(parameters["place"]))
    rule = next(one for one in doing.service.computed if one.key == parameters["kind"])
    found = rule.find(doing.answers, today=today())
    if field is None or field.key not in doing.answers or found is None:
        raise conflict("not_complete", "街道或类别还没有填全，不能公示")
    clock = next(
        one
        for one in clocks_of(owner_kind=OwnerKind.CASE, owner_id=doing.case.id)
        if one.key == parameters["until"] and one.stopped_at is None
    )
    db.session.add(
        CasePublication(
            case_id=doing.case.id,
            since=doing.at,
            until=clock.due_at,
            name_masked=mask_name(worker.name),
            place=spoken(field, doing.answers[field.key]),
            kind=str(found.value),
        )
    )


def unpublish(doing: Doing, _parameters: Mapping[str, Any]) -> None:
    """Take back what is published of the case."""
    db.session.execute(
        sa.update(CasePublication)
        .where(CasePublication.case_id == doing.case.id, CasePublication.withdrawn_at.is_(None))
        .values(withdrawn_at=doing.at)
    )


def published(*, at: datetime) -> Sequence[CasePublication]:
    """What the public may read now, the newest first."""
    return db.session.scalars(
        sa.select(CasePublication)
        .where(CasePublication.since <= at, CasePublication.until > at, CasePublication.withdrawn_at.is_(None))
        .order_by(CasePublication.since.desc(), CasePublication.id)
    ).all()
