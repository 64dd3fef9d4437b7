"""Cases about the same thing: joined when a new one comes, told of before one is sent, shown to whoever checks.

What a worker is told of others' cases is only what their services declare with `told-from`: listed words, a day, a
state. Never who, how many, which firm, or a number. Why: docs/decisions/0029-alike-cases.md.
"""

import base64
import binascii
import hashlib
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from msgspec import Struct

from server.cases.alike import AlikeRule, Matter, point_of
from server.cases.authority import in_reach
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.forms.fields import Answers
from server.cases.locking import lock
from server.cases.models import Case
from server.cases.steps import SYSTEM, Given, answers_of, make, moment, position_of
from server.cases.vocabulary import ANSWERED
from server.core.clock import now
from server.core.crypto import DecryptionError, cipher, one_at_a_time
from server.core.datum import distance_m
from server.core.db import db
from server.core.errors import unprocessable
from server.core.schema import instant
from server.unions.staff.vocabulary import Right

BATCH = 500
"""Read at a time: in a flood, as of a typhoon, all that wait are looked at, and never all of them kept in memory."""
MOST_TOLD = 3
TICKET_LASTS = timedelta(days=1)
_TICKET = b"case.joins"


_READ = (Case.id, Case.no, Case.created_at, Case.service, Case.service_version, Case.state, Case.answers, Case.place)


class Found(Struct, frozen=True):
    """What is read of a case that may be about the same."""

    id: uuid.UUID
    no: str
    created_at: datetime
    service: str
    service_version: int
    state: str
    matter: Matter


class Hint(Struct, frozen=True):
    """A case that may be about the same, for staff."""

    no: str
    state_name: str
    at: datetime
    metres: int | None
    merged: int
    """How many have joined it."""
    earlier: bool
    """It was there before, so that the other one can be merged into it."""


def suggestions(service: Service, answers: Answers, place: tuple[float, float] | None) -> list[dict[str, Any]]:
    """What may have been reported already, for somebody who is about to: the latest first, nothing of people in it."""
    at = now()
    matter = Matter(answers, None if place is None else f"{place[0]},{place[1]}")
    rules = [rule for rule in service.alike if rule.told_from is not None]
    found = [(case, rule, _title(service, rule, answers)) for case, rule in _alike(service, rules, matter, at=at)]
    reports = _reports([case.id for case, _, _ in found])
    return [
        {
            "title": title,
            "days": (at - case.created_at).days,
            "state_name": version_of(case.service, case.service_version).machine.states[case.state].name,
            "joins": _ticket(case, at=at),
        }
        for case, rule, title in found
        if title is not None and rule.told_from is not None and reports[case.id] >= rule.told_from
    ][:MOST_TOLD]


def case_of_ticket(ticket: str) -> uuid.UUID | None:
    """The case that `suggestions` told of; None once the ticket has run out: what is sent with it stands alone.

    Raises:
        Problem: 422 for what is no ticket.
    """
    try:
        sealed = base64.urlsafe_b64decode(ticket.encode())
        case_id, until = orjson.loads(cipher().decrypt(sealed, context=_TICKET))
    except (binascii.Error, DecryptionError, ValueError):
        raise unprocessable({"joins": ["这一条对不上，请刷新后再试，或者单独提交"]}) from None
    return uuid.UUID(case_id) if datetime.fromisoformat(until) > now() else None


def join(case: Case, service: Service, *, wanted: uuid.UUID | None) -> None:
    """Let a case that was just opened join another: the one that its worker chose, or one that is surely the same.

    Two that come at the same moment and may be the same wait for each other, so that one of them is the first. What was
    chosen and has been answered meanwhile is not joined: the new case stands alone.
    """
    step = service.machine.by_joining(position_of(case), mode=case.identity_mode)
    rules = [rule for rule in service.alike if (rule.joins if wanted is None else rule.told_from is not None)]
    if step is None or not rules:
        return
    session = db.session()
    matter = Matter(answers_of(case), case.place)
    marks = {f"{service.key}:{mark}" for rule in rules for mark in rule.marks(matter)}
    if not marks:
        return
    one_at_a_time(session, [hashlib.sha256(f"alike:{mark}".encode()).digest() for mark in marks])
    alike = [one.id for one, _ in _alike(service, rules, matter, at=case.created_at, besides=case)]
    chosen = [one for one in alike if wanted in {None, one}]
    if not chosen:
        return
    # The first that was reported.
    first = sa.select(Case).where(Case.id == chosen[-1], *_waits())
    lead = session.scalar(first.with_for_update().execution_options(populate_existing=True))
    if lead is not None:
        # What was written together is no longer the session's.
        opened, _ = lock(no=case.no)
        make(opened, service, step, by=SYSTEM, given=Given(lead=lead), at=moment(opened))


def hints(case: Case, service: Service, *, staff_no: str) -> list[Hint]:
    """Cases that may be about the same as this one, among those that somebody may work on; the latest first."""
    if not service.alike or case.lead_id is not None or case.phase in ANSWERED:
        return []
    matter = Matter(answers_of(case), case.place)
    may_work = in_reach(staff_no=staff_no, right=Right.CASE_WORK)
    found = list(_alike(service, service.alike, matter, at=now(), besides=case, only=may_work))
    reports = _reports([one.id for one, _ in found])
    return [
        Hint(
            no=one.no,
            state_name=version_of(one.service, one.service_version).machine.states[one.state].name,
            at=one.created_at,
            metres=_metres(rule, matter, one.matter),
            merged=reports[one.id] - 1,
            earlier=one.created_at < case.created_at,
        )
        for one, rule in found
    ]


def _waits() -> tuple[sa.ColumnElement[bool], ...]:
    return Case.phase.not_in(ANSWERED), Case.lead_id.is_(None)


def _alike(
    service: Service,
    rules: Sequence[AlikeRule],
    matter: Matter,
    *,
    at: datetime,
    besides: Case | None = None,
    only: sa.ColumnElement[bool] | None = None,
) -> Iterator[tuple[Found, AlikeRule]]:
    """Cases that wait and fit one of the rules, the latest first, each with the first rule that it fits.

    What they are about is ciphertext, so those of the last days are opened and compared here, however many they are:
    what is alike may lie with the next street, or with those above. Ids begin with the time they were made at: no index
    beside theirs is needed to find the last days.
    """
    rules = [rule for rule in rules if rule.condition is None or rule.condition.holds(matter.answers)]
    if not rules:
        return
    since = at - max(rule.since for rule in rules)
    statement = sa.select(*_READ).where(
        Case.id >= uuid.UUID(int=int(since.timestamp() * 1000) << 80),
        Case.service == service.key,
        Case.created_at >= since,
        *_waits(),
    )
    if besides is not None:
        statement = statement.where(Case.id != besides.id)
    if only is not None:
        statement = statement.where(only)
    before: sa.ColumnElement[bool] = sa.true()
    while batch := db.session.execute(statement.where(before).order_by(Case.id.desc()).limit(BATCH)).all():
        for row in batch:
            other = Matter(orjson.loads(row.answers), row.place)
            fitting = (one for one in rules if row.created_at >= at - one.since and one.fits(matter, other))
            rule = next(fitting, None)
            if rule is not None:
                found = Found(row.id, row.no, row.created_at, row.service, row.service_version, row.state, other)
                yield found, rule
        if len(batch) < BATCH:
            return
        before = Case.id < batch[-1].id


def _reports(case_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many cases each of these is, with those that were merged into it."""
    if not case_ids:
        return {}
    rows = db.session.execute(
        sa.select(Case.lead_id, sa.func.count()).where(Case.lead_id.in_(case_ids)).group_by(Case.lead_id)
    )
    merged = {lead_id: count for lead_id, count in rows if lead_id is not None}
    return {case_id: 1 + merged.get(case_id, 0) for case_id in case_ids}


def _title(service: Service, rule: AlikeRule, answers: Answers) -> str | None:
    """What it is about in the form's own words; None where somebody wrote words of their own."""
    words: list[str] = []
    for key in rule.same:
        field = service.form.declaration.field(key)
        assert field is not None
        label = next((choice.label for choice in field.choices if choice.value == answers.get(key)), None)
        if label is None:
            return None
        words.append(label)
    return "，".join(words)


def _metres(rule: AlikeRule, one: Matter, other: Matter) -> int | None:
    if rule.near is None:
        return None
    here, there = point_of(one, rule.near), point_of(other, rule.near)
    return None if here is None or there is None else round(distance_m(*here, *there))


def _ticket(case: Found, *, at: datetime) -> str:
    sealed = cipher().encrypt(orjson.dumps([str(case.id), instant(at + TICKET_LASTS)]), context=_TICKET)
    return base64.urlsafe_b64encode(sealed).decode()
