"""The table of who typed a case for whom."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.crypto import EncryptedText, KeyedDigest
from server.core.db import Base
from server.identity.models import PHONE


class CaseProxy(Base):
    """Who typed a case for somebody, and how that person can be reached, if they may be."""

    __tablename__ = "case_proxy"
    __table_args__ = (
        sa.CheckConstraint("(staff_no IS NULL) <> (station_code IS NULL)", name="typed_by_one"),
        sa.Index(
            "ix_case_proxy_station_code_at",
            "station_code",
            "at",
            postgresql_where=sa.text("station_code IS NOT NULL"),
        ),
        sa.Index("ix_case_proxy_case_id_phone", "case_id", postgresql_where=sa.text("phone IS NOT NULL")),
        sa.Index("ix_case_proxy_phone_hmac", "phone_hmac", postgresql_where=sa.text("phone_hmac IS NOT NULL")),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"), primary_key=True)
    at: Mapped[datetime]
    staff_no: Mapped[str | None]
    """Who typed it at a desk,"""
    station_code: Mapped[str | None]
    """or the station whose manager did."""
    name: Mapped[str | None] = mapped_column(EncryptedText("case_proxy.name"))
    phone: Mapped[str | None] = mapped_column(EncryptedText("case_proxy.phone"))
    phone_hmac: Mapped[bytes | None] = mapped_column(KeyedDigest(PHONE, of="phone"))
    receipt_at: Mapped[datetime | None]
    """When the number was sent by SMS."""
    wrong_number_at: Mapped[datetime | None]
    """When the SMS provider said that there is no such phone; None again once it was put right."""
    said_at: Mapped[datetime | None]
    """When something was last written down in their name of which the phone was not told yet."""
    claimed_at: Mapped[datetime | None]
    """When the worker took the case over."""
    paper: Mapped[str | None] = mapped_column(EncryptedText("case_proxy.paper"))
    """JSON of `tying.Paper` while it waits for a second person; None before and afterwards."""

    def __repr__(self) -> str:
        return f"<CaseProxy {self.case_id}>"
