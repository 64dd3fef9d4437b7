"""What 12345 says: an order becomes a case, once; what it tells of an order moves the case on, late words do not."""

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from server.cases.catalogue import catalogue, keep_once
from server.cases.exchange.models import CaseExchange
from server.cases.exchange.orders import rule_for
from server.cases.locking import lock
from server.cases.models import Case
from server.cases.numbers import new_secret
from server.cases.routing import office_of_area
from server.cases.steps import SYSTEM, make, moment, open_case, position_of
from server.cases.submission import new_case
from server.cases.vocabulary import Direction, IdentityMode
from server.city.words import OF_EITHER_AT_12345, OF_THE_SENDER, Incoming, Word
from server.core.clock import now
from server.core.db import transaction
from server.core.errors import conflict

log = structlog.get_logger(__name__)


def receive(message: Incoming) -> bool:
    """Take one message.

    Returns:
        False for a repeat, and for what was overtaken: nothing happened.

    Raises:
        Problem: 409 when it is about an order that is not known here (yet): they send it again; for a case that cannot
            be reopened: they send a new order; for what only the other side says of such an order.
    """
    with transaction() as session:
        # One at a time for each order, whether there is a row to lock or not.
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"city:{message.order_no}"))))
        return _take(session, message) if message.word is Word.ORDER else _hear(session, message)


def _take(session: Session, order: Incoming) -> bool:
    if session.scalar(sa.select(sa.exists().where(CaseExchange.their_no == order.order_no))):
        return False
    rule = rule_for(order.category)
    service = catalogue().current[rule.service]
    field = service.form.declaration.field(rule.text)
    assert field is not None
    assert field.maximum is not None, "a test looks after it"
    answers, errors = service.asked.accept(rule.answers_for(order, longest=field.maximum))
    if errors:
        # An order that our form does not like is still an order: it is kept, and staff see its words.
        log.warning("city_order_does_not_fit", fields=sorted(errors))
    keep_once(service)
    at = now()
    known = order.caller is not None and bool(order.caller.name or order.caller.phone)
    case = new_case(
        session,
        service,
        mode=IdentityMode.NAMED if known else IdentityMode.ANONYMOUS,
        answers=answers,
        at=at,
        # Nobody is told it: 12345 is who asks after the case.
        secret=new_secret(),
        alarming=catalogue().emergency.heard_in([order.text or ""]),
    )
    if order.area is not None:
        case.union_id = office_of_area(session, service, order.area)
    open_case(case, service, items=(), at=at, by=SYSTEM)
    session.add(
        CaseExchange(
            case_id=case.id,
            direction=Direction.IN,
            begun_at=at,
            their_no=order.order_no,
            their_state=Word.ORDER,
            their_seq=order.seq,
            their_due_at=order.due_at,
            told_at=at,
            asks_rating=order.asks_rating,
            said=order.text,
            caller_name=order.caller.name if order.caller else None,
            caller_phone=order.caller.phone if order.caller else None,
        )
    )
    return True


def _hear(session: Session, message: Incoming) -> bool:
    no = session.scalar(
        sa.select(Case.no)
        .join(CaseExchange, CaseExchange.case_id == Case.id)
        .where(
            sa.or_(
                CaseExchange.their_no == message.order_no,
                # Their answer with the number may still be on its way to us.
                sa.and_(CaseExchange.their_no.is_(None), Case.no == (message.our_no or "")),
            )
        )
    )
    if no is None:
        raise conflict("unknown_order", "还没有收到过这个工单，请稍后再推送")
    case, service = lock(no=no)
    exchange = session.scalars(sa.select(CaseExchange).where(CaseExchange.case_id == case.id).with_for_update()).one()
    if message.seq <= exchange.their_seq:
        return False
    theirs = exchange.direction is Direction.IN
    if message.word not in OF_EITHER_AT_12345 and (message.word in OF_THE_SENDER) != theirs:
        raise conflict("not_yours_to_say", "这句话要由接到工单的一方说" if theirs else "这句话要由转出工单的一方说")
    step = service.machine.by_partner(
        position_of(case), message.word.value, order=exchange.direction, mode=case.identity_mode
    )
    if step is None and message.word is Word.REOPENED and service.machine.states[case.state].final:
        # Nobody looks at a case that is over: they must not believe that it goes on.
        raise conflict("over", "这件事已经结束，不能再重新办：请作为新的工单推送")
    at = moment(case)
    exchange.their_no = message.order_no
    exchange.their_seq, exchange.their_state, exchange.told_at = message.seq, message.word, at
    exchange.office = message.office or exchange.office
    exchange.their_due_at = message.due_at or exchange.their_due_at
    exchange.said = message.text or exchange.said
    exchange.asks_rating = exchange.asks_rating or message.asks_rating
    if step is not None:
        make(case, service, step, by=SYSTEM, at=at)
    return True
