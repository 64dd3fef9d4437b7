"""Requests that prove who sends them; the value was computed by hand with openssl."""

from datetime import UTC, datetime, timedelta

import pytest

from server.core.signed_requests import WINDOW, is_signed, signed_headers

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SENT = {"method": "POST", "path": "/v1/checks", "body": b'{"a": 1}', "app_id": "app", "secret": "secret"}
BY_HAND = {
    "X-App-Id": "app",
    "X-Timestamp": "1772413200",
    "X-Nonce": "00ff",
    "X-Signature": "bd1b98653c7af00df63b834586981ee705e4ccf3a548926b6dc7abcfcb951308",
}


def test_a_signature_made_elsewhere_is_known() -> None:
    assert is_signed(BY_HAND, at=AT, **SENT)


def test_what_is_sent_is_known_to_the_other_side_and_never_signed_twice_alike() -> None:
    first, second = signed_headers(at=AT, **SENT), signed_headers(at=AT, **SENT)
    assert is_signed(first, at=AT + WINDOW, **SENT)
    assert first["X-Nonce"] != second["X-Nonce"]


@pytest.mark.parametrize(
    "other",
    [{"method": "PUT"}, {"path": "/v1/check"}, {"body": b""}, {"app_id": "App"}, {"secret": "Secret"}],
    ids=lambda other: next(iter(other)),
)
def test_nothing_of_it_can_be_changed(other: dict[str, str | bytes]) -> None:
    assert not is_signed(BY_HAND, at=AT, **SENT | other)


@pytest.mark.parametrize("off", [WINDOW + timedelta(seconds=1), -WINDOW - timedelta(seconds=1)])
def test_what_was_signed_long_ago_or_ahead_is_not_taken(off: timedelta) -> None:
    assert not is_signed(BY_HAND, at=AT + off, **SENT)


@pytest.mark.parametrize("header", list(BY_HAND))
@pytest.mark.parametrize("value", ["", "é", "²"])
def test_headers_that_say_nothing_are_not_taken(header: str, value: str) -> None:
    assert not is_signed(BY_HAND | {header: value}, at=AT, **SENT)
