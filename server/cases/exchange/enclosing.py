"""Which files go along with an order, and handing them over before it.

Of a named case, where the step that hands it over says so: pictures and PDFs that came with the case or with its
messages by then, as they are stored, so with what was covered covered. What came with a note of the staff, with a field
of the form or with words said apart stays here, and so do recordings: they are the worker's own words.
"""

import uuid
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from server.cases.files.content import MAX_BYTES
from server.cases.files.media import MediaType
from server.cases.files.models import Attachment
from server.cases.files.service import attachments_of, content_of
from server.cases.models import Case
from server.cases.vocabulary import IdentityMode
from server.city.client import CityRefused, Partner
from server.city.words import Enclosed, Outgoing, Word
from server.core import audit
from server.core.db import transaction

WITH_FILES = {"send": Word.ORDER.value, "files": True}
"""What the step that hands a case over says, where files go along."""
SENT = frozenset({MediaType.JPEG, MediaType.PNG, MediaType.PDF})

log = structlog.get_logger(__name__)


def enclosed(case: Case, *, at: datetime) -> tuple[Enclosed, ...]:
    """What goes along with the order of a case that was handed over at that time."""
    # The catalogue is read with the capabilities, which read this.
    from server.cases.catalogue import version_of

    steps = version_of(case.service, case.service_version).machine.steps.values()
    with_files = any(step.does.get("exchange") == WITH_FILES for step in steps)
    if not with_files or case.identity_mode is not IdentityMode.NAMED:
        return ()
    return tuple(
        Enclosed(str(one.id), one.media_type.value, one.sha256)
        for one in attachments_of(case_id=case.id)
        if one.field is None
        and one.media_type in SENT
        and one.size <= MAX_BYTES
        and one.claimed_at is not None
        and one.claimed_at <= at
    )


def hand_over(partner: Partner, outgoing: Outgoing, *, session: Session) -> dict[str, str | None]:
    """Hand over what an order names, each time it is sent; what they do not take is left out.

    Returns:
        by the id of each file: the code by which they refuse it, or None for what they have.

    Raises:
        CityUnavailable: all of it is sent again with the order.
    """
    refused: dict[str, str | None] = {}
    for file in outgoing.files:
        stored = session.get_one(Attachment, uuid.UUID(file.file_id))
        case_id, content = stored.case_id, content_of(stored)
        session.rollback()  # no transaction stays open while they answer
        try:
            partner.send_file(file, our_no=outgoing.our_no, content=content)
        except CityRefused as error:
            log.warning("city_file_refused", trouble=str(error))
            refused[file.file_id] = str(error)
            continue
        refused[file.file_id] = None
        with transaction():
            audit.record(actor="system", action="case.file_to_city", subject_kind="case", subject_id=case_id)
    return refused
