"""Fields of subscribe messages: whatever leaves here, WeChat takes."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev.standins.wechat_messages import _fits
from server.wechat.fields import KINDS, FieldInvalid, fitted


def fit(key: str, value: str | int | datetime) -> str:
    return fitted({key: value})[key]["value"]


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=60) | st.integers())
def test_what_is_let_through_fits_the_rule_of_its_kind(kind: str, value: str | int) -> None:
    """The stand-in knows the rules by itself."""
    key = f"{kind}1"
    try:
        found = fit(key, value)
    except FieldInvalid:
        return
    assert _fits(key, found)


@given(st.text(alphabet="你好世界abc ，。", min_size=1, max_size=60))
def test_a_thing_is_cut_never_refused(text: str) -> None:
    if not text.strip():
        return
    found = fit("thing3", text)
    assert len(found) <= 20
    whole = text.strip()
    assert found.rstrip("…") in re.sub(r" +", " ", whole)


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("thing1", "一" * 20, "一" * 20),
        ("thing1", "一" * 21, "一" * 19 + "…"),
        ("thing1", "第一行\n第二行\x00", "第一行 第二行"),
        ("time2", datetime(2026, 3, 12, 10, 5, tzinfo=UTC), "2026年3月12日 18:05"),
        ("date2", datetime(2026, 3, 12, 17, 0, tzinfo=UTC), "2026年3月13日"),
        ("time2", "2026-03-12 18:00", "2026-03-12 18:00"),
        ("time2", "9:00~17:00", "9:00~17:00"),
        ("phrase4", "已受理", "已受理"),
        ("character_string5", "SQ260313-0042-K", "SQ260313-0042-K"),
        ("number1", 42, "42"),
        ("amount1", "12.50元", "12.50元"),
        ("name1", "一二三四五六七八九十百", "一二三四五六七八九十"),
        ("phone_number1", "+86 0755-00012351", "+86 0755-00012351"),
    ],
)
def test_examples(key: str, value: str | int | datetime, found: str) -> None:
    assert fit(key, value) == found


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("thing1", ""),
        ("thing1", " \n"),
        ("phrase1", "一二三四五六"),
        ("phrase1", "OK"),
        ("character_string1", "编号"),
        ("character_string1", "x" * 33),
        ("number1", "1" * 33),
        ("time1", "明天"),
        ("date1", "12:00"),
        ("letter1", "a1"),
        ("car_number1", "粤B1234567"),
        ("unknown1", "x"),
        ("thing", "x"),
        ("Thing1", "x"),
    ],
)
def test_what_cannot_be_cut_is_refused(key: str, value: str) -> None:
    with pytest.raises(FieldInvalid) as caught:
        fit(key, value)
    assert str(caught.value) == key, "the field is named, the value never"
