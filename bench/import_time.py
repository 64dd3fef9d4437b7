"""How much work a cold process has with importing the application, against the third-party packages it needs at start.

The packages are found by importing the application once and listing what came from outside, so the limit cannot
drift from what the application really uses. Counted is the processor's time of a new process up to the end of the
import: other work on the machine can only lengthen it, so the least of alternating rounds is taken. Both sides read
compiled modules (the first round compiles them), and neither counts the process's end.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = 1.3
ROUNDS = 15

LIST_PACKAGES = """
import sys, server.app
third_party = {name.partition(".")[0] for name, module in sys.modules.items()
               if "site-packages" in (getattr(module, "__file__", None) or "")}
print("\\n".join(sorted(name for name in sys.modules if name.partition(".")[0] in third_party)))
"""
SAY_TIME = """
import os, time
print(time.process_time(), flush=True)
os._exit(0)
"""


def _run(code: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout


def main() -> bool:
    """Print the ratio; returns whether it holds."""
    names = _run(LIST_PACKAGES).split()
    packages = f"import importlib\nfor name in {names!r}: importlib.import_module(name)"
    rounds = [
        (1000 * float(_run("import server.app" + SAY_TIME)), 1000 * float(_run(packages + SAY_TIME)))
        for _ in range(ROUNDS)
    ]
    application, limit = (min(side) for side in zip(*rounds, strict=True))
    ratio: float = application / limit
    print(f"CPU time of importing the application {application:.0f} ms, of its packages {limit:.0f} ms")
    print(f"{'ok ' if ratio <= TARGET else 'HIGH'} import {ratio:5.2f}   wanted ≤ {TARGET:.2f}")
    return ratio <= TARGET


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
