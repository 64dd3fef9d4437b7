"""WebM: its tree of elements is walked, and every element that playing does not need becomes an empty one in place.

Lengths stay, so seek tables still point where they did. Recorders in browsers write files whose end nobody knew when
they began: segment and clusters may be of unknown size.
"""

from collections.abc import Iterator
from enum import IntEnum

from msgspec import Struct, field

from server.cases.files.media import MediaType
from server.cases.files.recordings.parts import Cleaned, broken, foreign, other_codec


class Id(IntEnum):
    """Elements by their ids, which say how long they are themselves."""

    EBML = 0x1A45DFA3
    DOC_TYPE = 0x4282
    SEGMENT = 0x18538067
    SEEK_HEAD = 0x114D9B74
    CUES = 0x1C53BB6B
    TAGS = 0x1254C367
    CHAPTERS = 0x1043A770
    ATTACHMENTS = 0x1941A469
    VOID = 0xEC
    INFO = 0x1549A966
    SCALE = 0x2AD7B1
    DURATION = 0x4489
    MUXING_APP = 0x4D80
    WRITING_APP = 0x5741
    TRACKS = 0x1654AE6B
    TRACK = 0xAE
    TRACK_NUMBER = 0xD7
    TRACK_UID = 0x73C5
    TRACK_TYPE = 0x83
    ENABLED = 0xB9
    DEFAULT = 0x88
    FORCED = 0x55AA
    LACING = 0x9C
    MIN_CACHE = 0x6DE7
    MAX_CACHE = 0x6DF8
    FRAME_DURATION = 0x23E383
    LANGUAGE = 0x22B59C
    CODEC = 0x86
    CODEC_PRIVATE = 0x63A2
    CODEC_DELAY = 0x56AA
    SEEK_PREROLL = 0x56BB
    PICTURE = 0xE0
    SOUND = 0xE1
    CLUSTER = 0x1F43B675
    TIME = 0xE7
    SIMPLE_BLOCK = 0xA3
    GROUP = 0xA0
    BLOCK = 0xA1
    BLOCK_DURATION = 0x9B
    REFERENCE = 0xFB
    DISCARD_PADDING = 0x75A2
    ADDITIONS = 0x75A1
    """Transparency."""


_LEVEL_1 = {Id.SEEK_HEAD, Id.INFO, Id.TRACKS, Id.CLUSTER, Id.CUES, Id.TAGS, Id.CHAPTERS, Id.ATTACHMENTS}
_KEPT_OF_TRACK = {
    *(Id.TRACK_NUMBER, Id.TRACK_UID, Id.TRACK_TYPE, Id.ENABLED, Id.DEFAULT, Id.FORCED, Id.LACING, Id.MIN_CACHE),
    *(Id.MAX_CACHE, Id.FRAME_DURATION, Id.LANGUAGE, Id.CODEC, Id.CODEC_PRIVATE, Id.CODEC_DELAY, Id.SEEK_PREROLL),
    *(Id.PICTURE, Id.SOUND),
}
_KEPT_OF_GROUP = {Id.BLOCK, Id.BLOCK_DURATION, Id.REFERENCE, Id.DISCARD_PADDING, Id.ADDITIONS}
_EMPTIED = {Id.MUXING_APP, Id.WRITING_APP}
"""Must be there, and name the program."""
_VIDEO, _AUDIO = 1, 2
_CODECS = {b"A_OPUS", b"A_VORBIS", b"A_AAC", b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG4/ISO/AVC", b"V_MPEG4/ISO/HEVC"}
_DOC_TYPES = {b"webm", b"matroska"}
_DEFAULT_SCALE = 1_000_000
"""Nanoseconds a tick."""
_MOST_ELEMENTS = 200_000


class _Element(Struct, frozen=True):
    """Where one lies: its head from `start`, its data from `data` to `end`."""

    id: int
    start: int
    data: int
    end: int


class _Found(Struct):
    """What was learnt while walking."""

    tracks: dict[int, int] = field(default_factory=dict)
    """Number → type."""
    scale: int = _DEFAULT_SCALE
    last_tick: int = 0
    blocks: int = 0
    elements: int = 0


class _Walk:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.cleaned = bytearray(content)
        self.found = _Found()

    def run(self) -> Cleaned:
        """The cleaned file."""
        head, segment = self._top()
        doc_type = next((self._bytes(one) for one in self._children(head) if one.id == Id.DOC_TYPE), b"")
        if doc_type.rstrip(b"\0") not in _DOC_TYPES:
            raise other_codec()
        for element in self._children(segment):
            match element.id:
                case Id.INFO:
                    self._info(element)
                case Id.TRACKS:
                    self._tracks(element)
                case Id.CLUSTER:
                    self._cluster(element)
                case Id.SEEK_HEAD | Id.CUES:
                    continue
                case _:
                    self._empty(element)
        if not self.found.blocks:
            raise broken()
        video = _VIDEO in self.found.tracks.values()
        seconds = self.found.last_tick * self.found.scale / 1e9
        return Cleaned(MediaType.WEBM if video else MediaType.WEBM_AUDIO, bytes(self.cleaned), seconds)

    def _top(self) -> tuple[_Element, _Element]:
        head = self._element(0, len(self.content))
        segment = self._element(head.end, len(self.content))
        if head.id != Id.EBML or segment.id != Id.SEGMENT:
            raise broken()
        if segment.end != len(self.content):
            raise foreign()
        return head, segment

    def _info(self, info: _Element) -> None:
        for element in self._children(info):
            if element.id == Id.SCALE:
                self.found.scale = self._number(element)
            elif element.id in _EMPTIED:
                self.cleaned[element.data : element.end] = bytes(element.end - element.data)
            elif element.id != Id.DURATION:
                self._empty(element)

    def _tracks(self, tracks: _Element) -> None:
        for track in self._children(tracks):
            if track.id != Id.TRACK:
                self._empty(track)
                continue
            number = kind = 0
            codec = b""
            for element in self._children(track):
                match element.id:
                    case Id.TRACK_NUMBER:
                        number = self._number(element)
                    case Id.TRACK_TYPE:
                        kind = self._number(element)
                    case Id.CODEC:
                        codec = self._bytes(element).rstrip(b"\0")
                if element.id not in _KEPT_OF_TRACK:
                    self._empty(element)
            if kind not in {_VIDEO, _AUDIO}:
                raise foreign()
            if codec not in _CODECS:
                raise other_codec()
            self.found.tracks[number] = kind

    def _cluster(self, cluster: _Element) -> None:
        time = 0
        for element in self._children(cluster):
            if element.id == Id.TIME:
                time = self._number(element)
            elif element.id == Id.SIMPLE_BLOCK:
                self._block(element, time)
            elif element.id == Id.GROUP:
                self._group(element, time)
            else:
                self._empty(element)

    def _group(self, group: _Element, time: int) -> None:
        for element in self._children(group):
            if element.id == Id.BLOCK:
                self._block(element, time)
            elif element.id not in _KEPT_OF_GROUP:
                self._empty(element)

    def _block(self, block: _Element, time: int) -> None:
        track, place = self._vint(block.data, block.end)
        if track not in self.found.tracks or place + 3 > block.end:
            raise foreign()
        relative = int.from_bytes(self.content[place : place + 2], signed=True)
        self.found.last_tick = max(self.found.last_tick, time + relative)
        self.found.blocks += 1

    def _children(self, parent: _Element) -> Iterator[_Element]:
        place = parent.data
        while place < parent.end:
            element = self._element(place, parent.end)
            yield element
            place = element.end

    def _element(self, place: int, limit: int) -> _Element:
        self.found.elements += 1
        if self.found.elements > _MOST_ELEMENTS:
            raise broken()
        start = place
        width = self._width(place, limit, most=4)
        identity = int.from_bytes(self.content[place : place + width])
        place += width
        size_width = self._width(place, limit, most=8)
        size, data = self._vint(place, limit)
        if size != (1 << 7 * size_width) - 1:
            if data + size > limit:
                raise broken()
            return _Element(identity, start, data, data + size)
        if identity == Id.SEGMENT:
            return _Element(identity, start, data, limit)
        if identity != Id.CLUSTER:
            raise broken()
        return _Element(identity, start, data, self._end_of_cluster(data, limit))

    def _end_of_cluster(self, data: int, limit: int) -> int:
        """A cluster of unknown size ends where something begins that cannot lie in one."""
        place = data
        while place < limit:
            width = self._width(place, limit, most=4)
            if int.from_bytes(self.content[place : place + width]) in _LEVEL_1:
                break
            place = self._element(place, limit).end
        return place

    def _width(self, place: int, limit: int, *, most: int) -> int:
        if place >= limit or not self.content[place]:
            raise broken()
        width = 9 - self.content[place].bit_length()
        if width > most or place + width > limit:
            raise broken()
        return width

    def _vint(self, place: int, limit: int) -> tuple[int, int]:
        """A number of variable length, and where it ends."""
        width = self._width(place, limit, most=8)
        value = int.from_bytes(self.content[place : place + width])
        return value & (1 << 7 * width) - 1, place + width

    def _number(self, element: _Element) -> int:
        if element.end - element.data > 8:
            raise broken()
        return int.from_bytes(self._bytes(element))

    def _bytes(self, element: _Element) -> bytes:
        return self.content[element.data : element.end]

    def _empty(self, element: _Element) -> None:
        """Write a void element of the same length over it."""
        length = element.end - element.start
        head = bytes((Id.VOID, 0x80 | length - 2)) if length < 9 else bytes((Id.VOID, 0x01)) + (length - 9).to_bytes(7)
        self.cleaned[element.start : element.end] = head + bytes(length - len(head))


def clean_webm(content: bytes) -> Cleaned:
    """Its tracks of sound and picture, with nothing said about them.

    Raises:
        Refused: when it is damaged, holds other tracks or codecs, or is followed by something else.
    """
    return _Walk(content).run()
