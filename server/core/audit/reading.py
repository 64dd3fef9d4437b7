"""Alarms about staff who look at other people's data more than their work asks for."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped

from server.core.audit import LOOK, AuditEvent, record
from server.core.audit.rules import Read, Rule, unusual
from server.core.clock import now
from server.core.db import Base, Id, db, transaction
from server.core.documents import read_yaml

log = structlog.get_logger(__name__)

FILE = Path(__file__).resolve().parents[3] / "config" / "reading.yaml"


class AuditAlarm(Base):
    """Somebody looked at unusually much. Stays until an audit administrator has looked into it."""

    __tablename__ = "audit_alarm"
    __table_args__ = (sa.CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled"),)

    id: Mapped[Id]
    at: Mapped[datetime]
    actor: Mapped[str]
    """As in the audit."""
    rule: Mapped[str]
    """Its key in config/reading.yaml."""
    count: Mapped[int]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    """As in the audit: `staff:<number>`."""


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of config/reading.yaml."""
    return tuple(Rule.from_mapping(entry) for entry in read_yaml(FILE)["rules"])


def watch() -> list[AuditAlarm]:
    """Raise alarms for what was read up to now; while one is fresh, the same is not said again."""
    at = now()
    raised = []
    with transaction() as session:
        reads = session.execute(
            sa.select(AuditEvent.at, AuditEvent.actor, AuditEvent.subject_kind, AuditEvent.subject_id).where(
                AuditEvent.at > at - max(rule.within for rule in rules()),
                AuditEvent.actor.startswith("staff:", autoescape=True),
                AuditEvent.action.regexp_match(LOOK),
            )
        )
        looks = [Read(row.at, row.actor, f"{row.subject_kind}:{row.subject_id}") for row in reads]
        for found in unusual(looks, rules(), at=at):
            if _said(found.actor, found.rule.key, since=at - found.rule.within):
                continue
            alarm = AuditAlarm(at=at, actor=found.actor, rule=found.rule.key, count=found.count)
            session.add(alarm)
            raised.append(alarm)
    for alarm in raised:
        log.warning("unusual_reading", actor=alarm.actor, rule=alarm.rule, count=alarm.count)
    return raised


def open_alarms() -> Sequence[AuditAlarm]:
    """Those that nobody has settled, the oldest first."""
    return db.session.scalars(
        sa.select(AuditAlarm).where(AuditAlarm.settled_at.is_(None)).order_by(AuditAlarm.at)
    ).all()


def count_open_alarms() -> int:
    """How many nobody has settled."""
    open_ones = AuditAlarm.settled_at.is_(None)
    return db.session.scalar(sa.select(sa.func.count()).select_from(AuditAlarm).where(open_ones)) or 0


def settle(*, alarm_id: uuid.UUID, actor: str) -> None:
    """Note that somebody looked into an alarm.

    Raises:
        LookupError: there is none, it is settled, or it is about the one who wants to settle it.
    """
    with transaction() as session:
        settled = session.execute(
            sa.update(AuditAlarm)
            .where(AuditAlarm.id == alarm_id, AuditAlarm.settled_at.is_(None), AuditAlarm.actor != actor)
            .values(settled_at=now(), settled_by=actor)
            .returning(AuditAlarm.id)
        ).all()
        if not settled:
            raise LookupError
        record(actor=actor, action="audit.settle_alarm", subject_kind="audit_alarm", subject_id=alarm_id)


def _said(actor: str, rule: str, *, since: datetime) -> bool:
    said = sa.exists().where(AuditAlarm.actor == actor, AuditAlarm.rule == rule, AuditAlarm.at > since)
    return bool(db.session.scalar(sa.select(said)))
