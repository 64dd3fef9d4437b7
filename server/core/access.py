"""Who is asking: verification levels and the caller of the current request."""

import uuid
from enum import IntEnum

from msgspec import Struct


class Level(IntEnum):
    """How well a worker is known. Written `L0`…`L3` on the wire."""

    L0 = 0
    """Guest."""
    L1 = 1
    """Phone number confirmed."""
    L2 = 2
    """Name and identity number matched."""
    L3 = 3
    """Person seen."""


class Principal(Struct, frozen=True):
    """The worker behind a bearer token."""

    worker_id: uuid.UUID
    level: Level
    session_id: uuid.UUID
    has_pin: bool = True
    """False only when it is known that nothing asks this worker for a PIN: then nobody has to look."""
