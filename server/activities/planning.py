"""Announcing activities, changing what they say, adding groups of seats, and calling them off."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime
from itertools import chain, count

import sqlalchemy as sa
from msgspec import Struct, json
from msgspec.structs import replace
from sqlalchemy.orm import Session

from server.activities.cards import Card, card_of, forget_card, whole
from server.activities.models import KIND_NAMES, Activity, ActivityGroup, ActivityKind, Mode, Publication
from server.activities.words import called_off, moved
from server.core import audit
from server.core.access import Level
from server.core.clock import now
from server.core.db import new_id, transaction
from server.core.errors import conflict, unprocessable
from server.core.search import search_vector
from server.identity.models import WorkerGroup
from server.notices import service as notices
from server.seats import ledger
from server.seats import service as seats
from server.seats.claims import holders
from server.seats.models import OwnerKind

MOST_GROUPS = 8
"""Of one activity."""


class NewGroup(Struct, frozen=True):
    """A part of the seats; `worker_groups` None means everybody."""

    key: str
    name: str
    capacity: int
    worker_groups: Sequence[WorkerGroup] | None = None
    members_of_id: uuid.UUID | None = None
    """The union whose members these seats are for, those of the unions under it included; None means everybody."""


class NewActivity(Struct, frozen=True, kw_only=True):
    """All that has to be said about an activity. Times are aware."""

    title: str
    kind: ActivityKind
    summary: str
    rules: str
    place: str
    district_code: str
    organiser_id: uuid.UUID
    """A union."""
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    cancel_until: datetime
    groups: Sequence[NewGroup]
    station_code: str | None = None
    required_level: Level = Level.L1
    waiting_list: bool = False
    offers: bool = False
    """Who comes up on the waiting list is asked first; needs a waiting list."""
    waiting_first: Sequence[WorkerGroup] | None = None
    """Whose work comes before all others on the waiting list; needs one."""
    companions: int = 0
    """How many each may bring, 0 to 2; they take seats."""
    mode: Mode = Mode.FIRST_COME


def announce(new: NewActivity, *, actor: str) -> uuid.UUID:
    """Publish an activity with its pools of seats; returns its id.

    Raises:
        ValueError: offers, or somebody who comes first, without a waiting list.
        IntegrityError: times that are not in order, two groups with one key, too many companions.
    """
    if new.offers and not new.waiting_list:
        raise ValueError("offers need a waiting list")
    if new.waiting_first is not None and not new.waiting_list:
        raise ValueError("whoever comes first needs a waiting list")
    activity_id = new_id()
    with transaction() as session:
        session.add(
            Activity(
                id=activity_id,
                title=new.title,
                kind=new.kind,
                summary=new.summary,
                rules=new.rules,
                place=new.place,
                station_code=new.station_code,
                district_code=new.district_code,
                organiser_id=new.organiser_id,
                starts_at=new.starts_at,
                ends_at=new.ends_at,
                opens_at=new.opens_at,
                closes_at=new.closes_at,
                cancel_until=new.cancel_until,
                required_level=new.required_level,
                mode=new.mode,
                companions=new.companions,
                waiting_first=None if new.waiting_first is None else [one.value for one in new.waiting_first],
                publication=Publication.PUBLISHED,
                search=search_vector(new.title, new.summary, new.place, KIND_NAMES[new.kind]),
            )
        )
        for place, group in enumerate(new.groups):
            _open_group(session, activity_id, group, place=place, waiting_list=new.waiting_list, offers=new.offers)
        audit.record(actor=actor, action="activity.announce", subject_kind="activity", subject_id=activity_id)
    return activity_id


def add_group(*, activity_id: uuid.UUID, group: NewGroup, actor: str) -> None:
    """Open another group of seats of an activity that was announced; who waits in another one stays there.

    Whether one can wait, and is asked first, is as in the groups that there are.

    Args:
        group: its key is free to choose; where it is taken the next free one is given.

    Raises:
        LookupError: no such activity.
        Problem: 409 when it was called off, is over or has as many groups as it may have; 422 for a name that is taken.
    """
    with transaction() as session:
        activity = _locked(session, activity_id)
        if activity.publication is Publication.CANCELLED:
            raise conflict("called_off", "这个活动已经取消了，不能再加名额")
        if activity.ends_at <= now():
            raise conflict("over", "这个活动已经结束了，不能再加名额")
        card, there = card_of(activity), activity.groups
        if group.name in {one.name for one in there}:
            raise unprocessable({"name": ["已经有一组叫这个：换一个名字，或者在那一组改名额"]})
        if len(there) >= MOST_GROUPS:
            raise conflict("too_many_groups", f"最多 {MOST_GROUPS} 组，不能再加了")
        taken = {one.key for one in there}
        key = next(one for one in chain([group.key], (f"g{number}" for number in count(1))) if one not in taken)
        _open_group(
            session,
            activity_id,
            replace(group, key=key),
            place=1 + max(one.place_in_list for one in there),
            waiting_list=card.waiting_list,
            offers=card.offers,
        )
        audit.record(actor=actor, action="activity.add_group", subject_kind="activity", subject_id=activity_id)
        forget_card(activity_id)


def _open_group(
    session: Session, activity_id: uuid.UUID, group: NewGroup, *, place: int, waiting_list: bool, offers: bool
) -> None:
    """The group with its pool of seats; `place` in the list, from 0."""
    pool_id = seats.create_pool(
        owner=OwnerKind.ACTIVITY,
        scope_id=activity_id,
        capacity=group.capacity,
        waiting_enabled=waiting_list,
        offers=offers,
    )
    wanted = group.worker_groups
    session.add(
        ActivityGroup(
            id=new_id(),
            activity_id=activity_id,
            key=group.key,
            name=group.name,
            place_in_list=place,
            worker_groups=None if wanted is None else [one.value for one in wanted],
            members_of_id=group.members_of_id,
            pool_id=pool_id,
        )
    )


class Told(Struct, frozen=True, kw_only=True):
    """What may be changed in an activity that was announced. Times are aware."""

    title: str
    summary: str
    rules: str
    place: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    closes_at: datetime
    cancel_until: datetime

    @property
    def digest(self) -> str:
        """The same for the same; tells whether somebody else has changed it meanwhile."""
        return hashlib.sha256(json.encode(self)).hexdigest()[:32]


def told_of(activity: Activity | Card) -> Told:
    """What an activity says now."""
    return Told(**{name: getattr(activity, name) for name in Told.__struct_fields__})


def change(*, activity_id: uuid.UUID, told: Told, seen: str, actor: str) -> int:
    """Change what an activity says. Who signed up or waits is told of another time or place; doing so again changes
    nothing.

    The pools are locked before it is read who is told: nobody signs up between.

    Args:
        seen: the digest of what was shown to whoever changes it.

    Returns:
        how many were told.

    Raises:
        LookupError: no such activity.
        Problem: 409 when it was called off, or changed by somebody else meanwhile.
        IntegrityError: times that are not in order.
    """
    with transaction() as session:
        activity = _locked(session, activity_id)
        if activity.publication is Publication.CANCELLED:
            raise conflict("called_off", "这个活动已经取消了，不能再改")
        before, card = told_of(activity), card_of(activity)
        if before == told:
            return 0
        if before.digest != seen:
            raise conflict("changed", "别人刚改过这个活动，你填的没有存")
        for name in Told.__struct_fields__:
            setattr(activity, name, getattr(told, name))
        activity.search = search_vector(told.title, told.summary, told.place, KIND_NAMES[activity.kind])
        audit.record(actor=actor, action="activity.change", subject_kind="activity", subject_id=activity_id)
        forget_card(activity_id)
        if (before.starts_at, before.ends_at, before.place) == (told.starts_at, told.ends_at, told.place):
            return 0
        for pool_id in sorted(group.pool_id for group in activity.groups):
            ledger.lock(session, pool_id)
        who = holders(session, scope_id=activity_id)
        title, body = moved(card, card_of(activity))
        for worker_id in who:
            notices.notify(
                worker_id=worker_id, kind="activity.moved", title=title, body=body, link=f"/activities/{activity_id}"
            )
    return len(who)


def call_off(*, activity_id: uuid.UUID, reason: str, actor: str) -> int:
    """Say that an activity does not take place, to everybody who signed up or waits; the reason stands on its page too.

    The pools are closed first: who signs up in the second in which other processes still show the old card finds
    them full, and nobody gets a seat without being told.

    Returns:
        how many were told; 0 if it was called off before.

    Raises:
        LookupError: no such activity.
    """
    with transaction() as session:
        activity = _locked(session, activity_id)
        if activity.publication is Publication.CANCELLED:
            return 0
        activity.publication, activity.called_off_because = Publication.CANCELLED, reason
        title, body = called_off(card_of(activity), reason=reason)
        told = seats.close_scope(scope_id=activity_id)
        for worker_id in told:
            notices.notify(
                worker_id=worker_id,
                kind="activity.called_off",
                title=title,
                body=body,
                link=f"/activities/{activity_id}",
            )
        audit.record(actor=actor, action="activity.call_off", subject_kind="activity", subject_id=activity_id)
        forget_card(activity_id)
    return len(told)


def remove(*, signup_id: uuid.UUID, reason: str, actor: str) -> bool:
    """Take a sign-up away; its holder is told why, and the seat goes to who waits.

    Returns:
        whether there was one that lived.
    """
    with transaction():
        if seats.remove(claim_id=signup_id, reason=reason) is None:
            return False
        audit.record(actor=actor, action="activity.remove_signup", subject_kind="seat_claim", subject_id=signup_id)
    return True


def _locked(session: Session, activity_id: uuid.UUID) -> Activity:
    activity = session.scalar(
        sa.select(Activity).where(Activity.id == activity_id).options(*whole()).with_for_update(of=Activity)
    )
    if activity is None:
        raise LookupError(f"no activity {activity_id}")
    return activity
