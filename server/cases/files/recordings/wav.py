"""WAV: written anew from the description of the sound and the sound, without the lists of who, when and with what."""

import struct

from server.cases.files.media import MediaType
from server.cases.files.recordings.parts import Cleaned, broken, foreign, other_codec

_PCM, _FLOAT, _ALAW, _MULAW = 1, 3, 6, 7
_EXTENSIBLE = 0xFFFE
_CODECS = {_PCM, _FLOAT, _ALAW, _MULAW}
_FORMAT = struct.Struct("<HHIIHH")
_RATES = range(8_000, 96_001)
_CHUNK = 8


def clean_wav(content: bytes) -> Cleaned:
    """Its format and its samples.

    Raises:
        Refused: when it is cut off, in an odd format, or followed by something else.
    """
    if content[8:12] != b"WAVE":
        raise broken()
    chunks = _chunks(content)
    described, samples = chunks.get(b"fmt "), chunks.get(b"data")
    if not described or not samples or len(described) < _FORMAT.size:
        raise broken()
    codec, channels, rate, a_second, block, bits = _FORMAT.unpack_from(described)
    if codec == _EXTENSIBLE and len(described) >= 26:
        (codec,) = struct.unpack_from("<H", described, 24)
    if codec not in _CODECS or channels not in {1, 2} or rate not in _RATES or bits not in {8, 16, 24, 32}:
        raise other_codec()
    if block != channels * bits // 8 or a_second != rate * block:
        raise broken()
    samples = samples[: len(samples) // block * block]
    written = _FORMAT.pack(codec, channels, rate, a_second, block, bits)
    body = b"WAVE" + _chunk(b"fmt ", written) + _chunk(b"data", samples)
    return Cleaned(MediaType.WAV, _chunk(b"RIFF", body), len(samples) / a_second)


def _chunks(content: bytes) -> dict[bytes, bytes]:
    """The first of each kind of chunk; together they fill the file."""
    chunks: dict[bytes, bytes] = {}
    place = 12
    while place + _CHUNK <= len(content):
        kind, size = struct.unpack_from("<4sI", content, place)
        if not kind.isascii() or not kind.decode().isprintable():
            raise foreign()
        if place + _CHUNK + size > len(content):
            raise broken()
        chunks.setdefault(kind, content[place + _CHUNK : place + _CHUNK + size])
        place += _CHUNK + size + (size & 1)
    if content[place:].strip(b"\0"):
        raise foreign()
    return chunks


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)
