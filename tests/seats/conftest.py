"""Pools without anything around them."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from server.core.db import new_id
from server.notices.worded import worded
from server.seats import owners, service
from server.seats.models import OwnerKind
from server.seats.owners import Change, Facts, Wording
from server.seats.service import PoolRef

BEGINS = datetime(2100, 1, 1, tzinfo=UTC)


class PlainWords:
    """Says what happened and nothing else; all of it begins far in the future."""

    def begins_at(self, scope_id: uuid.UUID) -> datetime:
        return BEGINS

    def wording(self, change: Change, *, scope_id: uuid.UUID, facts: Facts) -> Wording:
        return Wording(
            kind=f"test.{change}", title=change.value, body=worded(f"{facts.position}"), link=f"/things/{scope_id}"
        )


@pytest.fixture(autouse=True)
def plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(owners._owners, OwnerKind.ACTIVITY, PlainWords())


@pytest.fixture
def make_pool(app: Flask) -> Callable[..., PoolRef]:
    """A pool of so many seats; `scope_id` joins it to other pools of the same thing."""

    def make(
        capacity: int, *, waiting: bool = False, offers: bool = False, scope_id: uuid.UUID | None = None
    ) -> PoolRef:
        scope_id = scope_id or new_id()
        pool_id = service.create_pool(
            owner=OwnerKind.ACTIVITY,
            scope_id=scope_id,
            capacity=capacity,
            waiting_enabled=waiting or offers,
            offers=offers,
        )
        return PoolRef(id=pool_id, owner=OwnerKind.ACTIVITY, scope_id=scope_id, waiting_enabled=waiting or offers)

    return make


@pytest.fixture
def holders() -> list[uuid.UUID]:
    """Ten people."""
    return [uuid.UUID(int=number) for number in range(1, 11)]
