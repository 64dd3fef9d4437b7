"""`python -m dev.demo`: load the demo data. Running it again adds nothing twice."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import sqlalchemy as sa

from server.app import create_app
from server.core.db import transaction
from server.core.settings import settings
from server.notices.models import Delivery

PARTS = ("unions", "staff", "people", "stations", "activities", "cases", "past")
"""In the order in which they need each other; each module has `load() -> str`, which says what there is now."""


def load_all() -> None:
    """Load every part, inside an application context."""
    with nothing_leaves_the_app():
        for part in PARTS:
            print(f"· {import_module(f'dev.demo.{part}').load()}")


@contextmanager
def nothing_leaves_the_app() -> Iterator[None]:
    """What is told in the demo's past was told then: no message goes out now, and nobody has to be rung up."""
    with transaction() as session:
        known = session.scalars(sa.select(Delivery.notice_id)).all()
    yield
    with transaction() as session:
        session.execute(sa.delete(Delivery).where(Delivery.notice_id.not_in(known)))


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
