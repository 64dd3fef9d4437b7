"""Drawing a paper and keeping its two files with the case; what of the answers may stand on one."""

import uuid
from datetime import datetime

from msgspec import Struct

from server.cases.declaration import Service
from server.cases.files.media import Accepted, MediaType
from server.cases.files.models import Attachment
from server.cases.files.service import keep
from server.cases.forms.fields import Answers, FieldType
from server.cases.forms.speaking import spoken
from server.cases.models import Case
from server.cases.papers.models import CasePaper
from server.cases.papers.pdf import pdf_of
from server.cases.papers.rules import Paper, Template
from server.cases.papers.templates import templates
from server.cases.papers.word import docx_of
from server.cases.seeing import WHO_OPENS, seen_by_all
from server.core.clock import today
from server.core.db import db
from server.core.errors import Problem
from server.core.pdf import NoFonts


class Issued(Struct, frozen=True):
    """The running number of a letter: counted for each union, template and year."""

    by: uuid.UUID
    year: int
    no: int


class Drawn(Struct, frozen=True):
    """The two files of a paper, kept with its case."""

    docx: Attachment
    pdf: Attachment


def draw(case: Case, paper: Paper, *, at: datetime, worker_id: uuid.UUID | None) -> Drawn:
    """Draw a paper that is filled in, as DOCX and PDF, and keep both with the case. It takes a second or more.

    Args:
        worker_id: whose files they are; None where they are the union's.

    Raises:
        Problem: 503 without fonts, or without room.
    """
    try:
        files = {MediaType.DOCX: docx_of(paper), MediaType.PDF: pdf_of(paper)}
    except NoFonts as error:
        raise Problem(503, title=str(error)) from error
    kept = {}
    for media_type, content in files.items():
        # Until they are the case's, files are somebody's: a worker's, or whoever knows a secret. Nobody knows this one.
        claim = None if worker_id is not None else uuid.uuid4().bytes * 2
        kept[media_type] = keep(Accepted(media_type, content), worker_id=worker_id, claim_hash=claim)
        kept[media_type].case_id, kept[media_type].claimed_at = case.id, at
        kept[media_type].claim_hash = None
    return Drawn(kept[MediaType.DOCX], kept[MediaType.PDF])


def add_paper(
    case: Case,
    template: Template,
    drawn: Drawn,
    *,
    number: int,
    staff_no: str,
    at: datetime,
    issued: Issued | None = None,
) -> CasePaper:
    """Write down that a paper was made.

    Args:
        number: counts the papers of the case.
    """
    row = CasePaper(
        case_id=case.id,
        number=number,
        kind=template.key,
        title=template.title,
        at=at,
        staff_no=staff_no,
        docx_id=drawn.docx.id,
        pdf_id=drawn.pdf.id,
        docx_sha256=drawn.docx.sha256,
        pdf_sha256=drawn.pdf.sha256,
        issued_by=None if issued is None else issued.by,
        issued_year=None if issued is None else issued.year,
        issued_no=None if issued is None else issued.no,
    )
    db.session.add(row)
    return row


def printed(service: Service, answers: Answers, *, template: str) -> list[str]:
    """The answers that a template prints, in words."""
    words = spoken_answers_of(service, answers)
    return [words[gap] for gap in sorted(templates()[template].gaps()) if gap in words]


def spoken_answers_of(service: Service, answers: Answers) -> dict[str, str]:
    """What fills a gap: the answers that everybody sees who opens the case, and what follows from them, in words."""
    found: dict[str, str] = {}
    for field in seen_by_all(service.form.declaration.fields(), WHO_OPENS):
        if field.key in answers and field.type is not FieldType.ROWS:
            found[f"answers.{field.key}"] = spoken(field, answers[field.key])
    for rule in service.computed:
        computed = rule.find(answers, today=today())
        if computed is not None:
            found[f"computed.{rule.key}"] = computed.text
            found[f"computed.{rule.key}.value"] = str(computed.value)
    return found
