"""Letters of the union to a firm or an authority: signed by a second person, numbered, drawn, kept as they went out."""

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from server.cases.capabilities.doing import Doing
from server.cases.forms.fields import Answers
from server.cases.homes import unions_ruling
from server.cases.models import Case
from server.cases.papers.drawing import Issued, add_paper, draw, spoken_answers_of
from server.cases.papers.models import CasePaper
from server.cases.papers.rules import Template, fill, letter_number
from server.cases.papers.templates import templates
from server.cases.telling import tell_worker, write_in_timeline
from server.clocks.deadlines import deadline_of
from server.core.clock import day_of
from server.core.crypto import one_at_a_time
from server.core.db import db
from server.core.errors import conflict
from server.notices.models import StaffNotice
from server.notices.staff import tell_staff
from server.notices.worded import worded
from server.unions.duty.service import roster
from server.unions.models import TradeUnion
from server.unions.staff.authority import UPPER
from server.unions.tree import above

MOST = 30
"""Letters of one case."""
TOLD = "letter"
"""Code of the line in the timeline of whoever complained."""


def letter(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Make the letter of the template, with the words of the step, and give it the next number of its union and year.

    The `reply` clock says how long whoever gets it has.
    """
    assert doing.staff_no is not None, "two of the staff make it"
    case, template = doing.case, templates()[str(parameters["template"])]
    if case.union_id is None:
        raise conflict("no_union", "这件事还没有定由哪个工会管，不能发函")
    union = _issuer(case.union_id, upper=doing.step.upper)
    papers = db.session.scalar(sa.select(sa.func.count()).where(CasePaper.case_id == case.id)) or 0
    if papers >= MOST:
        raise conflict("too_many_papers", f"这件事已经写了 {MOST} 份材料，不能再写了")
    clock = doing.service.machine.clocks[str(parameters["reply"])]
    code = clock.deadline_for(doing.answers)
    time = deadline_of(code, on=day_of(case.created_at), unions=unions_ruling(case, code))
    values = _values(doing, doing.answers, union, days=time.amount)
    year, session = day_of(doing.at).year, db.session()
    # Drawing takes seconds, so that nobody waits for it: a letter is drawn with the number that comes next, and drawn
    # again where another was signed meanwhile. The number is taken last, and goes back with whatever fails.
    while True:
        issued = Issued(union.id, year, _last(template, union, year=year) + 1)
        words = letter_number(template, year=year, number=issued.no)
        with session.begin_nested() as attempt:
            drawn = draw(case, fill(template, number=words, values=values, rows={}), at=doing.at, worker_id=None)
            _wait_for_each_other(template, union, year=year)
            if _last(template, union, year=year) < issued.no:
                add_paper(case, template, drawn, number=papers + 1, staff_no=doing.staff_no, at=doing.at, issued=issued)
                return
            # Lets go of the series too.
            attempt.rollback()


def _issuer(union_id: uuid.UUID, *, upper: bool) -> TradeUnion:
    """Whose letter it is: of the union where the case lies, or of the nearest district where only those send it."""
    union = db.session.get_one(TradeUnion, union_id)
    if not upper or union.kind in UPPER:
        return union
    higher = [db.session.get_one(TradeUnion, one) for one in above(db.session(), union_id)]
    return next((one for one in higher if one.kind in UPPER), union)


def tell_source(doing: Doing, parameters: Mapping[str, Any]) -> None:
    """Tell the worker of the case that this one was opened from, those of the cases merged into it, and who has it.

    All of them were locked before the case itself, see `locking`.
    """
    case, what, session = doing.case, str(parameters["what"]), db.session()
    source = None if case.opened_from_id is None else session.get(Case, case.opened_from_id)
    if source is None or source.emptied_at is not None:
        return
    merged = session.scalars(sa.select(Case).where(Case.lead_id == source.id).order_by(Case.id)).all()
    for one in (source, *merged):
        write_in_timeline(one, code=TOLD, what=what, at=max(doing.at, one.updated_at))
        tell_worker(
            one, kind="case.letter", title="你的事项有新进展", body=worded("{no}：{what}。", no=one.no, what=what)
        )
    _tell_handler(doing, source, what)


def _tell_handler(doing: Doing, source: Case, what: str) -> None:
    if source.handler_no is None:
        return
    told = roster().present(source.handler_no, day_of(doing.at))
    if told is None or told == doing.staff_no:
        return
    text = f"{source.no} 开出去的 {doing.case.no}（{doing.service.name}）{what}，工友的进展里写上了，细节由你告诉"
    notice = StaffNotice(staff_no=told, kind="case.letter", text=text, link=f"/cases/{source.no}", created_at=doing.at)
    tell_staff([notice], by_sms=False, urgent=False)


def _wait_for_each_other(template: Template, union: TradeUnion, *, year: int) -> None:
    """Let those who sign a letter of one series at the same moment take its numbers one after the other."""
    one_at_a_time(db.session(), [hashlib.sha256(f"letter:{template.key}:{union.id}:{year}".encode()).digest()])


def _last(template: Template, union: TradeUnion, *, year: int) -> int:
    """The last number that was given; 0 where there is none."""
    last = db.session.scalar(
        sa.select(sa.func.max(CasePaper.issued_no)).where(
            CasePaper.issued_by == union.id, CasePaper.kind == template.key, CasePaper.issued_year == year
        )
    )
    return last or 0


def _values(doing: Doing, answers: Answers, union: TradeUnion, *, days: int) -> dict[str, str]:
    day = day_of(doing.at)
    return spoken_answers_of(doing.service, answers) | {
        "letter.text": f"　　{doing.text}",
        "letter.days": str(days),
        "letter.union": union.name,
        "letter.day": f"{day.year} 年 {day.month} 月 {day.day} 日",
    }
