"""The outside identity service: does this name go with this number? Asked by a job, never while a worker waits.

So neither the time nor the content of an answer to a worker depends on it, and no transaction is open meanwhile. The
service is spoken to in a neutral shape; one of another shape gets an adapter that answers it:

    POST {base}/v1/checks     signed as `core/signed_requests.py` says
    {"request_id": "<uuid>", "name": "…", "id_number": "…"}
    200 {"result": "same" | "different" | "unknown"}     charged
    4xx {"error": {"code": "quota_exceeded" | "maintenance" | …}}     not charged

Neither name nor number appears in a log, an error or an address.
"""

import uuid
from enum import StrEnum
from typing import Any, cast

import orjson
import requests
from flask import Flask, current_app

from server.core.clock import now
from server.core.metrics import count_outside_call
from server.core.outside import Breaker, Http, OutsideUnavailable, Retry, Timeouts, Trouble, bare
from server.core.settings import Settings
from server.core.signed_requests import signed_headers
from server.identity.models import Said

PATH = "/v1/checks"
SYSTEM = "identity"
_ATTACHED = "warmbee_identity_service"


class Refusal(StrEnum):
    """Why the service does not answer a question. None of them is charged."""

    QUOTA_EXCEEDED = "quota_exceeded"
    MAINTENANCE = "maintenance"
    OTHER = "other"


class NotCharged(Exception):
    """The question did not reach the service, or it declined. It may be asked again, where `again` says so."""

    def __init__(self, why: str, *, again: bool) -> None:
        self.again = again
        super().__init__(why)


class PerhapsCharged(Exception):
    """The question was sent and no usable answer came back: nobody knows whether it was charged."""


class IdentityService:
    """The service. Made once an application; threads and forked processes may share it."""

    def __init__(
        self, *, api_base: str, app_id: str, secret: str, timeouts: Timeouts | None = None, retry: Retry | None = None
    ) -> None:
        self._url = f"{api_base}{PATH}"
        self._app_id, self._secret = app_id, secret
        self._http = Http(timeouts or Timeouts())
        self._retry = retry or Retry(more=1)
        self._breaker = Breaker("identity service")

    def ask(self, *, request_id: uuid.UUID, name: str, id_number: str) -> Said:
        """One question.

        Raises:
            NotCharged: it did not arrive, or was declined.
            PerhapsCharged: it may have arrived; there is no usable answer.
        """
        body = orjson.dumps({"request_id": str(request_id), "name": name, "id_number": id_number})
        failure: NotCharged | PerhapsCharged
        try:
            with self._breaker.guard(failure=_is_down):
                said = _read(self._retry.run(lambda: self._post(body), again=_cannot_have_arrived))
            count_outside_call(SYSTEM, said.value)
            return said
        except NotCharged as error:
            failure = error
        except OutsideUnavailable as error:
            if _cannot_have_arrived(error) or error.trouble is Trouble.RESTING:
                failure = NotCharged(error.trouble.value, again=True)
            else:
                failure = PerhapsCharged(error.trouble.value)
        count_outside_call(SYSTEM, str(failure))
        raise bare(failure)

    def _post(self, body: bytes) -> requests.Response:
        headers = signed_headers(
            method="POST", path=PATH, body=body, app_id=self._app_id, secret=self._secret, at=now()
        )
        return self._http.request("POST", self._url, data=body, headers=headers)


def init_identity_service(app: Flask, settings: Settings) -> None:
    """Attach the one client of the application, if there is a service."""
    app.extensions[_ATTACHED] = (
        IdentityService(
            api_base=settings.identity_api_base,
            app_id=settings.identity_app_id,
            secret=settings.identity_app_secret,
            timeouts=Timeouts(connect=settings.outside_connect_seconds, read=settings.outside_read_seconds),
        )
        if settings.identity_api_base
        else None
    )


def identity_service() -> IdentityService | None:
    """The service, where there is one."""
    return cast(IdentityService | None, current_app.extensions[_ATTACHED])


def _read(answer: requests.Response) -> Said:
    """Raises NotCharged, or OutsideUnavailable when the answer makes no sense."""
    try:
        body: Any = answer.json()
    except requests.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise OutsideUnavailable(Trouble.NONSENSE)
    if answer.ok and body.get("result") in list(Said):
        return Said(body["result"])
    error = body.get("error")
    if answer.ok or not isinstance(error, dict):
        raise OutsideUnavailable(Trouble.NONSENSE)
    refusal = Refusal(error["code"]) if error.get("code") in list(Refusal) else Refusal.OTHER
    # A spent quota does not come back within hours, and what else is declined is declined again.
    raise NotCharged(refusal.value, again=refusal is Refusal.MAINTENANCE)


def _is_down(error: Exception) -> bool:
    return isinstance(error, OutsideUnavailable)


def _cannot_have_arrived(error: Exception) -> bool:
    return isinstance(error, OutsideUnavailable) and error.trouble is Trouble.UNREACHED
