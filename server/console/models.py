"""Tables of the console."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from server.core.db import Base, CreatedAt, Id


class SavedFilter(Base):
    """What somebody looks at again and again in the queue, under a name of their own."""

    __tablename__ = "saved_filter"
    __table_args__ = (sa.UniqueConstraint("staff_no", "name"),)

    id: Mapped[Id]
    created_at: Mapped[CreatedAt]
    staff_no: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    """The query string of the queue's address: filters only, neither a number nor a name."""
