"""Suggesting to a worker that they go on with another service, and settling what that other service took over."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from server.cases.capabilities.doing import Doing
from server.cases.declaration import Service
from server.cases.models import Case, CaseEvent
from server.cases.vocabulary import OVER, IdentityMode
from server.core.db import db
from server.core.errors import conflict

TOLD_ALREADY = "已经建议过了，办不办由工友定"
UNDER_WAY = "工友已经接着办了，正在办"
NOT_UNDER_WAY = "工友接着办的那件没有在办（没有申请，或者撤回、结束了）"


def suggest(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Refuse to suggest `to` while the worker thinks about it, or went on with it already."""
    why = _why_not(doing.case, doing.service, parameters["to"], counted=-1)
    if why is not None:
        raise conflict("suggested_already", why)


def why_not_suggested(case: Case, service: Service, parameters: Mapping[str, Any]) -> str | None:
    """Why it is not suggested now: once, and once more for each case that was taken back or ran out."""
    return _why_not(case, service, parameters["to"], counted=0)


def require_gone_on(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Refuse what only makes sense while the worker's case of `with` is under way."""
    why = why_not_settled(doing.case, doing.service, parameters)
    if why is not None:
        raise conflict("not_gone_on", why)


def why_not_settled(case: Case, _service: Service, parameters: Mapping[str, Any]) -> str | None:
    """Why nothing is settled by the other case."""
    under_way, _ = _gone_on(case, parameters["with"])
    return None if under_way else NOT_UNDER_WAY


def _why_not(case: Case, service: Service, to: str, *, counted: int) -> str | None:
    """`counted` is minus one where the step that asks stands among the events already."""
    steps = [code for code, step in service.machine.steps.items() if step.does.get("suggest", {}).get("to") == to]
    times = sa.select(sa.func.count()).where(CaseEvent.case_id == case.id, CaseEvent.step.in_(steps))
    suggested = (db.session.scalar(times) or 0) + counted
    if case.identity_mode is not IdentityMode.NAMED:
        # Of one in confidence nothing is said of what its worker went on with.
        return TOLD_ALREADY if suggested else None
    under_way, over = _gone_on(case, to)
    if under_way:
        return UNDER_WAY
    return TOLD_ALREADY if suggested > over else None


def _gone_on(case: Case, service: str) -> tuple[int, int]:
    """How many cases of a service go on from this one: under way, and over."""
    row = db.session.execute(
        sa.select(
            sa.func.count().filter(Case.phase.not_in(OVER)),
            sa.func.count().filter(Case.phase.in_(OVER)),
        ).where(Case.carried_from_id == case.id, Case.service == service)
    ).one()
    return row[0], row[1]
