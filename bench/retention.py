"""Purging a million cases whose time is over: memory of the job, its time, and that it goes on where it was stopped.

    python -m bench.retention [--cases N]

The cases are made by copying one, in SQL; each has answers, a message and a note, every hundredth a photo. All of it
has run out. The job is stopped half-way, in the middle of a batch, by an exception, and begun again. Wanted: at most
300 MB of memory in this process at its highest; every case purged once, and receipts that say so.
"""

import argparse
import resource
import sys
import time
from collections import Counter
from typing import Any

import sqlalchemy as sa

from bench.case_submit import submitting
from bench.harness import world
from server.app import create_app
from server.cases.catalogue import catalogue
from server.cases.files.media import MediaType
from server.cases.models import Author, Case, CaseMessage, CaseNote
from server.cases.retention import purging
from server.cases.retention.receipts import Removed, check_receipts
from server.core.clock import now
from server.core.db import db, transaction
from server.core.settings import Settings
from server.core.storage import storage

MOST_MB = 300
ONE_PHOTO_IN = 100
CASES = """
    INSERT INTO service_case SELECT (jsonb_populate_record(c, jsonb_build_object(
        'id', gen_random_uuid(), 'no', c.no || '-' || n, 'state', 'done', 'phase', 'done'
    ))).* FROM service_case c, generate_series(1, :cases) n
"""
ENDED = """
    INSERT INTO case_retention (case_id, ended_at, due_at, rules_version, purged)
    SELECT id, ended_at, ended_at, 0, '{}' FROM (
        SELECT id, now() - interval '20 years' - row_number() OVER (ORDER BY id) * interval '1 minute' AS ended_at
        FROM service_case WHERE phase = 'done'
    ) AS ended
"""
WORDS = """
    INSERT INTO {table} SELECT (jsonb_populate_record(w, jsonb_build_object(
        'id', gen_random_uuid(), 'case_id', c.id
    ))).* FROM service_case c, {table} w WHERE c.phase = 'done'
"""
PHOTOS = """
    INSERT INTO attachment (id, case_id, sha256, size, media_type, storage_key, created_at, claimed_at)
    SELECT gen_random_uuid(), c.id, repeat('0', 64), 5, :type, key, now(), now()
    FROM (SELECT id, row_number() OVER () n FROM service_case WHERE phase = 'done') c
    JOIN unnest(CAST(:keys AS text[])) WITH ORDINALITY one (key, number) ON c.n = one.number
"""
LEFT = """
    SELECT (SELECT count(*) FROM service_case WHERE phase = 'done' AND emptied_at IS NULL)
         + (SELECT count(*) FROM case_message) + (SELECT count(*) FROM case_note) - 2
         + (SELECT count(*) FROM attachment)
"""
"""What should be gone; the message and the note that the others were copied from belong to a case under way."""
SAID = """
    SELECT retention_class, sum(cases), sum(answers), sum(texts), sum(files) FROM purge_receipt GROUP BY 1
"""


class Stopped(Exception):
    """What stops the job half-way."""


def fill(cases: int) -> list[str]:
    """Make that many cases that have ended; returns the keys of their photos."""
    send, _ = submitting()
    no = send()
    with transaction() as session:
        case_id = session.scalars(sa.select(Case.id).where(Case.no == no)).one()
        session.add(CaseMessage(case_id=case_id, at=now(), author=Author.WORKER, text="公司又发了通知。"))
        session.add(CaseNote(case_id=case_id, at=now(), staff_no="S0001", text="打过电话了。"))
    keys = [storage().put(b"photo") for _ in range(cases // ONE_PHOTO_IN)]
    with db.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.text(CASES), {"cases": cases})
        connection.execute(sa.text(ENDED))
        for table in ("case_message", "case_note"):
            connection.execute(sa.text(WORDS.format(table=table)))
        connection.execute(sa.text(PHOTOS), {"keys": keys, "type": MediaType.JPEG.value})
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SET statement_timeout = 0"))
        connection.execute(sa.text("VACUUM ANALYZE"))
    return keys


def purge_with_a_stop(cases: int) -> tuple[Counter[str], float]:
    """Purge them all, stopped once half-way; returns cases by class after the stop, and the seconds of both runs."""
    remove, batches = purging._purge_alike, 0

    def stopping(*what: Any, **how: Any) -> dict[str, Removed]:
        nonlocal batches
        removed = remove(*what, **how)
        batches += 1
        if batches == cases // purging.AT_ONCE // 2:
            raise Stopped
        return removed

    purging._purge_alike = stopping
    began = time.perf_counter()
    try:
        purging.purge(at=now())
    except Stopped:
        db.session.rollback()
    purging._purge_alike = remove
    after = purging.purge(at=now())
    return after, time.perf_counter() - began


def main() -> bool:
    """Print time and memory; returns whether the limit holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    cases = parser.parse_args().cases
    with world("bench-retention") as environ, create_app(Settings.from_env(environ)).app_context():
        keys = fill(cases)
        print(f"{cases} cases made, {len(keys)} photos", flush=True)
        after, took = purge_with_a_stop(cases)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with db.engine.begin() as connection:
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            left = connection.scalar(sa.text(LEFT))
            said = {row[0]: tuple(map(int, row[1:])) for row in connection.execute(sa.text(SAID))}
        checked = check_receipts()
        files_left = sum(map(storage().has, keys))
        answered = len(catalogue().current["grievance"].example)
    own = said["grievance"]
    sums = [sum(one[part] for one in said.values()) for part in (1, 2, 3)]
    once = own[0] == cases and sums == [answered * cases, 2 * cases, len(keys)]
    holds = peak <= MOST_MB and once and not (left or files_left or checked.broken or checked.missing)
    pace = f"{1000 * took / cases:.2f} s a thousand"
    print(f"{cases} cases in {took:.0f} s ({pace}), {after['grievance']} of them after the stop")
    print(f"left {left} rows and {files_left} files; {checked.receipts} receipts, each case in them once: {once}")
    print(f"{'ok ' if holds else 'LOW'} memory at its highest {peak:5.0f} MB   wanted ≤ {MOST_MB}")
    return holds


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
