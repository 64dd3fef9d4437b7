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
from server.sms.service import Refusal, SmsRejected
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
    """Send a code and wipe it; the job holds nothing but the row's id. A code that ran out is not sent any more."""
    with transaction() as session:
        row = session.get(SmsCode, uuid.UUID(code_id))
        if row is None or row.phone is None or row.code is None:
            return
        phone, code, due = row.phone, row.code, not row.withheld and row.expires_at > now()
    sent = False
    if due:
        try:
            send_sms(phone=phone, code=code)
            sent = True
        except SmsRejected as error:
            if error.refusal not in FINAL:
                raise
            log.warning("sms_code_refused", refusal=error.refusal.value)
    with transaction() as session:
        session.execute(
            sa.update(SmsCode)
            .where(SmsCode.id == uuid.UUID(code_id))
            .values(phone=None, code=None, sent_at=now() if sent else None)
        )


@periodic(name="identity.forget", cron="23 * * * *")
def forget() -> None:
    """Delete sessions that ended, codes that count no more, and what the identity service said long ago."""
    at = now()
    with transaction() as session:
        session.execute(sa.delete(SmsCode).where(SmsCode.created_at < at - CODES_KEPT))
        forget_dead(before=at)
        forget_checks(before=at - CHECKS_KEPT)
