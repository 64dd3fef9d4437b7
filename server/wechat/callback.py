"""WeChat's message push: who may push, what a repeat is, and handing events upwards.

A push is signed over the time and a random number, and in the plain form over nothing else; with a key set, only sealed
ones are taken, whose signature covers what they say. WeChat repeats what is not answered within five seconds, each time
signed and sealed anew, so a repeat is known by its message: who, when, what.
"""

import hashlib
import json
from datetime import timedelta

import prometheus_client
import structlog
from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.core.clock import now
from server.core.db import transaction
from server.core.errors import Problem
from server.core.settings import settings
from server.core.signals import wechat_event
from server.wechat.events import READERS, Message, NotUnderstood, kind_of, read_event, read_message
from server.wechat.models import WeChatPush
from server.wechat.seal import NotFromWeChat, check_signature, unseal

WINDOW = timedelta(minutes=10)
"""How far the signed time may be off."""
REMEMBERED = timedelta(days=2)
"""WeChat gives up on a push after minutes."""

log = structlog.get_logger(__name__)

_pushes = prometheus_client.Counter("warmbee_wechat_pushes_total", "Signed pushes of WeChat", ["event", "effect"])


class Signed(Struct, frozen=True):
    """What WeChat puts into the address of a push."""

    timestamp: str
    nonce: str
    signature: str
    msg_signature: str


def callback_warnings() -> list[str]:
    """For /status: in plain mode WeChat signs the time alone: who sees one push can send another body with it."""
    configured = settings()
    if configured.production and configured.wechat_callback_token and not configured.wechat_callback_aes_key:
        return ["微信消息推送是明文模式，内容没有签名：请在小程序后台改成安全模式，并设置 WECHAT_CALLBACK_AES_KEY"]
    return []


def verify_address(signed: Signed) -> None:
    """Whether WeChat asks, who wants to know that this address is ours.

    Raises:
        Problem: 403.
    """
    try:
        _check_time(signed)
        check_signature(signed.signature, settings().wechat_callback_token, signed.timestamp, signed.nonce)
    except NotFromWeChat:
        raise _refused() from None


def receive(signed: Signed, body: str) -> None:
    """Take one push: its effects and the memory of it are one transaction.

    Raises:
        Problem: 403 when it is not from WeChat, or not from now; 400 when it makes no sense.
    """
    try:
        message = _open(signed, body)
    except NotFromWeChat:
        raise _refused() from None
    except NotUnderstood:
        raise Problem(400) from None
    kind = kind_of(message)
    label = kind if kind in READERS else "other"
    try:
        event = read_event(message, app_id=settings().wechat_app_id)
    except NotUnderstood:
        _pushes.labels(label, "not_understood").inc()
        log.warning("wechat_push_not_understood", kind=label)
        raise Problem(400) from None
    if event is None:
        _pushes.labels(label, "ignored").inc()
        return
    with transaction() as session:
        fresh = _remember(session, message)
        if fresh:
            wechat_event.send(kind, event=event)
    _pushes.labels(label, "taken" if fresh else "repeat").inc()


def _open(signed: Signed, body: str) -> Message:
    configured = settings()
    token = configured.wechat_callback_token
    _check_time(signed)
    if not configured.wechat_callback_aes_key:
        check_signature(signed.signature, token, signed.timestamp, signed.nonce)
        return read_message(body)
    sealed = read_message(body).get("Encrypt")
    if not isinstance(sealed, str):
        # Also a plain one with a good signature: it would prove nothing about the body.
        raise NotFromWeChat
    check_signature(signed.msg_signature, token, signed.timestamp, signed.nonce, sealed)
    opened = unseal(sealed, aes_key=configured.wechat_callback_aes_key, app_id=configured.wechat_app_id)
    return read_message(opened)


def _check_time(signed: Signed) -> None:
    stamp = signed.timestamp
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise NotFromWeChat
    if abs(now().timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise NotFromWeChat


def _remember(session: Session, message: Message) -> bool:
    """False for a repeat; one at the same moment waits until the first is through."""
    canonical = json.dumps(message, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    row = insert(WeChatPush).values(digest=hashlib.sha256(canonical).digest(), received_at=now())
    return session.scalar(row.on_conflict_do_nothing().returning(WeChatPush.digest)) is not None


def _refused() -> Problem:
    return Problem(403, title="这个地址只给微信用")
