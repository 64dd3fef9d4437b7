"""Housekeeping of WeChat's pushes."""

import sqlalchemy as sa

from server.core.clock import now
from server.core.db import transaction
from server.core.jobs import periodic
from server.wechat.callback import REMEMBERED
from server.wechat.models import WeChatPush


@periodic(name="wechat.forget_pushes", cron="37 * * * *")
def forget_pushes() -> None:
    """Delete the memory of pushes that nobody repeats any more."""
    with transaction() as session:
        session.execute(sa.delete(WeChatPush).where(WeChatPush.received_at < now() - REMEMBERED))
