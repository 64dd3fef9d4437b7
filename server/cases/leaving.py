"""Words that leave the union: for an office outside, in 12345. Written anew, and pointing to nobody who wants to stay
unknown."""

import sqlalchemy as sa

from server.cases.declaration import Service
from server.cases.flow.machine import Step
from server.cases.forms.fields import Answers
from server.cases.identifying import copies, points_to
from server.cases.models import Author, Case, CaseMessage
from server.cases.vocabulary import IdentityMode, Office, Reader
from server.city.words import Word
from server.core.db import db
from server.core.errors import unprocessable
from server.identity.service import get_worker

LETTER = "letter"
"""The capability that writes to an employer, or to an authority against one."""


def leaves(step: Step) -> bool:
    """Whether somebody outside of the union may read what is written with a step."""
    brief = step.office is Office.TO and step.words_for is Reader.STAFF
    return brief or step.does.get("exchange", {}).get("send") == Word.ORDER or names_nobody(step)


def names_nobody(step: Step) -> bool:
    """Whether an employer reads it: then nobody is named who complained, whether they gave their name or not."""
    return LETTER in step.does


def refuse_telling(case: Case, service: Service, answers: Answers, *, text: str, secret: bool | None = None) -> None:
    """Let words pass that were written anew, and that point to nobody who does not want to be known.

    Args:
        secret: whether nobody is to be named; None where that is for the worker's wish.

    Raises:
        Problem: 422.
    """
    session = db.session()
    said = session.scalars(
        sa.select(CaseMessage.text).where(CaseMessage.case_id == case.id, CaseMessage.author == Author.WORKER)
    )
    copied = copies(text, [*service.form.typed_texts(answers), *said])
    if copied is not None:
        raise unprocessable({"text": [f"不要抄工友的原话，请用你自己的话写：“{copied}…”是原话"]})
    hidden = case.identity_mode is IdentityMode.CONFIDENTIAL if secret is None else secret
    if not hidden or case.worker_id is None:
        return
    worker = get_worker(session, case.worker_id)
    if points_to(text, names=[worker.name], numbers=[worker.phone, worker.id_number]):
        why = "这件事要求隐名，请拿掉再转" if secret is None else "不能让单位知道是谁反映的，请拿掉"
        raise unprocessable({"text": [f"里面有工友的姓名、电话或证件号。{why}"]})
