"""Aliyun's SMS (Dysmsapi 2017-05-25, SendSms): a signed form, posted.

The signature is that of Aliyun's RPC calls, version 1.0: HMAC-SHA-1 over the method and the sorted, percent-encoded
fields.
"""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from datetime import UTC
from urllib.parse import quote

import requests

from server.core import json
from server.core.clock import now
from server.core.outside import OutsideUnavailable, Trouble
from server.sms.errors import Refusal, SmsRejected
from server.sms.providers import Call, fields_of
from server.sms.texts import Text

REFUSALS = {
    "isv.MOBILE_NUMBER_ILLEGAL": Refusal.INVALID_NUMBER,
    "isv.MOBILE_COUNT_OVER_LIMIT": Refusal.INVALID_NUMBER,
    "isv.BUSINESS_LIMIT_CONTROL": Refusal.RATE_LIMITED,
    "isv.DAY_LIMIT_CONTROL": Refusal.RATE_LIMITED,
    "isv.AMOUNT_NOT_ENOUGH": Refusal.NO_BALANCE,
    "isv.OUT_OF_SERVICE": Refusal.NO_BALANCE,
}


class Aliyun:
    """Aliyun."""

    def __init__(self, *, base: str, key_id: str, secret: str, sign_name: str, templates: Mapping[Text, str]) -> None:
        self._base, self._key_id, self._secret = base, key_id, secret
        self._sign_name, self._templates = sign_name, templates

    def write(self, *, phone: str, text: Text, gaps: Mapping[str, str]) -> Call:
        """See `Provider`."""
        fields = {
            "AccessKeyId": self._key_id,
            "Action": "SendSms",
            "Format": "JSON",
            # Abroad: country and number in one, without the plus.
            "PhoneNumbers": phone.removeprefix("+"),
            "SignName": self._sign_name,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": str(uuid.uuid4()),
            "SignatureVersion": "1.0",
            "TemplateCode": self._templates[text],
            "TemplateParam": json.dumps(dict(gaps)).decode(),
            "Timestamp": f"{now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "Version": "2017-05-25",
        }
        fields["Signature"] = signature("POST", fields, secret=self._secret)
        body = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in fields.items())
        return Call(f"{self._base}/", body.encode(), {"Content-Type": "application/x-www-form-urlencoded"})

    def read(self, answer: requests.Response) -> None:
        """See `Provider`. Aliyun refuses with 200 as well as with 4xx."""
        code = fields_of(answer).get("Code")
        if not isinstance(code, str):
            raise OutsideUnavailable(Trouble.NONSENSE)
        if code != "OK":
            raise SmsRejected(REFUSALS.get(code, Refusal.OTHER))


def signature(method: str, fields: Mapping[str, str], *, secret: str) -> str:
    """Base64 of the HMAC over what is to be signed."""
    sorted_fields = "&".join(f"{_encoded(name)}={_encoded(fields[name])}" for name in sorted(fields))
    message = f"{method}&{_encoded('/')}&{_encoded(sorted_fields)}"
    return base64.b64encode(hmac.digest(f"{secret}&".encode(), message.encode(), hashlib.sha1)).decode()


def _encoded(text: str) -> str:
    """RFC 3986, as Aliyun wants it."""
    return quote(text, safe="-_.~")
