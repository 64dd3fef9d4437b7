"""Passwords of the staff: how they are hashed, which are good enough, and temporary ones that can be read out."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

LEAST = 12
MOST = 200
"""Characters; hashing more would only be work for us."""
DIFFERENT = 6
"""Different characters at least, so that it is not one that repeats."""
# Without what looks or sounds alike: somebody reads it to somebody.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """By Argon2id, with a salt of its own."""
    return _hasher.hash(password)


def matches(stored: str, password: str) -> bool:
    """Whether it is the password that was hashed."""
    try:
        return _hasher.verify(stored, password[: MOST + 1])
    except VerifyMismatchError:
        return False


def take_as_long(password: str) -> None:
    """For a number that nobody has: the answer must not come sooner than for one that somebody has."""
    _hasher.hash(password[: MOST + 1])


def temporary_password() -> str:
    """A random one, 59 bits, in three groups that can be read out."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))


def weakness(password: str, *, number: str) -> str | None:
    """Why a password is not good enough, in a sentence; None for a good one."""
    if len(password) < LEAST:
        return f"至少 {LEAST} 位，可以用几个不相干的词连起来"
    if len(password) > MOST:
        return f"最多 {MOST} 位"
    if number.lower() in password.lower():
        return "不要包含工号"
    if len(set(password)) < DIFFERENT:
        return "重复的字太多，容易被猜中"
    if password.isdigit():
        return "不要只用数字，容易是生日或电话"
    return None
