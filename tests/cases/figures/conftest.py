"""Cases and promises as rows, so that their times can be counted by hand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases.models import Case, RatingQuestion
from server.cases.vocabulary import IdentityMode, Phase, Urgency
from server.clocks.deadlines import OwedBy
from server.clocks.models import Clock, OwnerKind
from server.clocks.rules import Basis
from server.core.clock import SHANGHAI
from server.core.db import new_id, transaction
from server.unions.models import TradeUnion

NOVEMBER_END = datetime(2026, 12, 3, 9, 0, tzinfo=SHANGHAI)
"""When the reports of these tests are read."""
DUE = datetime(2026, 11, 12, 18, 0, tzinfo=SHANGHAI)
DAY = timedelta(days=1)

Keep = Callable[..., Case]


@pytest.fixture
def keep(app: Flask) -> Keep:
    """`keep(street, closed=DUE)` writes a case whose answer was due on 12 November, and returns it."""

    def keep(
        union: TradeUnion | None = None,
        *,
        closed: datetime | None = None,
        due: datetime = DUE,
        original: datetime | None = None,
        worker: Any = None,
        anonymous: bool = False,
        case: dict[str, Any] | None = None,
        clock: dict[str, Any] | None = None,
        asked: bool = False,
    ) -> Case:
        with transaction() as session:
            made = Case(**_case(union, worker, anonymous) | (case or {}))
            session.add(made)
            session.flush()
            session.add(Clock(**_clock(made.id, due=due, original=original or due, stopped=closed) | (clock or {})))
            if asked:
                session.add(RatingQuestion(case_id=made.id, round=made.round, answered_at=closed, ask_at=None))
            session.flush()
        return made

    return keep


def _case(union: TradeUnion | None, worker: Any, anonymous: bool) -> dict[str, Any]:
    number = str(new_id())
    return {
        "id": new_id(),
        "created_at": DUE - 10 * DAY,
        "updated_at": DUE,
        "no": f"SQ-{number}",
        "service": "grievance",
        "service_version": 3,
        "worker_id": None if anonymous else worker or new_id(),
        "identity_mode": IdentityMode.ANONYMOUS if anonymous else IdentityMode.NAMED,
        "secret_digest": number.encode() if anonymous else None,
        "state": "done",
        "phase": Phase.DONE,
        "urgency": Urgency.NORMAL,
        "answers": "{}",
        "place": None,
        "consents": [],
        "spent": [],
        "round": 0,
        "union_id": None if union is None else union.id,
        "handler_no": None,
        "barred_no": None,
        "lead_id": None,
        "version": 1,
    }


def _clock(case_id: Any, *, due: datetime, original: datetime, stopped: datetime | None) -> dict[str, Any]:
    return {
        "owner_kind": OwnerKind.CASE,
        "owner_id": case_id,
        "key": "answer",
        "name": "答复",
        "deadline": "GR_HANDLE",
        "rule_version": 1,
        "basis": Basis.WORKING_DAYS,
        "amount": 5,
        "event_at": None,
        "owed_by": OwedBy.UNION,
        "extension": 10,
        "pausable": True,
        "started_at": original - 10 * DAY,
        "due_at": due,
        "original_due_at": original,
        "provisional": False,
        "paused_at": None,
        "alarms": "",
        "alarm_at": None,
        "stopped_at": stopped,
    }


@pytest.fixture
def many(app: Flask) -> Callable[[TradeUnion, list[tuple[datetime, datetime | None]]], None]:
    """`many(street, [(due, closed), …])` writes so many cases in two statements."""

    def many(union: TradeUnion, promises: list[tuple[datetime, datetime | None]]) -> None:
        cases = [_case(union, None, anonymous=False) for _ in promises]
        clocks = [
            {"id": new_id(), "extended": 0, "paused_amount": 0}
            | _clock(case["id"], due=due, original=due, stopped=closed)
            for case, (due, closed) in zip(cases, promises, strict=True)
        ]
        with transaction() as session:
            session.execute(sa.insert(Case), cases)
            session.execute(sa.insert(Clock), clocks)

    return many
