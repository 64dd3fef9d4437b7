"""Pages of a PDF as pictures, so that staff read it without opening it: each drawn in a process that can do nothing."""

import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

DRAWING = Path(__file__).with_name("drawing.py")
LONGEST = 1600
"""Pixels of the longer side."""
SECONDS = 15.0
"""After which a page is given up."""
_AT_ONCE = BoundedSemaphore(2)
"""In one process: whoever leafs quickly takes no processor from the others."""


class NotDrawable(Exception):
    """It has a password, is broken, or takes more than it may."""


def count_pages(content: bytes) -> int:
    """How many there are.

    Raises:
        NotDrawable
    """
    return int(_run(content))


def draw_page(content: bytes, number: int) -> bytes:
    """One page as JPEG.

    Args:
        number: from 0 on.

    Raises:
        NotDrawable: also of a page that there is not.
    """
    return _run(content, str(number), str(LONGEST))


def _run(content: bytes, *arguments: str) -> bytes:
    if not _AT_ONCE.acquire(timeout=SECONDS):
        raise NotDrawable
    try:
        done = subprocess.run(  # noqa: S603  # our own program, no words of anybody
            [sys.executable, "-I", str(DRAWING), *arguments],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise NotDrawable from None
    finally:
        _AT_ONCE.release()
    if done.returncode or not done.stdout:
        raise NotDrawable
    return done.stdout
