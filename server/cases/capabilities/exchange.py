"""Exchange with 12345: a case handed over, and what becomes of cases told to whoever handed them to whom."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from server.cases.capabilities.doing import Doing
from server.cases.exchange.models import CaseExchange
from server.cases.exchange.outbound import agreed_to_share, is_ours_to_say, tell
from server.cases.forms.fields import Viewer
from server.cases.forms.speaking import spoken_answers
from server.cases.leaving import refuse_telling
from server.cases.seeing import seen
from server.cases.vocabulary import Actor, Direction
from server.city.service import city
from server.city.words import Word
from server.core.db import db
from server.core.errors import conflict


def exchange(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Tell 12345 the word `send`. `order` hands the case over; other words do nothing in cases that are not exchanged,
    and each side only ever says its own. With `files` the pictures and PDFs of a named case go along with its order
    (`exchange.enclosing`)."""
    word = Word(parameters["send"])
    found = db.session.scalar(sa.select(CaseExchange).where(CaseExchange.case_id == doing.case.id))
    if word is Word.ORDER:
        _hand_over(doing, found)
    elif found is not None and is_ours_to_say(found, word):
        # What a worker writes is for the union; what goes out with an order of ours is looked at before. Words that are
        # not ours to say stay here: an answer to the worker may quote and name them.
        text = None if Actor.WORKER in doing.step.who else doing.text
        if found.direction is Direction.OUT and text:
            refuse_telling(doing.case, text=text, anew=True)
        tell(found, word=word, text=text, at=doing.at)


def _hand_over(doing: Doing, found: CaseExchange | None) -> None:
    session, case = db.session(), doing.case
    if city() is None:
        raise conflict("not_connected", "还没有和 12345 接通，这一步办不了")
    if found is not None:
        raise conflict("exchanged_already", "这件事本来就是 12345 的工单，不能再转过去")
    if not agreed_to_share(session, case):
        raise conflict("no_consent", "工友还没有同意转给 12345，或者不再同意：先请工友同意")
    refuse_telling(case, text=doing.text or "", anew=True)
    made = CaseExchange(
        case_id=case.id,
        direction=Direction.OUT,
        begun_at=doing.at,
        their_state=Word.ORDER,
        their_seq=0,
        asks_rating=False,
    )
    session.add(made)
    session.flush()
    shown = seen(doing.service.form.declaration.fields(), {Viewer.OUTSIDE})
    facts = tuple(spoken_answers(shown, doing.answers))
    tell(made, word=Word.ORDER, text=doing.text, facts=facts, at=doing.at)
