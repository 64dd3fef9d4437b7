"""Sending notices out of the app: by WeChat while the worker allows it, else by SMS, else a person has to call.

A delivery is written with its notice. It is marked as being sent, in a transaction of its own, before WeChat or the SMS
provider is asked, and with what became of it afterwards. Neither of them takes a message's number twice, so what was
interrupted in between, or got no answer, is not sent again: it may have arrived, and it stands in the inbox anyway.
"""

import uuid
from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from server.core.clock import now
from server.core.db import db, transaction
from server.core.jobs import defer, periodic, task
from server.core.signals import message_in_confidence_lost
from server.identity.consents import in_force
from server.identity.models import ConsentKey, Worker
from server.identity.service import reach_of, workers_of_openid
from server.notices import grants, sending
from server.notices.models import NOT_ARRIVED, Delivery, DeliveryState, Failure, Notice, Way
from server.notices.plans import Plan, kinds_to_call, plans
from server.notices.rules import OVERDUE, next_try, not_at_night
from server.notices.sending import Fate, Outcome, Ready
from server.wechat.events import MessageResult, MessageResults

NOT_ALLOWED = 43101
"""WeChat's word for: the person does not allow it."""

log = structlog.get_logger(__name__)


def plan_delivery(session: Session, notice: Notice, *, in_confidence: bool) -> None:
    """Have a notice sent, where its kind is to be sent at all; stands or falls with the notice."""
    plan = plans().get(notice.kind)
    if plan is None:
        return
    due_at = not_at_night(notice.created_at, urgent=plan.urgent)
    delivery = Delivery(
        notice_id=notice.id,
        created_at=notice.created_at,
        worker_id=notice.worker_id,
        kind=notice.kind,
        in_confidence=in_confidence,
        state=DeliveryState.WAITING,
        way=Way.WECHAT if plan.template else Way.SMS,
        tries=0,
        due_at=due_at,
        changed_at=notice.created_at,
    )
    session.add(delivery)
    session.flush()
    _defer(delivery)


@task(name="notices.deliver")
def deliver(*, notice_id: str) -> None:
    """Send one message, unless somebody else does or did: the job may run twice."""
    with transaction() as session:
        ready = _begin(session, uuid.UUID(notice_id))
    if ready is None:
        return
    outcome = sending.send(ready)
    with transaction() as session:
        delivery = _locked(session, uuid.UUID(notice_id))
        # WeChat may have told what became of it before its answer was here.
        if delivery is not None and delivery.state is DeliveryState.SENDING:
            _finish(session, delivery, outcome)


def on_results(event: MessageResults) -> None:
    """WeChat tells what became of messages: of one that seemed to be sent, or of one that nobody knew about."""
    worker_ids = workers_of_openid(openid=event.openid)
    with transaction() as session:
        for result in event.results:
            delivery = _meant(session, result, worker_ids)
            if delivery is None:
                continue
            if result.errcode == 0:
                _change(delivery, DeliveryState.SENT)
                delivery.message_id = result.message_id
            else:
                fate = Fate.NOT_ALLOWED if result.errcode == NOT_ALLOWED else Fate.REFUSED
                _finish(session, delivery, Outcome(fate))


@periodic(name="notices.pick_up", cron="*/5 * * * *")
def pick_up() -> None:
    """Look after what a crash left behind: what was being sent, and what should have been."""
    before = now() - OVERDUE
    with transaction() as session:
        interrupted = sa.select(Delivery).where(Delivery.state == DeliveryState.SENDING, Delivery.changed_at < before)
        for delivery in session.scalars(interrupted.with_for_update(skip_locked=True)):
            log.warning("delivery_interrupted", way=delivery.way.value)
            _change(delivery, DeliveryState.UNKNOWN)
        forgotten = sa.select(Delivery).where(Delivery.state == DeliveryState.WAITING, Delivery.due_at < before)
        for delivery in session.scalars(forgotten.with_for_update(skip_locked=True)):
            _defer(delivery)


def _begin(session: Session, notice_id: uuid.UUID) -> Ready | None:
    """Mark a message as being sent; None when there is nothing to send now."""
    delivery = _locked(session, notice_id)
    at = now()
    if delivery is None or delivery.state is not DeliveryState.WAITING or delivery.due_at > at:
        return None
    notice = session.get_one(Notice, delivery.notice_id)
    plan = plans().get(delivery.kind)
    frozen = session.get_one(Worker, delivery.worker_id).frozen_at is not None
    if notice.read_at is not None or plan is None or frozen:
        _change(delivery, DeliveryState.NOT_NEEDED)
        return None
    due_at = not_at_night(at, urgent=plan.urgent)
    if due_at > at:
        delivery.due_at = due_at
        _defer(delivery)
        return None
    ready = _address(session, delivery, plan, notice.created_at)
    if ready is None:
        _give_up(delivery, Failure.NO_WAY)
        return None
    _change(delivery, DeliveryState.SENDING)
    delivery.tries += 1
    return ready


def _address(session: Session, delivery: Delivery, plan: Plan, at: datetime) -> Ready | None:
    """Where the message goes; None when there is no way to this worker."""
    reach = reach_of(session, delivery.worker_id)
    if delivery.way is Way.WECHAT:
        template = plan.usable_template()
        if (
            template is not None
            and reach.openid is not None
            and grants.spend(session, worker_id=delivery.worker_id, template_id=template.id)
        ):
            delivery.template_id = template.id
            return Ready(way=Way.WECHAT, address=reach.openid, line=plan.line, at=at, template=template)
        delivery.way, delivery.tries = Way.SMS, 0
    if not plan.sms or reach.phone is None:
        return None
    if not in_force(session, worker_id=delivery.worker_id, key=ConsentKey.CONTACT):
        return None
    return Ready(way=Way.SMS, address=reach.phone, line=plan.line, at=at)


def _finish(session: Session, delivery: Delivery, outcome: Outcome) -> None:
    worker_id, template_id = delivery.worker_id, delivery.template_id or ""
    by_wechat = delivery.way is Way.WECHAT
    match outcome.fate:
        case Fate.SENT:
            _change(delivery, DeliveryState.SENT)
            delivery.message_id = outcome.message_id
        case Fate.UNKNOWN:
            _change(delivery, DeliveryState.UNKNOWN)
        case Fate.LATER:
            if by_wechat:
                grants.give_back(session, worker_id=worker_id, template_id=template_id)
            due_at = next_try(now(), tries=delivery.tries, urgent=_urgent(delivery))
            if due_at is None:
                _other_way(delivery, Failure.GAVE_UP)
            else:
                _wait(delivery, due_at)
        case Fate.NOT_ALLOWED:
            grants.used_up(session, worker_id=worker_id, template_id=template_id)
            _other_way(delivery, Failure.REFUSED)
        case Fate.MALFORMED:
            grants.give_back(session, worker_id=worker_id, template_id=template_id)
            _other_way(delivery, Failure.MALFORMED)
        case Fate.REFUSED:
            _other_way(delivery, Failure.REFUSED)


def _other_way(delivery: Delivery, failure: Failure) -> None:
    """SMS after WeChat, where the event is worth one; nothing after SMS."""
    plan = plans().get(delivery.kind)
    delivery.failure = failure
    if delivery.way is Way.WECHAT and plan is not None and plan.sms:
        delivery.way, delivery.tries = Way.SMS, 0
        _wait(delivery, not_at_night(now(), urgent=plan.urgent))
    else:
        _give_up(delivery, failure)


def _wait(delivery: Delivery, due_at: datetime) -> None:
    _change(delivery, DeliveryState.WAITING)
    delivery.due_at = due_at
    _defer(delivery)


def _give_up(delivery: Delivery, failure: Failure) -> None:
    _change(delivery, DeliveryState.UNDELIVERED)
    # What went wrong at WeChat says more than that there was no phone either.
    delivery.failure = delivery.failure or failure


def _change(delivery: Delivery, state: DeliveryState) -> None:
    lost = state in NOT_ARRIVED and delivery.state not in NOT_ARRIVED
    delivery.state, delivery.changed_at = state, now()
    if delivery.in_confidence and lost and delivery.kind in kinds_to_call():
        link = db.session.get_one(Notice, delivery.notice_id).link
        message_in_confidence_lost.send("notices", kind=delivery.kind, link=link)


def _urgent(delivery: Delivery) -> bool:
    plan = plans().get(delivery.kind)
    return plan is not None and plan.urgent


def _defer(delivery: Delivery) -> None:
    seconds = max(0, round((delivery.due_at - now()).total_seconds()))
    # A second more: the queue's clock and ours need not agree to the millisecond.
    defer(deliver, delay_seconds=seconds and seconds + 1, notice_id=str(delivery.notice_id))


def _locked(session: Session, notice_id: uuid.UUID) -> Delivery | None:
    return session.get(Delivery, notice_id, with_for_update=True, populate_existing=True)


def _meant(session: Session, result: MessageResult, worker_ids: list[uuid.UUID]) -> Delivery | None:
    """The message that a result is about: by WeChat's number, else the oldest whose fate nobody knows."""
    numbered = sa.select(Delivery).where(Delivery.message_id == result.message_id, Delivery.state == DeliveryState.SENT)
    in_doubt = (
        sa.select(Delivery)
        .where(
            Delivery.worker_id.in_(worker_ids),
            Delivery.template_id == result.template_id,
            Delivery.way == Way.WECHAT,
            Delivery.message_id.is_(None),
            Delivery.state.in_([DeliveryState.SENDING, DeliveryState.UNKNOWN]),
        )
        .order_by(Delivery.changed_at)
        .limit(1)
    )
    return session.scalar(numbered.with_for_update()) or session.scalar(in_doubt.with_for_update())
