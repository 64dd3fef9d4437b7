"""The search against looking at every place."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.datum import Point, distance_m
from server.stations.index import Box, Index, Place, Wish, plain, search

NAMES = ["莲花一村", "华强北", "ＡＢＣ 站", "abc 站"]
STEP = 0.005
"""Degrees. Positions lie on a grid, so that equal distances, shared bands and points on edges do occur."""


def scatter(seed: int, count: int, steps: int) -> list[Place]:
    """So many places on a grid of so many steps, every tenth of them anywhere in the world."""
    chance = random.Random(seed)

    def position(number: int) -> Point:
        if number % 10 == 9:
            return Point(chance.uniform(-89, 89), chance.uniform(-179, 179))
        return Point(22.5 + STEP * chance.randint(0, steps), 114.0 + STEP * chance.randint(0, steps))

    return [
        Place(
            f"FT{number:04d}",
            position(number),
            chance.choice((15, 15, 7, 3, 0)),
            chance.randrange(4),
            chance.choice(NAMES).encode(),
        )
        for number in chance.sample(range(count), count)
    ]


PLACES = st.builds(scatter, st.integers(0, 2**32), st.integers(0, 200), st.sampled_from((3, 10, 40)))
POSITIONS = st.builds(
    lambda lat, lng: Point(22.5 + STEP * lat, 114.0 + STEP * lng), st.integers(0, 40), st.integers(0, 40)
)
BOXES = st.builds(
    lambda a, b: Box(min(a.lng, b.lng), min(a.lat, b.lat), max(a.lng, b.lng), max(a.lat, b.lat)), POSITIONS, POSITIONS
)


def by_looking_at_all(
    places: list[Place],
    *,
    bits: int,
    groups: bytes | None,
    besides: set[str],
    never: set[str],
    words: tuple[str, ...],
    box: Box | None,
    origin: Point | None,
    radius: float | None,
) -> list[tuple[int, str]]:
    found = []
    for place in places:
        metres = distance_m(*origin, *place.position) if origin else 0.0
        open_now = groups is None or (groups[place.group] or place.code in besides)
        if (
            place.bits & bits == bits
            and open_now
            and place.code not in never
            and all(word in plain(place.record.decode()) for word in words)
            and (box is None or box.holds(*place.position))
            and (origin is None or radius is None or metres <= radius)
        ):
            found.append((round(metres), place.code))
    return sorted(found)


@settings(max_examples=400)
@given(
    places=PLACES,
    bits=st.integers(0, 15),
    groups=st.none() | st.tuples(*[st.booleans()] * 4).map(bytes),
    marked=st.sampled_from((2, 5, 1000)),
    words=st.sampled_from([(), (), (plain("ABC"),), (plain("莲花"), plain("村"))]),
    box=st.none() | BOXES,
    origin=st.none() | POSITIONS,
    radius=st.none() | st.floats(1, 30_000),
    limit=st.integers(1, 30),
)
def test_pages_of_the_search_are_what_looking_at_all_finds(
    places: list[Place],
    bits: int,
    groups: bytes | None,
    marked: int,
    words: tuple[str, ...],
    box: Box | None,
    origin: Point | None,
    radius: float | None,
    limit: int,
) -> None:
    index = Index(places, text_of=bytes.decode)
    besides = set(range(0, len(index), marked))
    never = set(range(1, len(index), marked))
    if groups is None:
        besides = set()
    wish = Wish(bits=bits, groups=groups, besides=frozenset(besides), never=frozenset(never), words=words, box=box)
    expected = by_looking_at_all(
        places,
        bits=bits,
        groups=groups,
        besides={index.codes[row] for row in besides},
        never={index.codes[row] for row in never},
        words=words,
        box=box,
        origin=origin,
        radius=radius,
    )
    seen: list[tuple[int, str]] = []
    while True:
        after = seen[-1] if seen else None
        page = search(index, wish, limit=limit, origin=origin, radius_m=radius, after=after)
        assert all(index.codes[row] == code for _, code, row in page)
        seen += [(metres, code) for metres, code, _ in page]
        if len(page) < limit:
            break
    assert seen == expected


class Hasty(Index):
    """Judges the neighbourhood to be so dense that the first circle has this radius."""

    def reach_m(self, origin: Point, count: int) -> float:
        return 100.2


def test_two_places_of_the_same_metre_are_ordered_by_code_also_at_the_rim_of_a_circle() -> None:
    metre = 1 / 111_195.08
    outside = Place("FT0001", Point(22.5 + 100.4 * metre, 114.0), 0, 0, b"")
    inside = Place("FT0002", Point(22.5 + 100.1 * metre, 114.0), 0, 0, b"")
    found = search(Hasty([outside, inside]), Wish(), limit=1, origin=Point(22.5, 114.0))
    assert found[0][:2] == (100, "FT0001")


def test_the_nearest_of_many_is_found_wherever_one_stands() -> None:
    places = [
        Place(f"FT{n:04d}", Point(22.4 + (n * 7919 % 1000) / 2000, 113.8 + (n * 104729 % 1000) / 1200), 1, 0, b"")
        for n in range(2000)
    ]
    index = Index(places)
    for origin in (Point(22.6, 114.2), Point(22.3, 113.0), Point(40.0, 116.4), Point(-30.0, -60.0)):
        nearest = min((round(distance_m(*origin, *place.position)), place.code) for place in places)
        assert search(index, Wish(), limit=1, origin=origin)[0][:2] == nearest


def test_an_empty_directory_has_nothing() -> None:
    index = Index([])
    assert search(index, Wish(), limit=5, origin=Point(22.5, 114.0)) == []
    assert search(index, Wish(), limit=5) == []
