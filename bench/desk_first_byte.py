"""How long somebody at the desk waits for the first byte of a page when there are a million cases.

    python -m bench.desk_first_byte [--cases N] [--rounds N]

The world of `bench.case_pages`, the service as it is served, one browser that is signed in, one request after the other
on a connection that stays open. The queue has to begin within 100 ms. The report counts in the database what fell due
in three months; what it takes is printed.
"""

import argparse
import sys
import time
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask

from bench.case_pages import DISTRICT, HANDLER, STREET, fill
from bench.harness import serve, world
from server.app import create_app
from server.core.db import db
from server.core.settings import Settings
from server.unions.staff import sessions
from server.unions.staff.models import StaffAccount, StaffSession

TARGET = 100.0
"""Milliseconds."""
PAGES = {
    "the queue of one handler": (HANDLER, "/console/cases", True),
    "nobody's, of a street": (STREET, "/console/cases?whose=nobody", True),
    "all of the district": (DISTRICT, "/console/cases?whose=all", True),
    "of the district, what is over": (DISTRICT, "/console/cases?whose=all&due=over", True),
    "今日必办": (DISTRICT, "/console/", True),
    "the report of three months": (DISTRICT, "/console/report", False),
}


def signed_in(app: Flask, number: str) -> str:
    """The cookie of a member of the staff who has signed in."""
    account = db.session.scalars(sa.select(StaffAccount).where(StaffAccount.number == number)).one()
    token = sessions.open_session(account=account, user_agent="bench")
    newest = sa.select(StaffSession.id).where(StaffSession.staff_id == account.id).order_by(StaffSession.id.desc())
    token = sessions.complete(session_id=db.session.scalars(newest.limit(1)).one())
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # of Flask's own sessions
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'token': token})}"


def first_byte(base_url: str, path: str, cookie: str, rounds: int) -> float:
    """Median milliseconds until an answer begins."""
    connection = HTTPConnection(urlsplit(base_url).netloc)
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        times.append(1000 * (time.perf_counter() - began))
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    connection.close()
    return median(times)


def main() -> bool:
    """Print times; returns whether the queue begins in time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    wanted = parser.parse_args()
    holds = True
    with world("bench-desk") as environ:
        app = create_app(Settings.from_env(environ))
        with app.app_context():
            fill(wanted.cases, wanted.cases // 20)
            cookies = {number: signed_in(app, number) for number in {HANDLER, STREET, DISTRICT}}
            db.engine.dispose()
        with serve("server.app:create_app()", environ=environ) as server:
            for name, (number, path, promised) in PAGES.items():
                found = first_byte(server.base_url, path, cookies[number], wanted.rounds if promised else 3)
                holds &= not promised or found <= TARGET
                sign = "    " if not promised else "ok  " if found <= TARGET else "HIGH"
                print(
                    f"{sign} {name:<32} {found:8.1f} ms" + (f"   wanted ≤ {TARGET:.0f}" if promised else ""), flush=True
                )
    return holds


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
