"""A sign-up as an entry for any calendar: iCalendar, RFC 5545. Pure."""

import uuid
from datetime import UTC, datetime, timedelta

from msgspec import Struct

LINE_OCTETS = 75
REMINDERS = (timedelta(days=1), timedelta(hours=2))
"""Before it begins."""


class Entry(Struct, frozen=True):
    """One appointment; times are aware. `id` stays the same, so that a calendar that has it already updates it."""

    id: uuid.UUID
    title: str
    place: str
    text: str
    starts_at: datetime
    ends_at: datetime


def calendar_file(entry: Entry, *, made_at: datetime) -> str:
    """The file with this one entry and its reminders."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//warmbee//activities//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{entry.id}@warmbee",
        f"DTSTAMP:{_instant(made_at)}",
        f"DTSTART:{_instant(entry.starts_at)}",
        f"DTEND:{_instant(entry.ends_at)}",
        f"SUMMARY:{_text(entry.title)}",
        f"LOCATION:{_text(entry.place)}",
        f"DESCRIPTION:{_text(entry.text)}",
        "STATUS:CONFIRMED",
        *(line for before in REMINDERS for line in _reminder(before, entry.title)),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _reminder(before: timedelta, title: str) -> list[str]:
    hours = int(before.total_seconds() // 3600)
    return ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:-PT{hours}H", f"DESCRIPTION:{_text(title)}", "END:VALARM"]


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Section 3.3.11: backslash, semicolon, comma and line breaks are escaped, other control characters left out."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(character for character in escaped if character >= " " and character != "\x7f")


def _folded(line: str) -> str:
    """Section 3.1: no line longer than 75 octets; what follows begins with a space. Characters are not cut in two."""
    parts, room = [""], LINE_OCTETS
    for character in line:
        octets = len(character.encode())
        if octets > room:
            parts.append("")
            room = LINE_OCTETS - 1
        parts[-1] += character
        room -= octets
    return "\r\n ".join(parts)
