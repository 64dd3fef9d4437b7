"""The list: from a question to the bytes of the answer, without the database.

A place's JSON is made on first use and kept, together with the moment until which it is true. Only the distance
is written anew into each answer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from server.core.datum import Point
from server.stations.amenities import Amenity
from server.stations.edition import Edition, Minute, door_of
from server.stations.fragments import Fragments
from server.stations.hours import Calendar
from server.stations.index import Box, Hit, Wish, plain, search
from server.stations.loading import ENTRY_BITS, KIND_BITS, ROUND_THE_CLOCK_BIT
from server.stations.models import Entry, StationKind
from server.stations.policy import Policy
from server.stations.rules import NOTHING
from server.stations.view import unpacked
from server.stations.words import KIND_NAMES, joined, metres_text, moment_text


class Question(Struct, frozen=True):
    """What is asked of the list, in GCJ-02. `open_at`: only what is (or may be) open then."""

    near: Point | None = None
    radius_m: int | None = None
    amenities: tuple[Amenity, ...] = ()
    open_at: datetime | None = None
    kind: StationKind | None = None
    entry: Entry | None = None
    area: str = ""
    round_the_clock: bool = False
    q: str = ""
    box: Box | None = None


class Found(NamedTuple):
    """A page of the list. `last` is where the next page starts, None on the last one."""

    hits: Sequence[Hit]
    last: tuple[int, str] | None


class Listing:
    """Answers questions from one edition at one moment; made anew for each request."""

    def __init__(
        self,
        edition: Edition,
        *,
        moment: datetime,
        calendar: Calendar,
        numbers: Policy,
        fragments: Fragments | None = None,
    ) -> None:
        """`moment` is now, or whatever else was asked for; then with `fragments` of its own."""
        self.edition = edition
        self.moment = moment
        self.numbers = numbers
        self._calendar = calendar
        self._fragments = edition.places.fragments if fragments is None else fragments

    def page(self, question: Question, *, limit: int, after: tuple[int, str] | None = None) -> Found:
        """The places of the question, nearest first; without a position by the middle of the box, else by code."""
        hits = search(
            self.edition.places.index,
            self._wish(question),
            limit=limit + 1,
            origin=self._origin(question),
            radius_m=question.radius_m if question.near else None,
            after=after,
        )
        if len(hits) <= limit:
            return Found(hits, None)
        return Found(hits[:limit], hits[limit - 1][:2])

    def items(self, hits: Sequence[Hit], *, with_distance: bool) -> bytes:
        """The places found as a JSON list. Distances are left out (null) where no position was given."""
        kept, live, moment = self._fragments.get, self.edition.live.rows.get, self.moment
        pieces = []
        for metres, _, row in hits:
            pieces.append(kept(row, live(row, NOTHING), moment) or self._fragment(row))
            pieces.append(b"%d}," % metres if with_distance else b"null},")
        return b"[%b]" % b"".join(pieces)[:-1]

    def widen(self, question: Question) -> dict[str, Any]:
        """What to say when there is nothing: the nearest of each service asked for, and of all of them together.

        Where nothing at all is open, the nearest that is closed, with when it opens.
        """
        origin = self._origin(question)
        if origin is None:
            return {"text": "没有符合条件的地方。少选一个条件，再找一次。", "nearest": []}
        wide = replace(question, radius_m=None, box=None)
        found: list[tuple[Amenity | None, Hit]] = []
        if len(question.amenities) > 1:
            for amenity in question.amenities:
                found += [(amenity, hit) for hit in self._nearest(replace(wide, amenities=(amenity,)), origin)]
        found += [(None, hit) for hit in self._nearest(wide, origin)]
        text = widen_text(question, now=self.moment, nearest=found)
        if not found and question.open_at is not None:
            found = [(None, hit) for hit in self._nearest(replace(wide, open_at=None), origin)]
            text += "".join(self._closed_text(hit, question.open_at) for _, hit in found)
        records = self.edition.places.index.records
        return {
            "text": text,
            "nearest": [
                {
                    "amenity": amenity.code if amenity else None,
                    "code": code,
                    "name": unpacked(records[row])["name"],
                    "distance_m": metres,
                }
                for amenity, (metres, code, row) in found
            ],
        }

    def _nearest(self, question: Question, origin: Point) -> list[Hit]:
        return search(self.edition.places.index, self._wish(question), limit=1, origin=origin)

    def _closed_text(self, hit: Hit, moment: datetime) -> str:
        metres, _, row = hit
        plan = self.edition.places.plan(row, self._minute(moment))
        opens = f"，{moment_text(plan.opens_at, now=self.moment)} 开门" if plan.opens_at else ""
        return f"关着的里面最近的 {metres_text(metres)}{opens}。"

    def _origin(self, question: Question) -> Point | None:
        return question.near or (question.box.centre if question.box else None)

    def _minute(self, moment: datetime) -> Minute:
        return self.edition.places.minute(moment, self._calendar)

    def _wish(self, question: Question) -> Wish:
        bits = ROUND_THE_CLOCK_BIT if question.round_the_clock else 0
        for amenity in question.amenities:
            bits |= amenity.bit
        if question.kind is not None:
            bits |= KIND_BITS[question.kind]
        if question.entry is not None:
            bits |= ENTRY_BITS[question.entry]
        words = tuple(word for word in map(plain, question.q.split()) if word)
        if question.open_at is None:
            if not question.area:
                return Wish(bits=bits, words=words, box=question.box)
            flags = self._minute(self.moment).flags(open_only=False, area=question.area)
            return Wish(bits=bits, groups=flags, words=words, box=question.box)
        places = self.edition.places
        minute = self._minute(question.open_at)
        differing = self.edition.live.differing(places, minute, moment=question.open_at, numbers=self.numbers)
        besides = differing.besides
        if question.area and besides:
            groups, group_of = places.groups, places.index.groups
            besides = frozenset(row for row in besides if groups[group_of[row]].area.startswith(question.area))
        return Wish(
            bits=bits,
            groups=minute.flags(open_only=True, area=question.area),
            besides=besides,
            never=differing.never,
            words=words,
            box=question.box,
        )

    def _fragment(self, row: int) -> bytes:
        """The place's JSON up to and with `"distance_m":`, made anew."""
        live = self.edition.live.get(row)
        places = self.edition.places
        plan = places.plan(row, self._minute(self.moment))
        return self._fragments.make(
            row,
            record=places.index.records[row],
            bits=places.index.bits[row],
            plan=plan,
            door=door_of(plan, live, places.confirmed[row], moment=self.moment, numbers=self.numbers),
            live=live,
            moment=self.moment,
            numbers=self.numbers,
        )


def widen_text(question: Question, *, now: datetime, nearest: Sequence[tuple[Amenity | None, Hit]]) -> str:
    """`3 公里内没有同时有热水和充电的地方；最近的热水 800 米，最近的充电 1.1 公里。`

    `nearest` are the nearest places with one service each, and (None) with everything that was asked for.
    """
    where = f"{metres_text(question.radius_m)}内" if question.near and question.radius_m else "这一片"
    wanted = []
    if question.open_at is not None:
        same = abs(question.open_at - now) < timedelta(minutes=1)
        wanted.append("现在开着" if same else f"{moment_text(question.open_at, now=now)} 开着")
    names = [amenity.short for amenity in question.amenities]
    if names:
        wanted.append(("同时有" if len(names) > 1 else "有") + joined(names))
    noun = KIND_NAMES[question.kind] if question.kind else "地方"
    text = f"{where}没有{'、'.join(wanted)}{'的' if wanted else ''}{noun}"
    whole = next((hit for amenity, hit in nearest if amenity is None), None)
    parts = [
        f"最近的{amenity.short} {metres_text(metres)}"
        for amenity, (metres, code, _) in nearest
        if amenity is not None and (whole is None or code != whole[1])
    ]
    if whole is not None:
        parts.append(f"{'都有的最近' if len(names) > 1 else '最近的'} {metres_text(whole[0])}")
    return f"{text}；{'，'.join(parts)}。" if parts else f"{text}，别处也没有找到。"
