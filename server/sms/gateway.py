"""A neutral shape, for the stand-in and for gateways that a union runs itself.

POST {base}/v1/messages      Authorization: Bearer <key>
{"to": "199…" or "+852…", "template": "login_code", "params": {"code": "123456", "minutes": "5"}}
200 {"message_id": "…"}      4xx {"error": {"code": "invalid_number"}}
"""

from collections.abc import Mapping

import requests

from server.core import json
from server.core.outside import OutsideUnavailable, Trouble
from server.sms.errors import Refusal, SmsRejected
from server.sms.providers import Call, fields_of
from server.sms.texts import Text


class Gateway:
    """Our own shape."""

    def __init__(self, *, base: str, key: str) -> None:
        self._url = f"{base}/v1/messages"
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def write(self, *, phone: str, text: Text, gaps: Mapping[str, str]) -> Call:
        """See `Provider`."""
        return Call(self._url, json.dumps({"to": phone, "template": text, "params": gaps}), self._headers)

    def read(self, answer: requests.Response) -> None:
        """See `Provider`."""
        body = fields_of(answer)
        if answer.ok and body.get("message_id"):
            return
        error = body.get("error")
        if answer.ok or not isinstance(error, dict):
            raise OutsideUnavailable(Trouble.NONSENSE)
        code = error.get("code")
        raise SmsRejected(Refusal(code) if code in set(Refusal) else Refusal.OTHER)
