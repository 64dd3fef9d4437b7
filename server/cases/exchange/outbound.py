"""Telling 12345: a message is a row of the transaction that is its cause; a job sends what waits, in order, until it
has arrived. An outage delays it and loses nothing; nothing counts twice, for 12345 knows a message by its id."""

import uuid
from datetime import datetime, timedelta

import orjson
import sqlalchemy as sa
import structlog
from msgspec import Struct, structs
from sqlalchemy.orm import Session

from server.cases.exchange.enclosing import enclosed, hand_over
from server.cases.exchange.models import CaseExchange, ExchangeMessage
from server.cases.exchange.rules import next_try
from server.cases.models import Case
from server.cases.vocabulary import Direction, IdentityMode
from server.city.client import CityRefused, CityUnavailable
from server.city.service import city
from server.city.words import OF_THE_SENDER, Contact, Outgoing, Word
from server.core.clock import now
from server.core.db import db, transaction
from server.core.jobs import defer, periodic, task
from server.identity.consents import consents_of
from server.identity.models import ConsentKey
from server.identity.service import get_worker

OVERDUE = timedelta(minutes=10)
NOT_CONNECTED = "not connected"
TAKEN_BACK = "consent taken back"
NUMBER_OF_ANOTHER = "number of another order"

log = structlog.get_logger(__name__)


Facts = tuple[tuple[str, str], ...]
"""Label and answer."""


def tell(exchange: CaseExchange, *, word: Word, text: str | None, facts: Facts = (), at: datetime) -> None:
    """Have 12345 told; stands or falls with the transaction around it."""
    session = db.session()
    session.add(
        ExchangeMessage(
            exchange_id=exchange.id,
            word=word,
            at=at,
            text=text,
            facts=orjson.dumps(facts).decode() if facts else None,
            tries=0,
            due_at=at,
            refused=False,
        )
    )
    session.flush()
    defer(deliver, exchange_id=str(exchange.id))


def say(exchange: CaseExchange, *, word: Word, text: str | None = None, at: datetime) -> None:
    """Have 12345 told what became of an order, if that is ours to say: each side says its own words, and nothing more
    of what was given back or taken back."""
    if is_ours_to_say(exchange, word):
        tell(exchange, word=word, text=text, at=at)


def is_ours_to_say(exchange: CaseExchange, word: Word) -> bool:
    """Whether 12345 hears this word of an order from us."""
    ours = exchange.direction is Direction.OUT
    return (word in OF_THE_SENDER) == ours and not (ours and _is_back(exchange))


def say_not_solved(case: Case, *, at: datetime) -> None:
    """Have 12345 told that whoever asked is not content, in this one word, if the order is with them."""
    exchange = db.session.scalar(sa.select(CaseExchange).where(CaseExchange.case_id == case.id))
    if exchange is not None:
        say(exchange, word=Word.REOPENED, at=at)


def _is_back(exchange: CaseExchange) -> bool:
    """Whether an order of ours is not with them any more."""
    recalled = sa.exists().where(ExchangeMessage.exchange_id == exchange.id, ExchangeMessage.word == Word.RECALLED)
    return exchange.their_state is Word.RETURNED or bool(db.session.scalar(sa.select(recalled)))


@task(name="cases.tell_city")
def deliver(*, exchange_id: str) -> None:
    """Send the oldest message that waits for a case, if its time has come. May run twice: it counts once."""
    found = _next(db.session(), uuid.UUID(exchange_id))
    db.session.rollback()
    if found is None:
        return
    message_id, outgoing = found
    sent = _send(outgoing)
    with transaction() as session:
        message = session.get_one(ExchangeMessage, message_id, with_for_update=True, populate_existing=True)
        if message.sent_at is not None:
            return
        if sent.their_no is not None and not _is_theirs(session, message.exchange_id, sent.their_no):
            sent = _Sent(trouble=NUMBER_OF_ANOTHER, refused=True)
        message.tries = min(message.tries + 1, 32_000)
        message.trouble, message.refused = sent.trouble, sent.refused
        if sent.their_no is not None:
            message.sent_at, message.files = now(), sent.files
            defer(deliver, exchange_id=exchange_id)
        elif not sent.refused:
            message.due_at = next_try(now(), tries=message.tries)
            # A second more: the queue's clock and ours need not agree to the millisecond.
            wait = round((message.due_at - now()).total_seconds()) + 1
            defer(deliver, delay_seconds=wait, exchange_id=exchange_id)
    if sent.trouble is not None:
        log.warning("city_not_told", trouble=sent.trouble, tries=message.tries)


@periodic(name="cases.pick_up_city", cron="*/5 * * * *")
def pick_up() -> None:
    """Look after what should have been sent and has no job any more."""
    held_up = sa.select(ExchangeMessage.exchange_id).where(
        ExchangeMessage.sent_at.is_(None), ExchangeMessage.refused.is_(True)
    )
    with transaction() as session:
        forgotten = session.scalars(
            sa.select(ExchangeMessage.exchange_id)
            .where(
                ExchangeMessage.sent_at.is_(None),
                ExchangeMessage.exchange_id.not_in(held_up),
                ExchangeMessage.due_at < now() - OVERDUE,
            )
            .distinct()
        ).all()
        for exchange_id in forgotten:
            defer(deliver, exchange_id=str(exchange_id))


def _next(session: Session, exchange_id: uuid.UUID) -> tuple[uuid.UUID, Outgoing] | None:
    """The message to be sent now, as it goes out; a refused one holds up those after it."""
    row = session.execute(
        sa.select(ExchangeMessage, CaseExchange, Case)
        .join(CaseExchange, CaseExchange.id == ExchangeMessage.exchange_id)
        .join(Case, Case.id == CaseExchange.case_id)
        .where(ExchangeMessage.exchange_id == exchange_id, ExchangeMessage.sent_at.is_(None))
        .order_by(ExchangeMessage.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    message, exchange, case = row
    if message.refused or message.due_at > now():
        return None
    outgoing = Outgoing(
        message_id=str(message.id),
        word=message.word,
        our_no=case.no,
        their_no=exchange.their_no,
        at=message.at,
        text=message.text,
        facts=tuple((label, answer) for label, answer in orjson.loads(message.facts or "[]")),
        contact=_contact(session, case) if message.word is Word.ORDER else None,
        files=enclosed(case, at=message.at) if message.word is Word.ORDER else (),
    )
    return message.id, outgoing


class _Sent(Struct, frozen=True):
    """What became of one try."""

    their_no: str | None = None
    """None: it has not arrived."""
    trouble: str | None = None
    refused: bool = False
    """Whether it stays wrong."""
    files: dict[str, str | None] | None = None
    """Of an order, see `ExchangeMessage.files`."""


def _send(outgoing: Outgoing) -> _Sent:
    partner = city()
    if partner is None:
        return _Sent(trouble=NOT_CONNECTED)
    if outgoing.word is Word.ORDER and not may_be_told(our_no=outgoing.our_no):
        return _Sent(trouble=TAKEN_BACK, refused=True)
    try:
        files = hand_over(partner, outgoing, session=db.session())
        taken = tuple(file for file in outgoing.files if files[file.file_id] is None)
        their_no = partner.send(structs.replace(outgoing, files=taken))
        return _Sent(their_no=their_no, files=files if outgoing.word is Word.ORDER else None)
    except (CityUnavailable, CityRefused) as error:
        return _Sent(trouble=str(error), refused=isinstance(error, CityRefused))


def may_be_told(*, our_no: str) -> bool:
    """Whether the worker's consent to pass the case on stands now, not only when it was given."""
    session = db.session()
    case = session.scalars(sa.select(Case).where(Case.no == our_no)).one()
    agreed = agreed_to_share(session, case)
    session.rollback()
    return agreed


def agreed_to_share(session: Session, case: Case) -> bool:
    """Whether C8 was given for this case and has not been taken back; a newer text takes nothing back."""
    if ConsentKey.SHARING.value not in {one["key"] for one in case.consents}:
        return False
    return case.worker_id is None or ConsentKey.SHARING in {one.key for one in consents_of(session, case.worker_id)}


def _contact(session: Session, case: Case) -> Contact | None:
    """Only of whoever is known by name to everybody."""
    if case.identity_mode is not IdentityMode.NAMED or case.worker_id is None:
        return None
    worker = get_worker(session, case.worker_id)
    return Contact(name=worker.name, phone=worker.phone)


def _is_theirs(session: Session, exchange_id: uuid.UUID, their_no: str) -> bool:
    """Keep their number of an order of ours; False for one that belongs to another case."""
    exchange = session.get_one(CaseExchange, exchange_id, with_for_update=True, populate_existing=True)
    if exchange.their_no == their_no:
        return True
    taken = sa.select(sa.exists().where(CaseExchange.their_no == their_no))
    if exchange.their_no is not None or exchange.direction is Direction.IN or session.scalar(taken):
        return False
    exchange.their_no = their_no
    return True
