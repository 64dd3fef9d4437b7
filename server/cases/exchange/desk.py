"""What staff see of the exchange: one case's, and everything that has not arrived."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from server.cases.authority import in_reach, require_staff
from server.cases.exchange.models import CaseExchange, ExchangeMessage
from server.cases.exchange.outbound import deliver
from server.cases.models import Case
from server.city.words import Word
from server.core import audit
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import conflict, not_found
from server.core.jobs import defer
from server.unions.staff.vocabulary import Right

MOST = 200


class Undelivered(Struct, frozen=True):
    """A message that 12345 has not got. Nothing personal."""

    id: uuid.UUID
    no: str
    their_no: str | None
    word: Word
    at: datetime
    tries: int
    due_at: datetime
    trouble: str | None
    refused: bool


def exchange_of(case_id: uuid.UUID) -> CaseExchange | None:
    """Of a case that somebody may read already."""
    return db.session.scalar(sa.select(CaseExchange).where(CaseExchange.case_id == case_id))


def messages_of(exchange: CaseExchange) -> Sequence[ExchangeMessage]:
    """To 12345, the oldest first."""
    return db.session.scalars(
        sa.select(ExchangeMessage).where(ExchangeMessage.exchange_id == exchange.id).order_by(ExchangeMessage.id)
    ).all()


def undelivered(*, staff_no: str) -> list[Undelivered]:
    """What of the cases that somebody works on has not arrived, the oldest first."""
    rows = db.session.execute(
        sa.select(
            ExchangeMessage.id,
            Case.no,
            CaseExchange.their_no,
            ExchangeMessage.word,
            ExchangeMessage.at,
            ExchangeMessage.tries,
            ExchangeMessage.due_at,
            ExchangeMessage.trouble,
            ExchangeMessage.refused,
        )
        .join(CaseExchange, CaseExchange.id == ExchangeMessage.exchange_id)
        .join(Case, Case.id == CaseExchange.case_id)
        .where(ExchangeMessage.sent_at.is_(None), in_reach(staff_no=staff_no, right=Right.CASE_WORK))
        .order_by(ExchangeMessage.id)
        .limit(MOST)
    )
    return [Undelivered(*row) for row in rows]


def count_failing(*, staff_no: str) -> int:
    """How many of them somebody has to look at: refused, or tried in vain."""
    return sum(one.refused or one.tries > 1 for one in undelivered(staff_no=staff_no))


def send_again(*, message_id: uuid.UUID, staff_no: str) -> None:
    """Have a message tried now, whatever became of it before.

    Raises:
        Problem: 403 for whoever may not; 404; 409 when it has arrived meanwhile.
    """
    with transaction() as session:
        row = session.execute(
            sa.select(ExchangeMessage, Case)
            .join(CaseExchange, CaseExchange.id == ExchangeMessage.exchange_id)
            .join(Case, Case.id == CaseExchange.case_id)
            .where(ExchangeMessage.id == message_id)
            .with_for_update(of=ExchangeMessage)
        ).one_or_none()
        if row is None:
            raise not_found()
        message, case = row
        require_staff(case, staff_no=staff_no, right=Right.CASE_WORK)
        if message.sent_at is not None:
            raise conflict("sent_already", "这一条已经送到了")
        message.refused, message.due_at = False, now()
        audit.record(actor=audit.staff(staff_no), action="case.tell_again", subject_kind="case", subject_id=case.id)
        defer(deliver, exchange_id=str(message.exchange_id))


def exchange_warnings() -> list[str]:
    """For /status."""
    count, since = db.session.execute(
        sa.select(sa.func.count(), sa.func.min(ExchangeMessage.at)).where(
            ExchangeMessage.sent_at.is_(None), sa.or_(ExchangeMessage.refused, ExchangeMessage.tries > 1)
        )
    ).one()
    if not count:
        return []
    hours = int((now() - since).total_seconds() // 3600)
    return [f"{count} 条给 12345 的消息没有送到，最早的等了 {hours} 小时：看控制台的“12345 收发”"]
