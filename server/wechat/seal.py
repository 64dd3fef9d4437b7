"""How WeChat's pushes are signed and sealed. Pure.

wechatpy opens the seal; it would also compare the signatures, but not in constant time.
"""

import binascii
import hashlib
import hmac
import struct
from base64 import b64decode

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import InvalidAppIdException


class NotFromWeChat(Exception):
    """The signature does not hold, or what it covers was not sealed for this mini-program."""


def signature(token: str, *parts: str) -> str:
    """SHA-1 over the sorted parts, in hex, as WeChat defines it."""
    return hashlib.sha1("".join(sorted((token, *parts))).encode(), usedforsecurity=False).hexdigest()


def check_signature(given: str, token: str, *parts: str) -> None:
    """Compare in constant time; without a token nothing is right.

    Raises:
        NotFromWeChat
    """
    if not token or not hmac.compare_digest(signature(token, *parts).encode(), given.encode()):
        raise NotFromWeChat


def unseal(sealed: str, *, aes_key: str, app_id: str) -> str:
    """What was sealed with AES-256-CBC for this mini-program: JSON or XML.

    Raises:
        NotFromWeChat
    """
    try:
        message: str = PrpCrypto(b64decode(aes_key + "=")).decrypt(sealed, app_id)
    except (InvalidAppIdException, binascii.Error, ValueError, IndexError, struct.error):
        raise NotFromWeChat from None
    return message
