"""The log of calls: who rang a worker up, and whether it got through."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from server.cases.capabilities.doing import Doing
from server.cases.capabilities.models import CaseCall
from server.cases.declaration import Service
from server.cases.models import Case
from server.core.clock import day_of
from server.core.db import db
from server.core.errors import conflict


def log_call(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Note a call; `reached` says whether it got through."""
    assert doing.staff_no is not None, "only staff ring up"
    if parameters["reached"]:
        doing.case.unanswered_since = None
    db.session.add(
        CaseCall(case_id=doing.case.id, at=doing.at, staff_no=doing.staff_no, reached=bool(parameters["reached"]))
    )
    db.session.flush()


def require_missed_calls(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Refuse to give up before there were `tries` in vain, on `days` different days, since one got through."""
    why = too_few(doing.case, doing.service, parameters)
    if why is not None:
        raise conflict("too_few_calls", why)


def too_few(case: Case, _service: Service, parameters: Mapping[str, Any]) -> str | None:
    """How many calls are wanting; None when there were enough."""
    missed = []
    for call in db.session.scalars(
        sa.select(CaseCall).where(CaseCall.case_id == case.id).order_by(CaseCall.at.desc(), CaseCall.id.desc())
    ):
        if call.reached:
            break
        missed.append(day_of(call.at))
    tries, days = int(parameters["tries"]), int(parameters["days"])
    if len(missed) >= tries and len(set(missed)) >= days:
        return None
    return f"还不能这样办：要分 {days} 天打过至少 {tries} 次都没通，现在打了 {len(missed)} 次、{len(set(missed))} 天"
