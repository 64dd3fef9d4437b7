"""A disk on which nothing more can be written, without filling one."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_file_may_grow_past(size: int) -> Iterator[None]:
    """The kernel refuses writes past `size` bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
