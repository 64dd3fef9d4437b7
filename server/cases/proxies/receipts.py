"""The receipt by SMS: the number of the case, and where to follow it."""

import uuid

import structlog

from server.cases.models import Case
from server.cases.proxies.models import CaseProxy
from server.core.clock import now
from server.core.db import transaction
from server.core.jobs import task
from server.sms.errors import Refusal, SmsRejected, SmsUnavailable
from server.sms.service import send
from server.sms.texts import Text

log = structlog.get_logger(__name__)


@task(name="cases.send_receipt")
def send_receipt(*, case_id: str) -> None:
    """Send it, at most once: it counts as sent before it is, and no longer if it certainly was not."""
    found = uuid.UUID(case_id)
    with transaction() as session:
        proxy = session.get(CaseProxy, found, with_for_update=True)
        if proxy is None or proxy.phone is None or proxy.receipt_at is not None:
            return
        phone, no = proxy.phone, session.get_one(Case, found).no
        proxy.receipt_at = now()
    try:
        send(phone=phone, text=Text.RECEIPT, gaps={"no": no})
    except SmsRejected as error:
        _not_sent(found)
        if error.refusal is not Refusal.INVALID_NUMBER:
            raise
    except SmsUnavailable as error:
        if not error.may_have_arrived:
            _not_sent(found)
            raise
        log.warning("receipt_unanswered")


def _not_sent(case_id: uuid.UUID) -> None:
    with transaction() as session:
        session.get_one(CaseProxy, case_id, with_for_update=True).receipt_at = None
