"""Voices and films: taken apart by their containers, and only what is heard and seen is kept.

None is decoded or encoded anew. A container that is a row of frames (MP3, AAC, AMR, WAV, Ogg) is written from its
frames; one whose parts point at each other (MP4, WebM) keeps its length, and whatever is not needed for playing is
overwritten in place, so that no pointer moves. Names, places, devices, dates, comments, further tracks and what hides
between the parts are gone either way. Pure.
"""

from collections.abc import Callable

from server.cases.files.media import Accepted, Refused
from server.cases.files.recordings.frames import clean_aac, clean_amr, clean_mp3
from server.cases.files.recordings.mp4 import clean_mp4
from server.cases.files.recordings.ogg import clean_ogg
from server.cases.files.recordings.parts import Cleaned
from server.cases.files.recordings.wav import clean_wav
from server.cases.files.recordings.webm import clean_webm

AUDIO_SECONDS = 60
VIDEO_SECONDS = 30
TOLERANCE = 5
"""Seconds: recorders stop late, and the last frame of a film counts as a whole one."""

_Cleaner = Callable[[bytes], Cleaned]


def clean_recording(content: bytes) -> Accepted | None:
    """The voice or film alone; None when it is neither.

    Raises:
        Refused: when it is broken, too long, or holds something that does not belong into a recording.
    """
    cleaner = _cleaner_of(content)
    if cleaner is None:
        return None
    cleaned = cleaner(content)
    limit, name = (VIDEO_SECONDS, "视频") if cleaned.media_type.video else (AUDIO_SECONDS, "录音")
    seconds = max(1, round(cleaned.seconds))
    if seconds > limit + TOLERANCE:
        raise Refused(f"{name}最长 {limit} 秒，这一段有 {seconds} 秒，请截短或分成几段再传")
    return Accepted(cleaned.media_type, cleaned.content, min(seconds, limit))


def _cleaner_of(content: bytes) -> _Cleaner | None:
    """By what it begins with; whether the rest is of that kind, the cleaner finds out."""
    if content[4:8] == b"ftyp":
        # Pictures of iPhones come in the same boxes.
        return None if content[8:12] in _PICTURE_BRANDS else clean_mp4
    if content.startswith(b"RIFF"):
        # So do pictures of the web.
        return clean_wav if content[8:12] == b"WAVE" else None
    for beginning, cleaner in _BEGINNINGS:
        if content.startswith(beginning):
            return cleaner
    if content[:1] == b"\xff" and len(content) > 1:
        # The layer: none in ADTS, the third in MP3.
        match content[1] & 0xF6:
            case 0xF0:
                return clean_aac
            case 0xF2 | 0xE2:
                return clean_mp3
    return None


_PICTURE_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
_BEGINNINGS: tuple[tuple[bytes, _Cleaner], ...] = (
    (b"OggS", clean_ogg),
    (b"\x1a\x45\xdf\xa3", clean_webm),
    (b"#!AMR", clean_amr),
    (b"ID3", clean_mp3),
)
