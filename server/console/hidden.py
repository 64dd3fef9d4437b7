"""What somebody may not see is as if it were not there."""

from collections.abc import Iterator
from contextlib import contextmanager

from server.core.errors import Problem, not_found


@contextmanager
def hidden() -> Iterator[None]:
    """404 in the place of a refusal that would tell that there is something."""
    try:
        yield
    except Problem as problem:
        if problem.code == "staff_not_allowed":
            raise not_found() from None
        raise
