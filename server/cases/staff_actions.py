"""What staff can do with a case now, and why not yet: the rules of `actions.py` over what the database says."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from server.cases.actions import Action, Allowed, actions_of
from server.cases.capabilities.registry import why_not
from server.cases.dates import pressing
from server.cases.declaration import Service
from server.cases.models import Case, CaseProposal
from server.cases.steps import longer_deadline, position_of
from server.clocks.changes import why_not_extended
from server.clocks.models import Clock
from server.core.clock import now


def actions_now(
    case: Case,
    service: Service,
    clocks: Sequence[Clock],
    waiting: list[tuple[CaseProposal, str]],
    *,
    allowed: Allowed,
) -> list[Action]:
    """Every step for staff, and why this member of the staff cannot make it now."""
    at = now()
    return actions_of(
        service,
        position_of(case),
        mode=case.identity_mode,
        running={clock.key: clock.due_at < at for clock in clocks if clock.stopped_at is None},
        urgent=pressing(case, service, at=at),
        asked={proposal.step for proposal, _ in waiting if proposal.step is not None},
        unready=_unready(case, service, clocks, at=at),
        allowed=allowed,
    )


def _unready(case: Case, service: Service, clocks: Sequence[Clock], *, at: datetime) -> Mapping[str, str]:
    running = {clock.key: clock for clock in clocks if clock.stopped_at is None}
    found: dict[str, str] = {}
    for step in service.machine.steps.values():
        if case.state not in step.sources:
            continue
        late = None
        if step.extend in running:
            late = why_not_extended(running[step.extend], to=longer_deadline(case, step), at=at)
        why = late.title if late is not None else why_not(case, service, step)
        if why is not None:
            found[step.code] = why
    return found
