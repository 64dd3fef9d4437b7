"""Opus in Ogg: the pages with sound are kept, the comments are written anew without a word in them."""

import struct
import zlib
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from server.cases.files.media import MediaType
from server.cases.files.recordings.parts import Cleaned, broken, foreign, other_codec

_HEADER = struct.Struct("<4sBBqIIIB")
_FIRST, _LAST, _CONTINUED = 2, 4, 1
"""Flags of a page."""
_RATE = 48_000
"""Positions of Opus count at this rate, whatever was recorded."""
_NO_COMMENTS = b"OpusTags" + struct.pack("<II", 0, 0)
_NOT_YET = -1
"""The position of a page on which no packet ends."""
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class _Page(Struct, frozen=True):
    flags: int
    position: int
    serial: int
    number: int
    lacing: bytes
    """The lengths of its segments; a packet ends with one below 255."""
    data: bytes

    def written(self) -> bytes:
        head = _HEADER.pack(b"OggS", 0, self.flags, self.position, self.serial, self.number, 0, len(self.lacing))
        page = head + self.lacing + self.data
        return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def clean_ogg(content: bytes) -> Cleaned:
    """One stream of Opus, without its comments.

    Raises:
        Refused: when it is damaged, holds several streams or another codec.
    """
    pages = list(_pages(content))
    if len(pages) < 3:
        raise broken()
    first = pages[0]
    if not first.data.startswith(b"OpusHead") or len(first.data) < 19:
        raise other_codec()
    if any(page.serial != first.serial or page.flags & _FIRST for page in pages[1:]):
        raise foreign()
    after_comments = _end_of_comments(pages)
    comments = _Page(0, 0, first.serial, 1, bytes((len(_NO_COMMENTS),)), _NO_COMMENTS)
    sound = pages[after_comments:]
    kept = [replace(page, number=number) for number, page in enumerate((first, comments, *sound))]
    ends = [page.position for page in sound if page.position != _NOT_YET]
    if not ends or ends != sorted(ends):
        raise broken()
    (preskip,) = struct.unpack_from("<H", first.data, 10)
    seconds = max(0, ends[-1] - preskip) / _RATE
    return Cleaned(MediaType.OGG, b"".join(page.written() for page in kept), seconds)


def _pages(content: bytes) -> Iterator[_Page]:
    place = 0
    while place < len(content):
        if not content.startswith(b"OggS", place):
            raise foreign()
        if place + _HEADER.size > len(content):
            raise broken()
        _, version, flags, position, serial, number, checksum, segments = _HEADER.unpack_from(content, place)
        data_at = place + _HEADER.size + segments
        lacing = content[place + _HEADER.size : data_at]
        end = data_at + sum(lacing)
        page = content[place:end]
        if version or end > len(content) or checksum != _checksum(page[:22] + bytes(4) + page[26:]):
            raise broken()
        yield _Page(flags, position, serial, number, lacing, content[data_at:end])
        place = end


def _end_of_comments(pages: list[_Page]) -> int:
    """The number of the first page with sound: comments may fill several, and end on a page of their own."""
    if not pages[1].data.startswith(b"OpusTags"):
        raise broken()
    for number in range(1, len(pages)):
        page = pages[number]
        if number > 1 and not page.flags & _CONTINUED:
            raise broken()
        if page.lacing and page.lacing[-1] < 255:
            if any(length < 255 for length in page.lacing[:-1]):
                raise foreign()
            return number + 1
    raise broken()


def _checksum(page: bytes) -> int:
    """Ogg's own: zlib's polynomial with the bits of each byte the other way round, and nothing inverted."""
    reflected = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{reflected:032b}"[::-1], 2)
