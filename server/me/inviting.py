"""Asking those whom a unit put on its list: in the inbox, once more a week later, and by one SMS who has no account."""

import uuid
from datetime import timedelta

import structlog

from server.core.clock import now
from server.core.db import transaction
from server.notices.models import StaffNotice
from server.notices.rules import not_at_night
from server.notices.service import notify
from server.notices.staff import tell_staff
from server.notices.worded import worded
from server.sms.service import Refusal, SmsRejected, SmsUnavailable, Text, send
from server.unions import invitations
from server.unions.lists.models import MemberList
from server.unions.lists.vocabulary import InvitationAnswer
from server.unions.service import membership_of

CARD = "/me/card"
REMINDED_AFTER = timedelta(days=7)
ASKED = (
    "{union}的会员名单里有你。是不是你、愿不愿意入会，点开说一声。"
    "不是你，或者不愿意，就不会入会。你怎么答，单位看不到。"
)
AT_ONCE = 100
TEXTED_AT_ONCE = 500
"""In one run, a minute or two: other jobs wait no longer, and it is asked again whether it is night."""

log = structlog.get_logger(__name__)


def answer(*, worker_id: uuid.UUID, union_code: str, said: InvitationAnswer) -> None:
    """Take down what a worker said; tell whoever sent the list that a row is somebody else.

    Raises:
        Problem: as `invitations.answer`.
    """
    with transaction() as session:
        change = invitations.answer(worker_id=worker_id, union_code=union_code, said=said)
        if change is None:
            return
        if said is InvitationAnswer.JOIN:
            found = membership_of(session, worker_id)
            assert found is not None, "just made"
            notify(
                worker_id=worker_id,
                kind="membership.joined",
                title="你入会了",
                body=worded(
                    "你是{union}的会员了，会员卡在“我的”里，没网也能出示。不想当了，在会员卡下面随时可以退。",
                    union=found[1].name,
                ),
                link=CARD,
                did_it_themselves=True,
            )
        elif said is InvitationAnswer.NOT_ME and change.list_id is not None:
            sent = session.get_one(MemberList, change.list_id)
            text = f"你导入的会员名册，第 {change.row} 行的人说不是本人，没有入会。请和报名单的单位核对"
            notice = StaffNotice(
                staff_no=sent.staff_no,
                kind="roster.not_me",
                text=text,
                link=f"/imports/lists/{sent.id}",
                created_at=now(),
            )
            tell_staff([notice], by_sms=False, urgent=False)


def ask_listed() -> None:
    """Ask whoever was not asked yet, and once more who has not said anything for a week."""
    while _ask_some():
        pass
    for _ in range(TEXTED_AT_ONCE):
        if not_at_night(now(), urgent=False) > now() or not _text_one():
            break


def _ask_some() -> bool:
    with transaction() as session:
        found = invitations.take_to_tell(session, told_before=now() - REMINDED_AFTER, most=AT_ONCE)
        for one in found:
            notify(
                worker_id=one.worker_id,
                kind="membership.invited",
                title="还等你说一声：要不要入会" if one.again else "有单位把你报进了会员名单",
                body=worded(ASKED, union=one.union),
                link=CARD,
            )
        return len(found) == AT_ONCE


def _text_one() -> bool:
    """Send one SMS, at most once: it counts as sent before it is. Returns whether to go on.

    Not after one without an answer: each that may not have arrived costs somebody the only one there is.
    """
    with transaction() as session:
        taken = invitations.take_to_text(session)
    if taken is None:
        return False
    invitation_id, phone = taken
    try:
        send(phone=phone, text=Text.INVITED, gaps={})
    except SmsRejected as error:
        if error.refusal is not Refusal.INVALID_NUMBER:
            _keep(invitation_id, phone)
            return False
        _tell_of_wrong_number(invitation_id)
    except SmsUnavailable as error:
        if not error.may_have_arrived:
            _keep(invitation_id, phone)
            return False
        log.warning("invitation_unanswered")
        return False
    return True


def _keep(invitation_id: uuid.UUID, phone: str) -> None:
    with transaction() as session:
        invitations.not_texted(session, invitation_id, phone)


def _tell_of_wrong_number(invitation_id: uuid.UUID) -> None:
    """Tell whoever sent the list, once for all of it: the report says which rows."""
    with transaction() as session:
        list_id = invitations.note_wrong_number(session, invitation_id)
        if list_id is None:
            return
        sent = session.get_one(MemberList, list_id)
        notice = StaffNotice(
            staff_no=sent.staff_no,
            kind="roster.wrong_number",
            text="你导入的会员名册里有手机号不对，短信发不到。哪几行写在结果里，请和报名单的单位核对，改好再导一次",
            link=f"/imports/lists/{sent.id}",
            created_at=now(),
        )
        tell_staff([notice], by_sms=False, urgent=False)
