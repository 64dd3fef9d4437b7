"""The table of papers that were made."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.cases.models import Redacted
from server.core.db import Base, Id


class CasePaper(Redacted, Base):
    """A paper of a case: two files, attachments of the case, and the digests of what was made."""

    __tablename__ = "case_paper"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "number"),
        sa.Index(
            "uq_case_paper_issued",
            "issued_by",
            "kind",
            "issued_year",
            "issued_no",
            unique=True,
            postgresql_where=sa.text("issued_no IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("service_case.id"))
    number: Mapped[int]
    """Counts the papers of a case."""
    kind: Mapped[str]
    """Key of the template."""
    title: Mapped[str]
    at: Mapped[datetime]
    staff_no: Mapped[str]
    docx_id: Mapped[uuid.UUID]
    """No foreign keys: the files go before the row, by their own class of retention."""
    pdf_id: Mapped[uuid.UUID]
    docx_sha256: Mapped[str]
    pdf_sha256: Mapped[str]
    issued_by: Mapped[uuid.UUID | None]
    """The union whose letter it is; None for papers that are no letters."""
    issued_year: Mapped[int | None] = mapped_column(sa.SmallInteger)
    issued_no: Mapped[int | None]
    """Counts the letters of a template, union and year."""
