"""Signing up, giving up, and a worker's own sign-ups."""

import uuid

import sqlalchemy as sa
from msgspec import Struct

from server.activities.cards import Card, GroupCard, card_of, find_card, whole
from server.activities.models import Activity
from server.activities.rules import Status, is_for, may_give_up, priority_of
from server.activities.words import when
from server.core.access import Principal
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import Problem, conflict, level_required, not_found, unprocessable
from server.core.web.paging import Page, keyset_page
from server.identity.models import Worker, WorkerGroup
from server.seats import offers
from server.seats import service as seats
from server.seats.claims import Claim, last_claim, living_claim, own_claim, positions
from server.seats.models import ClaimState, OwnerKind, SeatClaim, SeatPool
from server.seats.service import Outcome
from server.unions.service import is_member_under

FULL = "名额已经满了，看看别的活动吧"


class Signup(Struct, frozen=True):
    """A worker's sign-up: the claim, and the activity it is for."""

    claim: Claim
    card: Card

    @property
    def group(self) -> GroupCard:
        return self.card.group_of(self.claim.pool_id)


def require_card(activity_id: uuid.UUID) -> Card:
    """An activity's card.

    Raises:
        Problem: 404.
    """
    card = find_card(activity_id)
    if card is None:
        raise not_found()
    return card


def sign_up(
    *, who: Principal, activity_id: uuid.UUID, group_key: str | None, companions: int = 0
) -> tuple[Signup, bool]:
    """Take a seat or a place on the waiting list, at once. Asking again gives the same.

    Args:
        companions: how many are brought; all get in or none.

    Returns:
        the sign-up, and whether it is new.

    Raises:
        Problem: 404; 403 level; 422 group, companions; 409 called off, not open (any more), full.
    """
    card = require_card(activity_id)
    if who.level < card.required_level:
        raise level_required(card.required_level)
    group = _chosen(card, group_key)
    if companions > card.companions:
        may = f"最多带 {card.companions} 个人" if card.companions else "不能带人，只能给自己报名"
        raise unprocessable({"companions": [f"这个活动{may}"]})
    refusal = _refusal_by_time(card)
    if refusal is not None:
        # Who got a seat and did not see the answer asks again, perhaps a moment after closing.
        held = None if now() < card.opens_at else living_claim(scope_id=card.id, holder_id=who.worker_id)
        if held is None:
            raise refusal
        return Signup(held, card), False
    work = _work_of(who.worker_id) if group.worker_groups is not None or card.waiting_first is not None else None
    _check_group(group, work)
    _check_membership(group, who.worker_id)
    answer = seats.claim_seat(
        pool=group.pool,
        holder_id=who.worker_id,
        companions=companions,
        priority=priority_of(work, waiting_first=card.waiting_first),
    )
    if answer.claim is None:
        raise conflict("full", f"剩下的名额不够 {1 + companions} 个人，少带几个人再试" if companions else FULL)
    return Signup(answer.claim, card), answer.outcome is Outcome.NEW


def _chosen(card: Card, group_key: str | None) -> GroupCard:
    if group_key is None and len(card.groups) == 1:
        return card.groups[0]
    choices = "、".join(f"{group.key}（{group.name}）" for group in card.groups)
    if group_key is None:
        raise unprocessable({"group": [f"请选一组：{choices}"]})
    for group in card.groups:
        if group.key == group_key:
            return group
    raise unprocessable({"group": [f"没有这一组，可以选：{choices}"]})


def _refusal_by_time(card: Card) -> Problem | None:
    match card.status_at(now()):
        case Status.OPEN:
            return None
        case Status.SOON:
            return conflict("not_open", f"还没开始报名，{when(card.opens_at)}开始")
        case Status.CANCELLED:
            return _called_off()
        case Status.CLOSED | Status.PAST:
            return conflict("closed", "报名已经结束，看看别的活动吧")


def _called_off() -> Problem:
    return conflict("called_off", "这个活动取消了，看看别的活动吧")


def _work_of(worker_id: uuid.UUID) -> WorkerGroup | None:
    return db.session.scalar(sa.select(Worker.worker_group).where(Worker.id == worker_id))


def _check_group(group: GroupCard, work: WorkerGroup | None) -> None:
    if not is_for(work, worker_groups=group.worker_groups):
        raise unprocessable({"group": [f"这一组是给“{group.name}”的，请选适合你的一组"]})


def _check_membership(group: GroupCard, worker_id: uuid.UUID) -> None:
    wanted = group.members_of
    if wanted is not None and not is_member_under(db.session(), worker_id=worker_id, union_id=wanted.id):
        raise unprocessable({"group": [f"这一组只给{wanted.name}的会员。你还不是，请选别的组，或者先在“办事”里入会"]})


def give_up(*, worker_id: uuid.UUID, activity_id: uuid.UUID) -> Signup:
    """Give a seat or a place on the waiting list up, or turn an offer down. Doing so again changes nothing.

    Raises:
        Problem: 404 for who never signed up; 409 for a seat when it is too late.
    """
    card = require_card(activity_id)
    with transaction():
        released = seats.release(scope_id=card.id, holder_id=worker_id)
        if released is None:
            raise not_found()
        if released.seat_freed and not may_give_up(now(), times=card.times):
            # Undoes the release: whether it was a seat is certain only under its lock.
            raise conflict("too_late", f"{when(card.cancel_until)}以后不能在这里取消了，来不了请打电话告诉主办方")
    return Signup(released.claim, card)


def confirm(*, worker_id: uuid.UUID, signup_id: uuid.UUID) -> Signup:
    """Take an offered seat. Doing so again changes nothing.

    Raises:
        Problem: 404 for what is not theirs; 409 when nothing is offered, or not any more.
    """
    _, card = _still_to_come(worker_id=worker_id, signup_id=signup_id)
    claim = offers.confirm(claim_id=signup_id, holder_id=worker_id)
    if claim is None:
        raise not_found()
    match claim.state:
        case ClaimState.SIGNED:
            return Signup(claim, card)
        case ClaimState.WAITING:
            raise conflict("no_offer", f"你还在候补，第 {claim.position} 位。轮到你了会通知你")
        case ClaimState.OFFERED | ClaimState.PASSED:
            raise conflict("offer_over", "名额已经给了下一位。还想来，可以再排队")
        case _:
            raise conflict("no_offer", "这次报名已经取消了。想去的话，再报一次")


def mine(*, worker_id: uuid.UUID, card: Card) -> Signup | None:
    """A worker's sign-up for an activity, also one that was given up."""
    claim = last_claim(scope_id=card.id, holder_id=worker_id)
    return None if claim is None else Signup(claim, card)


def own_seat(*, worker_id: uuid.UUID, signup_id: uuid.UUID) -> Signup:
    """A worker's sign-up that lets them in.

    Raises:
        Problem: 404 for what is not theirs; 409 without a seat, and for what was called off or is over.
    """
    claim, card = _still_to_come(worker_id=worker_id, signup_id=signup_id)
    if claim.state is ClaimState.WAITING:
        raise conflict("no_seat", f"你还在候补，第 {claim.position} 位。补上了，这里就有入场码")
    if claim.state is ClaimState.OFFERED:
        raise conflict("no_seat", "名额给你留着，先打开活动点“要”，这里就有入场码")
    if claim.state is not ClaimState.SIGNED:
        raise conflict("no_seat", "这次报名已经取消了。想去的话，再报一次")
    return Signup(claim, card)


def _still_to_come(*, worker_id: uuid.UUID, signup_id: uuid.UUID) -> tuple[Claim, Card]:
    """A worker's own sign-up for what is neither called off nor over, with the activity's card.

    Raises:
        Problem: 404 for what is not theirs; 409.
    """
    claim = own_claim(claim_id=signup_id, holder_id=worker_id)
    card = None if claim is None else find_card(claim.scope_id)
    if claim is None or card is None:
        raise not_found()
    match card.status_at(now()):
        case Status.CANCELLED:
            raise _called_off()
        case Status.PAST:
            raise conflict("over", "这个活动已经结束了")
    return claim, card


def own_signups(*, worker_id: uuid.UUID, cursor: str | None, limit: int) -> Page[Signup]:
    """A worker's sign-ups, newest first."""
    page = keyset_page(
        db.session(),
        sa.select(SeatClaim)
        .join(SeatPool, SeatPool.id == SeatClaim.pool_id)
        .where(SeatClaim.holder_id == worker_id, SeatPool.owner == OwnerKind.ACTIVITY),
        columns=(SeatClaim.id,),
        question={"worker_id": worker_id},
        cursor=cursor,
        limit=limit,
    )
    wanted = {row.scope_id for row in page.items}
    activities = db.session.scalars(sa.select(Activity).where(Activity.id.in_(wanted)).options(*whole()))
    cards = {activity.id: card_of(activity) for activity in activities}
    ahead = positions(row.id for row in page.items)
    items = [
        Signup(
            Claim(
                id=row.id,
                pool_id=row.pool_id,
                scope_id=row.scope_id,
                holder_id=row.holder_id,
                state=row.state,
                seat_no=row.seat_no,
                companions=row.companions,
                offer_until=row.offer_until,
                created_at=row.created_at,
                position=ahead.get(row.id),
            ),
            cards[row.scope_id],
        )
        for row in page.items
    ]
    return Page(items, page.next_cursor)
