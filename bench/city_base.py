"""The city's membership base beside ours, 600,000 rows against 600,000 members: time, and memory of the job.

    python -m bench.city_base [--rows N] [--rounds N]

Of every ten people in the file eight are members of the union that it says, one of another one, one is nobody's member;
as many members are not in the file. The same csv is read by hand, in the same run, in turns: `csv`, one HMAC of the
number, COPY and the one join that counts; it checks no number and no name, stores no file, looks for nobody who is
there twice, keeps no line and tells nobody how far it is. Then the same rows as an xlsx. Wanted: at most 40 MB of
memory more than the process has before it reads, and a fifth as fast as by hand. At last as many others, with phones,
as a list whose people are asked first: wanted are at most 300 MB.
"""

import argparse
import csv
import hashlib
import hmac
import itertools
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psycopg
import sqlalchemy as sa

from bench.harness import world
from server.app import create_app
from server.core.access import Level
from server.core.clock import now, today
from server.core.crypto import keyed_hmac
from server.core.db import db, new_id, transaction
from server.core.settings import Settings, settings
from server.identity.models import ID_NUMBER
from server.identity.papers import check_character
from server.unions.lists import reading, service
from server.unions.lists.models import MemberList, MembershipInvitation
from server.unions.lists.vocabulary import ListKind
from server.unions.models import TradeUnion
from server.unions.staff.models import RoleGrant, StaffAccount
from server.unions.staff.roles import roles
from server.unions.staff.vocabulary import GrantState
from server.unions.vocabulary import UnionKind

MOST_MB = 40
"""More than the process has before it reads anything."""
MOST_MB_ASKING = 300
LEAST_RATIO = 0.2
UNIONS = ("GH4403", "GH440304", "GH440305")
STAFF, ROLE = "BENCH", "district_organisation"
STEPS = ("arrange", "nothing", "csv", "by hand", "xlsx", "asking")
BY_HAND = """
    SELECT count(*) FILTER (WHERE m.union_id = h.union_id), count(*) FILTER (WHERE m.union_id <> h.union_id),
           count(*) FILTER (WHERE m.union_id IS NULL), count(*) FILTER (WHERE h.hmac IS NULL)
    FROM by_hand h FULL JOIN (
        SELECT w.id_number_hmac AS hmac, m.union_id FROM worker w JOIN membership m ON m.worker_id = w.id
    ) m USING (hmac)
"""


class Step(NamedTuple):
    """What a process took."""

    seconds: float
    megabytes: float


def main() -> bool:
    """Print times and memory; returns whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=600_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        with create_app().app_context():
            _do(asked.step, asked.rows)
        return True
    with world("bench-base") as environ:

        def step(name: str) -> Step:
            command = [sys.executable, "-m", "bench.city_base", "--rows", str(asked.rows), "--step", name]
            told = subprocess.run(command, env={**os.environ, **environ}, check=True, capture_output=True, text=True)
            return Step(*map(float, told.stdout.split()))

        step("arrange")
        idle = step("nothing").megabytes
        ours: list[Step] = []
        theirs: list[Step] = []
        for turn in range(asked.rounds):
            for side in ("csv", "by hand") if turn % 2 == 0 else ("by hand", "csv"):
                (ours if side == "csv" else theirs).append(step(side))
        book = step("xlsx")
        asking = step("asking")
        with create_app(Settings.from_env(environ)).app_context():
            compared = sa.select(MemberList.counts).where(MemberList.kind == ListKind.CITY_BASE)
            counts = db.session.scalars(compared).all()
            invited = db.session.scalar(sa.select(sa.func.count()).select_from(MembershipInvitation)) or 0
    held = _report(asked.rows, idle, ours, theirs, book, counts)
    sign = "ok " if asking.megabytes <= MOST_MB_ASKING and invited == asked.rows else "LOW"
    print(f"{sign} asking {invited} people first {asking.megabytes:5.0f} MB in {asking.seconds:.0f} s", end="   ")
    print(f"wanted ≤ {MOST_MB_ASKING} MB, all of them asked")
    return held and sign == "ok "


def _report(
    rows: int,
    idle: float,
    ours: Sequence[Step],
    theirs: Sequence[Step],
    book: Step,
    counts: Sequence[Mapping[str, int]],
) -> bool:
    ratio = median(hand.seconds / own.seconds for own, hand in zip(ours, theirs, strict=True))
    peak = max(one.megabytes for one in (*ours, book))
    more = peak - idle
    tenth = rows // 10
    expected = {"same": 8 * tenth, "only_theirs": tenth, "only_ours": tenth, "other_union": tenth, "faults": 0}
    right = all(one == {**expected, "repeated": 0} for one in counts) and len(counts) == len(ours) + 1
    hand, own = (median(one.seconds for one in each) for each in (theirs, ours))
    print(f"{rows} rows: csv {own:.1f} s, by hand {hand:.1f} s, xlsx {book.seconds:.1f} s;", end=" ")
    print(f"{'all' if right else 'NOT all'} of them counted rightly; csv {max(one.megabytes for one in ours):.0f} MB")
    print(f"{'ok ' if ratio >= LEAST_RATIO else 'LOW'} against by hand {ratio:5.2f}   wanted ≥ {LEAST_RATIO}")
    print(f"{'ok ' if more <= MOST_MB else 'LOW'} memory {more:5.0f} MB over {idle:.0f}   wanted ≤ {MOST_MB}")
    return right and ratio >= LEAST_RATIO and more <= MOST_MB


def _do(step: str, rows: int) -> None:
    """One step, in a process of its own; tells its seconds, and its megabytes at their highest."""
    folder = settings().data_dir
    began = time.perf_counter()
    if step == "arrange":
        _arrange(rows)
        _write(folder, rows)
    elif step == "by hand":
        _by_hand(folder / "base.csv")
    elif step == "asking":
        _read(folder / "asking.csv", ListKind.ROSTER)
    elif step != "nothing":
        _read(folder / f"base.{step}")
    print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _people(rows: int) -> Iterator[tuple[str, str]]:
    """Names and numbers, the same ones each time."""
    first = date(1950, 1, 1)
    for one in range(rows):
        digits = f"990304{first + timedelta(days=one // 900):%Y%m%d}{one % 900:03d}"
        yield f"测{chr(0x4E00 + one % 20_000)}{chr(0x4E00 + one // 20_000)}", digits + check_character(digits)


def _arrange(rows: int) -> None:
    """Unions, somebody of a district who compares, and the members."""
    with transaction() as session:
        session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        city = TradeUnion(code=UNIONS[0], name=UNIONS[0], kind=UnionKind.CITY, area_code="4403")
        session.add(city)
        session.flush()
        below = [
            TradeUnion(code=code, name=code, kind=UnionKind.DISTRICT, area_code=code[2:], parent_id=city.id)
            for code in UNIONS[1:]
        ]
        session.add_all(below)
        session.flush()
        staff = StaffAccount(number=STAFF, name="测小工", union_id=below[0].id, created_at=now())
        session.add(staff)
        session.flush()
        session.add(_grant(staff, below[0]))
        ids = {one.code: one.id for one in below}
        cursor = session.connection().connection.cursor()
        members = []
        with cursor.copy("COPY worker (id, level, id_number_hmac) FROM STDIN") as copy:
            for at, (_, number) in enumerate(_people(rows + rows // 10)):
                if at % 10 != 9 or at >= rows:
                    worker = new_id()
                    copy.write_row((worker, Level.L2.value, keyed_hmac(number, purpose=ID_NUMBER)))
                    members.append((new_id(), worker, ids[UNIONS[1 + (at % 10 == 8 and at < rows)]], f"{at:013d}"))
        with cursor.copy("COPY membership (id, worker_id, union_id, number, state, since) FROM STDIN") as copy:
            for member in members:
                copy.write_row((*member, "active", today()))


def _grant(staff: StaffAccount, union: TradeUnion) -> RoleGrant:
    return RoleGrant(
        staff_id=staff.id,
        role=ROLE,
        apart=roles()[ROLE].apart,
        union_id=union.id,
        state=GrantState.GRANTED,
        until=now() + timedelta(days=1),
        created_at=now(),
        reason="",
    )


def _write(folder: Path, rows: int) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    with (folder / "base.csv").open("w", newline="") as plain:
        for write in (sheet.append, csv.writer(plain).writerow):
            write(("姓名", "证件号码", "工会编码"))
            for name, number in _people(rows):
                write((name, number, UNIONS[1]))
    book.save(folder / "base.xlsx")
    with (folder / "asking.csv").open("w", newline="") as plain:
        write = csv.writer(plain).writerow
        write(("姓名", "证件号码", "所属工会编码", "手机号"))
        for at, (name, number) in enumerate(itertools.islice(_people(3 * rows), 2 * rows, None)):
            write((name, number, UNIONS[1], f"139{at:08d}"))


def _read(path: Path, kind: ListKind = ListKind.CITY_BASE) -> None:
    with path.open("rb") as file:
        asked = {"kind": kind, "staff_no": STAFF, "is_csv": path.suffix == ".csv"}
        reading.read_list(str(service.ask(file=file, **asked)))  # type: ignore[arg-type]  # as they are above


def _by_hand(path: Path) -> None:
    key, url = b"k" * 32, settings().database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with db.engine.connect() as ours:
        unions = dict(ours.execute(sa.select(TradeUnion.code, TradeUnion.id)).all())
    with psycopg.connect(url) as connection, connection.cursor() as cursor, path.open(newline="") as file:
        cursor.execute("CREATE TEMPORARY TABLE by_hand (row integer, hmac bytea, union_id uuid) ON COMMIT DROP")
        with cursor.copy("COPY by_hand FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(("int4", "bytea", "uuid"))
            rows = csv.reader(file)
            next(rows)
            for at, (_, number, code) in enumerate(rows):
                copy.write_row((at, hmac.digest(key, number.encode(), hashlib.sha256), unions[code]))
        cursor.execute("ANALYZE by_hand")
        cursor.execute(BY_HAND)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
