"""What finance sees: whom to pay how much, and to which account; nothing of the story."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from server.cases.assigning.models import CaseAssignee
from server.cases.authority import require_staff
from server.cases.capabilities.ledger import is_elsewhere
from server.cases.capabilities.models import CasePayment
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.forms.fields import FieldType, Viewer
from server.cases.models import Case, CaseProposal
from server.cases.seeing import seen
from server.cases.steps import answers_of, position_of
from server.cases.vocabulary import Actor
from server.core import audit
from server.core.db import db, transaction
from server.core.errors import Problem
from server.core.private import Private
from server.identity.service import get_worker
from server.unions.staff.authority import offices_of
from server.unions.staff.service import names_of
from server.unions.staff.vocabulary import Right


class Owed(Private, frozen=True):
    """A payment that was granted and is to be made."""

    no: str
    amount: int
    """分"""
    granted_at: datetime
    name: str | None
    for_work: bool
    """Whether it goes to who had the case in their hands, not to its worker."""
    bank: str | None
    """With the number, of an account that is kept in words."""
    card: str | None
    step: str | None
    """Code of the step by which finance says that it was paid; None while the case allows none."""
    asked_by: str | None
    """Who of finance has prepared it and waits for another."""
    elsewhere: bool
    """The account is another than those saw who granted it: two persons have to look first."""


class Paid(Struct, frozen=True):
    """A payment that was made; who got it is not said."""

    no: str
    amount: int
    granted_by: tuple[str, str]
    paid_at: datetime
    paid_by: tuple[str, str]


def owed(*, staff_no: str) -> Sequence[Owed]:
    """What is to be paid, the oldest first. That it was read is recorded for each.

    Raises:
        Problem: 403 for whoever is not finance.
    """
    with transaction() as session:
        offices_of(session, number=staff_no, right=Right.PAYMENTS)
        rows = session.execute(
            sa.select(CasePayment, Case)
            .join(Case, Case.id == CasePayment.case_id)
            .where(CasePayment.paid_at.is_(None), CasePayment.cancelled_at.is_(None))
            .order_by(CasePayment.granted_at)
        ).all()
        return [_owed(payment, case, staff_no) for payment, case in rows if _may(case, staff_no, Right.PAYMENTS)]


def is_settled(*, no: str, staff_no: str) -> bool:
    """Whether what was owed in a case is paid or taken back by now; False for whoever has nothing to do with it."""
    case = db.session.scalar(sa.select(Case).where(Case.no == no))
    if case is None or not _may(case, staff_no, Right.PAYMENTS):
        return False
    over = sa.or_(CasePayment.paid_at.is_not(None), CasePayment.cancelled_at.is_not(None))
    return bool(db.session.scalar(sa.select(sa.exists().where(CasePayment.case_id == case.id, over))))


def paid(*, staff_no: str) -> Sequence[Paid]:
    """What was paid, the newest first, for whoever reviews the ledger.

    Raises:
        Problem: 403.
    """
    offices_of(db.session(), number=staff_no, right=Right.LEDGER)
    rows = db.session.execute(
        sa.select(CasePayment, Case)
        .join(Case, Case.id == CasePayment.case_id)
        .where(CasePayment.paid_at.is_not(None))
        .order_by(CasePayment.paid_at.desc())
    ).all()
    return [_paid(payment, case) for payment, case in rows if _may(case, staff_no, Right.LEDGER)]


def _paid(payment: CasePayment, case: Case) -> Paid:
    assert payment.paid_at is not None
    assert payment.prepared_by is not None
    assert payment.confirmed_by is not None
    return Paid(
        no=case.no,
        amount=payment.amount,
        granted_by=(payment.asked_by, payment.granted_by),
        paid_at=payment.paid_at,
        paid_by=(payment.prepared_by, payment.confirmed_by),
    )


def _may(case: Case, staff_no: str, right: Right) -> bool:
    try:
        require_staff(case, staff_no=staff_no, right=right)
    except Problem:
        return False
    return True


def _owed(payment: CasePayment, case: Case, staff_no: str) -> Owed:
    audit.record(actor=audit.staff(staff_no), action="payment.read", subject_kind="case", subject_id=case.id)
    service = version_of(case.service, case.service_version)
    possible = service.machine.possible(position_of(case), actor=Actor.STAFF, mode=case.identity_mode)
    step = next((one.code for one in possible if one.right is Right.PAYMENTS), None)
    name, bank, card = _payee(payment, case, service)
    return Owed(
        no=case.no,
        amount=payment.amount,
        granted_at=payment.granted_at,
        name=name,
        for_work=payment.payee_no is not None,
        bank=bank,
        card=card,
        step=step,
        asked_by=None if step is None else _asked_by(case, step),
        elsewhere=is_elsewhere(payment, case, service),
    )


def _payee(payment: CasePayment, case: Case, service: Service) -> tuple[str | None, str | None, str | None]:
    """Name, bank and number of who is paid."""
    if payment.payee_no is not None:
        account = db.session.scalar(
            sa.select(CaseAssignee.account).where(
                CaseAssignee.staff_no == payment.payee_no, CaseAssignee.account.is_not(None)
            )
        )
        return names_of(db.session(), {payment.payee_no}).get(payment.payee_no), account, None
    answers = answers_of(case)
    shown = seen(service.form.declaration.fields(), {Viewer.FINANCE})
    keys = [one.key for one in shown if one.type is FieldType.BANK_CARD]
    card = next((answers[key] for key in keys if key in answers), None)
    worker = None if case.worker_id is None else get_worker(db.session(), case.worker_id)
    name = None if worker is None else worker.name
    return (name, None, None) if card is None else (name, card["bank"], card["number"])


def _asked_by(case: Case, step: str) -> str | None:
    return db.session.scalar(
        sa.select(CaseProposal.asked_by).where(
            CaseProposal.case_id == case.id, CaseProposal.step == step, CaseProposal.decided_at.is_(None)
        )
    )
