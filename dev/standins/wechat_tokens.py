"""The access tokens of the WeChat stand-in: stable ones, and those of the old call, each kind by itself."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

LIFE = 7200.0
"""Seconds a token is valid."""
GRACE = 300.0
"""Seconds an old token outlives its successor."""
FORCED_PER_DAY = 20
FORCED_APART = 30.0
STABLE_PER_MINUTE = 10_000
STABLE_PER_DAY = 500_000

_DAY = 86_400
_FORM = re.compile(r"\d{2}_[\w-]{100,}")


class Standing(StrEnum):
    """What WeChat thinks of a token."""

    GOOD = "good"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"


class Refused(Exception):
    """WeChat hands out no token; `errcode` says why."""

    def __init__(self, errcode: int) -> None:
        self.errcode = errcode
        super().__init__(errcode)


@dataclass
class Kind:
    """One kind of token: which are valid, and until when (Unix time)."""

    current: str = ""
    valid_until: dict[str, float] = field(default_factory=dict)

    def issue(self, now: float, *, old_lives: float) -> str:
        """A new token; its predecessor lives `old_lives` seconds more at most."""
        if self.current:
            self.valid_until[self.current] = min(self.valid_until[self.current], now + old_lives)
        self.current = f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(96)}"
        self.valid_until[self.current] = now + LIFE
        return self.current


@dataclass
class Count:
    """Calls within the present minute or day."""

    span: float
    limit: int
    errcode: int
    _span_number: int = -1
    _count: int = 0

    def add(self, now: float) -> None:
        """Raises Refused over the limit."""
        number = int(now // self.span)
        self._count = self._count + 1 if number == self._span_number else 1
        self._span_number = number
        if self._count > self.limit:
            raise Refused(self.errcode)


class Tokens:
    """Issues and judges tokens."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._stable, self._old_call = Kind(), Kind()
        self._stable_counts = (Count(60, STABLE_PER_MINUTE, 45011), Count(_DAY, STABLE_PER_DAY, 45009))
        self._forced_count = Count(_DAY, FORCED_PER_DAY, 45009)
        self._forced_at = float("-inf")

    def stable(self, *, force: bool) -> tuple[str, int]:
        """A stable token and the seconds it is valid: the same until its last five minutes, unless forced."""
        now = self._now()
        for count in self._stable_counts:
            count.add(now)
        if force:
            if now < self._forced_at + FORCED_APART:
                raise Refused(45011)
            self._forced_count.add(now)
            self._forced_at = now
            return self._stable.issue(now, old_lives=0), int(LIFE)
        left = self._stable.valid_until.get(self._stable.current, now) - now
        if left > GRACE:
            return self._stable.current, int(left)
        return self._stable.issue(now, old_lives=GRACE), int(LIFE)

    def old_call(self) -> tuple[str, int]:
        """A token of /cgi-bin/token: always a new one."""
        return self._old_call.issue(self._now(), old_lives=GRACE), int(LIFE)

    def judge(self, token: str) -> Standing:
        """Whether a call with this token goes through."""
        if not _FORM.fullmatch(token):
            return Standing.MALFORMED
        for kind in (self._stable, self._old_call):
            if token in kind.valid_until:
                if self._now() < kind.valid_until[token]:
                    return Standing.GOOD
                # One that was pushed aside is "not latest", one that ran out is expired.
                return Standing.EXPIRED if token == kind.current else Standing.UNKNOWN
        return Standing.UNKNOWN
