"""One message, handed to WeChat or to the SMS provider, and what became of it. Knows no table."""

from datetime import datetime
from enum import Enum, auto

import structlog
from msgspec import Struct

from server.core.private import Private
from server.notices.models import Way
from server.notices.plans import hint
from server.notices.templates import Template, Word
from server.sms.service import Refusal, SmsRejected, SmsUnavailable, Text
from server.sms.service import send as send_sms
from server.wechat.errors import (
    MessageMalformed,
    NotSubscribed,
    RecipientUnknown,
    WeChatError,
    WeChatMisconfigured,
    WeChatUnavailable,
)
from server.wechat.fields import Value
from server.wechat.service import send_message

PAGE = "account/inbox/inbox"
"""What a message opens. Not the case itself: its number would stand with WeChat."""

log = structlog.get_logger(__name__)


class Ready(Private, frozen=True):
    """A message that is to be sent now; `address` is an openid or a phone."""

    way: Way
    address: str
    line: str
    at: datetime
    template: Template | None = None


class Fate(Enum):
    """What became of a message."""

    SENT = auto()
    LATER = auto()
    """Certainly not sent; another try may do better."""
    NOT_ALLOWED = auto()
    """The worker does not allow it at WeChat."""
    REFUSED = auto()
    """Not sent, and never will be this way."""
    MALFORMED = auto()
    UNKNOWN = auto()
    """Handed over, and no answer: it may have arrived."""


class Outcome(Struct, frozen=True):
    """What became of a message, and WeChat's number for it where it told one."""

    fate: Fate
    message_id: str | None = None


def send(ready: Ready) -> Outcome:
    """Hand a message over, outside of any transaction."""
    if ready.template is not None:
        return _by_wechat(ready, ready.template)
    return _by_sms(ready)


def fields_of(template: Template, *, line: str, at: datetime) -> dict[str, Value]:
    """What stands in a template's fields."""
    words: dict[Word, Value] = {Word.LINE: line, Word.AT: at, Word.HINT: hint()}
    return {key: words[word] for key, word in template.fields.items()}


def _by_wechat(ready: Ready, template: Template) -> Outcome:
    try:
        message_id = send_message(
            openid=ready.address,
            template_id=template.id,
            page=PAGE,
            data=fields_of(template, line=ready.line, at=ready.at),
        )
    except NotSubscribed:
        return Outcome(Fate.NOT_ALLOWED)
    except RecipientUnknown:
        return Outcome(Fate.REFUSED)
    except MessageMalformed as error:
        log.error("message_template_malformed", template=template.id, field=error.field, errcode=error.errcode)
        return Outcome(Fate.MALFORMED)
    except WeChatMisconfigured as error:
        log.error("message_not_possible", template=template.id, errcode=error.errcode)
        return Outcome(Fate.LATER)
    except WeChatUnavailable as error:
        return Outcome(Fate.UNKNOWN if error.may_have_arrived else Fate.LATER)
    except WeChatError:
        return Outcome(Fate.LATER)
    return Outcome(Fate.SENT, message_id)


def _by_sms(ready: Ready) -> Outcome:
    try:
        send_sms(phone=ready.address, text=Text.NOTICE, gaps={"line": ready.line})
    except SmsRejected as error:
        passing = error.refusal in {Refusal.RATE_LIMITED, Refusal.NO_BALANCE}
        return Outcome(Fate.LATER if passing else Fate.REFUSED)
    except SmsUnavailable as error:
        return Outcome(Fate.UNKNOWN if error.may_have_arrived else Fate.LATER)
    return Outcome(Fate.SENT)
