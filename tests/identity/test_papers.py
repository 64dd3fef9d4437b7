"""Numbers of identity papers, GB 11643-1999 and the passes."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.identity.papers import IdType, check_character, match_key, read_id_number
from server.identity.rules import Invalid

TODAY = date(2026, 3, 13)

TENS = {1: "12345", 2: "123", 3: "1234567", 4: "123456", 5: "01234", 6: "12345", 7: "1", 8: "123"}
provinces = st.sampled_from([f"{tens}{ones}" for tens, all_ones in TENS.items() for ones in all_ones])
birthdays = st.dates(date(1900, 1, 1), TODAY)


@st.composite
def right_numbers(draw: st.DrawFn) -> str:
    """Any number that could have been issued."""
    area = draw(provinces) + f"{draw(st.integers(0, 9999)):04d}"
    body = f"{area}{draw(birthdays):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + _check_character_by_definition(body)


def _check_character_by_definition(body: str) -> str:
    """ISO 7064 MOD 11-2 as the standard defines it: the weighted sum of all eighteen is 1 modulo 11."""
    for candidate, value in [(str(digit), digit) for digit in range(10)] + [("X", 10)]:
        values = [int(digit) for digit in body] + [value]
        if sum(number * pow(2, 17 - at, 11) for at, number in enumerate(values)) % 11 == 1:
            return candidate
    raise AssertionError


def read(number: str, *, id_type: IdType = IdType.RESIDENT_ID, synthetic: bool = True) -> str:
    return read_id_number(id_type, number, today=TODAY, allow_synthetic=synthetic).text


@given(right_numbers())
def test_every_right_number_is_read_as_it_is(number: str) -> None:
    assert read(number) == number
    assert check_character(number[:17]) == number[17]


@given(right_numbers(), st.integers(0, 17), st.integers(0, 9))
def test_one_wrong_digit_is_always_found(number: str, at: int, digit: int) -> None:
    wrong = f"{number[:at]}{digit}{number[at + 1 :]}"
    if wrong != number:
        with pytest.raises(Invalid):
            read(wrong)


@given(right_numbers(), st.integers(0, 16))
def test_two_swapped_neighbours_are_always_found(number: str, at: int) -> None:
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if swapped != number:
        with pytest.raises(Invalid):
            read(swapped)


@given(right_numbers(), st.lists(st.integers(0, 17), max_size=4))
def test_spaces_small_x_and_full_width_digits_are_forgiven(number: str, gaps: list[int]) -> None:
    typed = number.lower()
    for at in gaps:
        typed = f"{typed[:at]} {typed[at:]}"
    wide = typed.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    assert read(f" {typed}\n") == read(wide) == read("\u202d" + typed + "\u202c") == number


@given(right_numbers())
def test_the_birthday_comes_out_of_the_number(number: str) -> None:
    born = read_id_number(IdType.RESIDENT_ID, number, today=TODAY, allow_synthetic=False).born
    assert born is not None
    assert f"{born:%Y%m%d}" == number[6:14]


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_the_reader(typed: str) -> None:
    for id_type in IdType:
        with suppress(Invalid):
            read(typed, id_type=id_type)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_standards_own_examples_have_the_right_check_character(number: str) -> None:
    assert check_character(number[:17]) == number[17]


def test_a_birthday_before_1900_is_a_mistake() -> None:
    with pytest.raises(Invalid, match="出生日期"):
        read("440524188001010014")


@pytest.mark.parametrize("day", ["20260230", "19901301", "20250229", "19000229", "00000000", "20261301"])
def test_impossible_days_are_found(day: str) -> None:
    body = f"440304{day}123"
    with pytest.raises(Invalid, match="出生日期"):
        read(body + check_character(body))


def test_today_is_a_birthday_and_tomorrow_is_not() -> None:
    for born, right in ((TODAY, True), (TODAY + timedelta(days=1), False)):
        body = f"440304{born:%Y%m%d}123"
        if right:
            assert read(body + check_character(body))
        else:
            with pytest.raises(Invalid, match="出生日期"):
                read(body + check_character(body))


@pytest.mark.parametrize("area", ["009999", "169999", "990303", "999999", "849999"])
def test_unknown_beginnings_are_found(area: str) -> None:
    body = f"{area}19900307123"
    with pytest.raises(Invalid, match="开头"):
        read(body + check_character(body))


def test_synthetic_numbers_count_only_where_they_are_allowed() -> None:
    number = "990304199003071237"
    assert read(number, synthetic=True) == number
    with pytest.raises(Invalid, match="开头"):
        read(number, synthetic=False)


def test_an_old_number_of_fifteen_is_refused_politely() -> None:
    with pytest.raises(Invalid, match="15 位的旧号码"):
        read("440304900307123")


@pytest.mark.parametrize("prefix", ["810000", "820000", "830000"])
def test_residence_permits_begin_as_the_law_says(prefix: str) -> None:
    body = f"{prefix}19900307123"
    number = body + check_character(body)
    assert read(number, id_type=IdType.RESIDENCE_PERMIT) == number
    other = "44030419900307123"
    with pytest.raises(Invalid):
        read(other + check_character(other), id_type=IdType.RESIDENCE_PERMIT)


@pytest.mark.parametrize(
    ("id_type", "typed", "stored"),
    [
        (IdType.HK_MO_PASS, "h 12345678", "H12345678"),
        (IdType.HK_MO_PASS, "M1234567801", "M12345678"),
        (IdType.TW_PASS, "01234567", "01234567"),
        (IdType.PASSPORT, "e12345678", "E12345678"),
        (IdType.FOREIGNER_ID, "usa440300123456", "USA440300123456"),
        (IdType.FOREIGNER_ID, "911124198108030024", "911124198108030024"),
    ],
)
def test_passes_are_read(id_type: IdType, typed: str, stored: str) -> None:
    assert read(typed, id_type=id_type) == stored


@pytest.mark.parametrize(
    ("id_type", "typed"),
    [
        (IdType.HK_MO_PASS, "H1234567"),
        (IdType.HK_MO_PASS, "H123456789"),
        (IdType.HK_MO_PASS, "A12345678"),
        (IdType.TW_PASS, "1234567"),
        (IdType.TW_PASS, "123456789"),
        (IdType.PASSPORT, "E123"),
        (IdType.PASSPORT, "E" * 18),
        (IdType.PASSPORT, "E-1234567"),
        (IdType.FOREIGNER_ID, "911124198108030025"),
        (IdType.FOREIGNER_ID, "44030419900307123X"),
    ],
)
def test_what_cannot_be_a_pass_is_found(id_type: IdType, typed: str) -> None:
    with pytest.raises(Invalid):
        read(typed, id_type=id_type)


def test_numbers_of_eighteen_match_whatever_paper_was_named_and_others_do_not() -> None:
    number = "990304199003071237"
    assert match_key(IdType.RESIDENT_ID, number) == match_key(IdType.RESIDENCE_PERMIT, number)
    assert match_key(IdType.TW_PASS, "12345678") != match_key(IdType.PASSPORT, "12345678")


def test_a_number_is_not_printed() -> None:
    number = read_id_number(IdType.RESIDENT_ID, "990304199003071237", today=TODAY, allow_synthetic=True)
    assert "9903" not in repr(number)
    assert "1990" not in repr(number)
