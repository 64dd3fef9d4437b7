"""The union tree from a file: whole or not at all."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.audit import AuditEvent
from server.core.db import db
from server.unions.models import TradeUnion
from tests.staff import make_staff

HEAD = "编码,名称,类型,上级编码,区域编码\n"
CITY = "GH4403,市总工会（测试）,市总工会,,4403\n"
DISTRICT = "GH440304,区总工会（测试）,区总工会,GH4403,440304\n"


def run(app: Flask, tmp_path: Path, text: str, *options: str) -> tuple[int, str]:
    file = tmp_path / "unions.csv"
    file.write_bytes(text.encode("utf-8-sig"))
    done = app.test_cli_runner().invoke(args=["unions", "import", str(file), *options])
    return done.exit_code, done.output


def names() -> dict[str, str]:
    db.session.rollback()
    db.session.expire_all()
    return dict(db.session.execute(sa.select(TradeUnion.code, TradeUnion.name)).all())


def test_a_tree_is_written_and_a_second_file_updates_it(app: Flask, tmp_path: Path) -> None:
    assert run(app, tmp_path, HEAD + CITY + DISTRICT)[0] == 0
    assert set(names()) == {"GH4403", "GH440304"}
    assert run(app, tmp_path, HEAD + CITY.replace("（测试）", "")) == (0, "新增 0 个，更新 1 个，有问题 0 处。\n")
    assert names()["GH4403"] == "市总工会"
    actions = db.session.scalars(sa.select(AuditEvent.action)).all()
    assert list(actions) == ["unions.import"] * 2


def test_a_dry_run_writes_nothing(app: Flask, tmp_path: Path) -> None:
    status, said = run(app, tmp_path, HEAD + CITY + DISTRICT, "--dry-run")
    assert status == 0
    assert "新增 2 个" in said
    assert names() == {}


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("GH1,某工会,区总工会,GH9,440304\n", "上级编码"),
        ("GH1,,区总工会,GH4403,440304\n", "名称"),
        ("GH1,某工会,小组,GH4403,440304\n", "类型"),
        ("GH1,某工会,区总工会,GH4403,44030\n", "区域编码"),
    ],
)
def test_a_row_with_a_fault_is_named_and_nothing_is_written(app: Flask, tmp_path: Path, row: str, word: str) -> None:
    status, said = run(app, tmp_path, HEAD + CITY + row)
    assert status == 1
    assert "第 3 行" in said
    assert word in said
    assert names() == {}


def test_a_file_without_the_columns_is_refused(app: Flask, tmp_path: Path) -> None:
    assert run(app, tmp_path, "code,name\n1,2\n")[0] == 1


def test_once_there_are_accounts_an_import_names_one_that_may(app: Flask, tmp_path: Path) -> None:
    assert run(app, tmp_path, HEAD + CITY + DISTRICT)[0] == 0
    make_staff("0001", "district_rights")
    make_staff("0043", "system_admin")
    make_staff("0042", "district_organisation")
    renamed = HEAD + DISTRICT.replace("（测试）", "")
    assert run(app, tmp_path, renamed)[0] == 2
    for number in ("0001", "0043"):
        assert run(app, tmp_path, renamed, "--by", number)[0] == 1
    assert names()["GH440304"] == "区总工会（测试）"
    assert run(app, tmp_path, renamed, "--by", "0042")[0] == 0
    assert db.session.scalars(sa.select(AuditEvent.actor).order_by(AuditEvent.at)).all() == ["system", "staff:0042"]


STREETS = (
    "GH440304011,甲街道总工会,街道总工会,GH440304,440304011\nGH440304012,乙街道总工会,街道总工会,GH440304,440304012\n"
)
OTHERS = "GH440305,别的区总工会,区总工会,GH4403,440305\nGH440305001,别的街道总工会,街道总工会,GH440305,440305001\n"


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("GH440305001,改个名字,街道总工会,GH440304,440304013\n", "这个工会不归你管"),
        ("GH440305,改个名字,区总工会,GH4403,440305\n", "这个工会不归你管"),
        ("GH440304099,新街道总工会,街道总工会,GH440305,440304099\n", "这个上级工会不归你管"),
        ("GH440304099,新区总工会,区总工会,,440304\n", "这个上级工会不归你管"),
        ("GH440304,区总工会（测试）,区总工会,GH440305,440304\n", "这个上级工会不归你管"),
        ("GH440304012,乙街道总工会,街道总工会,GH440304,440305001\n", "这个区域不归你管"),
    ],
)
def test_a_row_outside_of_the_importers_subtree_is_refused(app: Flask, tmp_path: Path, row: str, word: str) -> None:
    assert run(app, tmp_path, HEAD + CITY + DISTRICT + STREETS + OTHERS)[0] == 0
    make_staff("0042", "district_organisation")
    before = names()
    status, said = run(app, tmp_path, HEAD + row, "--by", "0042")
    assert (status, "第 2 行" in said, word in said) == (1, True, True)
    assert names() == before


def test_a_district_corrects_its_own_row_and_adds_below_what_it_added(app: Flask, tmp_path: Path) -> None:
    assert run(app, tmp_path, HEAD + CITY + DISTRICT + STREETS + OTHERS)[0] == 0
    make_staff("0042", "district_organisation")
    below = (
        "GH440304013,丙街道总工会,街道总工会,GH440304,440304013\nGH440304013-01,丙工联会,工联会,GH440304013,440304013\n"
    )
    renamed = DISTRICT.replace("（测试）", "（新）")
    assert run(app, tmp_path, HEAD + renamed + below, "--by", "0042") == (0, "新增 2 个，更新 1 个，有问题 0 处。\n")
    assert names()["GH440304"] == "区总工会（新）"
