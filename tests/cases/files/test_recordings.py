"""Voices and films: known by what is in them, and nothing in them afterwards but what is heard and seen."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cases.files.content import accept
from server.cases.files.media import MediaType, Refused, Unsupported
from server.cases.files.recordings import AUDIO_SECONDS, VIDEO_SECONDS
from server.cases.files.recordings.ogg import clean_ogg

SAMPLES = Path(__file__).with_name("samples")
"""What recorders wrote; README.md there says which."""
KINDS = {
    "voice.mp3": MediaType.MP3,
    "voice.m4a": MediaType.M4A,
    "voice.aac": MediaType.AAC,
    "voice.amr": MediaType.AMR,
    "voice.wav": MediaType.WAV,
    "voice.ogg": MediaType.OGG,
    "voice.webm": MediaType.WEBM_AUDIO,
    "chromium-voice.webm": MediaType.WEBM_AUDIO,
    "chromium-voice.m4a": MediaType.M4A,
    "film.mp4": MediaType.MP4,
    "film.mov": MediaType.MP4,
    "film.webm": MediaType.WEBM,
    "fragments.mp4": MediaType.MP4,
    "chromium-film.mp4": MediaType.MP4,
    "chromium-film.webm": MediaType.WEBM,
}
HTML = b"<html><script>alert(document.domain)</script></html>"


def sample(name: str) -> bytes:
    return SAMPLES.joinpath(name).read_bytes()


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(data), kind) + data


def silence(seconds: int) -> bytes:
    """A WAV as a recorder writes it."""
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    samples = b"\x80" * (8000 * seconds)
    body = b"WAVE" + b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_recorders_of_phones_and_browsers_are_understood(name: str, kind: MediaType) -> None:
    accepted = accept(sample(name))
    assert (accepted.media_type, accepted.seconds) == (kind, 1 if "chromium" not in name else accepted.seconds)
    assert accepted.seconds in {1, 2}


@pytest.mark.parametrize("name", KINDS)
def test_what_was_cleaned_is_understood_again_and_stays_the_same(name: str) -> None:
    once = accept(sample(name))
    assert accept(once.content) == once


@pytest.mark.parametrize("name", [name for name in KINDS if b"Marked" in sample(name) or b"22.54" in sample(name)])
def test_title_artist_device_place_and_program_are_gone(name: str) -> None:
    kept = accept(sample(name)).content
    for told in (b"Marked", b"22.54", b"Lavf"):
        assert told not in kept


def test_the_samples_tell_something_that_can_be_taken_away() -> None:
    assert {name.rpartition(".")[2] for name in KINDS if b"Marked" in sample(name)} >= {
        *("mp3", "m4a", "wav", "ogg", "webm", "mp4", "mov"),
    }


def test_when_it_was_made_is_gone() -> None:
    made = struct.pack(">II", 0xE5D3F640, 0xE5D3F640)  # 2026-03-09 04:00 in seconds since 1904
    assert made in sample("film.mov")
    assert made not in accept(sample("film.mov")).content


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("behind", [HTML, b"PK\x03\x04" + bytes(60), b"#!/bin/sh\n"])
def test_what_hangs_behind_a_recording_is_refused(name: str, behind: bytes) -> None:
    with pytest.raises(Refused):
        accept(sample(name) + behind)


@pytest.mark.parametrize("name", KINDS)
def test_half_a_recording_is_refused_or_is_a_shorter_one(name: str) -> None:
    half = sample(name)[: len(sample(name)) // 2]
    if name in {"voice.mp3", "voice.aac", "voice.amr"}:
        # Nothing in such a file says how long it should be.
        assert len(accept(half).content) <= len(half)
    else:
        with pytest.raises(Refused):
            accept(half)


@pytest.mark.parametrize("kind", [b"free", b"uuid", b"meta", b"skip"])
def test_a_film_that_is_a_page_as_well_loses_the_page(kind: bytes) -> None:
    film = sample("chromium-film.mp4")
    assert HTML not in accept(film + box(kind, HTML)).content
    assert HTML not in accept(film + box(b"mdat", HTML)).content  # data that no track points at
    (first,) = struct.unpack_from(">I", film)
    assert HTML not in accept(film[:first] + box(kind, HTML) + film[first:]).content


def test_a_page_before_the_film_makes_it_no_film() -> None:
    with pytest.raises(Unsupported):
        accept(HTML + sample("film.mp4"))


def test_further_tracks_of_a_film_go_with_their_data() -> None:
    film = sample("film.mp4")
    # As if a camera had written along with the pictures where it was: the handler is neither sound nor picture.
    without = accept(film.replace(b"soun", b"meta", 1)).content
    assert b"mp4a" in film
    assert b"mp4a" not in without
    assert without.count(0) > accept(film).content.count(0) + 1000


def test_data_at_an_address_elsewhere_are_refused() -> None:
    film = sample("film.mp4")
    place = film.find(b"url ") + 7
    with pytest.raises(Refused, match="夹着别的内容"):
        accept(film[:place] + b"\0" + film[place + 1 :])


def test_samples_outside_of_the_data_are_refused() -> None:
    film = sample("film.mp4")
    place = film.find(b"stco") + 12
    with pytest.raises(Refused):
        accept(film[:place] + struct.pack(">I", 4) + film[place + 4 :])


@pytest.mark.parametrize(("codec", "other"), [(b"avc1", b"evil"), (b"mp4a", b"drms")])
def test_codecs_that_few_can_play_are_refused(codec: bytes, other: bytes) -> None:
    with pytest.raises(Refused, match="放不出来"):
        accept(sample("film.mp4").replace(codec, other))


def test_a_voice_of_a_minute_is_taken_and_a_longer_one_is_refused_with_its_length() -> None:
    assert accept(silence(AUDIO_SECONDS)).seconds == AUDIO_SECONDS
    assert accept(silence(AUDIO_SECONDS + 4)).seconds == AUDIO_SECONDS
    with pytest.raises(Refused, match="最长 60 秒，这一段有 83 秒"):
        accept(silence(83))


def test_a_film_of_over_half_a_minute_is_refused() -> None:
    film = sample("film.mp4")
    place = film.find(b"stts") + 12  # count and ticks of the pictures
    ticks = struct.unpack_from(">I", film, film.find(b"mdhd") + 16)[0]
    count = struct.unpack_from(">I", film, place)[0]
    longer = film[: place + 4] + struct.pack(">I", ticks * 50 // count) + film[place + 8 :]
    with pytest.raises(Refused, match=f"视频最长 {VIDEO_SECONDS} 秒，这一段有 50 秒"):
        accept(longer)


def test_a_table_that_claims_billions_of_samples_is_refused_at_once() -> None:
    film = sample("film.mp4")
    for table in (b"stsz", b"stts", b"stsc", b"stco"):
        place = film.find(table) + (12 if table == b"stsz" else 8)
        with pytest.raises(Refused):
            accept(film[:place] + b"\xff\xff\xff\xff" + film[place + 4 :])


def test_boxes_in_boxes_without_end_are_refused() -> None:
    film = sample("film.mp4")
    (first,) = struct.unpack_from(">I", film)
    with pytest.raises(Refused):
        accept(film[:first] + box(b"free", b"") * 30_000 + film[first:])


def test_a_damaged_page_and_a_second_stream_in_ogg_are_refused() -> None:
    voice = sample("voice.ogg")
    with pytest.raises(Refused):
        clean_ogg(voice[:-1] + bytes((voice[-1] ^ 1,)))
    with pytest.raises(Refused):
        clean_ogg(voice + voice)


def test_something_between_the_frames_is_refused() -> None:
    voice = sample("voice.mp3")
    middle = accept(voice).content
    cut = middle.find(b"\xff\xf3", len(middle) // 2)
    with pytest.raises(Refused, match="夹着别的内容"):
        accept(middle[:cut] + HTML + middle[cut:])


@given(name=st.sampled_from(sorted(KINDS)), data=st.data())
def test_damage_is_refused_and_never_an_accident(name: str, data: st.DataObject) -> None:
    content = bytearray(sample(name))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Refused):
        accept(bytes(content))
