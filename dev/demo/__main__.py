"""`python -m dev.demo`: load the demo data. Running it again adds nothing twice."""

import sys
from importlib import import_module

from server.app import create_app
from server.core.settings import settings

PARTS = ("unions", "staff", "people", "stations", "activities", "cases")
"""In the order in which they need each other; each module has `load() -> str`, which says what there is now."""


def load_all() -> None:
    """Load every part, inside an application context."""
    for part in PARTS:
        print(f"· {import_module(f'dev.demo.{part}').load()}")


def main() -> int:
    app = create_app()
    with app.app_context():
        if settings().production:
            print("✗ Demo data is never loaded in production.", file=sys.stderr)
            return 1
        load_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
