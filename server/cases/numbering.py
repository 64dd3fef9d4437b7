"""The running numbers of cases, taken from PostgreSQL a block at a time: one round trip less for nearly every case.

Each process has a block of its own, so the numbers of one minute need not be in the order of their cases. What a
process has not used when it ends is never used: gaps are allowed.
"""

import os
import threading
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.db import Base

BLOCK = 32
NUMBERS = sa.Sequence("case_number", increment=BLOCK, metadata=Base.metadata)
"""One for all services; each value is the first of a block."""


class Numbers:
    """The block of one application in one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: Iterator[int] = iter(())
        self._process = os.getpid()

    def next(self, session: Session) -> int:
        """A number that no other case has."""
        with self._lock:
            # Two processes must not go on with one block after a fork.
            number = next(self._left, None) if self._process == os.getpid() else None
            if number is None:
                # A sequence is not rolled back: the block stays ours whatever becomes of this transaction.
                number = session.scalars(sa.select(NUMBERS.next_value())).one()
                self._left = iter(range(number + 1, number + BLOCK))
                self._process = os.getpid()
            return number
