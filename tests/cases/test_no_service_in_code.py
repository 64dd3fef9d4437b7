"""A new service is a new file: no code knows one by name."""

from pathlib import Path

from tests.cases.declared import services

SERVER = Path(__file__).parents[2] / "server"


def test_no_code_names_a_service() -> None:
    named = [
        f"{path.relative_to(SERVER)}: {key}"
        for path in SERVER.rglob("*.py")
        for key in services()
        if key in path.read_text(encoding="utf-8")
    ]
    assert named == []
