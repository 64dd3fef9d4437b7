"""A stand-in for an SMS provider. Nothing is sent anywhere; the texts are listed for whoever tests.

    python -m dev.standins.sms --port 8101

    POST /v1/messages   Authorization: Bearer <key>
                        {"to": "199…", "template": "login_code", "params": {"code": "123456", "minutes": "5"}}
        200 {"message_id"}
        401 {"error": {"code": "bad_key", "message"}}          422 invalid_number, unknown_template
        429 rate_limited (with Retry-After)                    402 no_balance

Control side: see `serving.py`. A fault's `errcode` is one of the codes above. GET /_control/messages lists
{"id", "at", "phone", "template", "params", "code", "text"}, the newest last.
"""

import argparse
import os
import re
import secrets
from collections import deque
from dataclasses import replace

from dev.standins.serving import Answer, Asked, StandIn, run

TEMPLATES = {"login_code": "【暖蜂】验证码 {code}，{minutes} 分钟内有效。请勿告诉他人。"}
STATUS = {"bad_key": 401, "no_balance": 402, "invalid_number": 422, "unknown_template": 422, "rate_limited": 429}
PER_MINUTE = 30
"""Messages to one number. Providers allow one or two; a tester wants to try again."""

_MAINLAND = re.compile(r"(\+86)?1[3-9]\d{9}")
_ABROAD = re.compile(r"\+(?!86)[1-9]\d{6,14}")


class SmsStandIn(StandIn):
    """The provider."""

    def __init__(self, *, key: str) -> None:
        super().__init__()
        self.routes["/v1/messages"] = self._send
        self._key = key
        self._sent: dict[str, deque[float]] = {}

    def error(self, errcode: int | str) -> Answer:
        """`{"error": {"code", "message"}}` with the code's status."""
        body = {"error": {"code": errcode, "message": str(errcode).replace("_", " ")}}
        headers = {"Retry-After": "60"} if errcode == "rate_limited" else {}
        return replace(Answer.json(body, status=STATUS.get(str(errcode), 400)), headers=headers)

    def unknown(self, asked: Asked) -> Answer:
        """404."""
        return Answer.json({"error": {"code": "not_found", "message": "not found"}}, status=404)

    def _send(self, asked: Asked) -> Answer:
        if asked.method != "POST":
            return Answer.json({"error": {"code": "method", "message": "POST only"}}, status=405)
        if asked.headers.get("Authorization") != f"Bearer {self._key}":
            return self.error("bad_key")
        try:
            message = asked.json()
            phone, template, params = message["to"], message["template"], message["params"]
            text = TEMPLATES[template].format_map(params) if template in TEMPLATES else None
        except (ValueError, KeyError, TypeError, AttributeError):
            return Answer.json({"error": {"code": "bad_request", "message": "to, template, params"}}, status=400)
        if text is None:
            return self.error("unknown_template")
        if not isinstance(phone, str) or not (_MAINLAND.fullmatch(phone) or _ABROAD.fullmatch(phone)):
            return self.error("invalid_number")
        if not self._within_limit(phone):
            return self.error("rate_limited")
        message_id = secrets.token_hex(12)
        self.messages.append(
            {
                "id": message_id,
                "at": self.local_time(),
                "phone": phone,
                "template": template,
                "params": params,
                "code": params.get("code"),
                "text": text,
            }
        )
        return Answer.json({"message_id": message_id})

    def _within_limit(self, phone: str) -> bool:
        sent = self._sent.setdefault(phone, deque())
        while sent and sent[0] <= self.now() - 60:
            sent.popleft()
        if len(sent) >= PER_MINUTE:
            return False
        sent.append(self.now())
        return True


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m dev.standins.sms", description="Stand-in for an SMS provider.")
    parser.add_argument("--port", type=int, default=8101)
    key = os.environ.get("SMS_API_KEY") or "demo-sms-key"
    run(lambda _: SmsStandIn(key=key), parser, name="SMS stand-in")


if __name__ == "__main__":
    main()
