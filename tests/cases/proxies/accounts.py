"""Accounts opened at the desk for whom somebody typed the case: a paper, and what tests ask of them."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from server.cases.models import Case
from server.core.db import db
from server.identity.models import Worker
from tests.desk import Desk, words
from tests.people import person

SOMEBODY = person(761)
PAPER = {
    "where": "desk",
    "id_type": "resident_id",
    "name": SOMEBODY.name,
    "id_number": SOMEBODY.id_number,
    "worker_group": "sanitation",
    "agreed": "y",
}
ACCOUNT = "open_account"
AidFor = Callable[..., str]


def case_of(no: str) -> Case:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(Case).where(Case.no == no)).one()


def ask(clerk: Desk, no: str, **others: Any) -> str:
    answer = clerk.post(f"/console/cases/{no}/account", PAPER | others)
    return words(answer) if answer.status_code != 303 else "提出来了"


def accounts() -> list[Worker]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Worker)))
