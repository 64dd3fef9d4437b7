"""Sending codes by SMS. Neither the number nor the code appears in a log, an error or an address.

The provider is spoken to in a neutral shape; one of another shape gets an adapter that answers it:

    POST {base}/v1/messages      Authorization: Bearer <key>
    {"to": "199…" or "+852…", "template": "login_code", "params": {"code": "123456", "minutes": "5"}}
    200 {"message_id": "…"}      4xx {"error": {"code": "invalid_number"}}
"""

import logging
from enum import StrEnum
from typing import Any, cast

import requests
from flask import Flask, current_app

from server.core.outside import Breaker, Http, OutsideUnavailable, Retry, Timeouts, Trouble, bare
from server.core.settings import Settings

TEMPLATE = "login_code"

log = logging.getLogger(__name__)


class Refusal(StrEnum):
    """Why the provider does not take a message."""

    INVALID_NUMBER = "invalid_number"
    RATE_LIMITED = "rate_limited"
    NO_BALANCE = "no_balance"
    OTHER = "other"


class SmsRejected(Exception):
    """The provider answered, and said no."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.value)


class SmsUnavailable(Exception):
    """No usable answer. The message may have gone out all the same."""


class SmsSender:
    """The provider. Made once an application; threads and forked processes may share it."""

    def __init__(
        self, *, api_base: str, api_key: str, timeouts: Timeouts | None = None, retry: Retry | None = None
    ) -> None:
        self._url = f"{api_base}/v1/messages"
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._http = Http(timeouts or Timeouts())
        self._retry = retry or Retry(more=1)
        self._breaker = Breaker("SMS provider")

    def send_code(self, *, phone: str, code: str, minutes: int = 5) -> None:
        """Send a code that is valid for `minutes`.

        Raises:
            SmsRejected: the provider answered, and said no.
            SmsUnavailable: no usable answer.
        """
        message = {"to": phone, "template": TEMPLATE, "params": {"code": code, "minutes": str(minutes)}}
        failure: SmsRejected | SmsUnavailable
        try:
            with self._breaker.guard(failure=_is_down):
                _check(self._retry.run(lambda: self._post(message), again=_try_again))
            return
        except SmsRejected as error:
            failure = error
        except OutsideUnavailable as error:
            failure = SmsUnavailable(error.trouble.value)
        if not (isinstance(failure, SmsRejected) and failure.refusal is Refusal.INVALID_NUMBER):
            log.warning("no SMS sent: %s", failure)
        raise bare(failure)

    def _post(self, message: dict[str, Any]) -> requests.Response:
        return self._http.request("POST", self._url, json=message, headers=self._headers)


def _check(answer: requests.Response) -> None:
    """Raises SmsRejected, or OutsideUnavailable when the answer makes no sense."""
    try:
        body = answer.json()
    except requests.JSONDecodeError:
        body = None
    if answer.ok and isinstance(body, dict) and body.get("message_id"):
        return
    error = body.get("error") if isinstance(body, dict) else None
    if answer.ok or not isinstance(error, dict):
        raise OutsideUnavailable(Trouble.NONSENSE)
    code = error.get("code")
    raise SmsRejected(Refusal(code) if code in set(Refusal) else Refusal.OTHER)


def _is_down(error: Exception) -> bool:
    return isinstance(error, OutsideUnavailable)


def _try_again(error: Exception) -> bool:
    """Only what cannot have arrived: nobody wants the same text twice."""
    return isinstance(error, OutsideUnavailable) and error.trouble is Trouble.UNREACHED


def init_sms(app: Flask, settings: Settings) -> None:
    """Attach the one sender of the application."""
    app.extensions["sms"] = SmsSender(
        api_base=settings.sms_api_base,
        api_key=settings.sms_api_key,
        timeouts=Timeouts(connect=settings.outside_connect_seconds, read=settings.outside_read_seconds),
    )


def send_code(*, phone: str, code: str, minutes: int = 5) -> None:
    """Send a code that is valid for `minutes`; raises SmsRejected and SmsUnavailable."""
    cast(SmsSender, current_app.extensions["sms"]).send_code(phone=phone, code=code, minutes=minutes)
