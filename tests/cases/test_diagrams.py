"""The services' pages are those of their files."""

from pathlib import Path

import pytest
from flask import Flask

from server.cases.diagrams import page
from tests.cases.declared import services

PAGES = Path(__file__).parents[2] / "docs" / "services"


@pytest.mark.parametrize("key", services())
def test_the_page_of_a_service_is_up_to_date(key: str) -> None:
    written = (PAGES / f"{key}.md").read_text(encoding="utf-8")
    assert written == page(services()[key]), "run `flask --app server.app case diagrams`"


@pytest.mark.parametrize("key", services())
def test_every_state_and_way_is_drawn(key: str) -> None:
    drawn, machine = page(services()[key]), services()[key].machine
    for step in machine.steps.values():
        for source in step.sources:
            assert step.target is None or f"  {source} --> {step.target} : " in drawn
    assert all(f"  {code} : " in drawn for code in machine.states)


def test_the_command_writes_them(app: Flask, tmp_path: Path) -> None:
    done = app.test_cli_runner().invoke(args=["case", "diagrams", "--folder", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert {path.stem for path in tmp_path.iterdir()} == services().keys()
