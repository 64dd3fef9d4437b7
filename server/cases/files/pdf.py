"""PDF documents: kept as they are, refused when they could act. Pure.

The names in a PDF say what it does. They are read from the whole file and from its compressed object streams, with
`#xx` escapes undone. This is one line of defence: files are served for download, under a policy that runs nothing.
"""

import io
import re
import zipfile
import zlib
from bisect import bisect_right
from contextlib import suppress
from functools import cache
from typing import Protocol

from server.cases.files.media import Refused

_START = re.compile(rb"%PDF-[12]\.\d")
_END = b"%%EOF"
_END_WITHIN = 1024
"""Bytes at the end in which readers look for the trailer."""

_DELIMITER = rb"[\x00\t\n\f\r ()<>\[\]{}/%]"


@cache
def _named(*names: str) -> re.Pattern[bytes]:
    """Matches any of the names, however its characters are escaped.

    One pattern and no loop over names: hostile files have millions of them. Made when the first file comes.
    """
    spelled = ("".join(f"(?:{char}|#{ord(char):02X}|#{ord(char):02x})" for char in name) for name in names)
    return re.compile(b"/(?:%s)(?=%s|\\Z)" % ("|".join(spelled).encode(), _DELIMITER))


_ACTIVE_NAMES = (
    "JavaScript",
    "Launch",
    "Rendition",
    "RichMedia",
    "SubmitForm",
    "ImportData",
    "GoToE",
    "GoToR",
    "EmbeddedFile",
    "EmbeddedFiles",
)
"""Runs something, reaches out, or carries other files; long enough not to turn up in picture data by chance."""
_SHORT_NAMES = ("JS", "XFA")
"""The same, but so short that it is looked for outside of binary data only."""

_ELSE = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|<(?:html|script|svg|iframe|\?php)\b", re.IGNORECASE)
"""How files begin that something else would find in here."""
_AUTHOR = re.compile(rb"/Author[\x00\t\n\f\r ]*(?:\((?!\))|<(?!>)|\d)|<dc:creator\b")
_METADATA = (b"<?xpacket", b"<x:xmpmeta")

_STREAM = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\n|\r)")
_END_OF_STREAM = re.compile(rb"endstream")
_OBJECT_TABLE = re.compile(rb"[\x00\t\n\f\r ]*(?:\Z|%|[+-]?\d+(?:\Z|[\x00\t\n\f\r ]))")
"""How an object stream begins: with integers, perhaps after a comment."""

_PEEK = 64
_CHUNK = 4096
MAX_STREAMS = 20_000
MAX_INFLATED = 64 * 1024 * 1024
"""Bytes of inflated streams that are looked through."""


class Inflater(Protocol):
    """What zlib makes; its own type has no name."""

    def decompress(self, data: bytes, /) -> bytes: ...


def check_pdf(content: bytes) -> None:
    """Accept a complete, passive document.

    Raises:
        Refused: when it is incomplete, locked, could do something by itself, or cannot be looked through.
    """
    if not _START.match(content) or _END not in content[-_END_WITHIN:] or b"startxref" not in content:
        raise Refused("这个 PDF 不完整，请重新导出后再传")
    starts = [found.end() for found in _STREAM.finditer(content)]
    if len(starts) > MAX_STREAMS:
        raise _too_complex()
    ends = [found.start() for found in _END_OF_STREAM.finditer(content)]
    if _named("Encrypt").search(content):
        raise Refused("这个 PDF 加了密码，请去掉密码或截图后再传")
    if _named(*_ACTIVE_NAMES).search(content):
        raise _acts()
    if any(not _in_stream(starts, ends, found.start()) for found in _named(*_SHORT_NAMES).finditer(content)):
        raise _acts()
    if zipfile.is_zipfile(io.BytesIO(content)) or any(
        not _in_stream(starts, ends, found.start()) for found in _ELSE.finditer(content)
    ):
        raise _acts()
    left = MAX_INFLATED
    for start in starts:
        inflated = _objects(content, start, limit=left)
        left -= len(inflated)
        if left <= 0:
            raise _too_complex()
        if _named(*_ACTIVE_NAMES, *_SHORT_NAMES).search(inflated):
            raise _acts()


def names_somebody(content: bytes) -> bool:
    """Whether a checked document says who wrote it; it is not written anew, so that stays in it."""
    if _AUTHOR.search(content):
        return True
    left = MAX_INFLATED
    for found in _STREAM.finditer(content):
        beginning = _inflate(content, found.end(), limit=_PEEK)
        if _OBJECT_TABLE.match(beginning) or beginning.startswith(_METADATA):
            inflated = _inflate(content, found.end(), limit=left)
            left -= len(inflated)
            if left <= 0 or _AUTHOR.search(inflated):
                return True
    return False


def _in_stream(starts: list[int], ends: list[int], position: int) -> bool:
    """Whether a position lies in the data of a stream: after a beginning that has not ended yet."""
    begun, ended = bisect_right(starts, position), bisect_right(ends, position)
    return begun > 0 and (ended == 0 or ends[ended - 1] < starts[begun - 1])


def _objects(content: bytes, start: int, *, limit: int) -> bytes:
    """A stream's inflated beginning if the stream may hold objects, else nothing.

    Told by what it holds: readers do not ask its dictionary either. Its end is zlib's, not the next `endstream`.
    """
    if not _OBJECT_TABLE.match(_inflate(content, start, limit=_PEEK)):
        return b""
    return _inflate(content, start, limit=limit)


def _inflate(content: bytes, start: int, *, limit: int) -> bytes:
    """Up to `limit` bytes of what lies deflated at `start`.

    What comes before damage counts and the checksum does not, as for readers.
    """
    header = int.from_bytes(content[start : start + 2])
    if header % 31 or header >> 8 & 0x0F != 8:
        return b""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = bytearray()
    for position in range(start + 2, len(content), _CHUNK):
        chunk = content[position : position + _CHUNK]
        resume = inflater.copy()
        try:
            inflated += inflater.decompress(chunk, limit - len(inflated))
        except zlib.error:
            inflated += _until_damage(resume, chunk)
            break
        if inflater.eof or len(inflated) >= limit:
            break
    return bytes(inflated)


def _until_damage(inflater: Inflater, chunk: bytes) -> bytes:
    """What a damaged chunk still yields, byte by byte."""
    inflated = bytearray()
    with suppress(zlib.error):
        for byte in chunk:
            inflated += inflater.decompress(bytes((byte,)))
    return bytes(inflated)


def _acts() -> Refused:
    return Refused("这个 PDF 里有会自动运行的内容或夹带的文件，请打印成新的 PDF 或截图后再传")


def _too_complex() -> Refused:
    return Refused("这个 PDF 太复杂，请截图后再传")
