"""Letters of the union to a firm or an authority: signed by a second person, numbered, drawn, kept as they went out."""

import hashlib
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from server.cases.capabilities.doing import Doing
from server.cases.forms.fields import Answers
from server.cases.models import Case
from server.cases.papers.drawing import Issued, draw, spoken_answers_of
from server.cases.papers.models import CasePaper
from server.cases.papers.rules import Template, fill, letter_number
from server.cases.papers.templates import templates
from server.clocks.deadlines import deadline_of
from server.core.clock import day_of
from server.core.crypto import one_at_a_time
from server.core.db import db
from server.core.errors import conflict
from server.notices.models import StaffNotice
from server.notices.staff import tell_staff
from server.unions.duty.service import roster
from server.unions.models import TradeUnion

MOST = 30
"""Letters of one case."""


def letter(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Make the letter of the template, with the words of the step, and give it the next number of its union and year.

    The `reply` clock says how long whoever gets it has.
    """
    assert doing.staff_no is not None, "two of the staff make it"
    case, template = doing.case, templates()[str(parameters["template"])]
    if case.union_id is None:
        raise conflict("no_union", "这件事还没有定由哪个工会管，不能发函")
    union = db.session.get_one(TradeUnion, case.union_id)
    papers = db.session.scalar(sa.select(sa.func.count()).where(CasePaper.case_id == case.id)) or 0
    if papers >= MOST:
        raise conflict("too_many_papers", f"这件事已经写了 {MOST} 份材料，不能再写了")
    issued = _next(template, union, year=day_of(doing.at).year)
    clock = doing.service.machine.clocks[str(parameters["reply"])]
    time = deadline_of(clock.deadline_for(doing.answers), on=day_of(case.created_at))
    paper = fill(
        template,
        number=letter_number(template, year=issued.year, number=issued.no),
        values=_values(doing, doing.answers, union, days=time.amount),
        rows={},
    )
    draw(case, template, paper, number=papers + 1, staff_no=doing.staff_no, at=doing.at, worker_id=None, issued=issued)


def tell_source(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Tell whoever has the case in hand that this one was opened from: they can tell its worker."""
    case, what = doing.case, str(parameters["what"])
    source = None if case.opened_from_id is None else db.session.get(Case, case.opened_from_id)
    if source is None or source.handler_no is None:
        return
    told = roster().present(source.handler_no, day_of(doing.at))
    if told is None or told == doing.staff_no:
        return
    text = f"{source.no} 开出去的 {case.no}（{doing.service.name}）{what}，可以告诉工友"
    notice = StaffNotice(staff_no=told, kind="case.letter", text=text, link=f"/cases/{source.no}", created_at=doing.at)
    tell_staff([notice], by_sms=False, urgent=False)


def _next(template: Template, union: TradeUnion, *, year: int) -> Issued:
    """The next number; two letters that are signed at the same moment wait for each other."""
    series = hashlib.sha256(f"letter:{template.key}:{union.id}:{year}".encode()).digest()
    one_at_a_time(db.session(), [series])
    last = db.session.scalar(
        sa.select(sa.func.max(CasePaper.issued_no)).where(
            CasePaper.issued_by == union.id, CasePaper.kind == template.key, CasePaper.issued_year == year
        )
    )
    return Issued(union.id, year, (last or 0) + 1)


def _values(doing: Doing, answers: Answers, union: TradeUnion, *, days: int) -> dict[str, str]:
    day = day_of(doing.at)
    return spoken_answers_of(doing.service, answers) | {
        "letter.text": f"　　{doing.text}",
        "letter.days": str(days),
        "letter.union": union.name,
        "letter.day": f"{day.year} 年 {day.month} 月 {day.day} 日",
    }
