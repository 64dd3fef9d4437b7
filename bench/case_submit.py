"""Submitting a case, against the same rows by one statement written by hand.

    python -m bench.case_submit [--rounds N] [--cases N]

One case is submitted, and every row that its transaction wrote is looked up by that transaction, in all tables: case,
clocks, timeline, consents, audit, notice, jobs if there are any. The statement writes rows like them, with ids of their
own, in a transaction of its own over psycopg. Both run in this process, in turns; what counts is cases a second.
"""

import argparse
import sys
import time
import uuid
from collections.abc import Callable
from statistics import median
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql
from psycopg.types.json import Jsonb

from bench.harness import world
from server.app import create_app
from server.cases.catalogue import catalogue
from server.cases.submission import Submission, submit
from server.core.access import Level, Principal
from server.core.db import db, new_id, transaction
from server.core.settings import Settings
from server.identity.consents import GivenConsent, consent_texts
from server.identity.models import Worker

TARGET = 0.50
Rows = list[tuple[str, dict[str, Any]]]
"""Table and row, in the order in which they can be inserted."""
FIRST = "service_case"


def submitting() -> tuple[Callable[[], str], uuid.UUID]:
    """What submits one more case of one worker, and whose."""
    with transaction() as session:
        who = Worker(id=new_id(), level=Level.L2)
        session.add(who)
    service, texts = catalogue().current["grievance"], consent_texts()
    consents = [GivenConsent(rule.key, texts[rule.key].version) for rule in service.consents if not rule.with_place]
    caller = Principal(worker_id=who.id, level=Level.L2, session_id=new_id())
    asked = Submission(service.key, "named", service.example, consents)
    return (lambda: submit(asked, caller=caller).case.no), who.id


def written(no: str) -> Rows:
    """All rows of the transaction that made a case."""
    connection = db.session.connection()
    xmin = connection.scalar(sa.text("SELECT xmin::text FROM service_case WHERE no = :no"), {"no": no})
    tables = connection.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).all()
    rows: Rows = []
    for table in sorted(tables, key=lambda name: (name != FIRST, name)):
        found = connection.execute(sa.text(f'SELECT * FROM "{table}" WHERE xmin::text = :xmin'), {"xmin": xmin})
        rows += [(table, dict(row._mapping)) for row in found]
    db.session.rollback()
    return rows


def by_hand(rows: Rows, *, keep: uuid.UUID) -> Callable[[psycopg.Connection[Any], int], None]:
    """What writes rows like these once more, in one statement."""
    parts = [
        sql.SQL("w{} AS (INSERT INTO {} ({}) VALUES ({}))").format(
            sql.SQL(str(number)),
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join([sql.Placeholder()] * len(row)),
        )
        for number, (table, row) in enumerate(rows)
    ]
    statement = sql.SQL("WITH {} SELECT 1").format(sql.SQL(", ").join(parts))
    no = rows[0][1]["no"]

    def write(connection: psycopg.Connection[Any], number: int) -> None:
        ids: dict[Any, Any] = {keep: keep}

        def other(value: Any) -> Any:
            if isinstance(value, uuid.UUID):
                return ids.setdefault(value, new_id())
            if isinstance(value, dict | list):
                return Jsonb(value)
            if isinstance(value, str) and value == no:
                return f"{no}-{number}"
            return value

        connection.execute(statement, [other(value) for _, row in rows for value in row.values()])
        connection.commit()

    return write


def rate(act: Callable[[int], object], count: int) -> float:
    """Times a second."""
    began = time.perf_counter()
    for number in range(count):
        act(number)
    return count / (time.perf_counter() - began)


def main() -> bool:
    """Print rates and ratio; returns whether it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cases", type=int, default=200)
    wanted = parser.parse_args()
    with world("bench-submit") as environ, create_app(Settings.from_env(environ)).app_context():
        send, worker_id = submitting()
        send()
        rows = written(send())
        write = by_hand([row for row in rows if row[0] != "consent"], keep=worker_id)
        url = environ["DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://", 1)
        ours, hand = [], []
        with psycopg.connect(url) as connection:
            for turn in range(wanted.rounds):
                offset = turn * wanted.cases
                ours.append(rate(lambda _: send(), wanted.cases))
                hand.append(rate(lambda number: write(connection, offset + number), wanted.cases))  # noqa: B023 - used at once
    print("rows of one case: " + ", ".join(table for table, _ in rows))
    print(f"submitted {median(ours):8.0f} a second\nby hand   {median(hand):8.0f} a second")
    found = median(one / other for one, other in zip(ours, hand, strict=True))
    holds = found >= TARGET
    print(f"{'ok ' if holds else 'LOW'} submitting a case / one statement  {found:5.2f}   wanted ≥ {TARGET:.2f}")
    return holds


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
