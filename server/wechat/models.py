"""What is remembered of WeChat's pushes."""

from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Base, CreatedAt


class WeChatPush(Base):
    """One push that had its effect, so that a repeat has none."""

    __tablename__ = "wechat_push"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    """SHA-256 of the message: it holds a person's openid and a second, so nobody finds it out by guessing."""
    received_at: Mapped[CreatedAt] = mapped_column(index=True)
