"""Keeps what the service writes while the tests run, and looks for marked personal data in it."""

import base64
import logging
import re
from pathlib import Path

from tests.people import MARKS

_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){6,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_ESCAPED = re.compile(rb"(?:\\u[0-9a-f]{4})+")


def marks_in(data: bytes) -> set[str]:
    """Marked values in anything, plain or behind hexadecimal digits, base64 or JSON's escapes."""
    found = set(MARKS.findall(data))
    for text in _ESCAPED.findall(data):
        found |= set(MARKS.findall(text.decode("unicode_escape").encode("utf-8", "surrogatepass")))
    for text in _HEX.findall(data):
        found |= set(MARKS.findall(bytes.fromhex(text.decode())))
    for text in _BASE64.findall(data):
        whole = text.translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4):
            part = whole[start:]
            found |= set(MARKS.findall(base64.b64decode(part[: len(part) // 4 * 4])))
    return {mark.decode() for mark in found}


class OutputFolder:
    """One file a process; `find_leaks` reads them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def reset(self) -> None:
        """Forget the last run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("*.log"):
            old.unlink()

    def keep_logging_of_this_process(self, name: str) -> None:
        """Send every record of every logger, DEBUG included, to a file, in the form in which the service writes it."""
        handler = logging.FileHandler(self.folder / f"{name}.log", encoding="utf-8")
        handler.setLevel(logging.DEBUG)
        handler.setFormatter(as_the_service_writes())
        logging.getLogger().addHandler(handler)

    def find_leaks(self) -> list[str]:
        """`file:line` of every line that holds a marked value, without the value."""
        found = []
        for file in sorted(self.folder.glob("*.log")):
            for number, line in enumerate(file.read_bytes().splitlines(), start=1):
                if MARKS.search(line):
                    found.append(
                        f"{file.name}:{number} {MARKS.sub(b'<marked>', line)[:300].decode('utf-8', 'replace')}"
                    )
        return found


def as_the_service_writes() -> logging.Formatter:
    """The form of the service's own log lines; there once an application was made."""
    formatter = logging.getLogger().handlers[0].formatter
    assert formatter is not None
    return formatter
