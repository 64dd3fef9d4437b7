"""Papers that are made of a case, as DOCX and as PDF."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

CHECK = "ck_attachment_mediatype"
BEFORE = (
    "image/jpeg",
    "image/png",
    "application/pdf",
    "audio/mpeg",
    "audio/mp4",
    "audio/aac",
    "audio/amr",
    "audio/wav",
    "audio/ogg",
    "audio/webm",
    "video/mp4",
    "video/webm",
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def upgrade() -> None:
    op.create_table(
        "case_paper",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("staff_no", sa.Text, nullable=False),
        sa.Column("docx_id", sa.Uuid, nullable=False),
        sa.Column("pdf_id", sa.Uuid, nullable=False),
        sa.Column("docx_sha256", sa.Text, nullable=False),
        sa.Column("pdf_sha256", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_paper"),
        sa.ForeignKeyConstraint(["case_id"], ["service_case.id"], name="fk_case_paper_case_id"),
        sa.UniqueConstraint("case_id", "number", name="uq_case_paper_case_id_number"),
    )
    op.alter_column("attachment", "media_type", type_=sa.String(80))
    _allow(*BEFORE, DOCX)


def downgrade() -> None:
    """The DOCX files are forgotten; they are swept away as what no row names."""
    op.execute(sa.text("DELETE FROM attachment WHERE media_type = :kind").bindparams(kind=DOCX))
    _allow(*BEFORE)
    op.alter_column("attachment", "media_type", type_=sa.String(40))
    op.drop_table("case_paper")


def _allow(*kinds: str) -> None:
    op.drop_constraint(CHECK, "attachment", type_="check")
    op.create_check_constraint(CHECK, "attachment", f"media_type IN {kinds}")
