"""Cases that staff open from another one, as a letter to the employer of whoever complained. They are nobody's own.

Whoever opens one reads the case that it came from. It says nothing of it to whoever may not read that one.
"""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from msgspec import Struct

from server.cases.authority import in_reach, require_staff
from server.cases.catalogue import catalogue, keep_once, version_of
from server.cases.declaration import Service
from server.cases.forms.fields import Answers
from server.cases.homes import home_of
from server.cases.locking import lock
from server.cases.models import Case, CaseNote
from server.cases.numbers import new_secret
from server.cases.routing import office_of_union
from server.cases.steps import By, moment, open_case
from server.cases.submission import new_case
from server.cases.vocabulary import OVER, Actor, IdentityMode
from server.core import audit
from server.core.db import db, transaction
from server.core.errors import conflict, not_found, unprocessable
from server.unions.staff.authority import authorise, desk_of, holder_of
from server.unions.staff.vocabulary import Right


class Related(Struct, frozen=True):
    """A case beside another, for whoever may read it."""

    no: str
    service_name: str
    state_name: str


def services_from(case: Case, *, staff_no: str) -> list[Service]:
    """What somebody who works on a case can open from it."""
    offered = _offered(case)
    if not offered:
        return []
    session, place = db.session(), _place(case, staff_no=staff_no)

    def may(service: Service) -> bool:
        held = holder_of(
            session, number=staff_no, right=Right.CASE_WORK, union_id=place, service=service.key, neutral=True
        )
        return held is not None

    return [one for one in offered if may(one)]


def source_to_open(*, no: str, service: str, staff_no: str) -> tuple[Case, Service]:
    """A case and what somebody wants to open from it.

    Raises:
        Problem: 403 for whoever may not; 404, also for what is not opened from such a case.
    """
    case = db.session.scalar(sa.select(Case).where(Case.no == no))
    if case is None:
        raise not_found()
    return case, _let_in(case, service, staff_no=staff_no)


def open_from(*, no: str, service: str, staff_no: str, answers: Answers) -> Case:
    """Open a case from another one; it lies where that one lies, or the nearest above with somebody for it.

    Raises:
        Problem: as `source_to_open`; 409 where one from it is under way already; 422.
    """
    with transaction() as session:
        source, _ = lock(no=no)
        declared = _let_in(source, service, staff_no=staff_no)
        living = sa.select(Case.no).where(
            Case.opened_from_id == source.id, Case.service == declared.key, Case.phase.not_in(OVER)
        )
        if (other := session.scalar(living)) is not None:
            raise conflict("under_way", f"从这件已经开了一件在办：{other}，请在那里接着办")
        accepted, errors = declared.form.accept(answers, whole=False)
        if errors:
            raise unprocessable(errors)
        keep_once(declared)
        at = moment(source)
        case = new_case(
            session,
            declared,
            mode=IdentityMode.NAMED,
            answers=accepted,
            at=at,
            # Nobody's: nobody knows what would open it.
            secret=new_secret(),
            alarming=False,
        )
        case.union_id = office_of_union(session, declared, _place(source, staff_no=staff_no))
        case.opened_from_id = source.id
        open_case(case, declared, items=(), at=at, by=By(Actor.STAFF, staff_no))
        session.add(
            CaseNote(
                case_id=source.id, at=at, staff_no=staff_no, step=None, text=f"从这件开了{declared.name} {case.no}"
            )
        )
        audit.record(
            actor=audit.staff(staff_no),
            action="case.open_from",
            subject_kind="case",
            subject_id=source.id,
            detail={"opened": str(case.id)},
        )
        return case


def source_of(case: Case) -> Case | None:
    """The case that this one was opened from; None where there is none, or nothing is left of it."""
    return None if case.opened_from_id is None else db.session.get(Case, case.opened_from_id)


def related(case: Case, *, staff_no: str) -> tuple[Related | None, Sequence[Related]]:
    """The case that one was opened from, and those that were opened from it: what somebody may read."""
    known = sa.or_(Case.id == case.opened_from_id, Case.opened_from_id == case.id)
    may_read = in_reach(staff_no=staff_no, right=Right.CASE_READ)
    found = db.session.scalars(sa.select(Case).where(known, may_read).order_by(Case.id)).all()
    source = next((one for one in found if one.id == case.opened_from_id), None)
    return (None if source is None else _shown(source)), [_shown(one) for one in found if one is not source]


def _shown(case: Case) -> Related:
    service = version_of(case.service, case.service_version)
    return Related(case.no, service.name, service.machine.states[case.state].name)


def _let_in(source: Case, key: str, *, staff_no: str) -> Service:
    require_staff(source, staff_no=staff_no, right=Right.CASE_WORK)
    declared = next((one for one in _offered(source) if one.key == key), None)
    if declared is None:
        raise not_found()
    place = _place(source, staff_no=staff_no)
    authorise(db.session(), number=staff_no, right=Right.CASE_WORK, union_id=place, service=key, neutral=True)
    return declared


def _offered(case: Case) -> list[Service]:
    if case.emptied_at is not None:
        # What may not be copied from it, and who is not to be named, nobody knows any more.
        return []
    return [one for one in catalogue().current.values() if case.service in one.opened_from]


def _place(source: Case, *, staff_no: str) -> uuid.UUID:
    """Where a case lies; of somebody without a union that lies nowhere, the desk of whoever opens another from it."""
    return source.union_id or home_of(source) or desk_of(db.session(), number=staff_no, right=Right.CASE_WORK)
