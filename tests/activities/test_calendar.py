"""The calendar entry is a file that any calendar reads, whatever the activity's text holds."""

import uuid
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from server.activities.calendar import LINE_OCTETS, Entry, calendar_file

STARTS = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
ENTRY_ID = uuid.UUID("019a0000-0000-7000-8000-000000000001")


def written(*, title: str = "免费体检", place: str = "福民路 12 号", text: str = "空腹来") -> str:
    entry = Entry(id=ENTRY_ID, title=title, place=place, text=text, starts_at=STARTS, ends_at=STARTS.replace(hour=8))
    return calendar_file(entry, made_at=STARTS.replace(month=2))


def read(file: str) -> dict[str, str]:
    """Unfolded and unescaped as RFC 5545 says; of repeated names the first."""
    lines = file.replace("\r\n ", "").split("\r\n")
    assert lines.pop() == ""
    values: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        assert colon
        out, characters = "", iter(value)
        for character in characters:
            if character == "\\":
                escaped = next(characters)
                out += "\n" if escaped == "n" else escaped
            else:
                out += character
        values.setdefault(name, out)
    return values


def test_an_entry_says_what_where_and_when() -> None:
    found = read(written())
    assert found["UID"] == f"{ENTRY_ID}@warmbee"
    assert (found["DTSTART"], found["DTEND"], found["DTSTAMP"]) == (
        "20260301T060000Z",
        "20260301T080000Z",
        "20260201T060000Z",
    )
    assert (found["SUMMARY"], found["LOCATION"], found["DESCRIPTION"]) == ("免费体检", "福民路 12 号", "空腹来")


def test_it_reminds_a_day_and_two_hours_before() -> None:
    assert [line for line in written().split("\r\n") if line.startswith("TRIGGER")] == [
        "TRIGGER:-PT24H",
        "TRIGGER:-PT2H",
    ]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=200))
def test_any_text_survives_escaping_and_folding(text: str) -> None:
    file = written(title=text, text=text)
    assert all(len(line.encode()) <= LINE_OCTETS for line in file.split("\r\n"))
    assert read(file)["SUMMARY"] == read(file)["DESCRIPTION"] == text


def test_a_text_cannot_become_a_line_of_its_own() -> None:
    file = written(title="体检\r\nATTACH:http://198.51.100.1/\x00")
    assert not any(line.startswith("ATTACH") for line in file.split("\r\n"))
    assert read(file)["SUMMARY"] == "体检\nATTACH:http://198.51.100.1/"
