"""Cases as their worker sees them. Made by hand: a case is read far more often than anything else happens to it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import load_only

from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.files.links import link_for
from server.cases.files.service import attachments_of
from server.cases.flow.machine import Position, State
from server.cases.forms.fields import Answers
from server.cases.models import Case, CaseEvent, CaseMessage, CaseRating
from server.cases.ownership import Key, own
from server.cases.vocabulary import IdentityMode, Urgency, Via, Who
from server.clocks.models import Clock, OwnerKind
from server.clocks.service import clocks_of, clocks_of_many
from server.core.clock import today
from server.core.db import db
from server.core.errors import not_found
from server.core.schema import instant
from server.core.web.paging import Page, keyset_page

NEXT_NAMES = {Who.WORKER: "你", Who.UNION: "工会", Who.NOBODY: "没有人要做什么了"}
ACTS = {Via.SUPPLEMENT: "supplements", Via.WITHDRAWAL: "withdrawal", Via.REOPENING: "reopening"}
"""By the path that they are posted to."""

_AT = sa.func.to_char(sa.func.timezone("Asia/Shanghai", CaseEvent.at), 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"')
_TIMELINE = (
    sa.select(
        sa.func.json_agg(
            aggregate_order_by(sa.func.json_build_object("at", _AT, "what", CaseEvent.what), CaseEvent.number)
        )
    )
    .where(CaseEvent.case_id == Case.id)
    .correlate(Case)
    .scalar_subquery()
)
_WHOLE = sa.select(
    Case.id,
    Case.no,
    Case.service,
    Case.service_version,
    Case.identity_mode,
    Case.state,
    Case.urgency,
    Case.answers,
    Case.place,
    Case.spent,
    Case.created_at,
    Case.updated_at,
    _TIMELINE.label("timeline"),
    CaseRating.solved,
    CaseRating.attitude,
    CaseRating.result,
    CaseRating.comment,
).outerjoin(CaseRating, sa.and_(CaseRating.case_id == Case.id, CaseRating.round == Case.round))
_MESSAGES = sa.select(CaseMessage.id, CaseMessage.author, CaseMessage.text, CaseMessage.at).order_by(
    CaseMessage.at, CaseMessage.id
)
_IN_A_LIST = load_only(
    Case.no,
    Case.service,
    Case.service_version,
    Case.identity_mode,
    Case.state,
    Case.urgency,
    Case.created_at,
    Case.updated_at,
)


def own_case(*, no: str, key: Key) -> dict[str, Any]:
    """One case, whole: the contract's Case.

    Raises:
        Problem: 404 for whoever does not hold its key.
    """
    row = db.session.execute(_WHOLE.where(own(no, key))).one_or_none()
    if row is None:
        raise not_found()
    service = version_of(row.service, row.service_version)
    state = service.machine.states[row.state]
    answers: dict[str, Any] = orjson.loads(row.answers)
    messages, loose = _messages_and_files(row.id)
    shown = _summary(row, service, clocks_of(owner_kind=OwnerKind.CASE, owner_id=row.id))
    shown |= {
        "timeline": row.timeline,
        "messages": messages,
        "attachments": loose,
        "answers": answers,
        "computed": computed_of(service, answers, today=today()),
        "can": _possible_acts(service, state, row),
    }
    if row.place is not None:
        lat, lng = map(float, row.place.split(","))
        shown["place"] = {"lat": lat, "lng": lng}
    if row.solved is not None:
        shown["rating"] = {
            "solved": row.solved,
            "attitude": row.attitude,
            "result": row.result,
            "comment": row.comment,
        }
    return shown


def own_cases(*, key: Key, cursor: str | None, limit: int) -> Page[dict[str, Any]]:
    """A page of a worker's cases, newest first, without what was written in them."""
    page = keyset_page(
        db.session(),
        sa.select(Case).where(Case.worker_id == key.worker_id).options(_IN_A_LIST),
        columns=(Case.created_at, Case.id),
        cursor=cursor,
        limit=limit,
    )
    clocks = clocks_of_many(owner_kind=OwnerKind.CASE, owner_ids=[case.id for case in page.items])
    shown = [_summary(case, version_of(case.service, case.service_version), clocks[case.id]) for case in page.items]
    return Page(shown, page.next_cursor)


def computed_of(service: Service, answers: Answers, *, today: date) -> list[dict[str, Any]]:
    """What follows from the answers, as far as they go."""
    return [
        {
            "key": rule.key,
            "name": rule.name,
            "value": found.value,
            "text": found.text,
            "urgent": found.urgent,
            "colour": found.colour,
        }
        for rule in service.computed
        if (found := rule.find(answers, today=today)) is not None
    ]


def _summary(case: Any, service: Service, clocks: Sequence[Clock]) -> dict[str, Any]:
    """What a list shows of a case (or of a row with its columns)."""
    state = service.machine.states[case.state]
    running = [clock for clock in clocks if clock.stopped_at is None]
    return {
        "no": case.no,
        "service": case.service,
        "service_name": service.name,
        "state": state.code,
        "state_name": state.name,
        "phase": state.phase.value,
        "next": {
            "who": state.next.value,
            "name": NEXT_NAMES[state.next],
            "by": next((instant(clock.due_at) for clock in running if clock.key == state.by), None),
        },
        "clocks": [_clock(clock) for clock in running],
        "identity_mode": case.identity_mode.value,
        "urgent": case.urgency is Urgency.URGENT,
        "created_at": instant(case.created_at),
        "updated_at": instant(case.updated_at),
    }


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "key": clock.key,
        "name": clock.name,
        "due_at": instant(clock.due_at),
        "original_due_at": instant(clock.original_due_at),
        "last_day": clock.last_day.isoformat(),
        "basis": clock.basis.value,
        "provisional": clock.provisional,
        "paused": clock.paused,
    }


def _messages_and_files(case_id: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The messages with their files, and the files that came with answers."""
    files: dict[Any, list[dict[str, Any]]] = {}
    for attachment in attachments_of(case_id=case_id):
        files.setdefault(attachment.message_id, []).append(link_for(attachment))
    messages = [
        {
            "id": row.id,
            "from": row.author.value,
            "text": row.text,
            "at": instant(row.at),
            "attachments": files.get(row.id, []),
        }
        for row in db.session.execute(_MESSAGES.where(CaseMessage.case_id == case_id))
    ]
    return messages, files.get(None, [])


def _possible_acts(service: Service, state: State, row: Any) -> list[str]:
    position = Position(state.code, spent=frozenset(row.spent))
    mode: IdentityMode = row.identity_mode
    acts = [path for via, path in ACTS.items() if service.machine.by_act(position, via, mode=mode) is not None]
    if not state.final:
        acts.insert(0, "messages")
    if state.rating and row.solved is None:
        acts.append("rating")
    return acts
