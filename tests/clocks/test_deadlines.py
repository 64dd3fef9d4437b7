"""The table of what services may promise."""

from pathlib import Path

import pytest

from server.clocks.deadlines import Confidence, deadlines, load_deadlines
from server.clocks.rules import Basis
from server.clocks.tables import TableError

HEADER = "code,name,basis,amount,pausable,version,confidence,source"


@pytest.mark.parametrize(
    ("code", "basis", "amount", "pausable"),
    [
        ("LA_DECIDE", Basis.CALENDAR_DAYS, 7, True),
        ("LA_ASSIGN", Basis.CALENDAR_DAYS, 3, False),
        ("GR_SIGN", Basis.WORKING_DAYS, 1, False),
        ("GR_CONSULT", Basis.WORKING_DAYS, 2, True),
        ("GR_HANDLE", Basis.WORKING_DAYS, 5, True),
        ("GR_SUGGEST", Basis.WORKING_DAYS, 7, True),
        ("NEED_MORE", Basis.WORKING_DAYS, 5, False),
    ],
)
def test_the_shipped_table_promises_what_the_rules_say(code: str, basis: Basis, amount: int, pausable: bool) -> None:
    deadline = deadlines()[code]
    assert (deadline.basis, deadline.amount, deadline.pausable) == (basis, amount, pausable)


def test_only_what_a_statute_says_is_called_confirmed() -> None:
    confirmed = {d.code for d in deadlines().values() if d.confidence is Confidence.CONFIRMED}
    assert confirmed == {"LA_DECIDE", "LA_ASSIGN"}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("A,办理,weeks,5,no,1,drafted,拟定", "line 2: 'weeks'"),
        ("A,办理,hours,0,no,1,drafted,拟定", "start at 1"),
        ("A,办理,hours,many,no,1,drafted,拟定", "line 2"),
        ("A,办理,hours,5,maybe,1,drafted,拟定", "maybe"),
        ("A,办理,years,1,yes,1,drafted,拟定", "not paused"),
        ("A,办理,hours,5,no,1,drafted,", "source"),
        ("A,办理,hours,5,no,1,drafted,拟定\nA,办理,hours,5,no,1,drafted,拟定", "line 3: A appears twice"),
    ],
)
def test_a_wrong_row_is_refused_naming_the_line(tmp_path: Path, row: str, complaint: str) -> None:
    path = tmp_path / "deadlines.csv"
    path.write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    with pytest.raises(TableError, match=complaint):
        load_deadlines(path)
