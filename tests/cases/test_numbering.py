"""Running numbers in blocks."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.numbering import BLOCK, Numbers
from server.core.db import db


def test_numbers_of_one_process_do_not_repeat_across_blocks_and_threads(app: Flask, db_session: Session) -> None:
    numbers = Numbers()

    def take(_: int) -> list[int]:
        with app.app_context():
            return [numbers.next(db.session()) for _ in range(BLOCK)]

    with ThreadPoolExecutor(4) as threads:
        taken = [number for some in threads.map(take, range(4)) for number in some]
    assert len(set(taken)) == 4 * BLOCK


def test_a_block_costs_one_statement(app: Flask, db_session: Session, count_queries: list[str]) -> None:
    numbers = Numbers()
    taken = [numbers.next(db_session) for _ in range(BLOCK)]
    assert len([one for one in count_queries if "nextval" in one]) == 1
    assert taken == list(range(taken[0], taken[0] + BLOCK))


def test_a_forked_process_does_not_go_on_with_its_parents_block(
    app: Flask, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = Numbers()
    parent = numbers.next(db_session)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    child = numbers.next(db_session)
    assert child >= parent + BLOCK
