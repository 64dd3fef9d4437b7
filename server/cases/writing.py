"""What staff write in a case outside of its steps: to the worker, and for each other."""

import sqlalchemy as sa

from server.cases.authority import require_staff
from server.cases.barring import refuse_out
from server.cases.locking import lock
from server.cases.models import Case, CaseMessage, CaseNote
from server.cases.publications import bar_meanwhile
from server.cases.standing_in import for_whom, standing_in_for
from server.cases.steps import CHANGED, By, make, moment, position_of, refuse_after_the_end, write_message
from server.cases.telling import tell_worker
from server.cases.vocabulary import Actor
from server.clocks.models import OwnerKind
from server.clocks.service import clocks_of
from server.core import audit
from server.core.db import db, transaction
from server.core.errors import conflict, not_found
from server.notices.worded import worded
from server.unions.staff.vocabulary import Right


def staff_message(*, no: str, staff_no: str, text: str, version: int | None = None) -> Case:
    """A message from staff, outside of any step. The same one on the same version is a second click: written once.

    Raises:
        Problem: 403 for whoever may not; 404; 409 for whoever is out of the case, and when it has ended, or was
            changed since `version`.
    """
    with transaction():
        case, service = lock(no=no)
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        bar_meanwhile(case, service)
        refuse_out(case, staff_no)
        if version is not None and version != case.version:
            if _last_of(case, CaseMessage, staff_no=staff_no) == text:
                return case
            raise conflict(CHANGED, "这件事刚刚有人改过，请看看再发")
        refuse_after_the_end(case, service.machine)
        at = moment(case)
        clocks = clocks_of(owner_kind=OwnerKind.CASE, owner_id=case.id)
        owed = {clock.key for clock in clocks if clock.stopped_at is None}
        step = service.machine.by_message(position_of(case), owed=owed, mode=case.identity_mode)
        if step is not None:
            make(case, service, step, by=By(Actor.STAFF, staff_no), text=text, at=at)
            return case
        write_message(case, by=By(Actor.STAFF, staff_no), text=text, at=at)
        case.version += 1
        case.updated_at = at
        audit.record(
            actor=audit.staff(staff_no),
            action="case.message",
            subject_kind="case",
            subject_id=case.id,
            detail=for_whom(standing_in_for(case, staff_no=staff_no)),
        )
        tell_worker(
            case, kind="case.message", title="你的事项有新留言", body=worded("{no} 有新留言，请打开看看。", no=case.no)
        )
        return case


def staff_note(*, no: str, staff_no: str, text: str) -> Case:
    """What one member of the staff writes for the others; the worker does not see it. The same twice is written once.

    Raises:
        Problem: 403 for whoever may not; 404.
    """
    with transaction() as session:
        case, _ = lock(no=no)
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK, assigned=True)
        if _last_of(case, CaseNote, staff_no=staff_no) != text:
            session.add(CaseNote(case_id=case.id, at=moment(case), staff_no=staff_no, step=None, text=text))
            audit.record(
                actor=audit.staff(staff_no),
                action="case.note",
                subject_kind="case",
                subject_id=case.id,
                detail=for_whom(standing_in_for(case, staff_no=staff_no)),
            )
        return case


def case_to_write_in(*, no: str, staff_no: str) -> Case:
    """A case that somebody wants to write in.

    Raises:
        Problem: 403 for whoever may not; 404.
    """
    case = db.session.scalar(sa.select(Case).where(Case.no == no))
    if case is None:
        raise not_found()
    require_staff(case, staff_no=staff_no, right=Right.CASE_WORK, assigned=True)
    return case


def _last_of(case: Case, kind: type[CaseMessage] | type[CaseNote], *, staff_no: str) -> str | None:
    return db.session.scalar(
        sa.select(kind.text)
        .where(kind.case_id == case.id, kind.staff_no == staff_no)
        .order_by(kind.at.desc(), kind.id.desc())
        .limit(1)
    )
