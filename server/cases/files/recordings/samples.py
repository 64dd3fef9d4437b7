"""Where in an MP4 the samples of a track lie, and how long they last."""

import struct
from collections.abc import Mapping, Sequence

from server.cases.files.recordings.parts import broken, foreign

Range = tuple[int, int]
"""From one byte of the file up to another."""

MOST = 500_000
"""Samples of a track; a minute of sound has a few thousand."""

_BASE, _DESCRIPTION, _DURATION, _SIZE, _FLAGS, _BASE_IS_MOOF = 0x1, 0x2, 0x8, 0x10, 0x20, 0x20000
"""What a fragment's header may say of a track."""
_RUN_OFFSET, _RUN_FLAGS = 0x1, 0x4
_RUN_DURATION, _RUN_SIZE, _RUN_SAMPLE_FLAGS, _RUN_COMPOSITION = 0x100, 0x200, 0x400, 0x800
"""What a run of samples may say of itself and of each."""


def sample_ranges(tables: Mapping[bytes, bytes]) -> tuple[list[Range], int]:
    """The stretches of the file that a track's tables point at, and how many ticks they last.

    Args:
        tables: contents of `stts`, `stsc`, `stsz` and `stco` or `co64`.

    Raises:
        Refused: when the tables do not fit together.
    """
    try:
        lasting = _entries(tables[b"stts"], 4, ">II")
        chunks = [start for (start,) in _entries(*_offsets(tables))]
        sizes = _sizes(tables[b"stsz"])
        runs = _entries(tables[b"stsc"], 4, ">III")
    except (KeyError, struct.error) as error:
        raise broken() from error
    ticks = sum(count * delta for count, delta in lasting)
    ranges: list[Range] = []
    taken = 0
    for number, (first, samples, _) in enumerate(runs):
        last = runs[number + 1][0] if number + 1 < len(runs) else len(chunks) + 1
        if not 0 < first <= last <= len(chunks) + 1:
            raise broken()
        for chunk in range(first - 1, last - 1):
            size = sum(sizes[taken : taken + samples])
            taken += samples
            ranges.append((chunks[chunk], chunks[chunk] + size))
    return ranges, ticks


def fragment_ranges(
    *, header: bytes, runs: Sequence[bytes], defaults: tuple[int, int], moof: int, behind: int | None
) -> tuple[list[Range], int, int]:
    """The same for one track of a fragment.

    Args:
        header: content of `tfhd`.
        runs: contents of `trun`.
        defaults: ticks and bytes of a sample, of `trex`.
        moof: where the fragment begins.
        behind: where the fragment's track before this one ends.

    Returns:
        stretches, ticks, and where the last one ends.
    """
    try:
        flags = int.from_bytes(header[1:4])
        place = 8
        base = moof if flags & _BASE_IS_MOOF or behind is None else behind
        if flags & _BASE:
            (base,) = struct.unpack_from(">Q", header, place)
            place += 8
        place += 4 if flags & _DESCRIPTION else 0
        duration, size = defaults
        if flags & _DURATION:
            (duration,) = struct.unpack_from(">I", header, place)
            place += 4
        if flags & _SIZE:
            (size,) = struct.unpack_from(">I", header, place)
        ranges: list[Range] = []
        ticks, at = 0, base
        for run in runs:
            start, length, lasting = _run(run, base=base, at=at, duration=duration, size=size)
            at, ticks = start + length, ticks + lasting
            ranges.append((start, at))
        return ranges, ticks, at
    except struct.error as error:
        raise broken() from error


def zero_outside(content: bytearray, samples: list[Range], data: list[Range]) -> None:
    """Zero every byte of the data that is no sample.

    Raises:
        Refused: when a sample lies outside of the data.
    """
    inside = sorted(data)
    merged = sorted(one for one in samples if one[0] < one[1])
    number = 0
    for start, end in inside:
        at = start
        while number < len(merged) and merged[number][0] < end:
            first, last = merged[number]
            if first < start or last > end:
                raise foreign()
            if first > at:
                content[at:first] = bytes(first - at)
            at = max(at, last)
            number += 1
        content[at:end] = bytes(end - at)
    if number < len(merged):
        raise broken()


def _run(run: bytes, *, base: int, at: int, duration: int, size: int) -> tuple[int, int, int]:
    """Where a run of samples starts, its bytes and its ticks."""
    flags = int.from_bytes(run[1:4])
    (count,) = struct.unpack_from(">I", run, 4)
    place, start = 8, at
    if flags & _RUN_OFFSET:
        (offset,) = struct.unpack_from(">i", run, place)
        place, start = place + 4, base + offset
    place += 4 if flags & _RUN_FLAGS else 0
    columns = [flag for flag in (_RUN_DURATION, _RUN_SIZE, _RUN_SAMPLE_FLAGS, _RUN_COMPOSITION) if flags & flag]
    if count > MOST or place + count * 4 * len(columns) > len(run):
        raise broken()
    values = struct.unpack_from(f">{count * len(columns)}I", run, place)

    def total(flag: int, default: int) -> int:
        return sum(values[columns.index(flag) :: len(columns)]) if flag in columns else count * default

    return start, total(_RUN_SIZE, size), total(_RUN_DURATION, duration)


def _offsets(tables: Mapping[bytes, bytes]) -> tuple[bytes, int, str]:
    return (tables[b"co64"], 4, ">Q") if b"co64" in tables else (tables[b"stco"], 4, ">I")


def _sizes(table: bytes) -> Sequence[int]:
    size, count = struct.unpack_from(">II", table, 4)
    if count > MOST:
        raise broken()
    return [size] * count if size else [one for (one,) in _entries(table, 8, ">I")]


def _entries(table: bytes, count_at: int, shape: str) -> list[tuple[int, ...]]:
    (count,) = struct.unpack_from(">I", table, count_at)
    start = count_at + 4
    if count > MOST or start + count * struct.calcsize(shape) > len(table):
        raise broken()
    return list(struct.iter_unpack(shape, table[start : start + count * struct.calcsize(shape)]))
