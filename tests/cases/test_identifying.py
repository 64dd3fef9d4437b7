"""What in a text may tell who it is from, found alike at the desk and on the phone."""

import re
from pathlib import Path

import pytest

from server.cases.identifying import DETAILS, details_in, without_marks

PHONE = Path(__file__).parents[2] / "miniprogram" / "src" / "rules" / "identifying.ts"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3月11日晚8点那单超时，订单号 8812345678901", ["3月11日", "晚8点", "订单号 8812345678901"]),
        ("2026-03-11 20:35，晚上八点半，两点钟", ["2026-03-11", "20:35", "晚上八点半", "两点钟"]),
        ("我上的是夜班，第二班的人也在", ["夜班", "第二班"]),
        ("车牌粤B12345，沙头站站长", ["粤B12345", "沙头站站长"]),
        ("昨天在南园配送站，又在南园配送站", ["昨天在南园配送站", "又在南园配送站"]),
        ("打 13800001111", ["13800001111"]),
        ("上次那件 SQ260313-0042-K，sq260313-0042", ["SQ260313-0042-K", "sq260313-0042"]),
        ("my late shift, order no. 123456, until 10:30 pm", ["late shift", "order no. 123456", "10:30 pm"]),
    ],
)
def test_exact_times_shifts_orders_plates_and_stations_are_found(text: str, found: list[str]) -> None:
    assert details_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "站点无故罚款两百元，没有说明，请核实罚款的依据。",
        "我有一点怕，希望早一点解决，晚一点也行。",
        "他们站点的站长上个月开始骂人，做了 3 年，工资 4500 元。",
        "下班路上，网站上查不到，坐晚班车回来。",
    ],
)
def test_what_many_could_have_written_is_not(text: str) -> None:
    assert details_in(text) == []


def test_the_phone_looks_for_the_same() -> None:
    on_the_phone = re.findall(r"^  /(.+)/,$", PHONE.read_text("utf-8"), re.MULTILINE)
    assert on_the_phone == list(DETAILS)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("打 138 0013-8000 找我", "打 […] 找我"),
        ("打 138.0013.8000 找我", "打 […] 找我"),
        ("打 １３８．００１３．８０００ 找我", "打 […] 找我"),
        ("打 １３８\u3000００１３\u3000８０００ 找我", "打 […] 找我"),
        ("打 138 - 0013 - 8000 找我", "打 […] 找我"),
        ("扣了 12345.67 元", None),
        ("证件44030119900101123X，卡号6222 0200 0000 0000 101", "证件[…]，卡号[…]"),
        ("一三八零零一三八零零零", "[…]"),
        ("SQ202611-0001-A 那件", "[…] 那件"),
        ("微信 wb_bee2026，信箱 bee@mail.example", "微信 […]，信箱 […]"),
        ("粤B12345 在门口", "[…] 在门口"),
        ("陈小雨谢谢凌霞", "[…]谢谢[…]"),
        ("退了 12000 元，11月2日办的，12345 也问过。Thanks, very good!", None),
    ],
)
def test_words_are_read_without_what_tells_whose_they_are(text: str, left: str | None) -> None:
    assert without_marks(text, names=["陈小雨", "凌霞", None, "一"]) == (left or text)
