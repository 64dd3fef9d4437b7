"""The one exception of `dev/`."""


class Trouble(Exception):
    """Something the person at the terminal has to know: one sentence, with what to do about it."""


class Busy(Trouble):
    """Another process has it."""
