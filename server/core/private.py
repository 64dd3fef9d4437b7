"""Values that must not be printed."""

from msgspec import Struct


class Private(Struct, frozen=True):
    """A value with personal or secret fields: a log line, a traceback or an error report shows only its kind."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
