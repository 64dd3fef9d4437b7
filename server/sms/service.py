"""Sending by SMS. Neither number nor text appears in a log, an error or an address."""

import logging
from collections.abc import Mapping
from typing import cast

from flask import Flask, current_app

from server.core.outside import Breaker, Http, OutsideUnavailable, Retry, Timeouts, Trouble, bare
from server.core.settings import Settings, SmsProvider
from server.sms.aliyun import Aliyun
from server.sms.errors import Refusal, SmsRejected, SmsUnavailable
from server.sms.gateway import Gateway
from server.sms.providers import Provider
from server.sms.tencent import Tencent
from server.sms.texts import Text

__all__ = ["Refusal", "SmsRejected", "SmsSender", "SmsUnavailable", "Text", "init_sms", "send", "send_code"]

log = logging.getLogger(__name__)


class SmsSender:
    """Whoever sends for us. Made once an application; threads and forked processes may share it."""

    def __init__(self, provider: Provider, *, timeouts: Timeouts | None = None, retry: Retry | None = None) -> None:
        self._provider = provider
        self._http = Http(timeouts or Timeouts())
        self._retry = retry or Retry(more=1)
        self._breaker = Breaker("SMS provider")

    def send(self, *, phone: str, text: Text, gaps: Mapping[str, str]) -> None:
        """Send one text.

        Raises:
            SmsRejected: the provider answered, and said no.
            SmsUnavailable: no usable answer.
        """
        failure: SmsRejected | SmsUnavailable
        try:
            with self._breaker.guard(failure=_is_down):
                self._retry.run(lambda: self._try(phone, text, gaps), again=_try_again)
            return
        except SmsRejected as error:
            failure = error
        except OutsideUnavailable as error:
            arrived = error.trouble not in {Trouble.UNREACHED, Trouble.RESTING}
            failure = SmsUnavailable(error.trouble.value, may_have_arrived=arrived)
        if not (isinstance(failure, SmsRejected) and failure.refusal is Refusal.INVALID_NUMBER):
            log.warning("no SMS sent: %s", failure)
        raise bare(failure)

    def _try(self, phone: str, text: Text, gaps: Mapping[str, str]) -> None:
        call = self._provider.write(phone=phone, text=text, gaps=gaps)
        self._provider.read(self._http.request("POST", call.url, data=call.body, headers=call.headers))


def _is_down(error: Exception) -> bool:
    return isinstance(error, OutsideUnavailable)


def _try_again(error: Exception) -> bool:
    """Only what cannot have arrived: nobody wants the same text twice."""
    return isinstance(error, OutsideUnavailable) and error.trouble is Trouble.UNREACHED


def provider_of(settings: Settings) -> Provider:
    """The provider that the settings name."""
    base, secret = settings.sms_api_base, settings.sms_api_key
    templates = {text: settings.sms_templates.get(text, "") for text in Text}
    match settings.sms_provider:
        case SmsProvider.GATEWAY:
            return Gateway(base=base, key=secret)
        case SmsProvider.ALIYUN:
            return Aliyun(
                base=base,
                key_id=settings.sms_key_id,
                secret=secret,
                sign_name=settings.sms_sign_name,
                templates=templates,
            )
        case SmsProvider.TENCENT:
            return Tencent(
                base=base,
                key_id=settings.sms_key_id,
                secret=secret,
                app_id=settings.sms_app_id,
                region=settings.sms_region,
                sign_name=settings.sms_sign_name,
                templates=templates,
            )


def init_sms(app: Flask, settings: Settings) -> None:
    """Attach the one sender of the application."""
    app.extensions["sms"] = SmsSender(
        provider_of(settings),
        timeouts=Timeouts(connect=settings.outside_connect_seconds, read=settings.outside_read_seconds),
    )


def send(*, phone: str, text: Text, gaps: Mapping[str, str]) -> None:
    """Send one text; raises SmsRejected and SmsUnavailable."""
    cast(SmsSender, current_app.extensions["sms"]).send(phone=phone, text=text, gaps=gaps)


def send_code(*, phone: str, code: str, minutes: int = 5) -> None:
    """Send a code that is valid for `minutes`; raises SmsRejected and SmsUnavailable."""
    send(phone=phone, text=Text.LOGIN_CODE, gaps={"code": code, "minutes": str(minutes)})
