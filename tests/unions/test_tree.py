"""Who stands under whom, and whose officers have to be elected anew."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.unions.models import TradeUnion
from server.unions.rules import term_end
from server.unions.tree import ending_terms, lineage_of, subtree_of, union_of_area, unions_by_code
from server.unions.vocabulary import UnionKind

FILE = """编码,名称,类型,上级编码,区域编码,企业工会,本届开始,任期年数
C,市,市总工会,,4403,,,
D1,一区,区总工会,C,440304,,2021-06-01,5
D2,二区,区总工会,C,440307,,2024-06-01,5
S,街道,街道总工会,D1,440304011,,2023-02-01,3
F,工联会,工联会,S,440304011,,,
U,单位,单位工会,D1,440304,,2020-02-29,5
P,平台牵头的工联会,工联会,D1,440304,是,,
"""


@pytest.fixture
def tree(app: Flask, tmp_path: Path) -> dict[str, TradeUnion]:
    assert _import(app, tmp_path, FILE)[0] == 0
    return unions_by_code()


def test_a_subtree_is_a_union_and_all_under_it(tree: dict[str, TradeUnion], db_session: Session) -> None:
    codes = {union.id: code for code, union in tree.items()}
    assert {codes[one] for one in db_session.scalars(subtree_of(tree["D1"].id))} == {"D1", "S", "F", "U", "P"}
    assert {codes[one] for one in db_session.scalars(lineage_of(tree["F"].id))} == {"F", "S", "D1", "C"}


def test_both_questions_use_the_indexes(tree: dict[str, TradeUnion], db_session: Session) -> None:
    db_session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    for asked in (subtree_of(tree["D1"].id), lineage_of(tree["F"].id)):
        sql = str(asked.compile(db_session.get_bind(), compile_kwargs={"literal_binds": True}))
        plan = "\n".join(db_session.scalars(sa.text(f"EXPLAIN {sql}")))
        assert "Seq Scan" not in plan
        assert "Index" in plan


def test_an_employers_own_union_is_marked(tree: dict[str, TradeUnion]) -> None:
    assert {code for code, union in tree.items() if union.firm_side} == {"U", "P"}


def test_the_office_of_an_area_is_the_deepest_one(tree: dict[str, TradeUnion], db_session: Session) -> None:
    served = {code: union_of_area(db_session, code) for code in ("440304011", "440304099", "440307", "4403", "4401")}
    assert {code: union and union.code for code, union in served.items()} == {
        "440304011": "S",
        "440304099": "D1",
        "440307": "D2",
        "4403": "C",
        "4401": None,
    }


def test_whose_term_ends_is_listed_the_longest_overdue_first(
    tree: dict[str, TradeUnion], db_session: Session, app: Flask, freeze
) -> None:
    ending = ending_terms(db_session, before=date(2026, 6, 2))
    assert [(one.union.code, one.ends) for one in ending] == [
        ("U", date(2025, 3, 1)),
        ("S", date(2026, 2, 1)),
        ("D1", date(2026, 6, 1)),
    ]
    assert term_end(date(2024, 2, 29), 4) == date(2028, 2, 29)
    said = app.test_cli_runner().invoke(args=["unions", "terms", "--within", "1830"]).output
    assert "共 4 个" in said


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("D1,一区,区总工会,F,440304,,,\n", "自己的下级"),
        ("D1,一区,区总工会,C,440304,,2024-01-01,\n", "一起填"),
        ("D1,一区,区总工会,C,440304,,2024-01-01,4\n", "3 或 5"),
        ("D1,一区,区总工会,C,440304,,2024年1月,5\n", "2026-03-01"),
        ("D1,一区,区总工会,C,440304,可能,,\n", "是 或 否"),
    ],
)
def test_a_tree_with_a_ring_or_a_wrong_term_is_refused(
    app: Flask, tmp_path: Path, tree: dict[str, TradeUnion], row: str, word: str
) -> None:
    status, said = _import(app, tmp_path, FILE.splitlines(keepends=True)[0] + row)
    assert status == 1
    assert word in said


def test_a_union_of_an_unknown_term_is_no_reminder(app: Flask, db_session: Session) -> None:
    db_session.add(TradeUnion(code="X", name="x", kind=UnionKind.UNIT, area_code="440304"))
    db_session.flush()
    assert ending_terms(db_session, before=date(2100, 1, 1)) == []
    db_session.rollback()


def _import(app: Flask, tmp_path: Path, text: str) -> tuple[int, str]:
    file = tmp_path / "unions.csv"
    file.write_text(text, encoding="utf-8")
    done = app.test_cli_runner().invoke(args=["unions", "import", str(file)])
    return done.exit_code, done.output
