"""The table of what services may promise."""

import csv
from datetime import date
from pathlib import Path

import pytest

from server.clocks.deadlines import Confidence, Deadline, deadline_of, deadlines, in_force, load_deadlines
from server.clocks.limitation import PRIOR_AID_DAYS, YEARS
from server.clocks.rules import Basis
from server.clocks.tables import TableError

HEADER = "code,name,basis,amount,counted,pausable,extension,owed_by,alarms,version,from,confidence,source"
NOW = date(2026, 3, 13)


def shipped(code: str) -> Deadline:
    return deadline_of(code, on=NOW)


# ── the 32 rows that the rules were collected in

COLLECTED = list(csv.DictReader((Path(__file__).parent / "data" / "deadlines.csv").open(encoding="utf-8", newline="")))
OURS = {"12345_SIGN": "GR_SIGN", "12345_ASK": "GR_CONSULT", "12345_GEN": "GR_HANDLE"}
"""Codes begin with a letter."""
UNITS = {
    "自然日": {Basis.CALENDAR_DAYS, Basis.PLAIN_DAYS},
    "工作日": {Basis.WORKING_DAYS},
    "小时": {Basis.HOURS},
    "年": {Basis.YEARS},
}
EXTENSIONS = {"ARB_AWARD": 15, "XF_CLOSE": 30, "12345_ASK": 10, "12345_GEN": 10, "AID_DECIDE": 5}
OURS_TO_GIVE = {"12345_ASK"}
"""Rows of which nobody says whether they may stand still or take longer; we let them, as every answer of ours."""


def confidence_of(words: str) -> Confidence:
    if words.startswith("已核"):
        return Confidence.CONFIRMED
    return Confidence.DRAFTED if words == "拟定" else Confidence.UNCONFIRMED


def test_all_collected_rows_are_here() -> None:
    assert len(COLLECTED) == 32


@pytest.mark.parametrize("row", [row for row in COLLECTED if row["unit"] != "规则"], ids=lambda row: str(row["code"]))
def test_every_collected_rule_is_in_the_table_with_its_confidence(row: dict[str, str]) -> None:
    deadline = shipped(OURS.get(row["code"], row["code"]))
    assert deadline.amount == int(row["amount"])
    assert deadline.basis in UNITS[row["unit"]]
    assert deadline.confidence is confidence_of(row["confidence"])
    assert deadline.extension == EXTENSIONS.get(row["code"], 0)
    said = "补正" in row["pausable"] or "暂停" in row["pausable"]
    assert deadline.pausable == (said or row["code"] in OURS_TO_GIVE)


def test_the_rules_that_are_not_rows_are_in_the_code() -> None:
    (rule,) = [row for row in COLLECTED if row["unit"] == "规则"]
    assert rule["code"] == "CIVIL_DAY1"  # counted so by every test of test_rules
    assert shipped("LA_PRIOR").amount == PRIOR_AID_DAYS
    assert shipped("ARB_LIMIT").amount == shipped("ARB_WAGE").amount == YEARS


@pytest.mark.parametrize(
    ("code", "basis", "amount", "pausable"),
    [
        ("GR_TRIAGE", Basis.WORKING_HOURS, 4, False),
        ("GR_SIGN", Basis.WORKING_DAYS, 1, False),
        ("GR_CONSULT", Basis.WORKING_DAYS, 2, True),
        ("GR_HANDLE", Basis.WORKING_DAYS, 5, True),
        ("GR_SUGGEST", Basis.WORKING_DAYS, 7, True),
        ("GR_COMPLEX", Basis.WORKING_DAYS, 15, True),
        ("GR_URGENT", Basis.HOURS, 24, True),
        ("NEED_MORE", Basis.WORKING_DAYS, 5, False),
        ("CONFIRM", Basis.WORKING_DAYS, 10, False),
    ],
)
def test_a_grievance_promises_what_the_rules_say(code: str, basis: Basis, amount: int, pausable: bool) -> None:
    deadline = shipped(code)
    assert (deadline.basis, deadline.amount, deadline.pausable) == (basis, amount, pausable)


def test_only_what_a_statute_says_is_called_confirmed() -> None:
    sure = {code for code in deadlines() if shipped(code).confidence is Confidence.CONFIRMED}
    assert all(code.startswith(("LA_", "LM_", "ARB_", "APPEAL", "ENFORCE", "XF_")) for code in sure)
    assert all(not shipped(code).source.startswith("拟定") for code in sure)


def test_limits_on_a_workers_right_do_not_roll() -> None:
    assert shipped("ARB_SUE").basis is Basis.PLAIN_DAYS


# ── versions

SHORT = "A,办理,working_days,5,after,no,0,union,100%,1,,drafted,拟定"
LONG = "A,办理,working_days,7,after,no,0,union,100%,2,2026-07-01,drafted,拟定"


def table(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "deadlines.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return path


def test_a_new_version_holds_from_its_day_on(tmp_path: Path) -> None:
    versions = load_deadlines(table(tmp_path, SHORT, LONG))["A"]
    assert [in_force(versions, date(2026, 6, day)).version for day in (1, 30)] == [1, 1]
    assert in_force(versions, date(2026, 7, 1)).amount == 7


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (("A,办理,weeks,5,after,no,0,union,,1,,drafted,拟定",), "line 2: 'weeks'"),
        (("A,办理,hours,0,after,no,0,union,,1,,drafted,拟定",), "start at 1"),
        (("A,办理,hours,many,after,no,0,union,,1,,drafted,拟定",), "line 2"),
        (("A,办理,hours,5,sideways,no,0,union,,1,,drafted,拟定",), "sideways"),
        (("A,办理,hours,5,after,maybe,0,union,,1,,drafted,拟定",), "maybe"),
        (("A,办理,hours,5,after,no,0,nobody,,1,,drafted,拟定",), "nobody"),
        (("A,办理,hours,5,after,no,0,union,soon,1,,drafted,拟定",), "'soon' is no alarm"),
        (("A,办理,years,1,after,yes,0,union,,1,,drafted,拟定",), "not paused"),
        (("A,办理,years,1,after,no,1,union,,1,,drafted,拟定",), "not extended"),
        (("A,办理,working_hours,1,before,no,0,union,,1,,drafted,拟定",), "before an event"),
        (("A,办理,hours,5,after,no,0,union,,1,,drafted,",), "source"),
        ((SHORT, SHORT), "line 3: A appears twice"),
        ((LONG,), "its version is not 1"),
        ((SHORT, LONG.replace("2026-07-01", "")), "from which day"),
        ((SHORT, LONG, LONG.replace(",2,2026", ",3,2026")), "not after the version before"),
        ((SHORT, LONG.replace("union", "worker")), "keeps counted, pausable and owed_by"),
    ],
)
def test_a_wrong_row_is_refused_naming_the_line(tmp_path: Path, rows: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(TableError, match=complaint):
        load_deadlines(table(tmp_path, *rows))
