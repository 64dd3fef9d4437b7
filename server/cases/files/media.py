"""What may be attached, decided by content; names and declared types are not looked at."""

from enum import StrEnum

BROKEN_IMAGE = "这张图片打不开，可能没有传完整，请重新选一张"


class MediaType(StrEnum):
    """What is stored and served."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"

    @property
    def suffix(self) -> str:
        """For the name under which it is saved."""
        return {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}[self]


class Refused(Exception):
    """The content cannot be attached; says to the worker why and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class Unsupported(Refused):
    """It is another kind of file than those that may be attached."""


class UnknownFormat(Exception):
    """No decoder that we use knows it."""
