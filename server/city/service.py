"""12345 as the application has it, and how what it sends is checked and read."""

from collections.abc import Mapping
from typing import cast

import msgspec
from flask import Flask, current_app

from server.city.client import City, Partner
from server.city.words import Incoming
from server.core.clock import now
from server.core.outside import Timeouts
from server.core.settings import Settings, settings
from server.core.signed_requests import is_signed

NAME = "12345"
_ATTACHED = "warmbee_city"
_LONGEST = 64
"""Of a number, a category, a code; an office or a place may have four times as many characters."""


class NotFromCity(Exception):
    """Not signed by 12345, or not just now."""


class NotUnderstood(Exception):
    """Signed, and of another shape than agreed."""


def init_city(app: Flask, settings: Settings) -> None:
    """Attach the one client of the application, if there is an address."""
    app.extensions[_ATTACHED] = (
        City(
            api_base=settings.city_api_base,
            app_id=settings.city_app_id,
            secret=settings.city_app_secret,
            timeouts=Timeouts(connect=settings.outside_connect_seconds, read=settings.outside_read_seconds),
        )
        if settings.city_api_base
        else None
    )


def city() -> Partner | None:
    """12345, where the union is connected with it."""
    return cast(Partner | None, current_app.extensions[_ATTACHED])


def read(headers: Mapping[str, str], *, path: str, body: bytes) -> Incoming:
    """What 12345 says.

    Raises:
        NotFromCity: also where the union is not connected with it.
        NotUnderstood: it is of no known shape.
    """
    known = settings()
    who = {"app_id": known.city_app_id, "secret": known.city_app_secret}
    if city() is None or not is_signed(headers, method="POST", path=path, body=body, at=now(), **who):
        raise NotFromCity
    try:
        message = msgspec.json.decode(body, type=Incoming)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotUnderstood from None
    if not _is_sensible(message):
        raise NotUnderstood
    return message


def _is_sensible(message: Incoming) -> bool:
    short = (message.order_no, message.our_no, message.category, message.area)
    long = (message.office, message.place, *((message.caller.name, message.caller.phone) if message.caller else ()))
    return (
        bool(message.order_no.strip())
        and 0 < message.seq < 2**31
        and (message.due_at is None or message.due_at.tzinfo is not None)
        and all(len(text or "") <= _LONGEST for text in short)
        and all(len(text or "") <= 4 * _LONGEST for text in long)
        and not any("\x00" in text for text in (*short, *long, message.text) if text)
    )
