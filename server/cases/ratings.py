"""Asking how it went: the system does, whoever handled it never; two hours after an answer, once more after three days.

What somebody else hears on the phone is kept apart from what workers say themselves, and counted apart.
"""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert

from server.cases.authority import require_staff
from server.cases.catalogue import version_of
from server.cases.exchange.models import CaseExchange
from server.cases.models import Case, CaseEvent, CasePhoneRating, CaseProposal, CaseRating, RatingQuestion
from server.cases.telling import tell_worker
from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import conflict, not_found
from server.unions.staff.vocabulary import Right

FIRST = timedelta(hours=2)
AGAIN = timedelta(days=3)
"""After the answer."""
BATCH = 200


class Heard(Struct, frozen=True):
    """What a worker said on the phone."""

    solved: bool
    attitude: int
    """1 to 5."""
    result: int


def ask_later(case: Case, *, at: datetime) -> None:
    """Have the worker asked how it went, now that there is an answer; an anonymous one cannot be, and nobody is asked
    whom 12345 asks."""
    if case.worker_id is not None and not asked_by_city(case.id):
        db.session.execute(
            insert(RatingQuestion)
            .values(case_id=case.id, round=case.round, answered_at=at, ask_at=at + FIRST)
            .on_conflict_do_nothing()
        )


def asked_by_city(case_id: uuid.UUID) -> bool:
    """Whether 12345 asks how it went: then nobody else does, and nobody else is told."""
    asking = sa.exists().where(CaseExchange.case_id == case_id, CaseExchange.asks_rating)
    return bool(db.session.scalar(sa.select(asking)))


def ask(*, at: datetime) -> int:
    """Ask everybody whose time has come. Can be stopped at any moment and begun again.

    Returns:
        how many were asked.
    """
    total = 0
    while True:
        with transaction() as session:
            rows = session.execute(
                sa.select(RatingQuestion, Case)
                .join(Case, Case.id == RatingQuestion.case_id)
                .where(RatingQuestion.ask_at <= at)
                .order_by(RatingQuestion.ask_at, RatingQuestion.case_id)
                .limit(BATCH)
                .with_for_update(of=RatingQuestion, skip_locked=True)
            ).all()
            if not rows:
                return total
            rated = _rated([case.id for _, case in rows])
            for question, case in rows:
                waits = _is_open(question, case) and (case.id, question.round) not in rated
                # 12345 may have said meanwhile that it asks.
                if waits and not asked_by_city(case.id):
                    _tell(case)
                    total += 1
                    again = question.answered_at + AGAIN
                    question.ask_at = again if at < again else None
                else:
                    question.ask_at = None


def rate_by_phone(*, no: str, staff_no: str, heard: Heard) -> None:
    """Keep what a worker said on the phone to somebody who had no part in the case.

    Raises:
        Problem: 403 for whoever may not; 404; 409 for whoever worked on it, before an answer, a second time, or where
            12345 asks.
    """
    with transaction() as session:
        case = session.scalar(sa.select(Case).where(Case.no == no).with_for_update())
        if case is None:
            raise not_found()
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        if not version_of(case.service, case.service_version).machine.states[case.state].rating:
            raise conflict("nothing_to_rate", "这件事还没有答复，等有了结果再回访")
        if asked_by_city(case.id):
            raise conflict("rated_elsewhere", "这件事由 12345 回访，我们不再问一次")
        if session.scalar(sa.select(Case.id).where(Case.id == case.id, worked_on(staff_no))) is not None:
            raise conflict("worked_on_it", "回访要由没有办过这件事的同事来打")
        kept = session.scalar(
            insert(CasePhoneRating)
            .values(
                case_id=case.id,
                round=case.round,
                at=now(),
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
        audit.record(actor=f"staff:{staff_no}", action="case.phone_rating", subject_kind="case", subject_id=case.id)


def worked_on(staff_no: str) -> sa.ColumnElement[bool]:
    """Whether this member of the staff had a part in a row of `Case`: has it in hand, made a step or asked for one."""
    made = sa.select(CaseEvent.id).where(CaseEvent.case_id == Case.id, CaseEvent.staff_no == staff_no)
    asked = sa.select(CaseProposal.id).where(
        CaseProposal.case_id == Case.id, CaseProposal.asked_by == staff_no, CaseProposal.approved.is_(True)
    )
    return sa.or_(sa.func.coalesce(Case.handler_no == staff_no, sa.false()), made.exists(), asked.exists())


def _is_open(question: RatingQuestion, case: Case) -> bool:
    state = version_of(case.service, case.service_version).machine.states[case.state]
    return state.rating and case.round == question.round


def _rated(case_ids: list[uuid.UUID]) -> set[tuple[uuid.UUID, int]]:
    rows = db.session.execute(sa.select(CaseRating.case_id, CaseRating.round).where(CaseRating.case_id.in_(case_ids)))
    return {(case_id, number) for case_id, number in rows}


def _tell(case: Case) -> None:
    tell_worker(
        case,
        kind="case.rating",
        title="办得怎么样，请你说说",
        body=f"{case.no} 只有两个问题：解决没有、态度怎样。办事的人看不到是谁评的。",
    )
