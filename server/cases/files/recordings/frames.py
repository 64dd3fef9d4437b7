"""Recordings that are rows of frames, each saying how long it is: MP3, AAC (ADTS), AMR.

Frames are copied, everything before and behind them is left out: ID3, APE and Lyrics3 tags. Between them there may be
nothing.
"""

from collections.abc import Callable

from server.cases.files.media import MediaType
from server.cases.files.recordings.parts import Cleaned, broken, foreign

_ID3_HEADER = 10
_TAGS_BEHIND = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"3DI", b"ID3")
_FEWEST = 3
"""Frames; two fitting headers in a row may be chance."""

_MP3_BITRATES = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
"""kbit/s of layer III, for MPEG 1 and for MPEG 2 and 2.5."""
_MP3_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_AMR_SIZES = {
    b"#!AMR\n": (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1),
    b"#!AMR-WB\n": (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1),
}
"""Bytes of a frame by its type, with its first byte; 0: there is no such type."""
_AMR_FRAME = 0.02
"""Seconds."""

_Frame = tuple[int, float]
"""Bytes and seconds of the frame at a place; 0 bytes: there is none."""


def clean_mp3(content: bytes) -> Cleaned:
    """The frames of an MP3; what begins with an ID3 tag may be AAC as well.

    Raises:
        Refused: when there is something else between or behind them.
    """
    start = _behind_id3(content)
    if content[start : start + 1] == b"\xff" and content[start + 1 : start + 2] and not content[start + 1] & 0x06:
        return clean_aac(content)
    return _clean(content, start, MediaType.MP3, _mp3_frame)


def clean_aac(content: bytes) -> Cleaned:
    """The frames of AAC without a container.

    Raises:
        Refused: as `clean_mp3`.
    """
    return _clean(content, _behind_id3(content), MediaType.AAC, _aac_frame)


def clean_amr(content: bytes) -> Cleaned:
    """The frames of AMR, narrow or wide.

    Raises:
        Refused: as `clean_mp3`.
    """
    head = content[: content.find(b"\n") + 1]
    sizes = _AMR_SIZES.get(head)
    if sizes is None:
        raise broken()

    def frame(content: bytes, place: int) -> _Frame:
        first = content[place]
        return (0, 0.0) if first & 0x83 else (sizes[first >> 3 & 0x0F], _AMR_FRAME)

    frames = _clean(content, len(head), MediaType.AMR, frame)
    return Cleaned(frames.media_type, head + frames.content, frames.seconds)


def _clean(content: bytes, start: int, media_type: MediaType, frame: Callable[[bytes, int], _Frame]) -> Cleaned:
    place, frames, seconds = start, 0, 0.0
    while place < len(content):
        size, lasting = frame(content, place)
        if not size or place + size > len(content):
            _check_rest(content, place, cut_off=bool(size))
            break
        place, frames, seconds = place + size, frames + 1, seconds + lasting
    if frames < _FEWEST:
        raise broken()
    return Cleaned(media_type, content[start:place], seconds)


def _check_rest(content: bytes, place: int, *, cut_off: bool) -> None:
    """Behind the last whole frame there may be a tag, emptiness, or a frame that the recorder did not finish."""
    if not cut_off and not content.startswith(_TAGS_BEHIND, place) and content[place:].strip(b"\0"):
        raise foreign()


def _behind_id3(content: bytes) -> int:
    place = 0
    while content.startswith(b"ID3", place) and len(content) >= place + _ID3_HEADER:
        size = 0
        for byte in content[place + 6 : place + _ID3_HEADER]:
            size = size << 7 | byte & 0x7F
        footer = _ID3_HEADER if content[place + 5] & 0x10 else 0
        place += _ID3_HEADER + size + footer
    return place


def _mp3_frame(content: bytes, place: int) -> _Frame:
    head = int.from_bytes(content[place : place + 4])
    version, bitrate, rate = head >> 19 & 3, head >> 12 & 15, head >> 10 & 3
    rates = _MP3_RATES.get(version)
    if head >> 21 != 0x7FF or head >> 17 & 3 != 1 or rates is None or rate == 3:
        return 0, 0.0
    kilobits = _MP3_BITRATES[version == 3][bitrate]
    if not kilobits:
        return 0, 0.0
    samples = 1152 if version == 3 else 576
    return samples * kilobits * 125 // rates[rate] + (head >> 9 & 1), samples / rates[rate]


def _aac_frame(content: bytes, place: int) -> _Frame:
    head = int.from_bytes(content[place : place + 7])
    rate = head >> 34 & 0xF
    size = head >> 13 & 0x1FFF
    if head >> 44 != 0xFFF or head >> 41 & 3 or rate >= len(_AAC_RATES) or size < 8:
        return 0, 0.0
    return size, 1024 * ((head & 3) + 1) / _AAC_RATES[rate]
