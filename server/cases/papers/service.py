"""Making a paper of a case: filled in, drawn, numbered, kept as attachments that the worker has too."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from server.cases.assigning.models import CaseAssignee
from server.cases.assigning.service import living_of
from server.cases.authority import require_staff
from server.cases.barring import refuse_out
from server.cases.declaration import Service
from server.cases.files.service import KIND_NAMES, attachments_of
from server.cases.forms.fields import Answers, FormField
from server.cases.forms.speaking import spoken
from server.cases.locking import lock
from server.cases.models import Case
from server.cases.papers.drawing import add_paper, draw, spoken_answers_of
from server.cases.papers.models import CasePaper
from server.cases.papers.rules import FILES, Template, fill, letter_number, number_of
from server.cases.papers.templates import templates
from server.cases.publications import bar_meanwhile
from server.cases.seeing import WHO_OPENS, seen_by_all
from server.cases.steps import answers_of, moment, refuse_after_the_end
from server.cases.telling import tell_worker
from server.cases.vocabulary import IdentityMode
from server.core import audit
from server.core.clock import day_of, today
from server.core.db import db, transaction
from server.core.errors import conflict, not_found
from server.identity.models import Worker
from server.identity.papers import PAPER_NAMES, IdType, read_id_number
from server.identity.service import get_worker
from server.notices.worded import worded
from server.unions.staff.service import names_of
from server.unions.staff.vocabulary import Right

MOST = 30
"""Papers of one case."""


def make_paper(*, no: str, kind: str, staff_no: str) -> CasePaper:
    """Make a paper that the service declares.

    Reading the number of the worker's papers, where the paper names it, is recorded by itself.

    Raises:
        Problem: 403, 404; 409 for whoever is out of the case, and when it has ended, has too many, or is nobody's yet;
            503 without fonts.
    """
    with transaction() as session:
        case, service = lock(no=no)
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK, assigned=True)
        bar_meanwhile(case, service)
        refuse_out(case, staff_no)
        template = templates().get(kind)
        if template is None or kind not in service.papers or case.identity_mode is not IdentityMode.NAMED:
            raise not_found()
        refuse_after_the_end(case, service.machine)
        made = session.scalar(sa.select(sa.func.count()).where(CasePaper.case_id == case.id)) or 0
        if made >= MOST:
            raise conflict("too_many_papers", f"这件事已经写了 {MOST} 份材料，不能再写了")
        at, number = moment(case), made + 1
        if case.worker_id is None:
            raise conflict("not_claimed", "这件事是别人替工友填的，工友还没认领。请他用自己的手机号登录认领，再来写")
        worker = get_worker(session, case.worker_id)
        answers = answers_of(case)
        values = _values(case, service, answers, worker, template, number=number)
        rows = {**_rows(service, template, answers), FILES: _files(case, service)}
        paper = fill(template, number=values["paper.number"], values=values, rows=rows)
        drawn = draw(case, paper, at=at, worker_id=worker.id)
        row = add_paper(case, template, drawn, number=number, staff_no=staff_no, at=at)
        case.version += 1
        case.updated_at = at
        actor, detail = audit.staff(staff_no), {"kind": kind, "number": number}
        audit.record(actor=actor, action="case.make_paper", subject_kind="case", subject_id=case.id, detail=detail)
        if template.identity and worker.id_number is not None:
            audit.record(
                actor=actor, action="case.read_id_number", subject_kind="case", subject_id=case.id, detail=detail
            )
        tell_worker(
            case,
            kind="case.message",
            title="你的事项有新材料",
            body=worded("{no} 写好了一份材料，打开就能看、能存。签名以前先核对。", no=case.no),
        )
        return row


def number_words(case: Case, paper: CasePaper) -> str:
    """The number that stands on a paper."""
    if paper.issued_year is None or paper.issued_no is None:
        return number_of(case.no, paper.number)
    return letter_number(templates()[paper.kind], year=paper.issued_year, number=paper.issued_no)


def papers_of(case: Case) -> Sequence[CasePaper]:
    """What was made of a case, oldest first."""
    return db.session.scalars(sa.select(CasePaper).where(CasePaper.case_id == case.id).order_by(CasePaper.number)).all()


def names_worker(service: Service, paper: CasePaper) -> bool:
    """Whether a paper says whose case it is: letters of the union, which steps write, do not."""
    return paper.kind in service.papers


def _values(
    case: Case, service: Service, answers: Answers, worker: Worker, template: Template, *, number: int
) -> dict[str, str]:
    """What can fill a gap; what is not known is left out."""
    assignment = living_of(case.id)
    found: dict[str, str | None] = {
        "case.no": case.no,
        "paper.number": number_of(case.no, number),
        "worker.name": worker.name,
        "worker.phone": worker.phone,
    }
    if template.identity:
        found |= _identity_of(worker)
    if assignment is not None and assignment.accepted_at is not None:
        profile = db.session.get(CaseAssignee, (assignment.staff_no, assignment.role))
        found["assignee.name"] = names_of(db.session(), {assignment.staff_no}).get(assignment.staff_no)
        found["assignee.phone"] = profile.phone if profile else None
    found |= spoken_answers_of(service, answers)
    return {key: words for key, words in found.items() if words}


def _identity_of(worker: Worker) -> dict[str, str | None]:
    if worker.id_type is None or worker.id_number is None:
        return {}
    born: date | None = read_id_number(worker.id_type, worker.id_number, today=today(), allow_synthetic=True).born
    # The seventeenth digit is odd for men.
    sexed = worker.id_type in {IdType.RESIDENT_ID, IdType.RESIDENCE_PERMIT}
    return {
        "worker.id_kind": PAPER_NAMES[worker.id_type],
        "worker.id_number": worker.id_number,
        "worker.born": None if born is None else f"{born.year} 年 {born.month} 月 {born.day} 日",
        "worker.sex": ("男" if int(worker.id_number[16]) % 2 else "女") if sexed else None,
    }


def _rows(service: Service, template: Template, answers: Answers) -> dict[str, list[dict[str, str]]]:
    """The tables and lists that a template goes through, in words."""
    found = {}
    shown = {field.key: field for field in seen_by_all(service.form.declaration.fields(), WHO_OPENS)}
    for key in template.tables().keys() - {FILES}:
        field = shown[key]
        given: Sequence[Any] = answers.get(key) or ()
        found[key] = [_row(field, one) for one in given]
    return found


def _files(case: Case, service: Service) -> list[dict[str, str]]:
    """What was given to the fields for files that everybody sees who opens the case, field by field."""
    shown = {field.key: field.label for field in seen_by_all(service.form.declaration.files(), WHO_OPENS)}
    files = attachments_of(case_id=case.id)
    return [
        {
            "name": label,
            "kind": KIND_NAMES[one.media_type.kind],
            "day": "" if one.claimed_at is None else day_of(one.claimed_at).isoformat(),
        }
        for key, label in shown.items()
        for one in files
        if one.field == key
    ]


def _row(field: FormField, given: Any) -> dict[str, str]:
    if isinstance(given, Mapping):
        return {
            column.key: spoken(column, given[column.key])
            for column in field.fields
            if given.get(column.key) is not None
        }
    return {"value": next((one.label for one in field.choices if one.value == given), str(given))}
