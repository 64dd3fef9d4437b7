"""What /status says about the audit."""

import sqlalchemy as sa

from server.core.audit import reading, verifying
from server.core.audit.chain import AuditLink, AuditPurge, AuditSegment
from server.core.db import db
from server.core.settings import settings

_TABLES = ("audit_event", AuditSegment.__tablename__, AuditLink.__tablename__, AuditPurge.__tablename__)


def audit_warnings() -> list[str]:
    """A sealer that is behind, a log that is not protected, alarms that nobody has looked into."""
    session = db.session()
    warnings = []
    waiting, age = verifying.tail(session)
    if age > verifying.TAIL_ALARM:
        warnings.append(f"{waiting} 条审计记录没有封存，最早的等了 {int(age.total_seconds())} 秒：后台任务在跑吗？")
    if missing := verifying.missing_triggers(session):
        warnings.append(f"审计表的保护触发器不在：{'、'.join(missing)}")
    if settings().production and _may_change(session.connection()):
        warnings.append("数据库账号能改审计表：请照 docs/runbooks/audit.md 收回权限")
    if alarms := len(reading.open_alarms()):
        warnings.append(f"{alarms} 个异常查看的警报没有人处理：在后台“审计”里")
    return warnings


def _may_change(connection: sa.Connection) -> bool:
    asked = " OR ".join(f"has_table_privilege('{table}', 'UPDATE, DELETE, TRUNCATE')" for table in _TABLES)
    return bool(connection.exec_driver_sql(f"SELECT {asked}").scalar_one())  # names of our own tables
