"""What racers do to one case, and the same without the lock that keeps them apart."""

import time
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from server.cases import acts, working
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.models import Case
from server.cases.ownership import Key, own
from server.core.db import db
from server.core.errors import Problem


class Deed(StrEnum):
    """What somebody does: staff a step, or decide what was asked for; the worker writes, adds, takes it back."""

    STEP = "step"
    APPROVE = "approve"
    DECLINE = "decline"
    SUPPLEMENT = "supplement"
    SAY = "say"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, kw_only=True)
class Act:
    """One deed on one case."""

    deed: Deed
    no: str
    staff_no: str = ""
    worker_id: uuid.UUID | None = None
    what: str = ""
    """Code of the step."""
    text: str | None = None
    ground: str | None = None
    version: int | None = None
    """As whoever acts saw the case."""


def do(act: Act) -> str:
    """Do it, and say what came of it: `done`, the code of a refusal, or `!` and a name for what nobody expects."""
    try:
        _do(act)
    except Problem as refused:
        return refused.code
    except Exception as error:
        return f"!{type(error).__name__}"
    return "done"


def _do(act: Act) -> None:
    key = Key(worker_id=act.worker_id)
    match act.deed:
        case Deed.STEP:
            working.staff_step(
                no=act.no,
                code=act.what,
                staff_no=act.staff_no,
                text=act.text,
                named=working.Named(ground=act.ground),
                version=act.version,
            )
        case Deed.APPROVE | Deed.DECLINE:
            approve = act.deed is Deed.APPROVE
            working.decide(no=act.no, what=act.what, staff_no=act.staff_no, approve=approve)
        case Deed.SUPPLEMENT:
            acts.supplement(no=act.no, key=key, answers={"firm": act.text}, items=[])
        case Deed.SAY:
            acts.say(no=act.no, key=key, text=act.text or "", items=[])
        case Deed.WITHDRAW:
            acts.withdraw(no=act.no, key=key, reason=act.text)


def _look(condition: sa.ColumnElement[bool]) -> tuple[Case, Service]:
    """Read the row without locking it, and think it over: what everybody's code does, only longer."""
    case = db.session.scalars(sa.select(Case).where(condition).execution_options(populate_existing=True)).one()
    time.sleep(0.05)
    return case, version_of(case.service, case.service_version)


_with_lock: dict[tuple[Any, str], Any] = {
    (working, "lock"): working.lock,
    (acts, "_lock"): acts._lock,
}
_without = {
    (working, "lock"): lambda *, no: _look(Case.no == no),
    (acts, "_lock"): lambda no, key: _look(own(no, key)),
}


def lock_with(locking: bool) -> None:
    """Take the lock off in this process, or put it back."""
    for (module, name), look in (_with_lock if locking else _without).items():
        setattr(module, name, look)
