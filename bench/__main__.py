"""`make bench`: every benchmark, one after the other, each in a process of its own."""

import subprocess
import sys
from pathlib import Path

BENCHMARKS = (
    "import_time",
    "station_search",
    "signup_rush",
    "seat_promotion",
    "case_read",
    "case_submit",
    "web_page",
)


def main() -> int:
    failed = []
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"bench.{name}"]
        if subprocess.run(command, cwd=Path(__file__).resolve().parent.parent, check=False).returncode:
            failed.append(name)
    print(f"\nbelow their limit: {', '.join(failed)}" if failed else "\nall limits hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
