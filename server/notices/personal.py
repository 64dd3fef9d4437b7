"""What the inbox tells a worker about themselves, and what of it goes with the account."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.clock import spoken_instant
from server.core.personal import Erased, Part
from server.notices.models import Delivery, Notice, SubscriptionAnswer, SubscriptionGrant

ANSWERS = {SubscriptionAnswer.ACCEPT: "允许", SubscriptionAnswer.REJECT: "不允许"}


class NoticeData:
    """Messages, and what WeChat may deliver."""

    tables = frozenset({"notice", "notice_delivery", "subscription_grant"})

    def export(self, session: Session, worker_id: uuid.UUID) -> list[Part]:
        notices = session.scalars(
            sa.select(Notice).where(Notice.worker_id == worker_id).order_by(Notice.created_at.desc())
        )
        grants = session.scalars(sa.select(SubscriptionGrant).where(SubscriptionGrant.worker_id == worker_id))
        return [
            Part(
                "notices",
                "消息",
                [{"时间": spoken_instant(one.created_at), "标题": one.title, "内容": one.body} for one in notices],
            ),
            Part(
                "subscriptions",
                "微信通知",
                [
                    {
                        "模板": one.template_id,
                        "上次的选择": f"{ANSWERS[one.answer]}，{spoken_instant(one.answered_at)}",
                        "还能发": f"{one.remaining} 条",
                    }
                    for one in grants
                ],
            ),
        ]

    def erase(self, session: Session, worker_id: uuid.UUID) -> Erased:
        deliveries = session.scalars(
            sa.delete(Delivery).where(Delivery.worker_id == worker_id).returning(Delivery.notice_id)
        ).all()
        notices = session.scalars(sa.delete(Notice).where(Notice.worker_id == worker_id).returning(Notice.id)).all()
        grants = session.scalars(
            sa.delete(SubscriptionGrant)
            .where(SubscriptionGrant.worker_id == worker_id)
            .returning(SubscriptionGrant.template_id)
        ).all()
        return Erased(
            removed={
                "notice": len(notices),
                "notice_delivery": len(deliveries),
                "subscription_grant": len(grants),
            }
        )
