"""Background work: sending codes, and forgetting what is no longer needed."""

import uuid
from datetime import timedelta

import sqlalchemy as sa
import structlog

from server.core.clock import now
from server.core.db import transaction
from server.core.jobs import periodic, task
from server.identity.checks import forget_checks
from server.identity.models import SmsCode
from server.identity.sessions import forget_dead
from server.sms.service import Refusal, SmsRejected, SmsUnavailable
from server.sms.service import send_code as send_sms

log = structlog.get_logger(__name__)

CODES_KEPT = timedelta(days=1)
"""As long as the longest limit counts."""
CHECKS_KEPT = timedelta(days=365)
"""For so long the identity service is not asked the same again."""
FINAL = {Refusal.INVALID_NUMBER, Refusal.OTHER}
"""Refusals that another try would meet again."""


@task(name="identity.send_code")
def send_code(*, code_id: str) -> None:
    """Send a code, at most once, and wipe it; the job holds nothing but the row's id. One that ran out is not sent.

    It counts as sent before the provider is asked. Whoever's code was under way when a worker died, or got no answer,
    may have it and can ask for another; only what certainly was not sent is tried again.
    """
    found = uuid.UUID(code_id)
    with transaction() as session:
        row = session.get(SmsCode, found, with_for_update=True)
        if row is None or row.phone is None or row.code is None:
            return
        phone, code = row.phone, row.code
        due = row.sent_at is None and not row.withheld and row.expires_at > now()
        if due:
            row.sent_at = now()
    if due:
        _hand_over(found, phone=phone, code=code)
    _change(found, phone=None, code=None)


def _hand_over(code_id: uuid.UUID, *, phone: str, code: str) -> None:
    try:
        send_sms(phone=phone, code=code)
    except SmsRejected as error:
        _change(code_id, sent_at=None)
        if error.refusal not in FINAL:
            raise
        log.warning("sms_code_refused", refusal=error.refusal.value)
    except SmsUnavailable as error:
        if not error.may_have_arrived:
            _change(code_id, sent_at=None)
            raise
        log.warning("sms_code_unanswered")


def _change(code_id: uuid.UUID, **values: None) -> None:
    with transaction() as session:
        session.execute(sa.update(SmsCode).where(SmsCode.id == code_id).values(**values))


@periodic(name="identity.forget", cron="23 * * * *")
def forget() -> None:
    """Delete sessions that ended, codes that count no more, and what the identity service said long ago."""
    at = now()
    with transaction() as session:
        session.execute(sa.delete(SmsCode).where(SmsCode.created_at < at - CODES_KEPT))
        forget_dead(before=at)
        forget_checks(before=at - CHECKS_KEPT)
