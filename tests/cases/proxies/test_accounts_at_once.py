"""Accounts opened at the same moment for one person whose cases were typed at the desk."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask

from server.cases import working
from server.core.errors import Problem
from server.identity import in_person
from server.identity.models import Worker
from tests.cases.proxies.accounts import ACCOUNT, AidFor, accounts, ask, case_of
from tests.desk import Desk


@pytest.fixture
def unprotected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_person, "one_at_a_time", lambda *_: None)


def race(app: Flask, numbers: list[str], monkeypatch: pytest.MonkeyPatch, *, patience: int) -> list[str]:
    """Both approved at the same moment; each has looked for the account before the other has made it, where they can.

    Args:
        patience: seconds for which one waits for the other to have looked.
    """
    meeting = threading.Barrier(len(numbers))
    look = in_person._holder

    def slowly(session: Any, digests: list[bytes]) -> Worker | None:
        found = look(session, digests)
        # Who waits where they should does not come.
        with suppress(threading.BrokenBarrierError):
            meeting.wait(patience)
        return found

    monkeypatch.setattr(in_person, "_holder", slowly)

    def approve(no: str) -> str:
        with app.app_context():
            try:
                working.decide(no=no, what=ACCOUNT, staff_no="S2", approve=True)
            except Problem as problem:
                return problem.code
            except Exception as error:
                return type(error).__name__
            return "done"

    with ThreadPoolExecutor(len(numbers)) as pool:
        return list(pool.map(approve, numbers))


@pytest.fixture
def two_of_one_person(app: Flask, desks: tuple[Desk, Desk], aid_for: AidFor) -> list[str]:
    numbers = [aid_for("grievance"), aid_for()]
    for no in numbers:
        assert ask(desks[0], no) == "提出来了"
    return numbers


def test_without_the_lock_one_of_two_cases_of_one_person_fails(
    app: Flask, two_of_one_person: list[str], unprotected: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sorted(race(app, two_of_one_person, monkeypatch, patience=30)) == ["IntegrityError", "done"]


def test_two_cases_of_one_person_come_to_one_account(
    app: Flask, two_of_one_person: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert race(app, two_of_one_person, monkeypatch, patience=1) == ["done", "done"]
    (worker,) = accounts()
    assert {case_of(no).worker_id for no in two_of_one_person} == {worker.id}
