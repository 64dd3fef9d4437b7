"""What is sent to the cloud providers is signed as they publish it, computed here once more from their words alone.

Aliyun, "Signature" of the RPC style (alibabacloud.com/help/doc-detail/28139.htm): sort the parameters by name, encode
all bytes but letters, digits and -_.~, join as name=value with &; sign METHOD&%2F&(that, encoded again) by HMAC-SHA1
with the secret and an & behind it; base64.

Tencent Cloud, "Signature v3" (tencentcloud.com/document/product/267/37447): hash the canonical request; sign algorithm,
time, scope and that hash with a key made of the secret through day, service and tc3_request.

HMAC itself is RFC 2104, and the providers' own examples are in test_providers.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson
import pytest

from server.sms.aliyun import Aliyun
from server.sms.tencent import Tencent
from server.sms.texts import Text

SECRET = "a secret/with+signs=&中"
AT = datetime(2026, 1, 1, 23, 59, 59, tzinfo=UTC)
"""In Shanghai it is tomorrow; a signature has the day of UTC."""
PHONES = ["19900000088", "+85261234567"]
GAPS = {"line": "你有一件事 *要* 补充：~100% & 不急"}
TEMPLATES = {text: f"T_{text.value}" for text in Text}
UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"


@pytest.fixture(autouse=True)
def at_that_moment(freeze: Callable[[datetime], None]) -> None:
    freeze(AT)


def hmac(make: Callable[..., Any], key: bytes, message: bytes) -> bytes:
    """RFC 2104, for hashes with blocks of 64 bytes."""
    key = (make(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = make(bytes(byte ^ 0x36 for byte in key) + message).digest()
    outer: bytes = make(bytes(byte ^ 0x5C for byte in key) + inner).digest()
    return outer


def encoded(text: str) -> str:
    return "".join(chr(byte) if byte in UNRESERVED else f"%{byte:02X}" for byte in text.encode())


def test_the_hmac_of_this_page_is_that_of_the_rfc() -> None:
    """RFC 2202, case 2 of HMAC-SHA1."""
    assert hmac(hashlib.sha1, b"Jefe", b"what do ya want for nothing?").hex() == (
        "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
    )


@pytest.mark.parametrize("phone", PHONES)
def test_aliyun(phone: str) -> None:
    provider = Aliyun(base="http://x", key_id="an id", secret=SECRET, sign_name="暖蜂", templates=TEMPLATES)
    sent = dict(parse_qsl(provider.write(phone=phone, text=Text.NOTICE, gaps=GAPS).body.decode(), strict_parsing=True))
    signature = sent.pop("Signature")
    query = "&".join(f"{encoded(name)}={encoded(sent[name])}" for name in sorted(sent))
    message = f"POST&{encoded('/')}&{encoded(query)}"
    assert signature == base64.b64encode(hmac(hashlib.sha1, f"{SECRET}&".encode(), message.encode())).decode()
    assert (sent["Timestamp"], sent["SignName"], orjson.loads(sent["TemplateParam"])) == (
        "2026-01-01T23:59:59Z",
        "暖蜂",
        GAPS,
    )


@pytest.mark.parametrize("phone", PHONES)
def test_tencent(phone: str) -> None:
    provider = Tencent(
        base="http://sms.test:81",
        key_id="an-id",
        secret=SECRET,
        app_id="1400",
        region="ap-guangzhou",
        sign_name="暖蜂",
        templates=TEMPLATES,
    )
    call = provider.write(phone=phone, text=Text.NOTICE, gaps=GAPS)
    headers = {name.lower(): value for name, value in call.headers.items()}
    request = "\n".join(
        [
            "POST",
            "/",
            "",
            f"content-type:{headers['content-type']}",
            "host:sms.test:81",
            "",
            "content-type;host",
            hashlib.sha256(call.body).hexdigest(),
        ]
    )
    scope = "2026-01-01/sms/tc3_request"
    message = "\n".join(
        ["TC3-HMAC-SHA256", headers["x-tc-timestamp"], scope, hashlib.sha256(request.encode()).hexdigest()]
    )
    key = f"TC3{SECRET}".encode()
    for part in scope.split("/"):
        key = hmac(hashlib.sha256, key, part.encode())
    signature = hmac(hashlib.sha256, key, message.encode()).hex()
    assert headers["x-tc-timestamp"] == str(int(AT.timestamp()))
    assert headers["authorization"] == (
        f"TC3-HMAC-SHA256 Credential=an-id/{scope}, SignedHeaders=content-type;host, Signature={signature}"
    )
