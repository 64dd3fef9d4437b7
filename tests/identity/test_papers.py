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
    # 810000, 820000 and 830000 are those of residence permits.
    area = draw(provinces) + f"{draw(st.integers(1, 9999)):04d}"
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


eight_digits = st.text("0123456789", min_size=8, max_size=8)


@given(st.sampled_from("HM"), eight_digits, st.text("0123456789", min_size=2, max_size=2))
def test_a_renewed_pass_is_the_same_person(letter: str, digits: str, renewals: str) -> None:
    """The first nine characters stay; the two behind count the renewals of old passes."""
    old = read_id_number(IdType.HK_MO_PASS, letter.lower() + digits + renewals, today=TODAY, allow_synthetic=False)
    new = read_id_number(IdType.HK_MO_PASS, letter + digits, today=TODAY, allow_synthetic=False)
    assert old == new
    assert old.key == new.key == f"hk_mo_pass:{letter}{digits}"
    assert old.born is None


@given(st.sampled_from("ABCDEFGIJKLNOPQRSTUVWXYZ0123456789港"), eight_digits)
def test_a_pass_of_another_letter_is_found(letter: str, digits: str) -> None:
    with pytest.raises(Invalid, match="H 或 M"):
        read(letter + digits, id_type=IdType.HK_MO_PASS)


@given(st.text("0123456789", max_size=14).filter(lambda digits: len(digits) not in {8, 10}))
def test_a_pass_of_another_length_is_found(digits: str) -> None:
    with pytest.raises(Invalid):
        read("H" + digits, id_type=IdType.HK_MO_PASS)


@given(eight_digits)
def test_every_number_of_eight_is_a_taiwan_pass_and_nothing_else_is(digits: str) -> None:
    assert read(digits, id_type=IdType.TW_PASS) == digits
    for wrong in (digits[:7], digits + "1", f"T{digits[1:]}"):
        with pytest.raises(Invalid, match="8 位数字"):
            read(wrong, id_type=IdType.TW_PASS)


@given(st.from_regex(r"[A-Za-z0-9]{5,17}", fullmatch=True), st.integers(0, 17))
def test_passports_are_letters_and_digits_however_they_are_spaced(typed: str, gap: int) -> None:
    assert read(f" {typed[:gap]} {typed[gap:]}", id_type=IdType.PASSPORT) == typed.upper()


@given(st.from_regex(r"[A-Z0-9]{1,4}|[A-Z0-9]{18,30}", fullmatch=True))
def test_passports_of_another_length_are_found(typed: str) -> None:
    with pytest.raises(Invalid, match="5 到 17 位"):
        read(typed, id_type=IdType.PASSPORT)


@st.composite
def eighteen_with(draw: st.DrawFn, *prefixes: str) -> str:
    """A right number of eighteen that begins with one of these."""
    prefix = draw(st.sampled_from(prefixes))
    area = prefix + "".join(draw(st.sampled_from("0123456789")) for _ in range(6 - len(prefix)))
    body = f"{area}{draw(birthdays):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + _check_character_by_definition(body)


@given(eighteen_with("810000", "820000", "830000"))
def test_a_residence_permit_is_read_as_one_and_named_where_it_is_taken_for_another_paper(number: str) -> None:
    permit = read_id_number(IdType.RESIDENCE_PERMIT, number, today=TODAY, allow_synthetic=False)
    assert (permit.text, permit.key) == (number, number)
    assert permit.born is not None
    with pytest.raises(Invalid, match="证件类型改成"):
        read(number)


@given(right_numbers())
def test_other_numbers_are_no_residence_permits(number: str) -> None:
    with pytest.raises(Invalid, match="810000"):
        read(number, id_type=IdType.RESIDENCE_PERMIT)


@given(eighteen_with("9"))
def test_a_foreigners_card_has_eighteen_with_a_nine_before_and_a_birthday(number: str) -> None:
    card = read_id_number(IdType.FOREIGNER_ID, number, today=TODAY, allow_synthetic=False)
    assert card.text == number
    assert card.born is not None
    for at in range(1, 18):
        wrong = number[:at] + str((int(number[at], 36) + 1) % 10) + number[at + 1 :]
        if wrong != number:
            with pytest.raises(Invalid):
                read(wrong, id_type=IdType.FOREIGNER_ID)


@given(st.from_regex(r"[A-Z]{3}[0-9]{12}", fullmatch=True))
def test_an_older_foreigners_card_has_three_letters_and_twelve_digits(number: str) -> None:
    assert read(number.lower(), id_type=IdType.FOREIGNER_ID) == number
    with pytest.raises(Invalid, match="3 个字母"):
        read(number[:-1], id_type=IdType.FOREIGNER_ID)


@given(st.text(max_size=30))
def test_a_refusal_never_repeats_what_was_typed(typed: str) -> None:
    for id_type in IdType:
        try:
            read(typed, id_type=id_type)
        except Invalid as error:
            shown = str(error)
            assert len(typed.strip()) < 5 or typed.strip() not in shown


@given(st.sampled_from(list(IdType)), st.sampled_from(list(IdType)), eight_digits)
def test_numbers_of_two_kinds_of_paper_never_meet_unless_they_are_of_eighteen(
    one: IdType, other: IdType, digits: str
) -> None:
    assert (match_key(one, digits) == match_key(other, digits)) is (one is other)
