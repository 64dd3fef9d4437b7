"""Ringing up whoever was asked twice how it went and said nothing, or has no account to be asked in; somebody does who
had no part in the case.

What is heard is kept apart from what workers say themselves and counted apart, and so is that nothing was heard. Whose
case is confidential is not rung up: their number would tell who they are.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert

from server.cases.authority import in_reach, require_staff
from server.cases.barring import out_of, refuse_out
from server.cases.catalogue import catalogue, version_of
from server.cases.exchange.models import CaseExchange
from server.cases.models import Case, CaseEvent, CasePhoneRating, CaseProposal, CaseRating, RatingQuestion, Unheard
from server.cases.proxies.dates import unclaimed
from server.cases.proxies.models import CaseProxy
from server.cases.ratings import asked_by_city
from server.cases.vocabulary import IdentityMode
from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import conflict, not_found
from server.core.private import Private
from server.identity.service import is_frozen, reaches_of
from server.notices.rules import tried_enough
from server.unions.staff.vocabulary import Right

WITHIN = timedelta(days=30)
"""Of the answer; who is rung up later remembers little."""
MOST = 100
"""More cannot be rung up in a day."""


class Heard(Struct, frozen=True):
    """What a worker said on the phone."""

    solved: bool
    attitude: int
    """1 to 5."""
    result: int


class ToAsk(Private, frozen=True):
    """Somebody to ring up, and about what."""

    no: str
    service_name: str
    answered_at: datetime
    name: str | None
    phone: str | None
    missed: tuple[datetime, ...]
    """When somebody rang up in vain."""
    has_account: bool
    """Without one nobody could rate by themselves: somebody typed it for them."""


def people_to_ask(*, staff_no: str) -> list[ToAsk]:
    """Whom this member of the staff can ring up, the longest waiting first. Reading it is recorded for each case."""
    with transaction() as session:
        waiting = sa.select(RatingQuestion, Case).join(Case, Case.id == RatingQuestion.case_id)
        oldest = waiting.where(_waits(staff_no)).order_by(RatingQuestion.answered_at, Case.id).limit(MOST)
        return _read([(question, case) for question, case in session.execute(oldest)], staff_no=staff_no)


def person_to_ask(*, no: str, staff_no: str) -> ToAsk:
    """One of them. That it was opened is recorded.

    Raises:
        Problem: 404, also once nobody has to ring up any more, and for whoever had a part in the case.
    """
    with transaction():
        return _read([_one(no, staff_no)], staff_no=staff_no)[0]


def count_people_to_ask(*, staff_no: str) -> int:
    """How many this member of the staff can ring up, up to as many as are listed. One query."""
    waiting = sa.select(Case.id).join(RatingQuestion, RatingQuestion.case_id == Case.id).where(_waits(staff_no))
    return db.session.scalar(sa.select(sa.func.count()).select_from(waiting.limit(MOST).subquery())) or 0


def note_unheard(*, no: str, staff_no: str, why: Unheard) -> bool:
    """Somebody was rung up and nothing was heard.

    Returns:
        whether nobody has to ring up any more.

    Raises:
        Problem: 404 as for `person_to_ask`.
    """
    with transaction():
        question, case = _one(no, staff_no)
        at = now()
        audit.record(
            actor=audit.staff(staff_no),
            action="case.phone_unheard",
            subject_kind="case",
            subject_id=case.id,
            detail={"why": why.value},
        )
        if why is Unheard.MISSED:
            question.missed_calls = [*question.missed_calls, at]
            if not tried_enough(question.missed_calls):
                return False
        question.unheard_at, question.unheard = at, why
        return True


def rate_by_phone(*, no: str, staff_no: str, heard: Heard) -> None:
    """Keep what a worker said on the phone to somebody who had no part in the case.

    Raises:
        Problem: 403 for whoever may not; 404; 409 for whoever worked on it or is out of it, before an answer, a second
            time, or where 12345 asks.
    """
    with transaction() as session:
        case = session.scalar(sa.select(Case).where(Case.no == no).with_for_update())
        if case is None:
            raise not_found()
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        refuse_out(case, staff_no)
        if not version_of(case.service, case.service_version).machine.states[case.state].rating:
            raise conflict("nothing_to_rate", "这件事还没有答复，等有了结果再回访")
        if asked_by_city(case.id):
            raise conflict("rated_elsewhere", "这件事由 12345 回访，我们不再问一次")
        if session.scalar(sa.select(Case.id).where(Case.id == case.id, worked_on(staff_no))) is not None:
            raise conflict("worked_on_it", "回访要由没有办过这件事的同事来打")
        keep_heard(case, staff_no=staff_no, heard=heard, at=now())


def keep_heard(case: Case, *, staff_no: str, heard: Heard, at: datetime) -> None:
    """Keep what a worker said of a locked case, once for each answer.

    Raises:
        Problem: 409 when something was heard of this answer already.
    """
    kept = db.session.scalar(
        insert(CasePhoneRating)
        .values(
            case_id=case.id,
            round=case.round,
            at=at,
            staff_no=staff_no,
            solved=heard.solved,
            attitude=heard.attitude,
            result=heard.result,
        )
        .on_conflict_do_nothing()
        .returning(CasePhoneRating.case_id)
    )
    if kept is None:
        raise conflict("already_rated", "这一次已经回访过了")
    # Of whom something was heard after all, it does not count that nothing was.
    db.session.execute(
        sa.update(RatingQuestion)
        .where(RatingQuestion.case_id == case.id, RatingQuestion.round == case.round)
        .values(unheard_at=None, unheard=None)
    )
    audit.record(actor=audit.staff(staff_no), action="case.phone_rating", subject_kind="case", subject_id=case.id)


def worked_on(staff_no: str) -> sa.ColumnElement[bool]:
    """Whether this member of the staff had a part in a row of `Case`: has it in hand, made a step or asked for one."""
    made = sa.select(CaseEvent.id).where(CaseEvent.case_id == Case.id, CaseEvent.staff_no == staff_no)
    asked = sa.select(CaseProposal.id).where(
        CaseProposal.case_id == Case.id, CaseProposal.asked_by == staff_no, CaseProposal.approved.is_(True)
    )
    return sa.or_(sa.func.coalesce(Case.handler_no == staff_no, sa.false()), made.exists(), asked.exists())


def _waits(staff_no: str) -> sa.ColumnElement[bool]:
    """Whether a row of `RatingQuestion` and its `Case` wait for a call by this member of the staff."""
    answered = [
        (service.key, key)
        for service in catalogue().current.values()
        for key, state in service.machine.states.items()
        if state.rating
    ]
    said = [
        sa.exists().where(kind.case_id == RatingQuestion.case_id, kind.round == RatingQuestion.round)
        for kind in (CaseRating, CasePhoneRating)
    ]
    return sa.and_(
        RatingQuestion.answered_at > now() - WITHIN,
        RatingQuestion.ask_at.is_(None),
        RatingQuestion.unheard_at.is_(None),
        RatingQuestion.round == Case.round,
        sa.tuple_(Case.service, Case.state).in_(answered),
        sa.or_(Case.worker_id.is_not(None), unclaimed()),
        ~is_frozen(Case.worker_id),
        Case.identity_mode == IdentityMode.NAMED,
        ~worked_on(staff_no),
        ~out_of(staff_no),
        *(~one for one in said),
        ~sa.exists().where(CaseExchange.case_id == Case.id, CaseExchange.asks_rating),
        in_reach(staff_no=staff_no, right=Right.CASE_WORK),
    )


def _one(no: str, staff_no: str) -> tuple[RatingQuestion, Case]:
    """Locked, the case first as everywhere; what it is found by is asked once nobody else can change it."""
    db.session.execute(sa.select(Case.id).where(Case.no == no).with_for_update())
    found = db.session.execute(
        sa.select(RatingQuestion, Case)
        .join(Case, Case.id == RatingQuestion.case_id)
        .where(Case.no == no, _waits(staff_no))
        .with_for_update(of=RatingQuestion)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise not_found()
    question, case = found
    return question, case


def _read(waiting: Sequence[tuple[RatingQuestion, Case]], *, staff_no: str) -> list[ToAsk]:
    """As many queries for a hundred as for one."""
    reaches = reaches_of(db.session(), [case.worker_id for _, case in waiting if case.worker_id is not None])
    unclaimed_ids = [case.id for _, case in waiting if case.worker_id is None]
    typed = db.session.scalars(sa.select(CaseProxy).where(CaseProxy.case_id.in_(unclaimed_ids)))
    proxies = {one.case_id: one for one in typed}
    for _, case in waiting:
        audit.record(actor=audit.staff(staff_no), action="case.read_to_rate", subject_kind="case", subject_id=case.id)
    found = []
    for question, case in waiting:
        person = proxies.get(case.id) if case.worker_id is None else reaches.get(case.worker_id)
        found.append(
            ToAsk(
                no=case.no,
                service_name=version_of(case.service, case.service_version).name,
                answered_at=question.answered_at,
                name=None if person is None else person.name,
                phone=None if person is None else person.phone,
                missed=tuple(question.missed_calls),
                has_account=case.worker_id is not None,
            )
        )
    return found
