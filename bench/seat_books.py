"""The nightly look at the books of seats over a million claims: memory of the job, and that it finds what is wrong.

    python -m bench.seat_books [--claims N]

Forty seats of each pool are taken, ten wait behind them; of every hundredth pool a counter is wrong. The job is run
twice, as after it was stopped. Wanted: at most 300 MB of memory in this process at its highest, and one alarm for each
difference.
"""

import argparse
import resource
import sys
import time

import sqlalchemy as sa

from bench.harness import world
from server.app import create_app
from server.core.db import db
from server.core.settings import Settings
from server.seats.verify import note, verify

MOST_MB = 300
SEATS, WAITING = 40, 10
WRONG = 100
"""Of so many pools one does not fit."""
POOLS = """
    INSERT INTO seat_pool
        (id, owner, scope_id, capacity, taken, parties, last_no, free_nos, waiting_enabled, offers, closed)
    SELECT gen_random_uuid(), 'activity', gen_random_uuid(), :seats, :seats,
           :seats - (n % :wrong = 0)::int, :seats, '{}', true, false, true
    FROM generate_series(1, :pools) n
"""
CLAIMS = """
    INSERT INTO seat_claim (id, pool_id, scope_id, holder_id, state, seat_no, companions, priority, queued_at)
    SELECT gen_random_uuid(), id, scope_id, gen_random_uuid(), CASE WHEN n <= :seats THEN 'signed' ELSE 'waiting' END,
           CASE WHEN n <= :seats THEN n END, 0, 0, CASE WHEN n > :seats THEN now() END
    FROM seat_pool, generate_series(1, :seats + :waiting) n
"""


def main() -> bool:
    """Print time and memory; returns whether the limit holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=1_000_000)
    pools = parser.parse_args().claims // (SEATS + WAITING)
    with world("bench-books") as environ, create_app(Settings.from_env(environ)).app_context():
        with db.engine.begin() as connection:
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            connection.execute(sa.text(POOLS), {"seats": SEATS, "pools": pools, "wrong": WRONG})
            connection.execute(sa.text(CLAIMS), {"seats": SEATS, "waiting": WAITING})
        began, runs = time.perf_counter(), 2
        for _ in range(runs):
            note(verify()[1])
        took = (time.perf_counter() - began) / runs
        alarms = db.session.scalar(sa.text("SELECT count(*) FROM seat_alarm WHERE gone_at IS NULL"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    holds = peak <= MOST_MB and alarms == pools // WRONG
    print(f"{pools * (SEATS + WAITING)} claims of {pools} pools in {took:.0f} s, {alarms} alarms of {pools // WRONG}")
    print(f"{'ok ' if holds else 'LOW'} memory at its highest {peak:5.0f} MB   wanted ≤ {MOST_MB}")
    return holds


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
