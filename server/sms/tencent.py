"""Tencent Cloud's SMS (2021-01-11, SendSms): JSON, signed with TC3-HMAC-SHA256."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests

from server.core import json
from server.core.clock import now
from server.core.outside import OutsideUnavailable, Trouble
from server.sms.errors import Refusal, SmsRejected
from server.sms.providers import Call, fields_of
from server.sms.texts import GAPS, Text

CONTENT_TYPE = "application/json; charset=utf-8"
SERVICE = "sms"

REFUSALS = {
    "FailedOperation.PhoneNumberInBlacklist": Refusal.INVALID_NUMBER,
    "InvalidParameterValue.IncorrectPhoneNumber": Refusal.INVALID_NUMBER,
    "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber": Refusal.INVALID_NUMBER,
    "FailedOperation.InsufficientBalanceInSmsPackage": Refusal.NO_BALANCE,
}
LIMIT = "LimitExceeded."
"""How all codes begin that say: too often."""


class Tencent:
    """Tencent Cloud."""

    def __init__(
        self,
        *,
        base: str,
        key_id: str,
        secret: str,
        app_id: str,
        region: str,
        sign_name: str,
        templates: Mapping[Text, str],
    ) -> None:
        self._base, self._key_id, self._secret = base, key_id, secret
        self._app_id, self._region = app_id, region
        self._sign_name, self._templates = sign_name, templates

    def write(self, *, phone: str, text: Text, gaps: Mapping[str, str]) -> Call:
        """See `Provider`."""
        body = json.dumps(
            {
                "PhoneNumberSet": [phone if phone.startswith("+") else f"+86{phone}"],
                "SmsSdkAppId": self._app_id,
                "SignName": self._sign_name,
                "TemplateId": self._templates[text],
                "TemplateParamSet": [gaps[name] for name in GAPS[text]],
            }
        )
        at = now()
        headers = {
            "Content-Type": CONTENT_TYPE,
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": self._region,
            "X-TC-Timestamp": str(int(at.timestamp())),
            "Authorization": authorization(
                body,
                host=urlsplit(self._base).netloc,
                service=SERVICE,
                at=at,
                key_id=self._key_id,
                secret=self._secret,
            ),
        }
        return Call(f"{self._base}/", body, headers)

    def read(self, answer: requests.Response) -> None:
        """See `Provider`. What is said of the call comes before what is said of each number."""
        response = fields_of(answer).get("Response")
        try:
            error = response.get("Error")  # type: ignore[union-attr]  # a stranger's answer
            code = error["Code"] if error else response["SendStatusSet"][0]["Code"]  # type: ignore[index]  # as above
        except (AttributeError, KeyError, IndexError, TypeError):
            raise OutsideUnavailable(Trouble.NONSENSE) from None
        if code == "Ok":
            return
        limited = str(code).startswith(LIMIT)
        raise SmsRejected(Refusal.RATE_LIMITED if limited else REFUSALS.get(str(code), Refusal.OTHER))


def authorization(body: bytes, *, host: str, service: str, at: datetime, key_id: str, secret: str) -> str:
    """The header that signs a call: over content type, host and body, with a key of the day."""
    day = f"{at.astimezone(UTC):%Y-%m-%d}"
    signed = "content-type;host"
    canonical = "\n".join(
        ("POST", "/", "", f"content-type:{CONTENT_TYPE}\nhost:{host}\n", signed, hashlib.sha256(body).hexdigest())
    )
    scope = f"{day}/{service}/tc3_request"
    message = "\n".join(
        ("TC3-HMAC-SHA256", str(int(at.timestamp())), scope, hashlib.sha256(canonical.encode()).hexdigest())
    )
    key = f"TC3{secret}".encode()
    for step in (day, service, "tc3_request"):
        key = hmac.digest(key, step.encode(), hashlib.sha256)
    signature = hmac.new(key, message.encode(), hashlib.sha256).hexdigest()
    return f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={signed}, Signature={signature}"
