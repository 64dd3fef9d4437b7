"""Names, phones, masks, ages."""

import unicodedata
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.identity.rules import (
    MAX_NAME,
    Invalid,
    age_on,
    mask_name,
    mask_phone,
    normalise_name,
    normalise_phone,
    of_working_age,
)

han = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
rare = st.characters(min_codepoint=0x20000, max_codepoint=0x323AF)
"""CJK Extension B to H; some are younger than this Python's tables."""


@given(st.text(han | rare, min_size=1, max_size=MAX_NAME))
def test_every_han_name_is_kept_however_rare_its_characters(name: str) -> None:
    assert normalise_name(name) == unicodedata.normalize("NFC", name)


odd = st.sampled_from(" \u3000\x85\u200b\ufe00张古A.·・'\u0301éÉ一〇-’")


@given(st.text(odd | han | rare | st.characters(), max_size=12))
def test_normalising_twice_changes_nothing(typed: str) -> None:
    with suppress(Invalid):
        name = normalise_name(typed)
        assert normalise_name(name) == name
        assert 1 <= len(name) <= MAX_NAME


@given(st.text(han, max_size=MAX_NAME - 1), st.sampled_from('0９@<>{}%😀\x00\x7f/\\"'))
def test_one_foreign_character_spoils_a_name(name: str, foreign: str) -> None:
    for typed in (foreign + name, name + foreign):
        with pytest.raises(Invalid):
            normalise_name(typed)


@given(
    st.lists(st.text(han, min_size=1, max_size=6), min_size=2, max_size=4),
    st.sampled_from("·・•‧．.﹒∙⋅･●·"),
    st.sampled_from(["", " ", "  ", "\u3000"]),
)
def test_all_separators_become_one(parts: list[str], separator: str, space: str) -> None:
    assert normalise_name(f"{space}{separator}{space}".join(parts)) == "·".join(parts)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("张", "张"),
        (" 张 三 ", "张三"),
        ("张\u200b三", "张三"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("王𬀩", "王𬀩"),
        ("李\U00031350", "李\U00031350"),
        ("\ue000强", "\ue000强"),
        ("葛\U000e0100", "葛"),
        ("JOHN  F. SMITH", "JOHN F. SMITH"),
        ("O'Neil-Lee", "O'Neil-Lee"),
        ("Jose\u0301 A", "José A"),
        ("〇九妹", "〇九妹"),
    ],
)
def test_names_as_they_are_typed(typed: str, name: str) -> None:
    assert normalise_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", "  ", "·", "张·", "·三", "张3", "张三😀", "<b>", "张@三", "a" * 51, "\x00张", "-"]
)
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        normalise_name(typed)


def test_a_mask_keeps_one_character_and_not_the_length() -> None:
    assert mask_name("张三") == mask_name("张三丰") == "张*"
    assert mask_name("𬀩某") == "𬀩*"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "+86", "86", "0086", "+86 "]))
def test_mainland_numbers_have_one_spelling(number: str, prefix: str) -> None:
    spaced = f"{prefix}{number[:3]} {number[3:7]}-{number[7:]}"
    assert normalise_phone(spaced) == number


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("+852 9123 4567", "+85291234567"),
        ("0085291234567", "+85291234567"),
        ("852-4123-4567", "+85241234567"),
        ("+853 6612 3456", "+85366123456"),
        ("１３８１２３４５６７８", "13812345678"),
        ("\u202d13812345678\u202c", "13812345678"),
    ],
)
def test_numbers_of_hong_kong_macao_and_odd_keyboards(typed: str, phone: str) -> None:
    assert normalise_phone(typed) == phone


@pytest.mark.parametrize(
    "typed", ["", "1381234567", "138123456789", "12812345678", "+1 650 253 0000", "+85231234567", "+85386123456", "x"]
)
def test_other_numbers_are_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        normalise_phone(typed)


def test_a_masked_phone_keeps_beginning_and_end() -> None:
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("+85291234567") == "+852 ****4567"


@given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.dates(date(2021, 1, 1), date(2060, 12, 31)))
def test_an_age_is_the_birthdays_that_have_come(born: date, day: date) -> None:
    birthdays = 0
    for year in range(born.year + 1, day.year + 1):
        try:
            birthday = born.replace(year=year)
        except ValueError:
            birthday = date(year, 3, 1)
        birthdays += birthday <= day
    assert age_on(day, born=born) == birthdays


def test_one_may_work_from_the_sixteenth_birthday_on() -> None:
    assert not of_working_age(born=date(2010, 3, 14), today=date(2026, 3, 13))
    assert of_working_age(born=date(2010, 3, 13), today=date(2026, 3, 13))
    assert not of_working_age(born=date(2012, 2, 29), today=date(2028, 2, 28))
    assert of_working_age(born=date(2012, 2, 29), today=date(2028, 2, 29))
