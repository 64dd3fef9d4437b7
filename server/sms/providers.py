"""What a provider of SMS is to the sender: a way to write a call, and a way to read its answer."""

from collections.abc import Mapping
from typing import Any, Protocol

import requests

from server.core.outside import OutsideUnavailable, Trouble
from server.core.private import Private
from server.sms.texts import Text


class Call(Private, frozen=True):
    """One HTTP call. Number and text are in the body, never in the address."""

    url: str
    body: bytes
    headers: Mapping[str, str]


class Provider(Protocol):
    """One provider's HTTP. `write` gives every try a signature of its own."""

    def write(self, *, phone: str, text: Text, gaps: Mapping[str, str]) -> Call:
        """The call that sends a text; `phone` as it is stored everywhere: 11 digits, or + and country for others."""
        ...

    def read(self, answer: requests.Response) -> None:
        """Nothing if it was taken; raises SmsRejected, or OutsideUnavailable when the answer makes no sense."""
        ...


def fields_of(answer: requests.Response) -> dict[str, Any]:
    """The JSON object of an answer; raises OutsideUnavailable."""
    try:
        body = answer.json()
    except requests.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise OutsideUnavailable(Trouble.NONSENSE)
    return body
