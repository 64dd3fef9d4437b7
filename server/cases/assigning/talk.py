"""What a worker and whoever a case is assigned to write to each other: closed to the desk, the street, the district.

Each assignment has a talk of its own. Whoever comes after does not get what was written before, unless the worker hands
it on.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from server.cases.assigning.models import CaseAssignment, CaseTalk
from server.cases.authority import is_assigned
from server.cases.barring import refuse_out
from server.cases.files.links import link_for
from server.cases.files.models import Attachment
from server.cases.files.service import attachments_apart, claim_attachments
from server.cases.models import Author, Case
from server.cases.steps import Items
from server.cases.telling import tell_worker
from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import conflict, not_found
from server.notices.worded import worded

NOBODY = "现在没有人可以单独谈：律师接了才行。急事请打工会电话，或者在留言里说"


class Said(Struct, frozen=True):
    """One message."""

    author: Author
    at: datetime
    text: str
    earlier: bool
    """Written with somebody before, and handed on."""
    files: Sequence[dict[str, Any]]
    """As `links.link_for` shows them."""


def taken_by(case: Case) -> CaseAssignment:
    """The assignment of a case that somebody has accepted.

    Raises:
        Problem: 409 while nobody has.
    """
    found = db.session.scalar(
        sa.select(CaseAssignment).where(
            CaseAssignment.case_id == case.id,
            CaseAssignment.ended_at.is_(None),
            CaseAssignment.accepted_at.is_not(None),
        )
    )
    if found is None:
        raise conflict("nobody_assigned", NOBODY)
    return found


def write(
    case: Case,
    assignment: CaseAssignment,
    *,
    author: Author,
    text: str,
    items: Items,
    worker_id: uuid.UUID | None,
    at: datetime,
) -> None:
    """Add a message to the talk of an assignment.

    Args:
        items: files that come with it, as `claim_attachments` takes them.
        worker_id: who sends it; None for staff.

    Raises:
        Problem: 422 for files that cannot be used.
    """
    said = CaseTalk(assignment_id=assignment.id, at=at, author=author, text=text)
    db.session.add(said)
    db.session.flush()
    claim_attachments(case_id=case.id, talk_id=said.id, items=items, worker_id=worker_id)


def talk_of(*, no: str, staff_no: str) -> Sequence[Said]:
    """What whoever has the case may read, oldest first; that it was read is recorded.

    Raises:
        Problem: 404 for everybody else, whatever their rights.
    """
    with transaction():
        case, mine = _mine(no=no, staff_no=staff_no)
        audit.record(actor=audit.staff(staff_no), action="case.read_talk", subject_kind="case", subject_id=case.id)
        rows = _readable(case, mine)
        files: dict[uuid.UUID | None, list[dict[str, Any]]] = {}
        for one in attachments_apart(talk_ids=[row.id for row in rows]):
            files.setdefault(one.talk_id, []).append(link_for(one))
        return [Said(row.author, row.at, row.text, row.assignment_id != mine.id, files.get(row.id, [])) for row in rows]


def file_apart(*, no: str, attachment_id: uuid.UUID, staff_no: str) -> dict[str, Any]:
    """A file of the talk, as `links.link_for` shows it; that it was opened is recorded.

    Raises:
        Problem: 404 for everybody but whoever has the case.
    """
    with transaction():
        attachment = require_file_apart(no=no, attachment_id=attachment_id, staff_no=staff_no)
        audit.record(
            actor=audit.staff(staff_no), action="case.read_file", subject_kind="attachment", subject_id=attachment.id
        )
        return link_for(attachment)


def require_file_apart(*, no: str, attachment_id: uuid.UUID, staff_no: str) -> Attachment:
    """A file of the talk that whoever has the case may open.

    Raises:
        Problem: 404 for everybody else.
    """
    case, mine = _mine(no=no, staff_no=staff_no)
    files = attachments_apart(talk_ids=[row.id for row in _readable(case, mine)])
    found = next((one for one in files if one.id == attachment_id), None)
    if found is None:
        raise not_found()
    return found


def answer(*, no: str, staff_no: str, text: str, items: Items = ()) -> Case:
    """What whoever has the case writes to the worker. The same twice in a row, files and all, is written once.

    Raises:
        Problem: 404 for everybody else; 409 before they accepted, and for whoever is out of the case; 422 for files
            that cannot be used.
    """
    with transaction() as session:
        case, mine = _mine(no=no, staff_no=staff_no)
        refuse_out(case, staff_no)
        if mine.accepted_at is None:
            raise conflict("nobody_assigned", "先接了这件事，再和工友单独谈")
        last = session.scalar(
            sa.select(CaseTalk)
            .where(CaseTalk.assignment_id == mine.id)
            .order_by(CaseTalk.at.desc(), CaseTalk.id.desc())
            .limit(1)
        )
        if last is not None and (last.author, last.text) == (Author.STAFF, text) and _same_files(last, items):
            return case
        write(case, mine, author=Author.STAFF, text=text, items=items, worker_id=None, at=now())
        audit.record(actor=audit.staff(staff_no), action="case.talk", subject_kind="case", subject_id=case.id)
        tell_worker(
            case,
            kind="case.message",
            title="你的事项有新留言",
            body=worded("{no} 有单独给你的新留言，请打开看看。", no=case.no),
        )
        return case


def _readable(case: Case, mine: CaseAssignment) -> Sequence[CaseTalk]:
    """What whoever has a case may read, oldest first."""
    theirs = CaseTalk.assignment_id == mine.id
    if mine.handed_on_at is not None:
        earlier = sa.and_(CaseAssignment.case_id == case.id, CaseTalk.at <= mine.handed_on_at)
        theirs = sa.or_(theirs, earlier)
    return db.session.scalars(
        sa.select(CaseTalk)
        .join(CaseAssignment, CaseAssignment.id == CaseTalk.assignment_id)
        .where(theirs)
        .order_by(CaseTalk.at, CaseTalk.id)
    ).all()


def _same_files(said: CaseTalk, items: Items) -> bool:
    """Whether a message came with just these files."""
    given = sa.select(Attachment.sha256).where(Attachment.id.in_([item["id"] for item in items]))
    before = sa.select(Attachment.sha256).where(Attachment.talk_id == said.id)
    return sorted(db.session.scalars(given)) == sorted(db.session.scalars(before))


def _mine(*, no: str, staff_no: str) -> tuple[Case, CaseAssignment]:
    case = db.session.scalar(sa.select(Case).where(Case.no == no))
    if case is None or not is_assigned(case, staff_no=staff_no):
        raise not_found()
    found = db.session.scalars(
        sa.select(CaseAssignment).where(CaseAssignment.case_id == case.id, CaseAssignment.ended_at.is_(None))
    ).one()
    return case, found
