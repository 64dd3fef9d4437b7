"""What all places have in common."""


class Lost(FileNotFoundError):
    """There is no such file."""
