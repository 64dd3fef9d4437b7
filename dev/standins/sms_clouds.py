"""The two cloud providers' shapes of the SMS stand-in. Both check the signature and answer as their documentation says.

POST /         Aliyun's SendSms (a form with Action=SendSms), or Tencent Cloud's (JSON with the header X-TC-Action)
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote

from dev.standins.serving import Answer, Asked

Accept = Callable[[str, str, dict[str, str]], str | None]
"""Phone, template and gaps → a fault's name ("invalid_number", "rate_limited", …), or None when it was taken."""

ALIYUN = {
    "invalid_number": "isv.MOBILE_NUMBER_ILLEGAL",
    "rate_limited": "isv.BUSINESS_LIMIT_CONTROL",
    "no_balance": "isv.AMOUNT_NOT_ENOUGH",
    "unknown_template": "isv.SMS_TEMPLATE_ILLEGAL",
}
TENCENT = {
    "invalid_number": "InvalidParameterValue.IncorrectPhoneNumber",
    "rate_limited": "LimitExceeded.PhoneNumberThirtySecondLimit",
    "no_balance": "FailedOperation.InsufficientBalanceInSmsPackage",
    "unknown_template": "FailedOperation.TemplateIncorrectOrUnapproved",
}
SKEW = 300
"""Seconds that a signed time may be off at Tencent Cloud."""


def aliyun(asked: Asked, *, key: str, accept: Accept) -> Answer:
    """A form, signed over all of its fields."""
    fields = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
    given = fields.pop("Signature", "")
    message = "&".join(f"{quote(name, safe='-_.~')}={quote(fields[name], safe='-_.~')}" for name in sorted(fields))
    message = f"{asked.method}&%2F&{quote(message, safe='-_.~')}"
    right = base64.b64encode(hmac.digest(f"{key}&".encode(), message.encode(), hashlib.sha1)).decode()
    if not hmac.compare_digest(given, right):
        return _aliyun("SignatureDoesNotMatch", status=400)
    if fields.get("Action") != "SendSms" or fields.get("Version") != "2017-05-25":
        return _aliyun("InvalidAction.NotFound", status=404)
    number = fields["PhoneNumbers"]
    phone = number if re.fullmatch(r"1\d{10}", number) else f"+{number}"
    fault = accept(phone, fields["TemplateCode"], json.loads(fields["TemplateParam"]))
    return _aliyun(ALIYUN[fault]) if fault else _aliyun("OK")


def _aliyun(code: str, *, status: int = 200) -> Answer:
    body = {"Code": code, "Message": code, "RequestId": secrets.token_hex(16).upper()}
    if code == "OK":
        body["BizId"] = f"{secrets.randbelow(10**18)}^0"
    return Answer.json(body, status=status)


def tencent(asked: Asked, *, key: str, now: float, accept: Accept) -> Answer:
    """JSON, signed in a header."""
    stamp = asked.headers.get("X-TC-Timestamp", "")
    if not stamp.isdigit() or abs(now - int(stamp)) > SKEW:
        return _tencent_error("AuthFailure.SignatureExpire")
    content_type, host = asked.headers.get("Content-Type", ""), asked.headers.get("Host", "")
    canonical = (
        f"POST\n/\n\ncontent-type:{content_type}\nhost:{host}\n\ncontent-type;host\n"
        f"{hashlib.sha256(asked.body).hexdigest()}"
    )
    day = f"{datetime.fromtimestamp(int(stamp), UTC):%Y-%m-%d}"
    message = f"TC3-HMAC-SHA256\n{stamp}\n{day}/sms/tc3_request\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    secret = f"TC3{key}".encode()
    for step in (day, "sms", "tc3_request"):
        secret = hmac.digest(secret, step.encode(), hashlib.sha256)
    right = hmac.new(secret, message.encode(), hashlib.sha256).hexdigest()
    if not asked.headers.get("Authorization", "").endswith(f"Signature={right}"):
        return _tencent_error("AuthFailure.SignatureFailure")
    body: dict[str, Any] = asked.json()
    phone = body["PhoneNumberSet"][0]
    gaps = {str(number): value for number, value in enumerate(body["TemplateParamSet"], start=1)}
    fault = accept(phone.removeprefix("+86"), body["TemplateId"], gaps)
    status = {
        "SerialNo": "" if fault else secrets.token_hex(12),
        "PhoneNumber": phone,
        "Fee": 0 if fault else 1,
        "Code": TENCENT[fault] if fault else "Ok",
        "Message": "send fail" if fault else "send success",
    }
    return Answer.json({"Response": {"SendStatusSet": [status], "RequestId": secrets.token_hex(16)}})


def _tencent_error(code: str) -> Answer:
    return Answer.json({"Response": {"Error": {"Code": code, "Message": code}, "RequestId": secrets.token_hex(16)}})
