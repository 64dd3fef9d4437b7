"""What is said about an answer that a form does not accept: one sentence for each JSON Schema keyword."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from server.core.said import Said


class Pattern(Struct, frozen=True):
    """A form of text, and the sentence for text of another form."""

    expression: str
    sentence: Said


PATTERNS: Mapping[str, Pattern] = {
    "month": Pattern(r"^([01][0-9]|20)[0-9]{2}-(0[1-9]|1[0-2])$", Said("月份要像 2026-03 这样写", "month")),
    "bank_card": Pattern(r"^[0-9]{12,19}$", Said("银行卡号是 12 到 19 位数字，中间不空格", "bank_card")),
    "area": Pattern(r"^[0-9]{9}([0-9]{3})?$", Said("请从列表里选街道或社区", "area")),
    "time": Pattern(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", Said("时间要像 09:30 这样写", "time")),
    "uscc": Pattern(
        r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$",
        Said("统一社会信用代码是 18 位数字和大写字母，营业执照上有", "uscc"),
    ),
    "phone": Pattern(
        r"^(1[3-9][0-9]{9}|\+852[4-9][0-9]{7}|\+8536[0-9]{7})$",
        Said("请写 11 位手机号；港澳号码前面加 +852 或 +853，中间不空格", "phone"),
    ),
}

_TYPES = {
    "string": Said("这里要填文字", "text"),
    "integer": Said("这里要填整数", "number"),
    "number": Said("这里要填数字", "number"),
    "boolean": Said("这里只能选是或不是", "yes_no"),
    "array": Said("这里要填一个列表", "list"),
    "object": Said("这里的格式不对", "format"),
}
_FORMATS = {
    "date": Said("日期要像 2026-03-01 这样写", "date"),
    "period": Said("结束那天不能比开始那天早", "period"),
    "person": Said("姓名里有不该有的字符，请照证件上的填", "name"),
    "uscc": Said("统一社会信用代码有一位不对，请照营业执照再核对一遍", "uscc_check"),
    "moment": Said("时间要像 2026-03-01T09:30:00+08:00 这样写", "moment"),
    "luhn": Said("银行卡号不对，请对着卡再看一遍", "bank_card_check"),
}
_BY_EXPRESSION = {pattern.expression: pattern.sentence for pattern in PATTERNS.values()}

TWICE = Said("和上面一行一样，要写不同的", "twice")
"""Of a column in which no two rows say the same."""

NOT_YET = Said("这个时间还没有到，请看看有没有写错", "not_yet")
"""Of a day, or a month, on which something is said to have happened."""

LONG_AGO = Said("这个时间太早了，请看看年份有没有写错", "long_ago")
"""Of a day, or a month, that is more than a lifetime ago."""

_REQUIRED = Said("这一项必填", "required")

SENTENCES: Mapping[str, Callable[[Any], Said]] = {
    "required": lambda _: _REQUIRED,
    "additionalProperties": lambda _: Said("表里没有这一项", "unknown"),
    "type": lambda expected: _TYPES[expected],
    "const": lambda _: Said("请先打勾", "tick"),
    "enum": lambda _: Said("请从列出的选项里选一个", "choice"),
    "minLength": lambda least: _REQUIRED if least == 1 else Said(f"请至少写 {least} 个字", "too_short", limit=least),
    "maxLength": lambda most: Said(f"不能超过 {most} 个字", "too_long", limit=most),
    "pattern": lambda expression: _BY_EXPRESSION[expression],
    "format": lambda name: _FORMATS[name],
    "minimum": lambda least: Said(f"不能小于 {least}", "too_small", limit=least),
    "maximum": lambda most: Said(f"数字太大了，最多 {most}", "too_large", limit=most),
    "minItems": lambda least: _REQUIRED if least == 1 else Said(f"请至少填 {least} 项", "too_few", limit=least),
    "maxItems": lambda most: Said(f"最多填 {most} 项", "too_many", limit=most),
    "uniqueItems": lambda _: Said("同一个选项只选一次", "doubled"),
}
"""Keyword → sentence, given the keyword's value in the schema."""


def sentence(keyword: str, value: Any) -> Said:
    """What to say about an answer that breaks a keyword."""
    return SENTENCES[keyword](value)
