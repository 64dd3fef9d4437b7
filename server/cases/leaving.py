"""Words that leave the union: for an office outside, in 12345. Written anew, and pointing to nobody who wants to stay
unknown."""

from collections.abc import Iterator

import sqlalchemy as sa

from server.cases.declaration import Service
from server.cases.flow.machine import Step
from server.cases.forms.fields import Answers
from server.cases.identifying import copies, points_to
from server.cases.models import Author, Case, CaseMessage
from server.cases.proxies.models import CaseProxy
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


def refuse_telling(case: Case, service: Service, answers: Answers, *, text: str, secret: bool = False) -> None:
    """Let words pass that were written anew, and that point to nobody who does not want to be known.

    Args:
        secret: that nobody is to be named, whatever the workers wish.

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
    told = list(_who_told(case, secret=secret))
    if points_to(text, names=[name for name, *_ in told], numbers=[number for _, *both in told for number in both]):
        why = "不能让单位知道是谁反映的，请拿掉" if secret else "这件事要求隐名，请拿掉再转"
        raise unprocessable({"text": [f"里面有工友的姓名、电话或证件号。{why}"]})


def _who_told(case: Case, *, secret: bool) -> Iterator[tuple[str | None, ...]]:
    """Name and numbers of each who is to stay unknown: of a case and those merged into it, also without an account."""
    session = db.session()
    merged = session.scalars(sa.select(Case).where(Case.lead_id == case.id))
    hidden = [one for one in (case, *merged) if secret or one.identity_mode is IdentityMode.CONFIDENTIAL]
    for worker_id in {one.worker_id for one in hidden if one.worker_id is not None}:
        worker = get_worker(session, worker_id)
        yield worker.name, worker.phone, worker.id_number
    typed = sa.select(CaseProxy).where(CaseProxy.case_id.in_([one.id for one in hidden]))
    yield from ((proxy.name, proxy.phone) for proxy in session.scalars(typed))
