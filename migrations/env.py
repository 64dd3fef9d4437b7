"""Alembic's entry: the application's engine, a short lock timeout, and only our own tables."""

from alembic import context
from flask import current_app

from server.core.db import Base

LOCK_TIMEOUT = "SET lock_timeout = '3s'"


def ours(_obj: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """The job queue brings its own tables."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def run() -> None:
    """Run the wanted migrations, each in its own transaction."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        connection.exec_driver_sql(LOCK_TIMEOUT)
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            include_object=ours,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
