"""What WeChat pushes, read into types. Pure.

WeChat writes the same event in several shapes: JSON or XML as the account is set, a list of one as a bare object,
numbers as numbers or as text. Whoever listens to `wechat_event` sees none of that.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from msgspec import Struct

from server.core.private import Private

Message = Mapping[str, Any]
"""One push, its fields by WeChat's names."""


class NotUnderstood(Exception):
    """The push is signed rightly, but neither JSON nor XML, or without what its kind needs."""


class AskedWhere(StrEnum):
    """Where a worker said what they want to receive."""

    DIALOG = "subscribe_msg_popup_event"
    """In the dialog that the mini-program opened: every accept is one message."""
    SETTINGS = "subscribe_msg_change_event"
    """In WeChat's own list of messages: only a reject comes from there."""


class SubscriptionAnswered(Private, frozen=True):
    """What a worker said about templates, by template id; True is accept."""

    openid: str
    at: datetime
    where: AskedWhere
    accepted: Mapping[str, bool]


class MessageResult(Struct, frozen=True):
    """What became of a subscribe message; `errcode` 0 is delivered, `message_id` is what sending returned."""

    message_id: str
    template_id: str
    errcode: int


class MessageResults(Private, frozen=True):
    """What became of messages to one person."""

    openid: str
    at: datetime
    results: tuple[MessageResult, ...]


class Revoked(IntEnum):
    """What a person takes back from the mini-program; WeChat's numbers."""

    CAR_NUMBER = 1
    ADDRESS = 2
    MICROPHONE = 5
    NICKNAME_AND_PICTURE = 6
    CAMERA = 7
    PHONE = 8
    LOCATION = 13
    CHOSEN_MEDIA = 14
    CHOSEN_FILE = 15
    EMAIL = 16
    CHOSEN_PLACE = 18
    NICKNAME = 19
    PICTURE = 20


class AuthorizationRevoked(Private, frozen=True):
    """A person took data back from the mini-program: what was given through WeChat has to be deleted.

    Kinds that are not in `Revoked` are passed over.
    """

    openid: str
    at: datetime
    revoked: frozenset[Revoked]


class AccountCancelled(Private, frozen=True):
    """A person closed their WeChat account."""

    openid: str
    at: datetime


class Verdict(StrEnum):
    """What a content check suggests."""

    PASS = "pass"  # noqa: S105 - no password
    REVIEW = "review"
    RISKY = "risky"
    FAILED = "failed"
    """WeChat could not look at it."""


class MediaChecked(Struct, frozen=True):
    """The result of a media check, which `trace_id` belongs to; `label` 100 is harmless."""

    trace_id: str
    verdict: Verdict
    label: int


Event = SubscriptionAnswered | MessageResults | AuthorizationRevoked | AccountCancelled | MediaChecked


def read_message(body: str) -> Message:
    """The fields of a push, JSON or XML.

    Raises:
        NotUnderstood
    """
    try:
        message = xmltodict.parse(body).get("xml") if body.lstrip().startswith("<") else json.loads(body)
    except (ValueError, ExpatError, RecursionError):
        raise NotUnderstood from None
    if not isinstance(message, dict):
        raise NotUnderstood
    return message


def kind_of(message: Message) -> str:
    """The name of the event; empty for anything else, such as a message to customer service."""
    name = message.get("Event")
    return name if message.get("MsgType") == "event" and isinstance(name, str) else ""


def read_event(message: Message, *, app_id: str) -> Event | None:
    """The event in a push; None for one that nobody here needs, or that is about another mini-program.

    Raises:
        NotUnderstood: one that is needed, in a shape that cannot be read.
    """
    reader = READERS.get(kind_of(message))
    if reader is None or message.get("AppID", message.get("appid", app_id)) != app_id:
        return None
    try:
        return reader(message)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise NotUnderstood from None


def _read_answers(message: Message) -> SubscriptionAnswered:
    where = AskedWhere(kind_of(message))
    return SubscriptionAnswered(
        openid=_text(message["FromUserName"]),
        at=_at(message),
        where=where,
        accepted={
            _text(one["TemplateId"]): one["SubscribeStatusString"] == "accept"
            for one in _list(message, "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent")
        },
    )


def _read_results(message: Message) -> MessageResults:
    results = tuple(
        MessageResult(str(one["MsgID"]), _text(one["TemplateId"]), int(one["ErrorCode"]))
        for one in _list(message, "SubscribeMsgSentEvent")
    )
    return MessageResults(openid=_text(message["FromUserName"]), at=_at(message), results=results)


def _read_revocation(message: Message) -> AuthorizationRevoked:
    numbers = {int(number) for number in re.findall(r"\d+", str(message["RevokeInfo"]))}
    return AuthorizationRevoked(
        openid=_about(message),
        at=_at(message),
        revoked=frozenset(Revoked(number) for number in numbers & {kind.value for kind in Revoked}),
    )


def _read_cancellation(message: Message) -> AccountCancelled:
    return AccountCancelled(openid=_about(message), at=_at(message))


def _read_check(message: Message) -> MediaChecked:
    trace_id = _text(message["trace_id"])
    if int(message.get("errcode", 0)) != 0:
        return MediaChecked(trace_id, Verdict.FAILED, 0)
    result = message["result"]
    return MediaChecked(trace_id, Verdict(result["suggest"]), int(result["label"]))


READERS: Mapping[str, Callable[[Message], Event]] = {
    AskedWhere.DIALOG: _read_answers,
    AskedWhere.SETTINGS: _read_answers,
    "subscribe_msg_sent_event": _read_results,
    "user_authorization_revoke": _read_revocation,
    "user_authorization_cancellation": _read_cancellation,
    "wxa_media_check": _read_check,
}
"""The events that somebody here needs."""


def _list(message: Message, *wrappers: str) -> list[Any]:
    """XML nests the list under a name of its own, and either form sends a bare object instead of a list of one."""
    holder = next((message[name] for name in wrappers if name in message), message)
    found = holder["List"]
    return found if isinstance(found, list) else [found]


def _about(message: Message) -> str:
    """Whose data it is; the sender may be somebody else."""
    return _text(message.get("OpenID") or message["FromUserName"])


def _at(message: Message) -> datetime:
    return datetime.fromtimestamp(int(message["CreateTime"]), UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 128 or "\x00" in value:
        raise ValueError
    return value
