"""The receipt by SMS: the number of the case, and where to follow it. A phone that is none is put right."""

import uuid

import sqlalchemy as sa
import structlog

from server.cases.authority import require_staff
from server.cases.barring import refuse_out
from server.cases.catalogue import version_of
from server.cases.models import Case
from server.cases.proxies.models import CaseProxy
from server.cases.standing_in import whom_to_tell
from server.core import audit
from server.core.clock import now
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.core.errors import conflict, not_found, unprocessable
from server.core.jobs import defer, task
from server.identity.models import PHONE
from server.identity.rules import Invalid, normalise_phone
from server.notices.models import StaffNotice
from server.notices.staff import tell_staff
from server.sms.errors import Refusal, SmsRejected, SmsUnavailable
from server.sms.service import send
from server.sms.texts import Text
from server.unions.staff.vocabulary import Right

log = structlog.get_logger(__name__)

WRONG_NUMBER = "case.wrong_number"
"""Kind of the message to whoever typed a phone that is none."""


@task(name="cases.send_receipt")
def send_receipt(*, case_id: str) -> None:
    """Send it, at most once: it counts as sent before it is, and no longer if it certainly was not."""
    found = uuid.UUID(case_id)
    with transaction() as session:
        proxy = session.get(CaseProxy, found, with_for_update=True)
        if proxy is None or proxy.phone is None or proxy.receipt_at is not None or proxy.wrong_number_at is not None:
            return
        case = session.get_one(Case, found)
        if case.worker_id is not None:
            # They have an account by now: there is nothing to take over.
            return
        phone, no = proxy.phone, case.no
        proxy.receipt_at = now()
    try:
        send(phone=phone, text=Text.RECEIPT, gaps={"no": no})
    except SmsRejected as error:
        _not_sent(found, wrong_number=error.refusal is Refusal.INVALID_NUMBER)
        if error.refusal is not Refusal.INVALID_NUMBER:
            raise
    except SmsUnavailable as error:
        if not error.may_have_arrived:
            _not_sent(found, wrong_number=False)
            raise
        log.warning("receipt_unanswered")


def receipt_to_mend(*, no: str, staff_no: str) -> tuple[Case, CaseProxy]:
    """A case whose receipt did not go out because its phone is none, for whoever typed it or works on it.

    Raises:
        Problem: 403, 404; 409 for whoever is out of the case; where nothing is wrong with the phone, or not any more.
    """
    row = db.session.execute(
        sa.select(Case, CaseProxy).join(CaseProxy, CaseProxy.case_id == Case.id).where(Case.no == no)
    ).one_or_none()
    if row is None:
        raise not_found()
    case, proxy = row
    if proxy.staff_no != staff_no:
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        refuse_out(case, staff_no)
    if proxy.wrong_number_at is None or case.worker_id is not None:
        raise conflict("receipt_is_right", "这个号码已经有人改好了，短信会再发一次")
    return case, proxy


def mend_phone(*, no: str, staff_no: str, phone: str) -> None:
    """Put right the phone that a receipt goes to, and send it there.

    Raises:
        Problem: as `receipt_to_mend`; 422 for what is no number, or the same again.
    """
    with transaction() as session:
        of_case = sa.select(CaseProxy).join(Case, Case.id == CaseProxy.case_id).where(Case.no == no)
        session.scalar(of_case.with_for_update(of=CaseProxy).execution_options(populate_existing=True))
        case, proxy = receipt_to_mend(no=no, staff_no=staff_no)
        try:
            given = normalise_phone(phone)
        except Invalid as wrong:
            raise unprocessable({"phone": [str(wrong)]}) from None
        if proxy.paper is not None:
            # A second person compares it with the phone that was left: it is not changed under their eyes.
            raise conflict("paper_waits", "这位工友开账号的事正等第二个人核对，等他定了再改号码")
        if given == proxy.phone:
            raise unprocessable({"phone": ["还是原来的号码，短信发不到。请和工友核对"]})
        proxy.phone, proxy.phone_hmac, proxy.wrong_number_at = given, keyed_hmac(given, purpose=PHONE), None
        audit.record(actor=audit.staff(staff_no), action="case.mend_phone", subject_kind="case", subject_id=case.id)
        defer(send_receipt, case_id=str(case.id))


def _not_sent(case_id: uuid.UUID, *, wrong_number: bool) -> None:
    with transaction() as session:
        proxy = session.get_one(CaseProxy, case_id, with_for_update=True)
        proxy.receipt_at = None
        if not wrong_number:
            return
        note_wrong_number(proxy, "编号")


def note_wrong_number(proxy: CaseProxy, what: str) -> None:
    """Show on the case that nothing reaches the phone that was left, and have it put right by who typed it, or has the
    case in hand.

    Args:
        what: did not arrive, in words for the staff.
    """
    case = db.session.get_one(Case, proxy.case_id)
    proxy.wrong_number_at = at = now()
    # The receipt leads to all that was written down; it goes to the number that is put right.
    proxy.receipt_at = None
    name = version_of(case.service, case.service_version).name
    text = f"{case.no}（{name}）的{what}发不到工友留的手机号，号码不对。请和工友核对，改好再发"
    told = sorted({proxy.staff_no, whom_to_tell(case)} - {None}, key=str)
    tell_staff(
        [
            StaffNotice(
                staff_no=number,
                kind=WRONG_NUMBER,
                text=text,
                link=f"/proxies/receipts/{case.no}",
                created_at=at,
            )
            for number in told
        ],
        by_sms=False,
        urgent=False,
    )
