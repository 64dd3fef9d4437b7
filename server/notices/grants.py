"""How often a worker may be written to by WeChat: one accept is one message, and accepts add up.

They are counted from WeChat's own push where a callback is configured, else from what the client reports; never from
both, or everything would count twice.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from server.core.clock import now
from server.core.db import db, transaction
from server.core.settings import settings
from server.notices.models import SubscriptionAnswer, SubscriptionGrant
from server.notices.templates import Template, templates


@dataclass(frozen=True, slots=True)
class Subscription:
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
    known = {template.id for template in templates()}
    answers = {template_id: answer for template_id, answer in results.items() if template_id in known}
    if not answers or not counted_from_reports():
        return
    added = [
        {
            "worker_id": worker_id,
            "template_id": template_id,
            "remaining": int(answer is SubscriptionAnswer.ACCEPT),
            "answer": answer,
            "answered_at": now(),
        }
        # In one order, so that two reports of one worker never wait for each other crosswise.
        for template_id, answer in sorted(answers.items())
    ]
    with transaction() as session:
        new = insert(SubscriptionGrant).values(added)
        session.execute(
            new.on_conflict_do_update(
                index_elements=[SubscriptionGrant.worker_id, SubscriptionGrant.template_id],
                set_={
                    "remaining": SubscriptionGrant.remaining + new.excluded.remaining,
                    "answer": new.excluded.answer,
                    "answered_at": new.excluded.answered_at,
                },
            )
        )


def subscriptions_of(*, worker_id: uuid.UUID) -> list[Subscription]:
    """Every template that may be asked for, with the worker's grants, in one query."""
    rows = db.session.scalars(sa.select(SubscriptionGrant).where(SubscriptionGrant.worker_id == worker_id))
    grants = {grant.template_id: grant for grant in rows}
    return [Subscription(template, grants.get(template.id)) for template in templates()]
