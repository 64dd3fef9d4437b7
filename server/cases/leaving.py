"""Words that leave the union: for an office outside, in 12345. Written anew, and pointing to nobody who wants to stay
unknown."""

from collections.abc import Iterable, Iterator, Sequence

import orjson
import sqlalchemy as sa

from server.cases.flow.machine import Step
from server.cases.identifying import copies, points_to, sentence_that
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


def refuse_telling(
    case: Case, *, text: str, secret: bool = False, anew: bool = False, beside: Iterable[str] = ()
) -> None:
    """Let words pass that were written anew, and that point to nobody who does not want to be known: neither whose case
    it is, whatever they chose themselves, nor whose was merged into it.

    Args:
        secret: that nobody is to be named, whatever the workers wish.
        anew: that not even a named case's own words are copied.
        beside: what leaves with the words, as the employer's name: to repeat it is no copy.

    Raises:
        Problem: 422.
    """
    merged = db.session().scalars(sa.select(Case).where(Case.lead_id == case.id)).all()
    hidden = [one for one in (case, *merged) if secret or one.identity_mode is not IdentityMode.NAMED]
    compared = [case, *hidden] if anew and case not in hidden else hidden
    written, beside = text, [words for words in beside if words]
    for words in beside:
        written = written.replace(words, "\n")
    copied = copies(written, (words for one in compared for words in _own_words(one)))
    if copied is not None:
        raise unprocessable({"text": [f"不要抄工友的原话，请用你自己的话写：“{copied}…”是原话"]})
    told = list(_who_told(hidden))

    def points(part: str) -> bool:
        return points_to(
            part, names=[name for name, *_ in told], numbers=[number for _, *both in told for number in both]
        )

    if points(text):
        number = sentence_that(text, points)
        where = "里面" if number is None else f"第 {number} 句里"
        why = "不能让单位知道是谁反映的，请拿掉" if secret else "这件事有人要求隐名，请拿掉再转"
        raise unprocessable({"text": [f"{where}有工友的姓名、电话或证件号。{why}"]})
    if any(points(part) for part in beside):
        raise unprocessable({"text": ["信上要印的单位名称、信用代码里有工友的姓名、电话或证件号，请先改好再发"]})


def someone_hidden(case: Case) -> bool:
    """Whether whose case it is, or one that was merged into it, is not to be known outside."""
    modes = sa.select(Case.identity_mode).where(sa.or_(Case.id == case.id, Case.lead_id == case.id))
    return any(mode is not IdentityMode.NAMED for mode in db.session().scalars(modes))


def _own_words(case: Case) -> Iterator[str]:
    # Whoever reads a service's file asks here whether a step leaves.
    from server.cases.catalogue import version_of

    yield from version_of(case.service, case.service_version).form.typed_texts(orjson.loads(case.answers))
    yield from db.session().scalars(
        sa.select(CaseMessage.text).where(CaseMessage.case_id == case.id, CaseMessage.author == Author.WORKER)
    )


def _who_told(cases: Sequence[Case]) -> Iterator[tuple[str | None, ...]]:
    """Name and numbers of each whose cases these are, also without an account."""
    session = db.session()
    for worker_id in {one.worker_id for one in cases if one.worker_id is not None}:
        worker = get_worker(session, worker_id)
        yield worker.name, worker.phone, worker.id_number
    typed = sa.select(CaseProxy).where(CaseProxy.case_id.in_([one.id for one in cases]))
    yield from ((proxy.name, proxy.phone) for proxy in session.scalars(typed))
