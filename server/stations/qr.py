"""The code for the door."""

from functools import lru_cache
from io import BytesIO

from server.core.settings import settings

QUIET_ZONE = 4
"""Modules of white around it; ISO/IEC 18004 asks for four."""
MODULE_PIXELS = 12


def address(code: str) -> str:
    """What the code says: the station's page. Any scanner can open it."""
    return f"{settings().public_base_url}/s/{code}"


def png(code: str) -> bytes:
    """Black on white, PNG. Level Q survives a quarter of it being scratched or dirty."""
    return _png(address(code))


@lru_cache(maxsize=64)
def _png(content: str) -> bytes:
    # Only needed when a code is printed.
    import segno

    out = BytesIO()
    made = segno.make_qr(content, error="q", boost_error=False)
    made.save(out, kind="png", scale=MODULE_PIXELS, border=QUIET_ZONE)
    return out.getvalue()
