"""What whoever had a case in their hands is paid for it, by the stages that it went through in those hands."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from server.cases.assigning.models import CaseAssignee, CaseAssignment, Ending
from server.cases.assigning.service import assignment_of
from server.cases.capabilities.doing import Doing
from server.cases.capabilities.ledger import owe
from server.cases.capabilities.models import CasePayment
from server.cases.declaration import Service
from server.cases.models import Case, CaseEvent
from server.core.db import db
from server.core.errors import conflict

NO_ACCOUNT = "还没有登记补贴发到哪里：先在看板的名单里记下账户"


class Fee(Struct, frozen=True):
    """What is to be paid, and for what."""

    staff_no: str
    parts: Sequence[tuple[str, int]]
    """Name of a stage and 分."""
    total: int
    account: str | None
    """Where it goes, in words; None while that is not known."""


def reckon(stages: Sequence[str], service: Service, parameters: Mapping[str, Any]) -> Sequence[tuple[str, int]]:
    """What each of the stages that were reached is worth, in the order of the file; `least` where it is none of them.

    Args:
        stages: codes of the states that the case was in.
    """
    found = [
        (service.machine.states[code].name, int(amount))
        for code, amount in parameters["stages"].items()
        if code in stages
    ]
    return found or [("没有进到这些阶段", int(parameters["least"]))]


def fee_of(case: Case, service: Service, parameters: Mapping[str, Any], *, lock: bool = False) -> Fee | None:
    """What whoever brought the case to its end is to be paid; None where nobody did, or they were granted it before.

    Args:
        lock: whoever changes the account waits until the transaction ends.
    """
    assignment = db.session.scalar(
        sa.select(CaseAssignment)
        .where(
            CaseAssignment.case_id == case.id,
            CaseAssignment.accepted_at.is_not(None),
            CaseAssignment.ending == Ending.OVER,
        )
        .order_by(CaseAssignment.ended_at.desc())
        .limit(1)
    )
    if assignment is None:
        return None
    granted = sa.select(CasePayment.id).where(
        CasePayment.case_id == case.id,
        CasePayment.payee_no == assignment.staff_no,
        CasePayment.cancelled_at.is_(None),
    )
    if db.session.scalar(granted.limit(1)) is not None:
        return None
    stages = db.session.scalars(
        sa.select(CaseEvent.target).where(CaseEvent.case_id == case.id, CaseEvent.at >= assignment.accepted_at)
    ).all()
    parts = reckon(stages, service, parameters)
    profile = db.session.get(
        CaseAssignee, (assignment.staff_no, assignment.role), with_for_update=lock or None, populate_existing=lock
    )
    account = None if profile is None else profile.account
    return Fee(assignment.staff_no, parts, sum(amount for _, amount in parts), account)


def grant_assignee(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Grant whoever brought the case to its end what its stages are worth. Nobody grants it to themselves."""
    fee = fee_of(doing.case, doing.service, parameters, lock=True)
    if fee is None:
        raise conflict("nobody_to_pay", _nobody(doing.service))
    if fee.account is None:
        raise conflict("no_account", NO_ACCOUNT)
    if fee.staff_no in {doing.staff_no, doing.asked_by}:
        raise conflict("own_work", "给自己的钱不能自己定")
    owe(doing, amount=fee.total, payee_no=fee.staff_no)


def why_not_granted(case: Case, service: Service, parameters: Mapping[str, Any]) -> str | None:
    """Why nothing can be granted now; None when it can."""
    fee = fee_of(case, service, parameters)
    if fee is None:
        return _nobody(service)
    return NO_ACCOUNT if fee.account is None else None


def _nobody(service: Service) -> str:
    return f"没有要发的：没有{assignment_of(service).title}办到最后，或者已经定过了"
