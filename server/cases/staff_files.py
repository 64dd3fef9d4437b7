"""The files of a case as staff see them: each only for whom its field is meant, and that one was opened is recorded."""

import uuid
from collections.abc import Collection
from typing import Any

from server.cases.attached import labels_of, seen_files
from server.cases.authority import allowed_over, readable_case
from server.cases.catalogue import version_of
from server.cases.declaration import Service
from server.cases.files.links import link_for
from server.cases.files.models import Attachment
from server.cases.files.service import attachments_of
from server.cases.forms.fields import Viewer
from server.cases.models import Case
from server.cases.papers.service import names_worker, papers_of
from server.core import audit
from server.core.db import transaction
from server.core.errors import not_found

INSIDE = "内部记录附的（工友看不到）"


def opened_file(*, no: str, attachment_id: uuid.UUID, staff_no: str) -> dict[str, Any]:
    """A file of a case, as `links.link_for` shows it; that it was opened is recorded.

    Raises:
        Problem: 403 for whoever may not, 404.
    """
    with transaction():
        attachment = require_file(no=no, attachment_id=attachment_id, staff_no=staff_no)
        audit.record(
            actor=audit.staff(staff_no), action="case.read_file", subject_kind="attachment", subject_id=attachment.id
        )
        return link_for(attachment)


def require_file(*, no: str, attachment_id: uuid.UUID, staff_no: str) -> Attachment:
    """A file of a case that somebody may read.

    Raises:
        Problem: 403 for whoever may not, 404.
    """
    case = readable_case(no=no, staff_no=staff_no)
    service = version_of(case.service, case.service_version)
    allowed = allowed_over(case.id, staff_no=staff_no)
    files = seen_files(service, attachments_of(case_id=case.id, inside=True), allowed.viewers)
    if allowed.barred:
        named = {file for one in papers_of(case) if names_worker(service, one) for file in (one.docx_id, one.pdf_id)}
        files = [one for one in files if one.id not in named]
    attachment = next((one for one in files if one.id == attachment_id), None)
    if attachment is None:
        raise not_found()
    return attachment


def files_shown(
    case: Case, service: Service, viewers: Collection[Viewer], made: Collection[uuid.UUID]
) -> list[dict[str, Any]]:
    """Those that came with the case, not papers that were made of it: in the form's order, those of no field first,
    those of notes last."""
    labels = labels_of(service)
    places = {field: place for place, field in enumerate(labels)}
    files = seen_files(service, attachments_of(case_id=case.id, inside=True), viewers)
    return [
        {**link_for(one), "label": INSIDE if one.note_id else labels.get(one.field or "")}
        for one in sorted(files, key=lambda file: len(places) if file.note_id else places.get(file.field or "", -1))
        if one.id not in made
    ]
