"""The ledger of payments. Whoever grants never pays, and both take two persons."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from server.cases.capabilities.doing import Doing
from server.cases.capabilities.models import CasePayment
from server.cases.capabilities.people import require_level, too_low
from server.cases.declaration import Service
from server.cases.forms.fields import Answers, FieldType
from server.cases.models import Case
from server.cases.revisions import answers_at
from server.core.access import Level
from server.core.db import db
from server.core.errors import conflict, unprocessable

SEEN: Mapping[str, Any] = {"least": Level.L3}
"""Money is only for whom staff have seen."""
NO_ACCOUNT = "还没有填收钱的账户：先在“帮他填”里填好，或者请工友自己填，再来批"
OWED_ALREADY = "已经批了一笔还没有发，先发了那一笔"
NOTHING_OWED = "没有批过要发的钱"
SAME_ACCOUNT = "收钱的账户在批准以后没有改过，不用核对"


def grant_money(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Grant the amount of the step, at most `most` 分, to somebody whom staff have seen (L3)."""
    refuse_amount(doing.amount, most=int(parameters["most"]))
    require_level(doing, SEEN)
    if _account(doing.service, doing.answers) is None:
        raise unprocessable({"answers": [NO_ACCOUNT]})
    assert doing.amount is not None, "let pass just now"
    owe(doing, amount=doing.amount)


def why_not_granted(case: Case, service: Service, _parameters: Mapping[str, Any]) -> str | None:
    """Why nothing can be granted now; None when it can, as far as the case says."""
    if _owed(case) is not None:
        return OWED_ALREADY
    if _account(service, answers_at(case, None)) is None:
        return NO_ACCOUNT
    return too_low(case, service, SEEN)


def owe(doing: Doing, *, amount: int, payee_no: str | None = None) -> None:
    """Write down what is to be paid: to the worker, or to the member of the staff `payee_no`."""
    assert doing.staff_no is not None
    assert doing.asked_by is not None, "a grant takes two persons"
    if _owed(doing.case, lock=True) is not None:
        raise conflict("owed_already", OWED_ALREADY)
    db.session.add(
        CasePayment(
            case_id=doing.case.id,
            amount=amount,
            payee_no=payee_no,
            version=doing.case.version,
            granted_at=doing.at,
            asked_by=doing.asked_by,
            granted_by=doing.staff_no,
        )
    )


def pay_money(doing: Doing, _parameters: Mapping[str, Any]) -> None:
    """Note that what is owed was paid: one prepares it, another confirms."""
    payment = _owed(doing.case, lock=True)
    if payment is None:
        raise conflict("nothing_owed", NOTHING_OWED)
    if {doing.staff_no, doing.asked_by} & {payment.asked_by, payment.granted_by}:
        raise conflict("granted_by_them", "批钱的人不能发钱，要由别的财务来办")
    if is_elsewhere(payment, doing.case, doing.service):
        raise conflict(
            "other_account", "收钱的账户在批准以后改过：要先由两个人核对（“收钱的账户改过，核对过了”），再发"
        )
    if payment.payee_no in {doing.staff_no, doing.asked_by}:
        raise conflict("own_work", "给自己的钱不能自己发")
    payment.paid_at, payment.prepared_by, payment.confirmed_by = doing.at, doing.asked_by, doing.staff_no


def accept_account(doing: Doing, _parameters: Mapping[str, Any]) -> None:
    """Let what is owed go to the account that stands there now: it was changed after the grant."""
    payment = _owed(doing.case, lock=True)
    if payment is None:
        raise conflict("nothing_owed", NOTHING_OWED)
    if not is_elsewhere(payment, doing.case, doing.service):
        raise conflict("same_account", SAME_ACCOUNT)
    payment.version = doing.case.version


def why_account_stands(case: Case, service: Service, _parameters: Mapping[str, Any]) -> str | None:
    """Why there is no changed account to let pass; None when there is."""
    payment = _owed(case)
    if payment is None:
        return NOTHING_OWED
    return None if is_elsewhere(payment, case, service) else SAME_ACCOUNT


def is_elsewhere(payment: CasePayment, case: Case, service: Service) -> bool:
    """Whether the account is another than when the payment was granted, or than two persons have seen since.

    That of somebody who is paid for their work is not changed while they are owed something.
    """
    if payment.payee_no is not None:
        return False
    then, now = (_account(service, answers_at(case, version)) for version in (payment.version, None))
    return bool(then != now)


def _account(service: Service, answers: Answers) -> Any:
    cards = (field.key for field in service.form.declaration.fields() if field.type is FieldType.BANK_CARD)
    return next((answers[key] for key in cards if answers.get(key)), None)


def cancel_money(doing: Doing, _parameters: Mapping[str, Any]) -> None:
    """Take back what was granted and is not paid yet."""
    payment = _owed(doing.case, lock=True)
    if payment is not None:
        payment.cancelled_at = doing.at


def _owed(case: Case, *, lock: bool = False) -> CasePayment | None:
    """What was granted and is not paid yet."""
    owed = sa.select(CasePayment).where(
        CasePayment.case_id == case.id, CasePayment.paid_at.is_(None), CasePayment.cancelled_at.is_(None)
    )
    return db.session.scalar(owed.with_for_update() if lock else owed)


def refuse_amount(amount: int | None, *, most: int) -> None:
    """Let an amount pass that may be granted.

    Raises:
        Problem: 422.
    """
    if amount is None or not 0 < amount <= most:
        raise unprocessable({"amount": [f"金额要在 0.01 元到 {most / 100:,.2f} 元之间"]})
