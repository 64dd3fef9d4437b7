"""A stand-in for 12345.

    python -m dev.standins.city --port 8103 --callback-url http://127.0.0.1:8000/api/v1/city/messages

    POST /v1/messages   signed, see `server/city/client.py`
        200 {"order_no"}, once for each message_id      400 bad_request      401 bad_signature
        429 quota_exceeded      423 maintenance
    POST /v1/files      likewise, for what an order names afterwards: 200 {"file_id"}      413 too_large (above 10 MB)

What it was told stands at `GET /_control/messages`: each message once; `"again"` counts how often it came
again, and the `files` of an order are those that came, with type, size and SHA-256. Besides the usual of the control
side (see `serving.py`):

    POST /_control/push     {"word", "order_no"?, …, "forged"?: true}
        sends a message to the service's callback, signed, with the next running number of that order unless one is
        given in `seq`, and returns its answer; without `order_no` a new order is made up
"""

import argparse
import base64
import hashlib
import json
import os
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from dev.standins.serving import Answer, Asked, BadControl, StandIn, control_body, run
from server.city.client import FILES, PATH
from server.core.signed_requests import is_signed, signed_headers

STATUS = {"bad_request": 400, "bad_signature": 401, "too_large": 413, "maintenance": 423, "quota_exceeded": 429}
LARGEST = 10 * 1024 * 1024
"""Bytes of a file."""
DEMO_SETTINGS = {"CITY_APP_ID": "demo-city-app", "CITY_APP_SECRET": "demo-city-secret"}
"""What a service of a demo signs with, and the stand-in knows it by."""
PATIENCE = 10.0
"""Seconds."""


class CityStandIn(StandIn):
    """12345."""

    masked = frozenset({"contact", "caller", "content"})

    def __init__(self, *, app_id: str, secret: str, callback_url: str) -> None:
        super().__init__()
        self.routes[PATH] = self._take
        self.routes[FILES] = self._keep
        self.control[("POST", "/_control/push")] = self._push
        self._app_id, self._secret, self._callback_url = app_id, secret, callback_url
        self._taken: dict[str, dict[str, Any]] = {}
        self._files: dict[str, dict[str, Any]] = {}
        self._numbers: dict[str, str] = {}
        self._said: dict[str, int] = {}

    def error(self, errcode: int | str) -> Answer:
        """`{"error": {"code"}}` with the code's status."""
        return Answer.json({"error": {"code": errcode}}, status=STATUS.get(str(errcode), 400))

    def unknown(self, asked: Asked) -> Answer:
        """404."""
        return Answer.json({"error": {"code": "not_found"}}, status=404)

    def _is_theirs(self, asked: Asked) -> bool:
        at = datetime.fromtimestamp(self.now(), UTC)
        who = {"app_id": self._app_id, "secret": self._secret}
        return is_signed(dict(asked.headers), method=asked.method, path=asked.path, body=asked.body, at=at, **who)

    def _keep(self, asked: Asked) -> Answer:
        if not self._is_theirs(asked):
            return self.error("bad_signature")
        try:
            file = asked.json()
            content = base64.b64decode(file["content"], validate=True)
            known = {"file_id": file["file_id"], "our_no": file["our_no"], "media_type": file["media_type"]}
        except (ValueError, KeyError, TypeError):
            return self.error("bad_request")
        if len(content) > LARGEST:
            return self.error("too_large")
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != file.get("sha256"):
            return self.error("bad_request")
        again = self._files.get(file["file_id"], {"again": -1})["again"] + 1
        self._files[file["file_id"]] = known | {"size": len(content), "sha256": sha256, "again": again}
        return Answer.json({"file_id": file["file_id"]})

    def _take(self, asked: Asked) -> Answer:
        if not self._is_theirs(asked):
            return self.error("bad_signature")
        try:
            message = asked.json()
            message_id, our_no = message["message_id"], message["our_no"]
            files = [self._files[file_id] for file_id in message.get("files", [])]
        except (ValueError, KeyError, TypeError):
            return self.error("bad_request")
        order_no = message.get("order_no") or self._numbers.setdefault(our_no, f"SZ12345-{len(self._numbers) + 1:06d}")
        if message_id in self._taken:
            self._taken[message_id]["again"] += 1
        else:
            self._taken[message_id] = message | {"order_no": order_no, "files": files, "again": 0}
            self.messages.append(self._taken[message_id])
        return Answer.json({"order_no": order_no})

    def _push(self, asked: Asked) -> Answer:
        message = control_body(asked)
        if not isinstance(message.get("word"), str):
            raise BadControl("a message has a word")
        forged = bool(message.pop("forged", False))
        order_no = message.setdefault("order_no", f"SZ12345-{self.now():.6f}")
        message.setdefault("seq", self._said.get(order_no, 0) + 1)
        self._said[order_no] = max(self._said.get(order_no, 0), message["seq"])
        body = json.dumps(message, ensure_ascii=False).encode()
        headers = signed_headers(
            method="POST",
            path=urlsplit(self._callback_url).path,
            body=body,
            app_id=self._app_id,
            secret="forged" if forged else self._secret,
            at=datetime.fromtimestamp(self.now(), UTC),
        )
        with requests.Session() as session:
            session.trust_env = False
            try:
                answer = session.post(
                    self._callback_url, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False
                )
            except requests.RequestException as error:
                return Answer.json({"error": type(error).__name__})
        return Answer.json({"status": answer.status_code, "body": answer.text, "order_no": order_no})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dev.standins.city", description="A stand-in for 12345.")
    parser.add_argument("--port", type=int, default=8103, help="0: a free one")
    parser.add_argument("--callback-url", default="http://127.0.0.1:8000/api/v1/city/messages")
    known = {name: os.environ.get(name) or default for name, default in DEMO_SETTINGS.items()}
    parser.add_argument("--app-id", default=known["CITY_APP_ID"])
    parser.add_argument("--secret", default=known["CITY_APP_SECRET"])
    run(
        lambda arguments: CityStandIn(
            app_id=arguments.app_id, secret=arguments.secret, callback_url=arguments.callback_url
        ),
        parser,
        name="The stand-in for 12345",
    )


if __name__ == "__main__":
    main()
