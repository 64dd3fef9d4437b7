"""Telling of a million cases whose clocks run out: memory of the job, and that it goes on where it was stopped.

    python -m bench.escalation [--cases N]

The cases are made by copying one, in SQL; each has one clock that has run out. The job is stopped half-way by an
exception and begun again. Wanted: at most 300 MB of memory in this process at its highest, each clock told of once.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from bench.case_submit import submitting
from bench.harness import world
from server.app import create_app
from server.cases import escalation
from server.clocks.ringing import BATCH, Ringing, ring
from server.core.clock import now
from server.core.db import db
from server.core.settings import Settings

MOST_MB = 300
CASES = """
    INSERT INTO service_case SELECT (jsonb_populate_record(c, jsonb_build_object(
        'id', gen_random_uuid(), 'no', c.no || '-' || n
    ))).* FROM service_case c, generate_series(2, :cases) n
"""
CLOCKS = """
    INSERT INTO clock SELECT (jsonb_populate_record(k, jsonb_build_object(
        'id', gen_random_uuid(), 'owner_id', c.id, 'started_at', now() - interval '60 days',
        'due_at', now() - interval '40 days', 'alarm_at', now() - interval '45 days'
    ))).* FROM service_case c, clock k WHERE k.key = 'answer' AND c.id <> k.owner_id
"""


class Stopped(Exception):
    """What stops the job half-way."""


def main() -> bool:
    """Print time and memory; returns whether the limit holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    cases = parser.parse_args().cases
    with world("bench-escalation") as environ, create_app(Settings.from_env(environ)).app_context():
        send, _ = submitting()
        send()
        with db.engine.begin() as connection:
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            connection.execute(sa.text(CASES), {"cases": cases})
            connection.execute(sa.text(CLOCKS))
        batches = 0

        def stopping(*, tell: Callable[[list[Ringing]], None], **how: Any) -> int:
            def tell_or_stop(ringing: list[Ringing]) -> None:
                nonlocal batches
                batches += 1
                if batches == cases // BATCH // 2:
                    raise Stopped
                tell(ringing)

            return ring(tell=tell_or_stop, **how)

        escalation.ring = stopping  # type: ignore[attr-defined]  # in its place while it runs
        began = time.perf_counter()
        try:
            escalation.escalate(at=now())
        except Stopped:
            db.session.rollback()
        escalation.ring = ring  # type: ignore[attr-defined]
        escalation.escalate(at=now())
        took = time.perf_counter() - began
        told = db.session.scalar(sa.text("SELECT count(*) FROM staff_notice"))
        left = db.session.scalar(sa.text("SELECT count(*) FROM clock WHERE alarm_at <= now() AND stopped_at IS NULL"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    holds = peak <= MOST_MB and told == cases - 1 and left == 0
    print(f"{cases} cases in {took:.0f} s ({cases / took:.0f} a second), told {told}, left {left}")
    print(f"{'ok ' if holds else 'LOW'} memory at its highest {peak:5.0f} MB   wanted ≤ {MOST_MB}")
    return holds


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
