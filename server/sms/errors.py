"""What can go wrong with an SMS. Nothing here tells number or text."""

from enum import StrEnum


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
    """No usable answer; `may_have_arrived` where the message may have gone out all the same."""

    def __init__(self, reason: str, *, may_have_arrived: bool = True) -> None:
        self.may_have_arrived = may_have_arrived
        super().__init__(reason)
