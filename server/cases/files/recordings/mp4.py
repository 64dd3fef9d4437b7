"""MP4 and its older brother QuickTime: boxes within boxes, which point at the samples by their place in the file.

So the file keeps its length. Boxes that playing does not need become empty `free` boxes in place (names, places,
devices, tracks of anything but sound and picture), times become zero, and every byte of the data that no kept track
points at becomes zero. Both the usual layout and the one in fragments, which recorders of browsers write, are read.
"""

import struct
from collections.abc import Iterator

from msgspec import Struct, field

from server.cases.files.media import MediaType
from server.cases.files.recordings.parts import Cleaned, broken, foreign, other_codec
from server.cases.files.recordings.samples import Range, fragment_ranges, sample_ranges, zero_outside

_HEAD = 8
_FREE = b"free"
_HANDLERS = {b"vide", b"soun"}
_PICTURE_CODECS = {b"avc1", b"avc3", b"hvc1", b"hev1", b"vp08", b"vp09", b"av01", b"mp4v", b"s263"}
_SOUND_CODECS = {b"mp4a", b"Opus", b"samr", b"sawb", b"ac-3", b"alac", b"lpcm", b"sowt", b"twos"}

_WITHIN: dict[bytes, set[bytes]] = {
    b"moov": {b"mvhd", b"trak", b"mvex"},
    b"mvex": {b"trex", b"mehd"},
    b"trak": {b"tkhd", b"edts", b"mdia"},
    b"edts": {b"elst"},
    b"mdia": {b"mdhd", b"hdlr", b"minf"},
    b"minf": {b"vmhd", b"smhd", b"hdlr", b"dinf", b"stbl"},
    b"dinf": {b"dref"},
    b"stbl": {
        *(b"stsd", b"stts", b"stss", b"ctts", b"stsc", b"stsz", b"stco", b"co64", b"sgpd", b"sbgp", b"sdtp", b"cslg"),
    },
    b"moof": {b"mfhd", b"traf"},
    b"traf": {b"tfhd", b"tfdt", b"trun", b"sgpd", b"sbgp", b"sdtp"},
}
"""What is kept of what lies in a box; the rest is overwritten."""
_OF_A_CODEC = {
    *(b"avcC", b"hvcC", b"vpcC", b"av1C", b"esds", b"dOps", b"damr", b"alac", b"dac3", b"d263"),
    *(b"colr", b"pasp", b"clap", b"btrt", b"fiel", b"chan", b"wave", b"chnl", b"bitr"),
}
"""What is kept of a codec's set-up."""
_KEPT_ON_TOP = {b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"sidx", b"wide"}
_PICTURE_ENTRY, _COMPRESSOR = 78, range(42, 74)
"""Bytes of a picture codec's fixed part, and where in it the name of what compressed it stands."""
_SOUND_ENTRY = {0: 28, 1: 44, 2: 64}
"""Bytes of a sound codec's fixed part, by its version."""
_MOST_BOXES = 20_000


class Box(Struct, frozen=True):
    """One box: from `start` to `end`, its content from `data`."""

    kind: bytes
    start: int
    data: int
    end: int


class _Film(Struct):
    content: bytes
    cleaned: bytearray
    timescales: dict[int, int] = field(default_factory=dict)
    """Track → ticks a second, of the tracks that are kept."""
    defaults: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Track → how long and how large a sample of its fragments is, unless they say otherwise."""
    seconds: dict[int, float] = field(default_factory=dict)
    samples: list[Range] = field(default_factory=list)
    pictures: bool = False
    boxes: int = 0


def clean_mp4(content: bytes) -> Cleaned:
    """Its sound and pictures alone.

    Raises:
        Refused: when it is cut off, points outside of itself, or is in a codec that few can play.
    """
    film = _Film(content, bytearray(content))
    top = list(_boxes(film, 0, len(content)))
    if [box.kind for box in top].count(b"moov") != 1:
        raise broken()
    for box in top:
        if box.kind == b"moov":
            _movie(film, box)
    for box in top:
        if box.kind == b"moof":
            _fragment(film, box)
        elif box.kind not in _KEPT_ON_TOP:
            _free(film, box)
    data = [(box.data, box.end) for box in top if box.kind == b"mdat"]
    if not film.samples:
        raise broken()
    zero_outside(film.cleaned, film.samples, data)
    kind = MediaType.MP4 if film.pictures else MediaType.M4A
    return Cleaned(kind, bytes(film.cleaned), max(film.seconds.values()))


def _boxes(film: _Film, place: int, end: int) -> Iterator[Box]:
    """The boxes that fill a stretch."""
    while place < end:
        film.boxes += 1
        if place + _HEAD > end or film.boxes > _MOST_BOXES:
            raise broken()
        size, kind = struct.unpack_from(">I4s", film.content, place)
        data = place + _HEAD
        if size == 1 and data + 8 <= end:
            (size,) = struct.unpack_from(">Q", film.content, data)
            data += 8
        elif size == 0:
            size = end - place
        if size < data - place or place + size > end:
            raise broken()
        yield Box(kind, place, data, place + size)
        place += size


def _movie(film: _Film, movie: Box) -> None:
    for box in _kept(film, movie):
        match box.kind:
            case b"mvhd":
                _forget_times(film, box)
            case b"trak":
                _track(film, box)
            case b"mvex":
                for extending in _kept(film, box):
                    if extending.kind == b"trex":
                        track, _, lasting, size = _unpack(film, ">4I", extending.data + 4, extending.end)
                        film.defaults[track] = (lasting, size)


def _track(film: _Film, track: Box) -> None:
    """Keep a track of sound or picture; others go, and with them what they point at."""
    header, media = _child(film, track, b"tkhd"), _child(film, track, b"mdia")
    handler, times = _child(film, media, b"hdlr"), _child(film, media, b"mdhd")
    kind = film.content[handler.data + 8 : handler.data + 12]
    if kind not in _HANDLERS:
        _free(film, track)
        return
    number, timescale = _after_times(film, header), _after_times(film, times)
    if not timescale:
        raise broken()
    film.pictures |= kind == b"vide"
    for box in _kept_on_all_levels(film, track):
        match box.kind:
            case b"tkhd" | b"mdhd":
                _forget_times(film, box)
            case b"hdlr":
                _zero(film, box.data + 24, box.end)
            case b"dref":
                _check_references(film, box)
            case b"stsd":
                _codecs(film, box, pictures=kind == b"vide")
    table = _child(film, _child(film, media, b"minf"), b"stbl")
    tables = {box.kind: film.content[box.data : box.end] for box in _boxes(film, table.data, table.end)}
    ranges, ticks = sample_ranges(tables)
    film.samples += ranges
    film.timescales[number] = timescale
    film.seconds[number] = ticks / timescale


def _fragment(film: _Film, fragment: Box) -> None:
    base, end = fragment.start, None
    for box in _kept(film, fragment):
        if box.kind != b"traf":
            continue
        parts = list(_kept(film, box))
        header = next((one for one in parts if one.kind == b"tfhd"), None)
        if header is None:
            raise broken()
        (track,) = _unpack(film, ">I", header.data + 4, header.end)
        runs = [film.content[one.data : one.end] for one in parts if one.kind == b"trun"]
        ranges, ticks, end = fragment_ranges(
            header=film.content[header.data : header.end],
            runs=runs,
            defaults=film.defaults.get(track, (0, 0)),
            moof=base,
            behind=end,
        )
        if track not in film.timescales:
            _free(film, box)
            continue
        film.samples += ranges
        film.seconds[track] += ticks / film.timescales[track]


def _kept(film: _Film, parent: Box) -> Iterator[Box]:
    """What is kept of a box's content; the rest is overwritten."""
    for box in _boxes(film, parent.data, parent.end):
        if box.kind in _WITHIN[parent.kind]:
            yield box
        else:
            _free(film, box)


def _kept_on_all_levels(film: _Film, parent: Box) -> Iterator[Box]:
    for box in _kept(film, parent):
        yield box
        if box.kind in _WITHIN:
            yield from _kept_on_all_levels(film, box)


def _child(film: _Film, parent: Box, kind: bytes) -> Box:
    for box in _boxes(film, parent.data, parent.end):
        if box.kind == kind:
            return box
    raise broken()


def _codecs(film: _Film, box: Box, *, pictures: bool) -> None:
    """Check in what a track is coded, and keep of the codec's set-up what decoders read."""
    for entry in _boxes(film, box.data + 8, box.end):
        if entry.kind not in (_PICTURE_CODECS if pictures else _SOUND_CODECS):
            raise other_codec()
        if pictures:
            fixed = _PICTURE_ENTRY
            _zero(film, entry.data + _COMPRESSOR.start, entry.data + _COMPRESSOR.stop)
        else:
            (version,) = _unpack(film, ">H", entry.data + 8, entry.end)
            fixed = _SOUND_ENTRY.get(version, 28)
        if entry.data + fixed > entry.end:
            raise broken()
        for part in _boxes(film, entry.data + fixed, _before_end_mark(film, entry.data + fixed, entry.end)):
            if part.kind not in _OF_A_CODEC:
                _free(film, part)


def _before_end_mark(film: _Film, start: int, end: int) -> int:
    """Where a list of boxes ends that QuickTime may close with four zeros."""
    place = start
    while place + _HEAD <= end:
        place += max(_HEAD, int.from_bytes(film.content[place : place + 4]))
    return place if film.content[place:end] == bytes(4) else end


def _check_references(film: _Film, box: Box) -> None:
    """The samples lie in this file, not at some address."""
    for reference in _boxes(film, box.data + 8, box.end):
        if not film.content[reference.data + 3] & 1:
            raise foreign()


def _forget_times(film: _Film, box: Box) -> None:
    """When it was made and changed; stands first in all the boxes that have it."""
    _zero(film, box.data + 4, box.data + (20 if film.content[box.data] else 12))


def _after_times(film: _Film, box: Box) -> int:
    """What follows the times: a track's number, or its ticks a second."""
    (value,) = _unpack(film, ">I", box.data + (20 if film.content[box.data] else 12), box.end)
    return value


def _unpack(film: _Film, shape: str, place: int, end: int) -> tuple[int, ...]:
    if place + struct.calcsize(shape) > end:
        raise broken()
    return struct.unpack_from(shape, film.content, place)


def _zero(film: _Film, start: int, end: int) -> None:
    if start < end:
        film.cleaned[start:end] = bytes(end - start)


def _free(film: _Film, box: Box) -> None:
    """Make a box an empty one of the same length."""
    film.cleaned[box.start + 4 : box.start + _HEAD] = _FREE
    _zero(film, box.data, box.end)
