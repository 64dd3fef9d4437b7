"""What has to be known of the worker before a step."""

from collections.abc import Mapping
from typing import Any

from server.cases.capabilities.doing import Doing
from server.cases.declaration import Service
from server.cases.flow.machine import Machine
from server.cases.models import Case
from server.cases.vocabulary import Who
from server.core.access import Level
from server.core.db import db
from server.core.errors import conflict
from server.identity.personal import LEVELS
from server.identity.service import get_worker

NEEDED = {
    Level.L1: "要先有工友的手机号",
    Level.L2: "要先核对工友的姓名和证件：请工友做实名认证，或者到窗口核对（代填的，点“给这位工友开账号”）",
    Level.L3: "要本人先核验过：带证件到服务中心，或者上门核（代填的，点“给这位工友开账号”）",
}


def require_level(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Refuse the step while the worker is not of the level `least`."""
    why = too_low(doing.case, doing.service, parameters)
    if why is not None:
        raise conflict("level_too_low", why)


def too_low(case: Case, _service: Service, parameters: Mapping[str, Any]) -> str | None:
    """What has to be known of the worker yet; None when they are of the level `least`."""
    least = Level(int(parameters["least"]))
    if case.worker_id is not None and get_worker(db.session(), case.worker_id).level >= least:
        return None
    return f"工友还没有核实到“{LEVELS[least]}”这一级，{NEEDED[least]}"


def level_ahead(machine: Machine, state: str) -> Level | None:
    """The lowest level that a step on the way from `state` asks of the worker; none once nobody owes anything."""
    asking = [step for step in machine.steps.values() if "require_level" in step.does]
    if not asking or machine.states[state].next is Who.NOBODY:
        return None
    reached, found = {state}, {state}
    while found:
        found = {
            step.target
            for step in machine.steps.values()
            if step.target is not None and not step.sources.isdisjoint(found)
        } - reached
        reached |= found
    return min(
        (Level(int(step.does["require_level"]["least"])) for step in asking if not step.sources.isdisjoint(reached)),
        default=None,
    )
