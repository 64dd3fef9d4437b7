"""What a list shows of a worker's case: its state, whose turn it is and until when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.models import Case
from server.cases.ownership import Key
from server.cases.vocabulary import Urgency, Who
from server.clocks.models import Clock, OwnerKind
from server.clocks.rules import last_day
from server.clocks.service import clocks_of_many
from server.core.db import db
from server.core.schema import instant
from server.core.web.paging import Page, keyset_page

NEXT_NAMES = {Who.WORKER: "你", Who.UNION: "工会", Who.OUTSIDE: "外面的部门", Who.NOBODY: "已经结束"}


def own_cases(*, key: Key, cursor: str | None, limit: int) -> Page[dict[str, Any]]:
    """A page of a worker's cases, newest first, without what was written in them."""
    page = keyset_page(
        db.session(),
        sa.select(Case)
        .where(Case.worker_id == key.worker_id)
        .options(
            load_only(
                Case.no,
                Case.service,
                Case.service_version,
                Case.identity_mode,
                Case.state,
                Case.urgency,
                Case.created_at,
                Case.updated_at,
            )
        ),
        columns=(Case.created_at, Case.id),
        question={"worker_id": key.worker_id},
        cursor=cursor,
        limit=limit,
    )
    clocks = clocks_of_many(owner_kind=OwnerKind.CASE, owner_ids=[case.id for case in page.items])
    shown = [
        summary(case, version_of(case.service, case.service_version), _running(clocks[case.id])) for case in page.items
    ]
    return Page(shown, page.next_cursor)


def summary(case: Any, service: Service, clocks: list[dict[str, Any]]) -> dict[str, Any]:
    """What a list shows of a case (or of a row with its columns)."""
    state = service.machine.states[case.state]
    return {
        "no": case.no,
        "service": case.service,
        "service_name": service.name,
        "state": state.code,
        "state_name": state.name,
        "phase": state.phase.value,
        "next": {
            "who": state.next.value,
            "name": state.waits_for or NEXT_NAMES[state.next],
            "by": next((clock["due_at"] for clock in clocks if clock["key"] == state.by), None),
        },
        "clocks": clocks,
        "identity_mode": case.identity_mode.value,
        "urgent": case.urgency is Urgency.URGENT,
        "created_at": instant(case.created_at),
        "updated_at": instant(case.updated_at),
    }


def _running(clocks: Sequence[Clock]) -> list[dict[str, Any]]:
    return [
        clock_shown(
            clock.key,
            clock.name,
            clock.due_at,
            clock.original_due_at,
            clock.basis.value,
            clock.provisional,
            clock.paused_at,
            clock.owed_by.value,
            clock.extended,
            clock.event_at if clock.amount == 0 else None,
        )
        for clock in clocks
        if clock.stopped_at is None
    ]


def clock_shown(
    key: str,
    name: str,
    due_at: datetime | str,
    original_due_at: datetime | str,
    basis: str,
    provisional: bool,
    paused_at: datetime | str | None,
    owed_by: str,
    extended: int,
    event_at: datetime | str | None,
) -> dict[str, Any]:
    due = _parsed(due_at)
    return {
        "key": key,
        "name": name,
        "due_at": instant(due),
        "original_due_at": local(original_due_at),
        "last_day": last_day(due).isoformat(),
        "basis": basis,
        "provisional": provisional,
        "paused": paused_at is not None,
        "owed_by": owed_by,
        "extended": extended > 0,
        "event_at": None if event_at is None else local(event_at),
    }


def _parsed(at: datetime | str) -> datetime:
    # Out of a column it is a datetime, out of a JSON aggregate a text.
    return datetime.fromisoformat(at) if isinstance(at, str) else at


def local(at: datetime | str) -> str:
    return instant(_parsed(at))
