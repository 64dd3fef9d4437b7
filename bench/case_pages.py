"""Pages of cases when there are a million, against the same pages when there are a thousand.

    python -m bench.case_pages [--few N] [--many N] [--rounds N]

Two worlds one after the other, alike but for the number of cases: the tree of unions of the demo data, members in every
street, cases copied from one in SQL. One in twenty is open, in the small world nine in ten, so that every page is full;
each open one has a promise that runs. What is asked for: a worker's list, a case by its number, and the queue of the
staff: of one handler, of a street, of a street's cases in one state, of the whole district; first pages and third ones.
Wanted: at most 1.5 times as long with the many.
"""

import argparse
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import sqlalchemy as sa

from bench.case_submit import submitting
from bench.harness import world
from dev.demo import staff, unions
from server.app import create_app
from server.cases import queue, reading
from server.cases.ownership import Key
from server.cases.queue import Question, Whose
from server.cases.summaries import own_cases
from server.cases.vocabulary import Phase
from server.core.db import db
from server.core.settings import Settings

TARGET = 1.5
PAGE = 10
MINE, OPEN_MINE = 60, 60
"""Cases of the worker whose list is asked for, open cases of the handler whose queue is."""
HANDLER, STREET, DISTRICT = "DEMO01", "S0001", "DEMO01"

WORKERS = "INSERT INTO worker (id, level) SELECT gen_random_uuid(), 2 FROM generate_series(1, :workers)"
MEMBERS = """
    INSERT INTO membership (id, worker_id, union_id, number, state, since)
    SELECT gen_random_uuid(), w.id, u.id, 'B' || w.n, 'active', '2026-01-01'
    FROM (SELECT id, row_number() OVER () n FROM worker) w
    JOIN (SELECT id, row_number() OVER (ORDER BY code) - 1 n FROM trade_union WHERE kind = 'federation') u
      ON u.n = w.n % (SELECT count(*) FROM trade_union WHERE kind = 'federation')
"""
CASES = """
    INSERT INTO service_case SELECT (jsonb_populate_record(c, jsonb_build_object(
        'id', gen_random_uuid(), 'no', c.no || '-' || n, 'worker_id', w.id,
        'phase', CASE WHEN n <= :open THEN 'handling' ELSE 'done' END,
        'state', CASE WHEN n > :open THEN 'done' WHEN n % 2 = 0 THEN 'handling' ELSE 'accepted' END,
        'handler_no', CASE WHEN n <= :mine THEN :handler WHEN n % 3 = 0 THEN NULL ELSE 'S9' || n % 97 END,
        'created_at', now() - n * interval '1 minute', 'updated_at', now() - n * interval '1 minute'
    ))).*
    FROM service_case c, generate_series(1, :cases) n
    JOIN (SELECT id, row_number() OVER () row FROM worker) w ON w.row = 1 + n % :workers
"""
OWN = """
    UPDATE service_case SET worker_id = :own WHERE id IN (SELECT id FROM service_case WHERE phase = 'done' LIMIT :mine)
"""
CLOCKS = """
    INSERT INTO clock SELECT (jsonb_populate_record(k, jsonb_build_object(
        'id', gen_random_uuid(), 'owner_id', c.id, 'started_at', c.created_at,
        'due_at', now() - interval '3 days' + random() * interval '20 days', 'alarm_at', NULL,
        'stopped_at', CASE WHEN c.phase = 'done' THEN now() END
    ))).* FROM service_case c, clock k WHERE k.key = 'answer' AND c.id <> k.owner_id
"""


def fill(cases: int, opened: int) -> tuple[uuid.UUID, str]:
    """Make a world; returns the worker whose list is asked for, and the number of one case of theirs."""
    unions.load()
    staff.load()
    send, own = submitting()
    no = send()
    workers = max(200, cases // 20)
    with db.engine.begin() as connection:

        def run(text: str, **given: Any) -> None:
            connection.execute(sa.text(text), given)

        run("SET LOCAL statement_timeout = 0")
        run(WORKERS, workers=workers)
        run(MEMBERS)
        run(CASES, cases=cases, open=opened, workers=workers, mine=OPEN_MINE, handler=HANDLER)
        run(OWN, own=own, mine=MINE)
        run(CLOCKS)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SET statement_timeout = 0"))
        connection.execute(sa.text("VACUUM ANALYZE"))
    return own, no


def asked(own: uuid.UUID, no: str) -> Mapping[str, Callable[[], object]]:
    """What is measured, by name."""
    key = Key(worker_id=own)

    def mine(cursor: str | None) -> Any:
        return own_cases(key=key, cursor=cursor, limit=PAGE)

    def line(question: Question, who: str, cursor: str | None = None) -> Any:
        found = queue.waiting(question, staff_no=who, cursor=cursor, limit=PAGE)
        assert len(found.items) == PAGE, f"{question} has {len(found.items)}"
        return found

    def third(page: Callable[[str | None], Any]) -> Callable[[], object]:
        cursor = page(page(None).next_cursor).next_cursor
        return lambda: page(cursor)

    everything, of_one, handling = Question(), Question(whose=Whose.MINE), Question(phase=Phase.HANDLING)
    return {
        "a worker's list": lambda: mine(None),
        "its third page": third(mine),
        "a case by its number": lambda: reading.own_case(no=no, key=key),
        "the queue of one handler": lambda: line(of_one, HANDLER),
        "of a street": lambda: line(everything, STREET),
        "of a street, by state": lambda: line(handling, STREET),
        "of the district": lambda: line(everything, DISTRICT),
        "its third page, district": third(lambda cursor: line(everything, DISTRICT, cursor)),
        "a number typed at the desk": lambda: queue.found_by_number(no, staff_no=DISTRICT),
    }


def measured(cases: int, opened: int, rounds: int) -> dict[str, float]:
    """Median milliseconds of each question."""
    with world("bench-pages") as environ, create_app(Settings.from_env(environ)).app_context():
        began = time.perf_counter()
        own, no = fill(cases, opened)
        print(f"{cases} cases made in {time.perf_counter() - began:.0f} s", flush=True)
        found = {}
        for name, ask in asked(own, no).items():
            times = []
            for _ in range(rounds):
                start = time.perf_counter()
                ask()
                times.append(1000 * (time.perf_counter() - start))
                db.session.rollback()
            found[name] = median(times)
        db.engine.dispose()
        return found


def main() -> bool:
    """Print times and ratios; returns whether all hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=1000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=60)
    wanted = parser.parse_args()
    few = measured(wanted.few, wanted.few * 9 // 10, wanted.rounds)
    many = measured(wanted.many, wanted.many // 20, wanted.rounds)
    worst = 0.0
    for name in few:
        ratio = many[name] / few[name]
        worst = max(worst, ratio)
        sign = "ok  " if ratio <= TARGET else "HIGH"
        print(f"{sign} {name:<30} {few[name]:7.2f} ms → {many[name]:7.2f} ms   {ratio:5.2f}   wanted ≤ {TARGET:.2f}")
    return worst <= TARGET


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
