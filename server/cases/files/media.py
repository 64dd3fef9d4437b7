"""What may be attached, decided by content; names and declared types are not looked at."""

from enum import StrEnum

from msgspec import Struct

BROKEN_IMAGE = "这张图片打不开，可能没有传完整，请重新选一张"
BROKEN_RECORDING = "这段录音或视频打不开，可能没有传完整，请重新录一段或选一段"


class MediaType(StrEnum):
    """What is stored and served."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    """Made by the service; none is taken from anybody."""
    MP3 = "audio/mpeg"
    M4A = "audio/mp4"
    AAC = "audio/aac"
    AMR = "audio/amr"
    WAV = "audio/wav"
    OGG = "audio/ogg"
    WEBM_AUDIO = "audio/webm"
    MP4 = "video/mp4"
    WEBM = "video/webm"

    @property
    def suffix(self) -> str:
        """For the name under which it is saved."""
        return _SUFFIXES.get(self, self.partition("/")[2])

    @property
    def kind(self) -> str:
        """`image`, `pdf`, `audio`, `video`, or `docx` of what the service made itself."""
        main = self.partition("/")[0]
        return self.suffix if main == "application" else main

    @property
    def video(self) -> bool:
        return self.startswith("video/")


_SUFFIXES = {MediaType.DOCX: "docx", MediaType.JPEG: "jpg", MediaType.MP3: "mp3", MediaType.M4A: "m4a"}


class Accepted(Struct, frozen=True):
    """What is stored for what was sent."""

    media_type: MediaType
    content: bytes
    seconds: int | None = None
    """How long a recording lasts; none for pictures and documents."""


class Refused(Exception):
    """The content cannot be attached; says to the worker why and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class TooLarge(Refused):
    """It has more bytes than its kind may have."""


class Unsupported(Refused):
    """It is another kind of file than those that may be attached."""


class UnknownFormat(Exception):
    """No decoder that we use knows it."""
