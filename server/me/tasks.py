"""Background work on accounts."""

import uuid
from typing import Any

from server.core.db import db
from server.core.jobs import defer, periodic, task
from server.identity.desk import open_request_of
from server.identity.identity_service import identity_service
from server.identity.models import ConsentKey
from server.me import accounts, erasure, evidence, inviting, outside_check

LATER = (60, 4 * 60, 16 * 60, 64 * 60, 256 * 60)
"""Seconds between tries of a service that did not get the question: about six hours in all."""


@task(name="me.ask_identity_service")
def ask_identity_service(*, request_id: str, turn: int = 0) -> None:
    """Ask about a waiting verification; the job holds nothing but the row's id."""
    if outside_check.ask(request_id=uuid.UUID(request_id)) and turn < len(LATER):
        defer(ask_identity_service, delay_seconds=LATER[turn], request_id=request_id, turn=turn + 1)


def ask_about_what_waits(*, worker_id: uuid.UUID) -> None:
    """In the transaction that put something before the desk: let the identity service be asked, where there is one.

    Whatever the doubt is: what the service cannot end is left out by the job, where nobody can measure it.
    """
    if identity_service() is None:
        return
    request = open_request_of(db.session(), worker_id)
    if request is not None:
        defer(ask_identity_service, request_id=str(request.id))


def on_consent_withdrawn(_sender: Any, *, worker_id: uuid.UUID, key: str) -> None:
    """Receiver of the signal: photos of papers go with the consent, as soon as it is committed."""
    if key == ConsentKey.IDENTITY:
        defer(forget_taken_back)


@task(name="me.forget_taken_back")
def forget_taken_back() -> None:
    """The same as by the clock, at once."""
    evidence.forget()


@periodic(name="me.forget_evidence", cron="41 * * * *")
def forget_evidence() -> None:
    """Photos of papers go some time after the decision: config/retention.yaml says when."""
    evidence.forget()


@periodic(name="me.notice_expired_papers", cron="10 16 * * *")
def notice_expired_papers() -> None:
    """Soon after midnight in Shanghai."""
    accounts.notice_expired_papers()


@task(name="me.erase")
def erase_account(*, closing_id: str) -> None:
    """Erase one account, in a transaction of its own."""
    erasure.erase(closing_id=uuid.UUID(closing_id))


@periodic(name="me.erase_due", cron="47 * * * *")
def erase_due() -> None:
    """Have every account erased whose time to think is over; one that fails keeps no other from being erased."""
    for closing_id in erasure.due_closings(db.session()):
        defer(erase_account, closing_id=str(closing_id))


@periodic(name="me.forget_proofs", cron="53 3 * * *")
def forget_proofs() -> None:
    """What was agreed to, and the receipt, go three years after the account."""
    erasure.forget_proofs()


@periodic(name="me.ask_listed", cron="*/10 * * * *")
def ask_listed() -> None:
    """Who stands on a list that a unit sent is asked; by SMS not at night."""
    inviting.ask_listed()
