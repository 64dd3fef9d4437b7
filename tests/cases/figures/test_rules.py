"""Small numbers are hidden, and no sum gives them away."""

from hypothesis import given
from hypothesis import strategies as st

from server.cases.figures.rules import LEAST, hidden, rate

PARTS = st.dictionaries(st.integers(), st.integers(0, 30), max_size=12)


def test_a_small_part_is_hidden_with_the_smallest_of_the_others() -> None:
    assert hidden({"a": 3, "b": 40, "c": 12, "d": 0}) == {"a", "c"}


def test_two_small_parts_hide_a_third_until_five_persons_are_behind_what_is_left() -> None:
    assert hidden({"a": 1, "b": 2, "c": 9, "d": 30}) == {"a", "b", "c"}
    assert hidden({"a": 2, "b": 3, "c": 9}) == {"a", "b"}


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert hidden({"a": 5, "b": 0}) == frozenset()


@given(PARTS)
def test_whoever_subtracts_learns_of_no_fewer_than_five(parts: dict[int, int]) -> None:
    found = hidden(parts)
    assert all(not 0 < number < LEAST for key, number in parts.items() if key not in found)
    left = sum(parts[key] for key in found)
    shown = [key for key in parts if key not in found and parts[key]]
    # Where everything is hidden the sum is what is left, and is hidden by `is_small` if it is small.
    assert left == 0 or left >= LEAST or not shown


def test_of_nothing_there_is_no_rate() -> None:
    assert rate(0, 0) is None
    assert rate(3952, 4028) == 3952 / 4028
