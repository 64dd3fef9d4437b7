"""How often a worker may be written to by WeChat: one accept is one message, and accepts add up.

They are counted from WeChat's own push where a callback is configured, else from what the client reports; never from
both, or everything would count twice.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from server.core.clock import now
from server.core.db import db, transaction
from server.core.settings import settings
from server.identity.service import workers_of_openid
from server.notices.models import SubscriptionAnswer, SubscriptionGrant
from server.notices.templates import Template, templates
from server.wechat.events import AskedWhere, SubscriptionAnswered


class Subscription(Struct, frozen=True):
    """A template and what the worker said to it; `grant` is None for who was never asked."""

    template: Template
    grant: SubscriptionGrant | None


def counted_from_reports() -> bool:
    """Whether the client's reports are what counts here."""
    return not settings().wechat_callback_token


def report(*, worker_id: uuid.UUID, results: Mapping[str, SubscriptionAnswer]) -> None:
    """Note what a worker said in WeChat's dialog, by template id.

    Templates that are not ours (any more) are passed over: an old client knows no better. A reject takes nothing
    away, what was allowed before stays allowed.
    """
    if counted_from_reports():
        _count(worker_id, results, at=now())


def on_answer(event: SubscriptionAnswered) -> None:
    """Count what WeChat says a worker said; nobody here may have that WeChat account (any more).

    Of several workers behind one WeChat account it was the one who used it last: one accept is one message, for one of
    them. What is switched off is off for the whole WeChat account.
    """
    worker_ids = workers_of_openid(openid=event.openid)
    if not worker_ids:
        return
    answers = {
        template_id: SubscriptionAnswer.ACCEPT if accepted else SubscriptionAnswer.REJECT
        for template_id, accepted in event.accepted.items()
    }
    if event.where is AskedWhere.DIALOG:
        _count(worker_ids[0], answers, at=event.at)
    else:
        rejected = [template_id for template_id, accepted in event.accepted.items() if not accepted]
        for worker_id in sorted(worker_ids):
            _switch_off(worker_id, rejected, at=event.at)


def _count(worker_id: uuid.UUID, answers: Mapping[str, SubscriptionAnswer], *, at: datetime) -> None:
    """Add answers of the dialog, which may arrive late: what was switched off after them stays off."""
    added = [
        {
            "worker_id": worker_id,
            "template_id": template_id,
            "remaining": int(answers[template_id] is SubscriptionAnswer.ACCEPT),
            "answer": answers[template_id],
            "answered_at": at,
        }
        for template_id in _known(answers)
    ]
    if not added:
        return
    grant, new = SubscriptionGrant, insert(SubscriptionGrant).values(added)
    newer = new.excluded.answered_at >= grant.answered_at
    with transaction() as session:
        session.execute(
            new.on_conflict_do_update(
                index_elements=[grant.worker_id, grant.template_id],
                set_={
                    "remaining": sa.case(
                        (grant.switched_off_at > new.excluded.answered_at, grant.remaining),
                        else_=grant.remaining + new.excluded.remaining,
                    ),
                    "answer": sa.case((newer, new.excluded.answer), else_=grant.answer),
                    "answered_at": sa.func.greatest(grant.answered_at, new.excluded.answered_at),
                },
            )
        )


def _switch_off(worker_id: uuid.UUID, template_ids: list[str], *, at: datetime) -> None:
    """A worker switched templates off in WeChat: what they allowed before does not count any more.

    Should they have allowed some again since, the earlier ones cannot be told from the later ones and stay counted:
    WeChat will say that one of them was not allowed, and then the message goes another way.
    """
    rows = [
        {
            "worker_id": worker_id,
            "template_id": template_id,
            "remaining": 0,
            "answer": SubscriptionAnswer.REJECT,
            "answered_at": at,
            "switched_off_at": at,
        }
        for template_id in _known(template_ids)
    ]
    if not rows:
        return
    grant, new = SubscriptionGrant, insert(SubscriptionGrant).values(rows)
    later = grant.answered_at > new.excluded.answered_at
    with transaction() as session:
        session.execute(
            new.on_conflict_do_update(
                index_elements=[grant.worker_id, grant.template_id],
                set_={
                    "remaining": sa.case((later, grant.remaining), else_=0),
                    "answer": sa.case((later, grant.answer), else_=new.excluded.answer),
                    "answered_at": sa.func.greatest(grant.answered_at, new.excluded.answered_at),
                    # `greatest` passes over NULL.
                    "switched_off_at": sa.func.greatest(grant.switched_off_at, new.excluded.switched_off_at),
                },
            )
        )


def _known(template_ids: Iterable[str]) -> list[str]:
    """Ours, in one order, so that two transactions about one worker never wait for each other crosswise."""
    return sorted({template.id for template in templates()}.intersection(template_ids))


def spend(session: Session, *, worker_id: uuid.UUID, template_id: str) -> bool:
    """Count one message off; False when the worker allows none."""
    spent = session.scalar(
        sa.update(SubscriptionGrant)
        .where(_of(worker_id, template_id), SubscriptionGrant.remaining > 0)
        .values(remaining=SubscriptionGrant.remaining - 1)
        .returning(SubscriptionGrant.remaining)
    )
    return spent is not None


def give_back(session: Session, *, worker_id: uuid.UUID, template_id: str) -> None:
    """A message that was counted off was certainly not sent."""
    session.execute(
        sa.update(SubscriptionGrant)
        .where(_of(worker_id, template_id))
        .values(remaining=SubscriptionGrant.remaining + 1)
    )


def used_up(session: Session, *, worker_id: uuid.UUID, template_id: str) -> None:
    """WeChat says that the worker allows none, whatever was counted here."""
    session.execute(sa.update(SubscriptionGrant).where(_of(worker_id, template_id)).values(remaining=0))


def _of(worker_id: uuid.UUID, template_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(SubscriptionGrant.worker_id == worker_id, SubscriptionGrant.template_id == template_id)


def subscriptions_of(*, worker_id: uuid.UUID) -> list[Subscription]:
    """Every template that may be asked for, with the worker's grants, in one query."""
    rows = db.session.scalars(sa.select(SubscriptionGrant).where(SubscriptionGrant.worker_id == worker_id))
    grants = {grant.template_id: grant for grant in rows}
    return [Subscription(template, grants.get(template.id)) for template in templates()]


def hand_over(session: Session, *, old: uuid.UUID, new: uuid.UUID) -> None:
    """Give one account's grants to another of the same person; they add up."""
    grants = session.scalars(sa.select(SubscriptionGrant).where(SubscriptionGrant.worker_id == old)).all()
    for grant in grants:
        added = insert(SubscriptionGrant).values(
            worker_id=new,
            template_id=grant.template_id,
            remaining=grant.remaining,
            answer=grant.answer,
            answered_at=grant.answered_at,
        )
        session.execute(
            added.on_conflict_do_update(
                index_elements=[SubscriptionGrant.worker_id, SubscriptionGrant.template_id],
                set_={"remaining": SubscriptionGrant.remaining + added.excluded.remaining},
            )
        )
    session.execute(sa.delete(SubscriptionGrant).where(SubscriptionGrant.worker_id == old))
