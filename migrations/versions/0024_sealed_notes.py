"""What reporters of a station write is ciphertext: people put names and phones into it."""

import sqlalchemy as sa
from alembic import op

from server.core.crypto import EncryptedText, cipher

revision = "0024"
down_revision = "0023"

CONTEXT = "station_report.note"


def upgrade() -> None:
    op.add_column("station_report", sa.Column("sealed", EncryptedText(CONTEXT)))
    report = sa.table("station_report", sa.column("id"), sa.column("note"), sa.column("sealed"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(report.c.id, report.c.note).where(report.c.note.is_not(None))).all():
        sealed = cipher().encrypt(row.note.encode(), context=CONTEXT.encode())
        connection.execute(sa.update(report).where(report.c.id == row.id).values(sealed=sealed))
    op.drop_column("station_report", "note")
    op.alter_column("station_report", "sealed", new_column_name="note")


def downgrade() -> None:
    op.add_column("station_report", sa.Column("opened", sa.Text))
    report = sa.table("station_report", sa.column("id"), sa.column("note"), sa.column("opened"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(report.c.id, report.c.note).where(report.c.note.is_not(None))).all():
        opened = cipher().decrypt(row.note, context=CONTEXT.encode()).decode()
        connection.execute(sa.update(report).where(report.c.id == row.id).values(opened=opened))
    op.drop_column("station_report", "note")
    op.alter_column("station_report", "opened", new_column_name="note")
