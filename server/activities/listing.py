"""Finding activities."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import asdict

from server.activities.cards import Card, GroupCard, card_of, whole
from server.activities.models import Activity, ActivityKind, Publication
from server.activities.rules import Status
from server.activities.service import Signup
from server.core.clock import now
from server.core.db import db
from server.core.search import matches
from server.core.web.paging import Page, keyset_page
from server.seats.claims import Counters, counters


class StatusFilter(StrEnum):
    """What can be asked for: every status, and everything that is still to come."""

    UPCOMING = "upcoming"
    SOON = "soon"
    OPEN = "open"
    CLOSED = "closed"
    PAST = "past"
    CANCELLED = "cancelled"


class Shown(Struct, frozen=True):
    """An activity as it is shown: its card, and how many seats are left right now."""

    card: Card
    status: Status
    counters: dict[uuid.UUID, Counters]
    mine: Signup | None = None

    def left(self, group: GroupCard) -> Counters:
        return self.counters[group.pool.id]


class Wanted(Struct, frozen=True):
    """What somebody looks for; None means whatever."""

    status: StatusFilter | None = None
    kind: ActivityKind | None = None
    district: str | None = None
    q: str | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None


def find(wanted: Wanted, *, cursor: str | None, limit: int) -> Page[Shown]:
    """Activities in the order of their beginning; past ones the latest first.

    Without a status: what is not over, or all of the time that was asked for.
    """
    instant = now()
    status = wanted.status
    if status is None and wanted.starts_from is None and wanted.starts_before is None:
        status = StatusFilter.UPCOMING
    page = keyset_page(
        db.session(),
        sa.select(Activity).where(*_conditions(wanted, status, instant)).options(*whole()),
        columns=(Activity.starts_at, Activity.id),
        question=asdict(wanted),
        cursor=cursor,
        limit=limit,
        descending=status is StatusFilter.PAST,
    )
    return Page(show([card_of(activity) for activity in page.items], instant=instant), page.next_cursor)


def show(cards: Iterable[Card], *, instant: datetime) -> list[Shown]:
    """Cards with their counters, in one query."""
    cards = list(cards)
    numbers = counters(group.pool.id for card in cards for group in card.groups)
    return [Shown(card=card, status=card.status_at(instant), counters=numbers) for card in cards]


def _conditions(wanted: Wanted, status: StatusFilter | None, instant: datetime) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if status is not None:
        found += _of_status(status, instant)
    if wanted.kind is not None:
        found.append(Activity.kind == wanted.kind)
    if wanted.district:
        found.append(Activity.district_code == wanted.district)
    if wanted.q:
        found.append(matches(Activity.search, wanted.q))
    if wanted.starts_from is not None:
        found.append(Activity.starts_at >= wanted.starts_from)
    if wanted.starts_before is not None:
        found.append(Activity.starts_at < wanted.starts_before)
    return found


def _of_status(status: StatusFilter, instant: datetime) -> list[sa.ColumnElement[bool]]:
    """The same cuts as `rules.status_at`, which a test compares them with."""
    takes_place = Activity.publication == Publication.PUBLISHED
    to_come = Activity.ends_at > instant
    match status:
        case StatusFilter.UPCOMING:
            return [to_come]
        case StatusFilter.SOON:
            return [takes_place, to_come, Activity.opens_at > instant]
        case StatusFilter.OPEN:
            return [takes_place, to_come, Activity.opens_at <= instant, Activity.closes_at > instant]
        case StatusFilter.CLOSED:
            return [takes_place, to_come, Activity.closes_at <= instant]
        case StatusFilter.PAST:
            return [takes_place, Activity.ends_at <= instant]
        case StatusFilter.CANCELLED:
            return [Activity.publication == Publication.CANCELLED]
