"""`flask holidays fill`: drafts a table that an operator reviews."""

from pathlib import Path

from flask import Flask

from server.clocks.tables import HOLIDAYS, read_table


def test_the_draft_of_a_known_year_says_what_the_shipped_table_says(app: Flask, tmp_path: Path) -> None:
    result = app.test_cli_runner().invoke(args=["holidays", "fill", "2026", "--folder", str(tmp_path)])
    assert result.exit_code == 0
    drafted = {(s.day, s.kind) for s in read_table(tmp_path / "2026.csv")}
    shipped = {(s.day, s.kind) for s in read_table(HOLIDAYS / "2026.csv")}
    assert drafted == shipped
    assert "待核对" in (tmp_path / "2026.csv").read_text(encoding="utf-8")


def test_a_table_that_is_there_is_not_overwritten_by_accident(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "2026.csv").write_text("reviewed")
    run = app.test_cli_runner().invoke
    assert run(args=["holidays", "fill", "2026", "--folder", str(tmp_path)]).exit_code == 1
    assert (tmp_path / "2026.csv").read_text() == "reviewed"
    assert run(args=["holidays", "fill", "2026", "--folder", str(tmp_path), "--replace"]).exit_code == 0


def test_an_unknown_year_is_said_to_need_the_notice(app: Flask, tmp_path: Path) -> None:
    result = app.test_cli_runner().invoke(args=["holidays", "fill", "2099", "--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert "notice" in result.output
    assert list(tmp_path.iterdir()) == []
