"""Taking over rosters: `flask roster import`."""

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from openpyxl import Workbook, load_workbook

from server.core.audit import AuditEvent
from server.core.clock import today
from server.core.db import db
from server.identity.models import RosterEntry, WorkerGroup
from server.identity.papers import IdType, read_id_number
from server.identity.roster import RosterSource
from server.identity.rules import normalise_name
from server.identity.verification import Claim, Confirmation
from server.unions.models import TradeUnion
from tests.people import Person, id_number, person
from tests.rosters import make_union, put_on_roster
from tests.staff import make_district, make_staff

HEADER = ("姓名", "证件类型", "证件号码", "所属工会编码", "手机号")
CODE = "GH440304011-01"

Write = Callable[..., Path]
Run = Callable[..., Result]


@pytest.fixture
def union(app: Flask) -> TradeUnion:
    return make_union(CODE, under=make_district())


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(*rows: Sequence[Any], header: Sequence[Any] | None = HEADER) -> Path:
        workbook = Workbook()
        sheet = workbook.worksheets[0]
        for row in ([header] if header else []) + list(rows):
            sheet.append(list(row))
        path = tmp_path / "roster.xlsx"
        workbook.save(path)
        return path

    return to_file


@pytest.fixture
def run(app: Flask) -> Run:
    make_staff("0042", "district_organisation")

    def flask(command: str, *arguments: object) -> Result:
        by = ["--by", "0042"] if command == "import" else []
        return app.test_cli_runner().invoke(args=["roster", command, *map(str, arguments), *by])

    return flask


def row_of(who: Person, *, id_type: str | None = "居民身份证", code: str = CODE) -> tuple[str | None, ...]:
    return (who.name, id_type, who.id_number, code)


def entries() -> list[RosterEntry]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(RosterEntry)))


def confirms(who: Person) -> bool:
    number = read_id_number(IdType.RESIDENT_ID, who.id_number, today=today(), allow_synthetic=True)
    claim = Claim(number=number, name=normalise_name(who.name), worker_group=WorkerGroup.COURIER)
    return RosterSource().confirm(db.session(), claim) is Confirmation.SAME


def test_the_people_of_a_file_are_confirmed_afterwards(union: TradeUnion, write: Write, run: Run) -> None:
    result = run("import", write(row_of(person(1)), row_of(person(2), id_type=None)))
    assert result.exit_code == 0
    assert "新增 2 人，更新 0 人，重复 0 行，有问题 0 行" in result.output
    assert confirms(person(1))
    assert confirms(person(2))
    assert not confirms(person(3))
    assert {entry.union_id for entry in entries()} == {union.id}


def test_a_dry_run_reports_the_same_and_writes_nothing(union: TradeUnion, write: Write, run: Run) -> None:
    file = write(row_of(person(1)), ("测小错", None, "123", CODE))
    result = run("import", file, "--dry-run")
    assert result.exit_code == 0
    assert "第 3 行" in result.output
    assert "新增 1 人，更新 0 人，重复 0 行，有问题 1 行" in result.output
    assert entries() == []
    assert db.session.scalars(sa.select(AuditEvent)).all() == []


def test_a_file_with_faults_is_refused_as_a_whole_unless_told_otherwise(
    union: TradeUnion, write: Write, run: Run
) -> None:
    file = write(row_of(person(1)), ("测小错", None, "123", CODE))
    refused = run("import", file)
    assert refused.exit_code == 1
    assert "什么都没有写入" in refused.output
    assert entries() == []
    assert run("import", file, "--skip-faulty").exit_code == 0
    assert len(entries()) == 1


def test_importing_again_updates_and_adds_nobody(union: TradeUnion, write: Write, run: Run) -> None:
    run("import", write(row_of(person(1)), row_of(person(2))))
    other = make_union("GH440304015-01", area_code="440304015", under=make_district())
    renamed = Person("测小新名", person(1).phone, person(1).id_number)
    result = run("import", write(row_of(renamed, code=other.code), row_of(person(2)), row_of(person(3))))
    assert "新增 1 人，更新 2 人" in result.output
    assert len(entries()) == 3
    assert confirms(renamed)
    assert not confirms(person(1))


def test_the_report_names_rows_and_never_people(union: TradeUnion, write: Write, run: Run) -> None:
    bad = person(1).id_number[:-1] + ("1" if person(1).id_number[-1] != "1" else "2")
    result = run(
        "import",
        write(
            ("测小蜂", "居民身份证", bad, CODE),
            (person(2).name, "居民身份证", person(2).id_number, "GH-none"),
            ("测小3", "居民身份证", person(3).id_number, CODE),
            (person(4).name, "驾驶证", person(4).id_number, CODE),
        ),
    )
    for number in (2, 3, 4, 5):
        assert f"第 {number} 行：" in result.output
    for secret in (bad, "测小", person(2).id_number, person(3).id_number, "9903"):
        assert secret not in result.output
    assert "有问题 4 行" in result.output


def test_a_row_that_is_there_twice_counts_once(union: TradeUnion, write: Write, run: Run) -> None:
    result = run("import", write(row_of(person(1)), row_of(person(2)), row_of(person(1))))
    assert result.exit_code == 0
    assert "第 4 行：和第 2 行重复" in result.output
    assert "新增 2 人，更新 0 人，重复 1 行" in result.output


def test_one_number_with_two_names_is_a_fault(union: TradeUnion, write: Write, run: Run) -> None:
    twin = Person("测小别人", person(1).phone, person(1).id_number)
    result = run("import", write(row_of(person(1)), row_of(twin)))
    assert "第 3 行：和第 2 行是同一个号码" in result.output
    assert entries() == []


def test_empty_rows_and_titles_above_the_header_are_passed_over(union: TradeUnion, write: Write, run: Run) -> None:
    file = write(
        ("华强北街道会员名单", None, None, None),
        (None, None, None, None),
        (" 会员姓名 ", "身份证号*", "工会编码", "备注"),
        (None, "  ", None, None),
        (person(1).name, person(1).id_number, CODE, "早班"),
        (),
        (person(2).name, person(2).id_number, CODE, None),
        header=None,
    )
    result = run("import", file)
    assert "新增 2 人" in result.output
    assert result.exit_code == 0


def test_a_number_that_a_spreadsheet_has_rounded_is_told_so(union: TradeUnion, write: Write, run: Run) -> None:
    result = run(
        "import", write((person(1).name, None, int(id_number(1, birthday=datetime.date(1990, 3, 7))[:17] + "0"), CODE))
    )
    assert "第 2 行：“证件号码”存成了数字，后几位已经丢了" in result.output
    result = run("import", write((person(1).name, None, 4.40304199003071e17, CODE)))
    assert "第 2 行：“证件号码”存成了数字" in result.output


def test_short_numbers_that_are_numbers_are_read(union: TradeUnion, write: Write, run: Run) -> None:
    assert run("import", write((person(1).name, "台胞证", 12345678, CODE))).exit_code == 0
    assert [entry.id_type for entry in entries()] == [IdType.TW_PASS]


def test_a_formula_is_told_so(union: TradeUnion, write: Write, run: Run) -> None:
    result = run("import", write((person(1).name, None, '=CONCAT("9903","04")', CODE)))
    assert "第 2 行：“证件号码”是公式" in result.output


def test_merged_cells_are_told_so(union: TradeUnion, tmp_path: Path, run: Run) -> None:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in (HEADER, row_of(person(1)), row_of(person(2))):
        sheet.append(list(row))
    sheet.merge_cells("D2:D3")
    workbook.save(tmp_path / "merged.xlsx")
    result = run("import", tmp_path / "merged.xlsx")
    assert "第 3 行：“所属工会编码”是空的（合并的单元格请先拆开）" in result.output


def test_dates_and_truths_are_no_text(union: TradeUnion, write: Write, run: Run) -> None:
    result = run("import", write((datetime.datetime(2026, 3, 1), None, True, CODE)))  # noqa: DTZ001 - a spreadsheet's
    assert "第 2 行：“姓名”要是文字" in result.output


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", "姓名,证件号码".encode()])
def test_what_is_no_xlsx_is_told_so(union: TradeUnion, tmp_path: Path, run: Run, content: bytes) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(content)
    result = run("import", path)
    assert result.exit_code == 1
    assert "打不开这份文件" in result.output


def test_a_file_without_the_columns_is_told_so(union: TradeUnion, write: Write, run: Run) -> None:
    result = run("import", write(("甲", "乙"), header=("姓名", "电话")))
    assert result.exit_code == 1
    assert "没有找到表头" in result.output


def test_ten_thousand_people_go_in_at_once(union: TradeUnion, write: Write, run: Run, count_queries: list[str]) -> None:
    birthdays = [datetime.date(1970, 1, 1) + datetime.timedelta(days=n) for n in range(100)]
    rows = [(f"测小{chr(0x4E00 + n)}", None, id_number(n, birthday=day), CODE) for day in birthdays for n in range(100)]
    count_queries.clear()
    result = run("import", write(*rows))
    assert "新增 10000 人" in result.output
    assert len(count_queries) < 30
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RosterEntry)) == 10_000


def test_the_roster_holds_digests_only(union: TradeUnion, write: Write, run: Run) -> None:
    run("import", write(row_of(person(1))))
    row = db.session.execute(sa.text("SELECT * FROM roster_entry")).one()
    held = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert person(1).id_number.encode() not in held
    assert person(1).name.encode() not in held


def test_an_import_is_in_the_audit_by_its_numbers(union: TradeUnion, write: Write, run: Run) -> None:
    run("import", write(row_of(person(1))))
    (event,) = db.session.scalars(sa.select(AuditEvent)).all()
    assert (event.action, event.detail) == ("roster.import", {"rows": 1, "added": 1, "faults": 0})


def test_the_template_can_be_filled_in_and_imported(union: TradeUnion, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "template.xlsx"
    assert run("template", path).exit_code == 0
    workbook = load_workbook(path)
    sheet = workbook.worksheets[0]
    assert tuple(cell.value for cell in sheet[1]) == HEADER
    assert sheet.column_dimensions["C"].number_format == "@"
    sheet.append(list(row_of(person(1))))
    workbook.save(path)
    assert "新增 1 人" in run("import", path).output


def test_only_who_has_the_unions_in_hand_imports_a_roster(app: Flask, union: TradeUnion, write: Write) -> None:
    file = write(row_of(person(1)))
    make_staff("0001", "district_rights")
    make_staff("0002", "system_admin")
    command = app.test_cli_runner().invoke
    assert command(args=["roster", "import", str(file)]).exit_code == 2
    for number in ("0001", "0002", "9999"):
        refused = command(args=["roster", "import", str(file), "--by", number])
        assert (refused.exit_code, "这个工号办不了这件事" in refused.output) == (1, True)
    assert db.session.scalars(sa.select(RosterEntry)).all() == []


def test_a_row_for_a_union_of_another_district_is_refused_by_itself(union: TradeUnion, write: Write, run: Run) -> None:
    make_union("GH440305-01", area_code="440305")
    file = write(row_of(person(1)), row_of(person(2), code="GH440305-01"))
    refused = run("import", file)
    assert (refused.exit_code, refused.output.count("不归你管")) == (1, 1)
    assert "第 3 行：这个工会不归你管" in refused.output
    assert entries() == []
    assert "新增 1 人" in run("import", file, "--skip-faulty").output
    assert [entry.union_id for entry in entries()] == [union.id]


def test_nobody_is_pulled_over_from_the_list_of_another_district(union: TradeUnion, write: Write, run: Run) -> None:
    theirs = put_on_roster(person(1), union=make_union("GH440305-01", area_code="440305"))
    refused = run("import", write(row_of(person(1)), row_of(person(2))), "--skip-faulty")
    assert "第 2 行：这个号码在别的工会的名单上" in refused.output
    assert {entry.union_id for entry in entries()} == {theirs.id, union.id}
