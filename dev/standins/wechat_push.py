"""Pushes of the WeChat stand-in: events signed, and encrypted when there is a key, as WeChat sends them."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

import requests
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

ACCOUNT = "gh_5a4d0c1e9f27"
PATIENCE = 5.0
"""Seconds that WeChat waits for an answer."""
_BLOCK = 32


def signature(token: str, *parts: str) -> str:
    """SHA-1 over the sorted parts, in hex."""
    return hashlib.sha1("".join(sorted((token, *parts))).encode(), usedforsecurity=False).hexdigest()


def encrypt(message: bytes, *, aes_key: str, app_id: str, prefix: bytes | None = None) -> str:
    """AES-256-CBC in base64 over 16 random bytes, the length, the message and the app id, padded to 32."""
    key = base64.b64decode(aes_key + "=")
    plain = (prefix or secrets.token_bytes(16)) + len(message).to_bytes(4, "big") + message + app_id.encode()
    padding = _BLOCK - len(plain) % _BLOCK
    sealer = Cipher(AES(key), CBC(key[:16])).encryptor()
    return base64.b64encode(sealer.update(plain + bytes([padding]) * padding) + sealer.finalize()).decode()


@dataclass(frozen=True)
class Pusher:
    """Knows the service's callback and the secrets shared with it."""

    callback_url: str
    app_id: str
    token: str
    aes_key: str

    def push(self, event: dict[str, Any], *, now: int) -> dict[str, Any]:
        """Send an event; `{"status", "body"}` of the callback's answer, or `{"error"}` when there was none."""
        message = {"ToUserName": ACCOUNT, "CreateTime": now, "MsgType": "event"} | event
        body = json.dumps(message, ensure_ascii=False)
        query = {"timestamp": str(now), "nonce": str(secrets.randbelow(10**10))}
        query["signature"] = signature(self.token, query["timestamp"], query["nonce"])
        if "FromUserName" in message:
            query["openid"] = str(message["FromUserName"])
        if self.aes_key:
            sealed = encrypt(body.encode(), aes_key=self.aes_key, app_id=self.app_id)
            query |= {
                "encrypt_type": "aes",
                "msg_signature": signature(self.token, query["timestamp"], query["nonce"], sealed),
            }
            body = json.dumps({"ToUserName": ACCOUNT, "Encrypt": sealed})
        with requests.Session() as session:
            session.trust_env = False
            try:
                answer = session.post(
                    self.callback_url,
                    params=query,
                    data=body.encode(),
                    headers={"Content-Type": "application/json"},
                    timeout=PATIENCE,
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                return {"error": type(error).__name__}
        return {"status": answer.status_code, "body": answer.text}
