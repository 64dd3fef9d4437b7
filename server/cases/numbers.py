"""Case numbers and the secrets of anonymous cases. Pure.

A number reads `SQ260313-0042-K`: the service's prefix, the day in Shanghai, a running number (gaps allowed), a check
letter that catches one wrong character and two swapped ones. A secret reads `7KQ2-M9XD-…`: five groups of four
characters of Crockford's base 32, which has no letters that look like digits; 100 random bits.
"""

import re
import secrets
from datetime import date

CHECK_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
"""23, a prime, without I, L and O."""
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP = 5, 4

_NUMBER = re.compile(r"([A-Z]{2}[0-9]{6}-[0-9]{4,9})-([A-Z])")
_LOOKALIKES = str.maketrans("ILO", "110")


def case_number(*, prefix: str, day: date, sequence: int) -> str:
    """The number of a case received on a day."""
    body = f"{prefix}{day:%y%m%d}-{sequence:04d}"
    return f"{body}-{_check_letter(body)}"


def is_case_number(text: str) -> bool:
    """Whether this can be a case's number; a slip of the pen cannot."""
    found = _NUMBER.fullmatch(text)
    return found is not None and _check_letter(found[1]) == found[2]


def new_secret() -> str:
    """A secret to be written down."""
    return "-".join("".join(secrets.choice(CROCKFORD) for _ in range(GROUP)) for _ in range(GROUPS))


def plain_secret(typed: str) -> str:
    """A secret as somebody types it back: case, spaces and hyphens do not matter, nor do look-alikes."""
    kept = "".join(character for character in typed.upper() if character.isalnum())
    return kept.translate(_LOOKALIKES)


def _check_letter(body: str) -> str:
    # Weights from 2 on differ from each other and from zero modulo 23 for up to 21 characters.
    total = sum(weight * _value(character) for weight, character in enumerate(body.replace("-", ""), start=2))
    return CHECK_LETTERS[total % len(CHECK_LETTERS)]


def _value(character: str) -> int:
    return int(character) if character.isdigit() else ord(character) - ord("A") + 10
