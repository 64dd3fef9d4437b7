"""Activities to sign up for."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from server.activities import planning
from server.activities.models import ActivityKind
from server.activities.planning import NewActivity, NewGroup
from server.core.access import Level
from server.core.clock import now
from server.core.db import transaction
from server.unions.models import TradeUnion
from server.unions.vocabulary import UnionKind

Announce = Callable[..., uuid.UUID]


@pytest.fixture
def union(app: Flask) -> TradeUnion:
    """Who organises the activities."""
    with transaction() as session:
        made = TradeUnion(code="GH1", name="福田区总工会（演示）", kind=UnionKind.DISTRICT, area_code="440304")
        session.add(made)
    return made


def new_activity(
    *,
    organiser: TradeUnion,
    title: str = "免费体检",
    seats: int = 2,
    groups: Sequence[NewGroup] | None = None,
    waiting_list: bool = False,
    level: Level = Level.L1,
    begins: timedelta = timedelta(days=3),
    opens: timedelta = timedelta(days=-1),
    closes: timedelta = timedelta(days=2),
    around: datetime | None = None,
    **others: Any,
) -> NewActivity:
    """An activity of two hours; `begins`, `opens` and `closes` are counted from `around` (default: now)."""
    around = around or now()
    given: dict[str, Any] = {
        "title": title,
        "kind": ActivityKind.HEALTH,
        "summary": "抽血、心电图、胸片，当天出结果。",
        "rules": "空腹来，带身份证。",
        "place": "福田区福民路 12 号",
        "district_code": "440304",
        "organiser_id": organiser.id,
        "starts_at": around + begins,
        "ends_at": around + begins + timedelta(hours=2),
        "opens_at": around + opens,
        "closes_at": around + closes,
        "cancel_until": around + closes,
        "required_level": level,
        "waiting_list": waiting_list,
        "groups": groups or [NewGroup("all", "所有人", seats)],
    }
    return NewActivity(**given | others)


@pytest.fixture
def announce(union: TradeUnion) -> Announce:
    """`announce(seats=2, waiting_list=True, …)` publishes an activity that is open now, and returns its id."""

    def make(**wanted: Any) -> uuid.UUID:
        return planning.announce(new_activity(organiser=union, **wanted), actor="system")

    return make
