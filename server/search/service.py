"""Looks in three places at once: the directory in memory, the index of activities, the declared services."""

from collections.abc import Sequence

from server.activities import listing as activities
from server.activities.listing import Shown, Wanted
from server.cases.catalogue import catalogue
from server.cases.declaration import Service
from server.clocks.tables import calendar
from server.core.clock import now
from server.core.datum import Point
from server.search.rules import Findable, meaning, ranked
from server.search.words import words
from server.stations.amenities import amenities
from server.stations.directory import directory
from server.stations.index import Hit
from server.stations.listing import Listing, Question
from server.stations.policy import policy


def find_stations(q: str, *, near: Point | None, limit: int) -> bytes:
    """Places with the words in name, address or code, then places that offer what the words ask for, as JSON.

    Nearest first within both; without a position by code.
    """
    listing = Listing(directory().current(), moment=now(), calendar=calendar(), numbers=policy())
    hits: list[Hit] = []
    for question in _questions(q, near):
        seen = {row for _, _, row in hits}
        hits += [hit for hit in listing.page(question, limit=limit).hits if hit[2] not in seen]
    return listing.items(hits[:limit], with_distance=near is not None)


def _questions(q: str, near: Point | None) -> list[Question]:
    asked = meaning(q, _amenities())
    questions = []
    if asked.named or asked.rest:
        questions.append(Question(near=near, q=q))
    if asked.named:
        known = amenities()
        questions.append(
            Question(near=near, q=" ".join(asked.rest), amenities=tuple(known[code] for code in asked.named))
        )
    return questions


def _amenities() -> list[Findable]:
    also = words().amenities
    return [Findable(one.code, one.short, also.get(one.code, ()), one.name) for one in amenities().values()]


def find_activities(q: str, *, limit: int) -> Sequence[Shown]:
    """Activities that are not over, the next one first."""
    return activities.find(Wanted(q=q), cursor=None, limit=limit).items


def find_services(q: str, *, limit: int) -> list[Service]:
    """Services whose name, summary or everyday words fit, the likeliest first."""
    current, also = catalogue().asked_for, words().services
    things = [Findable(one.key, one.name, also.get(one.key, ()), one.summary) for one in current.values()]
    return [current[key] for key in ranked(q, things)[:limit]]
