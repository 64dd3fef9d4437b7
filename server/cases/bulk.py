"""One step for many cases: what is read of each before, hints that somebody asks twice, and each case by itself."""

import uuid
from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa
from msgspec import Struct

from server.cases.authority import in_reach
from server.cases.catalogue import catalogue, versions_in_use
from server.cases.declaration import Service
from server.cases.duplicates import hints_for
from server.cases.flow.machine import Step
from server.cases.forms.fields import Viewer
from server.cases.forms.speaking import spoken_answers
from server.cases.models import Case
from server.cases.seeing import seen
from server.cases.steps import answers_of
from server.cases.vocabulary import IdentityMode
from server.cases.working import staff_step
from server.core import audit
from server.core.db import db, transaction
from server.core.errors import Problem, not_found
from server.core.private import Private
from server.core.web.paging import Page, keyset_page
from server.identity.models import Worker
from server.unions.models import TradeUnion

AT_ONCE = 20
"""Rows of one list."""


class Candidate(Private, frozen=True):
    """A case for which the step can be made, as it is read in the list."""

    no: str
    version: int
    union: str | None
    meant_for: str | None
    """The union that it was for, where another decides."""
    name: str | None
    """None where only a reason tells."""
    answers: Sequence[tuple[str, str]]
    hints: Sequence[str]
    """Why it may be asked for twice, and what else to think of; no numbers in them."""


class Outcome(Struct, frozen=True):
    """What became of one case."""

    no: str
    refusal: str | None
    """Why nothing was done; None where it was."""


def bulk_steps() -> Iterator[tuple[Service, Step]]:
    """Every step that can be made for many cases, with its service."""
    for service in catalogue().current.values():
        for step in service.machine.steps.values():
            if step.bulk:
                yield service, step


def candidates(*, service: str, code: str, staff_no: str, cursor: str | None) -> Page[Candidate]:
    """Cases that wait for the step and are for this member of the staff, the oldest first. That they were read is
    recorded.

    Raises:
        Problem: 404 for a step that is not made for many; 422 for a cursor of another question.
    """
    declared, step = _step(service, code)
    ripe = [
        sa.and_(Case.service_version == one.version, Case.state.in_(made.sources), Case.identity_mode.in_(made.modes))
        for one in versions_in_use()
        if one.key == service and (made := one.machine.steps.get(code)) is not None and made.bulk
    ]
    with transaction() as session:
        # Whether the step is possible for each is asked again when it is made.
        found = keyset_page(
            session,
            sa.select(Case).where(
                Case.service == service,
                sa.or_(*ripe),
                Case.lead_id.is_(None),
                Case.barred_no.is_distinct_from(staff_no),
                sa.not_(Case.objected_to.contains([staff_no])),
                in_reach(staff_no=staff_no, right=step.right, upper=step.upper, here=step.here),
            ),
            columns=(Case.created_at, Case.id),
            question={"service": service, "code": code, "staff_no": staff_no},
            cursor=cursor,
            limit=AT_ONCE,
            descending=False,
        )
        if found.items:
            audit.record(
                actor=audit.staff(staff_no),
                action="case.read_list",
                subject_kind="case",
                detail={"step": code, "cases": [str(case.id) for case in found.items]},
            )
        people = _people([case.worker_id for case in found.items])
        unions = _unions(found.items)
        hints = hints_for(found.items, people)
        fields = seen(
            (one for key in step.bulk if (one := declared.form.declaration.field(key)) is not None), {Viewer.HANDLER}
        )
        rows = [
            Candidate(
                no=case.no,
                version=case.version,
                union=None if case.union_id is None else unions[case.union_id],
                meant_for=None if case.meant_for_id is None else unions[case.meant_for_id],
                name=people[case.worker_id].name
                if case.identity_mode is IdentityMode.NAMED and case.worker_id
                else None,
                answers=list(spoken_answers(fields, answers_of(case))),
                hints=[*declared.cautions_for(answers_of(case)), *hints.get(case.id, [])],
            )
            for case in found.items
        ]
        return Page(rows, found.next_cursor)


def make_for_all(*, service: str, code: str, staff_no: str, chosen: Sequence[tuple[str, int]]) -> list[Outcome]:
    """Make the step for each case in a transaction of its own. One that was done before by the same click stays done.

    Args:
        chosen: numbers, each with the version that was read.

    Raises:
        Problem: 404 for a step that is not made for many.
    """
    _step(service, code)
    return [_made(no, version, service=service, code=code, staff_no=staff_no) for no, version in chosen]


def _made(no: str, version: int, *, service: str, code: str, staff_no: str) -> Outcome:
    try:
        if db.session.scalar(sa.select(Case.service).where(Case.no == no)) != service:
            raise not_found()
        staff_step(no=no, code=code, staff_no=staff_no, version=version)
    except Problem as problem:
        if problem.status not in {403, 404, 409, 422}:
            raise
        return Outcome(no, "没有找到，或者不归你办" if problem.status in {403, 404} else problem.title)
    return Outcome(no, None)


def _step(service: str, code: str) -> tuple[Service, Step]:
    for declared, step in bulk_steps():
        if (declared.key, step.code) == (service, code):
            return declared, step
    raise not_found()


def _people(ids: Sequence[uuid.UUID | None]) -> Mapping[uuid.UUID, Worker]:
    wanted = [one for one in ids if one is not None]
    return {one.id: one for one in db.session.scalars(sa.select(Worker).where(Worker.id.in_(wanted)))}


def _unions(cases: Sequence[Case]) -> dict[uuid.UUID, str]:
    wanted = {one for case in cases for one in (case.union_id, case.meant_for_id)} - {None}
    rows = db.session.execute(sa.select(TradeUnion.id, TradeUnion.name).where(TradeUnion.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}
