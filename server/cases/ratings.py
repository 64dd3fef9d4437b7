"""Asking how it went: the system does, whoever handled it never; two hours after an answer, once more after three days.

Whoever says nothing is rung up by somebody else: `phone_ratings`.
"""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from server.cases.catalogue import version_of
from server.cases.exchange.models import CaseExchange
from server.cases.models import Case, CasePhoneRating, CaseRating, RatingQuestion
from server.cases.proxies.models import CaseProxy
from server.cases.telling import tell_worker
from server.cases.vocabulary import IdentityMode
from server.core.db import db, transaction
from server.identity.service import is_frozen
from server.notices.worded import worded

FIRST = timedelta(hours=2)
AGAIN = timedelta(days=3)
"""After the answer."""
BATCH = 200


def ask_later(case: Case, *, at: datetime) -> None:
    """Have the worker asked how it went, now that there is an answer; an anonymous one cannot be, and nobody is asked
    whom 12345 asks. Who has no account here is not asked by the system: somebody rings them up."""
    has_account = case.worker_id is not None
    if (has_account or _can_be_rung_up(case)) and not asked_by_city(case.id):
        db.session.execute(
            insert(RatingQuestion)
            .values(case_id=case.id, round=case.round, answered_at=at, ask_at=at + FIRST if has_account else None)
            .on_conflict_do_nothing()
        )


def ask_now_that_there_is_an_account(case: Case, *, at: datetime) -> None:
    """Whoever took a case over is asked by the system, as everybody is, and rung up only if they say nothing; whoever
    was rung up before is not asked again."""
    db.session.execute(
        sa.update(RatingQuestion)
        .where(
            RatingQuestion.case_id == case.id,
            RatingQuestion.round == case.round,
            RatingQuestion.ask_at.is_(None),
            RatingQuestion.unheard_at.is_(None),
            ~_said(CasePhoneRating),
        )
        .values(ask_at=at)
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
                sa.select(
                    RatingQuestion,
                    Case,
                    sa.or_(is_frozen(Case.worker_id), *(_said(kind) for kind in (CaseRating, CasePhoneRating))),
                )
                .join(Case, Case.id == RatingQuestion.case_id)
                .where(RatingQuestion.ask_at <= at)
                .order_by(RatingQuestion.ask_at, RatingQuestion.case_id)
                .limit(BATCH)
                .with_for_update(of=RatingQuestion, skip_locked=True)
            ).all()
            if not rows:
                return total
            for question, case, said_or_gone in rows:
                waits = _is_open(question, case) and not said_or_gone
                # 12345 may have said meanwhile that it asks.
                if waits and not asked_by_city(case.id):
                    _tell(case)
                    total += 1
                    again = question.answered_at + AGAIN
                    question.ask_at = again if at < again else None
                else:
                    question.ask_at = None


def _can_be_rung_up(case: Case) -> bool:
    proxy = db.session.get(CaseProxy, case.id)
    return case.identity_mode is IdentityMode.NAMED and proxy is not None and proxy.phone is not None


def _is_open(question: RatingQuestion, case: Case) -> bool:
    state = version_of(case.service, case.service_version).machine.states[case.state]
    return state.rating and case.round == question.round


def _said(kind: type[CaseRating] | type[CasePhoneRating]) -> sa.ColumnElement[bool]:
    """Whether there is an answer of this kind to a row of `RatingQuestion`."""
    return sa.exists().where(kind.case_id == RatingQuestion.case_id, kind.round == RatingQuestion.round)


def _tell(case: Case) -> None:
    tell_worker(
        case,
        kind="case.rating",
        title="办得怎么样，请你说说",
        body=worded("{no} 只有两个问题：解决没有、态度怎样。办事的人看不到是谁评的。", no=case.no),
    )
