"""What staff do in tests of cases, and what it does to their dates."""

from collections.abc import Mapping
from typing import Any

from tests.cases.conftest import Desk


def due(case: Mapping[str, Any]) -> dict[str, str]:
    return {clock["key"]: clock["due_at"] for clock in case["clocks"]}


def done(desk: Desk, no: str, *step: str, staff: str = "A1024", command: str = "do") -> str:
    result = desk.run(command, no, *step, staff=staff)
    assert result.exit_code == 0, result.output
    return str(result.output)


def refused(desk: Desk, no: str, *step: str, staff: str = "A1024", command: str = "do") -> str:
    result = desk.run(command, no, *step, staff=staff)
    assert result.exit_code == 1, result.output
    return str(result.output)
