"""12345's HTTP as we assume it: no public description is known. Another shape gets an adapter that is a `Partner`.

What we send, signed as `core/signed_requests.py` says:

    POST {base}/v1/messages
    {"message_id": "<uuid>", "word": "order" | "taken" | "answered" | "closed" | "returned" | "recalled" | "reopened",
     "our_no": "SQ260313-0042-K", "order_no"?: "…", "at": "<RFC 3339>", "text"?: "…",
     "facts"?: [{"label", "answer"}], "contact"?: {"name"?, "phone"?}, "files"?: ["<file_id>"]}
    200 {"order_no": "…"}                       once for each message_id, however often it is sent

    POST {base}/v1/files                        before the order that names it
    {"file_id": "<uuid>", "our_no": "…", "media_type": "image/jpeg" | "image/png" | "application/pdf",
     "sha256": "<hex>", "content": "<base64>"}
    200 {"file_id": "<uuid>"}                   once for each file_id; 413 `too_large`

    Both:
    4xx {"error": {"code": "maintenance" | "quota_exceeded" | …}}

What 12345 sends, signed the same way with the same secret, to `POST /api/v1/city/messages`:

    {"word": "order", "order_no": "…", "seq": 1, "text": "…", "category"?, "area"?: "440304011", "place"?, "due_at"?,
     "caller"?: {"name"?, "phone"?}, "asks_rating"?: true}
    {"word": "taken" | "answered" | "closed" | "returned" | "recalled" | "reopened", "order_no", "our_no"?, "seq": 2,
     "text"?, "office"?, "due_at"?, "asks_rating"?}
    200 {"taken": true}, for a repeat or what came late false; 409 of an order that is not known here (yet): send again;
    409 `over` of a case that cannot be reopened any more: send a new order
"""

from base64 import b64encode
from typing import Any, Protocol

import orjson
import requests

from server.city.words import Enclosed, Outgoing
from server.core.clock import now
from server.core.metrics import count_outside_call
from server.core.outside import Breaker, Http, OutsideUnavailable, Timeouts, Trouble, bare
from server.core.schema import instant
from server.core.signed_requests import signed_headers

PATH = "/v1/messages"
FILES = "/v1/files"
SYSTEM = "city"
LATER = frozenset({"maintenance", "quota_exceeded", "bad_signature"})
"""Refusals that pass: by themselves, or once somebody has set a clock or a secret right."""
LONGEST_NO = 64


class CityUnavailable(Exception):
    """No usable answer: to be sent again, which is harmless."""


class CityRefused(Exception):
    """12345 does not take this message, and never will as it is."""


class Partner(Protocol):
    """Whoever orders are exchanged with."""

    def send(self, message: Outgoing) -> str:
        """Hand a message over; their number of the order.

        Raises:
            CityUnavailable: it may or may not have arrived; the same may be sent again.
            CityRefused: says why.
        """
        ...

    def send_file(self, file: Enclosed, *, our_no: str, content: bytes) -> None:
        """Hand over what an order is going to name.

        Raises:
            CityUnavailable, CityRefused: as `send`; without a refused file the order goes all the same.
        """
        ...


class City:
    """12345. Made once an application; threads and forked processes may share it."""

    def __init__(self, *, api_base: str, app_id: str, secret: str, timeouts: Timeouts | None = None) -> None:
        self._base = api_base
        self._app_id, self._secret = app_id, secret
        self._http = Http(timeouts or Timeouts())
        self._breaker = Breaker("12345")

    def send(self, message: Outgoing) -> str:
        """See `Partner`."""
        return self._said(PATH, _wire(message), answer="order_no")

    def send_file(self, file: Enclosed, *, our_no: str, content: bytes) -> None:
        """See `Partner`."""
        told = {
            "file_id": file.file_id,
            "our_no": our_no,
            "media_type": file.media_type,
            "sha256": file.sha256,
            "content": b64encode(content).decode(),
        }
        self._said(FILES, told, answer="file_id")

    def _said(self, path: str, told: dict[str, Any], *, answer: str) -> str:
        body = orjson.dumps(told)
        failure: CityUnavailable | CityRefused
        try:
            with self._breaker.guard(failure=lambda error: isinstance(error, OutsideUnavailable)):
                found = _read(self._post(path, body), answer)
            count_outside_call(SYSTEM, "ok")
            return found
        except OutsideUnavailable as error:
            failure = CityUnavailable(error.trouble.value)
        except (CityUnavailable, CityRefused) as error:
            failure = error
        count_outside_call(SYSTEM, str(failure))
        raise bare(failure)

    def _post(self, path: str, body: bytes) -> requests.Response:
        headers = signed_headers(
            method="POST", path=path, body=body, app_id=self._app_id, secret=self._secret, at=now()
        )
        return self._http.request("POST", f"{self._base}{path}", data=body, headers=headers)


def _wire(message: Outgoing) -> dict[str, Any]:
    said = {
        "message_id": message.message_id,
        "word": message.word.value,
        "our_no": message.our_no,
        "order_no": message.their_no,
        "at": instant(message.at),
        "text": message.text,
        "facts": [{"label": label, "answer": answer} for label, answer in message.facts],
        "contact": {"name": message.contact.name, "phone": message.contact.phone} if message.contact else None,
        "files": [file.file_id for file in message.files],
    }
    return {key: value for key, value in said.items() if value}


def _read(answer: requests.Response, named: str) -> str:
    """Raises CityUnavailable, CityRefused, or OutsideUnavailable when the answer makes no sense."""
    try:
        body: Any = answer.json()
    except requests.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise OutsideUnavailable(Trouble.NONSENSE)
    found = body.get(named)
    if answer.ok and isinstance(found, str) and 0 < len(found) <= LONGEST_NO:
        return found
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    if answer.ok or not isinstance(code, str):
        raise OutsideUnavailable(Trouble.NONSENSE)
    known = code if code.isascii() and code.replace("_", "").isalnum() and len(code) <= LONGEST_NO else "other"
    raise CityUnavailable(known) if known in LATER else CityRefused(known)
