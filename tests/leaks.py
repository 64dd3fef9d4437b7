"""Keeps what the service writes while the tests run, and looks for marked personal data in it."""

import logging
from pathlib import Path

from tests.people import MARKS


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
        """Send every record of every logger, DEBUG included, to a file."""
        handler = logging.FileHandler(self.folder / f"{name}.log", encoding="utf-8")
        handler.setLevel(logging.DEBUG)
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
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
