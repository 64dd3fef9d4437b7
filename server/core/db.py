"""PostgreSQL: declarative base, transactions, and read-only routes.

A service function opens `transaction()`; the outermost one commits. Views that only read are marked `@read_only`: they
run on AUTOCOMMIT connections of the same pool (two round trips fewer) and cannot write.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from functools import lru_cache, wraps
from typing import Annotated, Any, ParamSpec, TypeVar

import orjson
import sqlalchemy as sa
import structlog
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, configure_mappers, mapped_column, registry
from uuid_utils.compat import uuid7

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


_dated: ContextVar[datetime | None] = ContextVar("dated", default=None)


def new_id() -> uuid.UUID:
    """A UUIDv7: sortable by time, unguessable enough for an id, never a secret."""
    at = _dated.get()
    return uuid7() if at is None else uuid7(nanoseconds=int(at.timestamp()) * 1_000_000_000)


@contextmanager
def dated(at: datetime) -> Iterator[None]:
    """Let the rows that are written within tell no other time than this: neither in their ids nor in the audit."""
    token = _dated.set(at)
    try:
        yield
        db.session.flush()
    finally:
        _dated.reset(token)


def dated_at() -> datetime | None:
    """The time that rows have to tell now; None for the real one."""
    return _dated.get()


Id = Annotated[uuid.UUID, mapped_column(sa.Uuid, primary_key=True, default=new_id)]
CreatedAt = Annotated[
    datetime, mapped_column(sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now())
]


class Base(DeclarativeBase):
    """All tables. Times are timestamptz, dictionaries and lists are jsonb."""

    registry = registry(
        metadata=sa.MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: sa.TIMESTAMP(timezone=True),
            uuid.UUID: sa.Uuid,
            dict[str, Any]: JSONB,
            list[str]: JSONB,
            str: sa.Text,
            bytes: sa.LargeBinary,
        },
    )


def enum_column(enum: type[StrEnum], *, length: int = 40) -> sa.Enum:
    """A text column that holds an enum's values and nothing else (a CHECK, so that migrations stay simple)."""
    return sa.Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        name=enum.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
        length=length,
    )


class RoutedSession(FlaskSession):
    """Uses the AUTOCOMMIT side of the engine while a read-only view runs."""

    def get_bind(self, *args: Any, **kwargs: Any) -> sa.Engine | sa.Connection:
        bind = super().get_bind(*args, **kwargs)
        if self.info.get("read_only") and isinstance(bind, sa.Engine):
            return _autocommit_side(bind)
        return bind


@lru_cache(maxsize=16)
def _autocommit_side(engine: sa.Engine) -> sa.Engine:
    # Always the same object: a session takes another connection for what it sees as another engine.
    return engine.execution_options(isolation_level="AUTOCOMMIT")


db = SQLAlchemy(model_class=Base, session_options={"class_": RoutedSession, "expire_on_commit": False})


class WriteInReadOnlyViewError(RuntimeError):
    """A view marked `@read_only` tried to write."""


@event.listens_for(RoutedSession, "before_flush")
def _refuse_writes(session: Session, *_: Any) -> None:
    if session.info.get("read_only"):
        raise WriteInReadOnlyViewError


def init_db(app: Flask, *, database_url: str, threads: int) -> None:
    """Attach the database to the application.

    Args:
        database_url: postgresql+psycopg://…
        threads: how many requests one process serves at once; sizes the pool.
    """
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": threads,
        "max_overflow": 2,
        "pool_timeout": 5,
        "pool_recycle": 1800,
        # Parameters of a failed statement are personal data.
        "hide_parameters": True,
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
        "connect_args": {
            "connect_timeout": 3,
            "application_name": "warmbee",
            # A second process is started for what is long only: for one page of a list it takes longer than the page.
            "options": "-c timezone=UTC -c statement_timeout=15000 -c lock_timeout=5000"
            " -c idle_in_transaction_session_timeout=60000 -c parallel_setup_cost=100000",
        },
    }
    db.init_app(app)
    # Before the processes are forked, not during the first request.
    configure_mappers()


@contextmanager
def transaction() -> Iterator[Session]:
    """Run a block as one transaction: the outermost block commits, inner ones join it, any exception undoes all.

    Yields:
        the session of the current application context.
    """
    session: Session = db.session()
    if session.info.get("in_transaction"):
        yield session
        return
    session.info["in_transaction"] = True
    session.info["after_commit"] = []
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("in_transaction")
        callbacks = session.info.pop("after_commit")
    for callback in callbacks:
        try:
            callback()
        except Exception:
            # The commit stands; what follows it is only caches and hints.
            log.exception("after_commit_failed")


def after_commit(callback: Callable[[], object]) -> None:
    """Call back once the outermost transaction has committed; at once outside of any transaction."""
    session: Session = db.session()
    if session.info.get("in_transaction"):
        session.info["after_commit"].append(callback)
    else:
        callback()


def read_only(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that never writes: no transaction is opened for it and a flush raises."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        session: Session = db.session()
        session.info["read_only"] = True
        try:
            return view(*args, **kwargs)
        finally:
            session.info.pop("read_only")
            session.close()

    return run


def is_disconnect(error: BaseException) -> bool:
    """Whether PostgreSQL could not be reached or dropped the connection."""
    return isinstance(error, sa.exc.TimeoutError) or (
        isinstance(error, sa.exc.OperationalError)
        and (error.connection_invalidated or error.orig is None or getattr(error.orig, "sqlstate", None) is None)
    )
