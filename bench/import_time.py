"""How long a cold process takes to import the application, against the third-party packages it needs at start.

The packages are found by importing the application once and listing what came from outside, so the limit cannot
drift from what the application really uses.
"""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
TARGET = 1.3
ROUNDS = 9

LIST_PACKAGES = """
import sys, server.app
third_party = {name.partition(".")[0] for name, module in sys.modules.items()
               if "site-packages" in (getattr(module, "__file__", None) or "")}
print("\\n".join(sorted(name for name in sys.modules if name.partition(".")[0] in third_party)))
"""


def _milliseconds(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    return 1000 * (time.perf_counter() - started)


def main() -> bool:
    """Print the ratio; returns whether it holds."""
    listed = subprocess.run([sys.executable, "-c", LIST_PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True)
    names = listed.stdout.split()
    packages = "import importlib\nfor name in " + repr(names) + ": importlib.import_module(name)"
    application, limit = [], []
    for _ in range(ROUNDS):
        limit.append(_milliseconds(packages))
        application.append(_milliseconds("import server.app"))
    ratio = median(application) / median(limit)
    print(f"import of the application {median(application):.0f} ms, of its packages {median(limit):.0f} ms")
    print(f"{'ok ' if ratio <= TARGET else 'HIGH'} import {ratio:5.2f}   wanted ≤ {TARGET:.2f}")
    return ratio <= TARGET


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
