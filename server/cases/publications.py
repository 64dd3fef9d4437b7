"""Publications that somebody may object to, and who decided on the cases that they are of.

A field of the type `publication` names one. Where a service `objects-to` it, those who had a part in it make no step of
the case, as those who decided what a worker objects to (`Case.objected_to`).
"""

import uuid
from collections import Counter
from datetime import datetime

import orjson
import sqlalchemy as sa

from server.cases.capabilities.models import CasePublication
from server.cases.capabilities.registry import PUBLISH, UNPUBLISH
from server.cases.catalogue import version_of
from server.cases.declaration import Service, WayBy
from server.cases.flow.machine import Step
from server.cases.forms.fields import Answers
from server.cases.models import Case, CaseEvent, CaseProposal
from server.cases.too_few import tell_of_too_few
from server.core.clock import day_of, now, spoken_instant
from server.core.db import db
from server.core.private import Private
from server.unions.areas import STREET_DIGITS
from server.unions.staff.vocabulary import Right


class Published(Private, frozen=True):
    """A publication, for whoever objects to it: never of which kind, which an objection need not repeat."""

    code: str
    name: str
    """The masked name, where, and since when; as much more as two that stand differ in."""
    area: str | None
    """Code of the street; None where the case does not say it any more."""
    until: datetime


def open_to_objection(*, at: datetime) -> list[Published]:
    """What stands now, the newest first. One query. What is over is told to nobody; who chose it before may send it."""
    standing = (
        CasePublication.since <= at,
        CasePublication.until > at,
        CasePublication.withdrawn_at.is_(None),
    )
    rows = db.session.execute(
        sa.select(CasePublication, Case)
        .join(Case, Case.id == CasePublication.case_id)
        .where(*standing)
        .order_by(CasePublication.since.desc(), CasePublication.id)
    ).all()
    used = Counter(name for publication, _ in rows for name in _names(publication))

    def only(names: list[str]) -> str:
        return next((name for name in names if used[name] == 1), names[-1])

    return [_published(publication, case, only(_names(publication))) for publication, case in rows]


def published_as(answer: Answers) -> Published | None:
    """What an answer of the type `publication` names; None where that is nothing, or not in its words.

    In any of its words: another that is alike may have come since it was chosen, or have ended.
    """
    found, name = _named(answer), answer.get("name")
    return _published(*found, name) if found is not None and name in _names(found[0]) else None


def who_decided(service: Service, answers: Answers) -> list[str]:
    """Staff numbers of those whose publication a case with these answers objects to: who has that case in hand, who
    made a step of it that takes more than a colleague at the desk, and who asked for one; and of those who are out of
    the case that this one asks about, which says whose that is. None where nothing is named.
    """
    return sorted(_who_published(service, answers) | _out_of_what_is_asked_about(service, answers))


def _who_published(service: Service, answers: Answers) -> set[str]:
    named = None if service.objects_to is None else answers.get(service.objects_to)
    found = None if named is None else _named(named)
    if found is None:
        return set()
    case = found[1]
    declared = version_of(case.service, case.service_version)
    deciding = [code for code, step in declared.machine.steps.items() if _decides(step)]
    made = sa.select(CaseEvent.staff_no).where(CaseEvent.case_id == case.id, CaseEvent.step.in_(deciding))
    asked = sa.select(CaseProposal.asked_by).where(CaseProposal.case_id == case.id, CaseProposal.step.in_(deciding))
    people = {case.handler_no, *db.session.scalars(made.union(asked))}
    return {number for number in people if number is not None}


def _out_of_what_is_asked_about(service: Service, answers: Answers) -> set[str]:
    numbers = [answers[way.field] for way in service.route if way.by is WayBy.CASE and way.field in answers]
    rows = (
        db.session.execute(sa.select(Case.objected_to, Case.barred_no).where(Case.no.in_(numbers))) if numbers else ()
    )
    return {number for objected, barred in rows for number in (*objected, barred) if number is not None}


def bar_meanwhile(case: Case, service: Service) -> None:
    """`bar_who_decided` of a locked case that there is: what it objects to may have been decided on further since."""
    if bar_who_decided(case, service, orjson.loads(case.answers)):
        tell_of_too_few(case, service, at=now())


def bar_who_decided(case: Case, service: Service, answers: Answers) -> bool:
    """Let those have no part in a locked case who decided on what it objects to; what is in their hands is in nobody's
    from now on.

    Returns:
        whether anybody is out who was not before.
    """
    out = {*case.objected_to, *who_decided(service, answers)}
    if out == {*case.objected_to}:
        return False
    case.objected_to = sorted(out)
    if case.handler_no in out:
        case.handler_no = None
    return True


def _decides(step: Step) -> bool:
    """Whoever takes it back upholds the objection, and decided nothing that it is to."""
    if UNPUBLISH in step.does:
        return False
    by_others = step.second or step.upper or step.right in {Right.CASE_DECIDE, Right.CASE_SIGN}
    return step.target is not None and (by_others or PUBLISH in step.does)


def _named(answer: Answers) -> tuple[CasePublication, Case] | None:
    try:
        code = uuid.UUID(str(answer.get("code")))
    except ValueError:
        return None
    row = db.session.execute(
        sa.select(CasePublication, Case)
        .join(Case, Case.id == CasePublication.case_id)
        .where(CasePublication.id == code)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def _names(publication: CasePublication) -> list[str]:
    """What it may be called, each more exact than the one before."""
    begun = [day_of(publication.since).isoformat(), spoken_instant(publication.since)]
    names = [f"{publication.name_masked}，{publication.place}，{since} 起公示" for since in begun]
    return [*names, f"{names[-1]}（尾号 {str(publication.id)[-4:]}）"]


def _published(publication: CasePublication, case: Case, name: str) -> Published:
    return Published(
        code=str(publication.id),
        name=name,
        area=_street_of(case),
        until=publication.until,
    )


def _street_of(case: Case) -> str | None:
    declared = version_of(case.service, case.service_version)
    field = next(
        (step.does[PUBLISH]["place"] for step in declared.machine.steps.values() if PUBLISH in step.does), None
    )
    area = orjson.loads(case.answers).get(field)
    return None if area is None else str(area)[:STREET_DIGITS]
