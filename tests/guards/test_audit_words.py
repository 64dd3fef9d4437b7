"""Every act that the code records has its words for the audit's administrators, and so has what it is done to."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from server.console.audit_words import ACTS, FAMILIES, OBJECTS
from server.identity.models import ActKind
from server.me.models import CorrectionState

SERVER = Path(__file__).parents[2] / "server"
ACT = re.compile(r"[a-z]+(\.[a-z_]+)+")
MADE_UP = {
    # Steps of cases: their services name them.
    "f'case.{step.code}'": [],
    "f'case.{action}'": ["case.decline"],
    "f'account.{kind}.propose'": [f"account.{kind}.propose" for kind in ActKind],
    "f'account.{act.kind}'": [f"account.{kind}" for kind in ActKind],
    "f'account.{act.kind}.drop'": [f"account.{kind}.drop" for kind in ActKind],
    "f'correction.{state}'": [f"correction.{state}" for state in (CorrectionState.DONE, CorrectionState.REFUSED)],
}
"""Acts whose code is put together where they are recorded, and all that they can be."""
HELPERS = {"_record", "_note"}
"""Of the modules, where they record."""


def calls() -> Iterator[ast.Call]:
    for path in SERVER.rglob("*.py"):
        yield from (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))


def constants(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return constants(node.body) + constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def named(constant: str, path: Path) -> set[str]:
    """What a module keeps under this name."""
    return set(re.findall(rf'^{constant} = "([a-z_.]+)"', path.read_text("utf-8"), re.M))


def recorded() -> set[str]:
    """Constants given as `action`, or to a module's own helper that records, or kept as `ACTION`."""
    found = set(chain.from_iterable(named("ACTION", path) for path in SERVER.rglob("*.py")))
    for call in calls():
        helper = isinstance(call.func, ast.Name) and call.func.id in HELPERS
        given = [one.value for one in call.keywords if one.arg == "action"]
        for constant in chain.from_iterable(map(constants, [*given, *(call.args if helper else [])])):
            if ACT.fullmatch(constant) and constant.partition(".")[0] in FAMILIES:
                found.add(constant)
    return found


def put_together() -> set[str]:
    return {
        ast.unparse(one.value)
        for call in calls()
        for one in call.keywords
        if one.arg == "action" and isinstance(one.value, ast.JoinedStr)
    }


def test_every_act_has_words() -> None:
    assert put_together() == set(MADE_UP), "say in MADE_UP what it can be"
    acts = recorded() | set(chain.from_iterable(MADE_UP.values()))
    assert len(acts) > 80, "the acts are not found any more"
    assert acts - set(ACTS) == set(), "give them words in server/console/audit_words.py"


def test_no_words_are_left_of_acts_that_nobody_records() -> None:
    # Found in one branch of a condition, by a variable.
    by_variable = {"staff.sign_out", "staff.session_revoke"}
    assert set(ACTS) - recorded() - set(chain.from_iterable(MADE_UP.values())) - by_variable == set()


def test_every_object_has_words() -> None:
    kinds = {
        constant
        for call in calls()
        for one in call.keywords
        if one.arg == "subject_kind"
        for constant in constants(one.value)
    }
    for path in SERVER.rglob("*.py"):
        kinds |= named("SUBJECT", path) | named("ACCOUNT", path)
    assert len(kinds) > 15
    assert kinds - set(OBJECTS) == set()


def test_every_act_belongs_to_a_family_that_can_be_chosen() -> None:
    assert {act.partition(".")[0] for act in ACTS} == set(FAMILIES)
