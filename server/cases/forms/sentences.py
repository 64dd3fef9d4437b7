"""What is said about an answer that a form does not accept: one sentence for each JSON Schema keyword."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct


class Pattern(Struct, frozen=True):
    """A form of text, and the sentence for text of another form."""

    expression: str
    sentence: str


PATTERNS: Mapping[str, Pattern] = {
    "month": Pattern(r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", "月份要像 2026-03 这样写"),
    "bank_card": Pattern(r"^[0-9]{12,19}$", "银行卡号是 12 到 19 位数字，中间不空格"),
    "area": Pattern(r"^[0-9]{9}([0-9]{3})?$", "请从列表里选街道或社区"),
    "phone": Pattern(
        r"^(1[3-9][0-9]{9}|\+852[4-9][0-9]{7}|\+8536[0-9]{7})$",
        "请写 11 位手机号；港澳号码前面加 +852 或 +853，中间不空格",
    ),
}

_TYPES = {
    "string": "这里要填文字",
    "integer": "这里要填整数",
    "boolean": "这里只能选是或不是",
    "array": "这里要填一个列表",
    "object": "这里的格式不对",
}
_FORMATS = {"date": "日期要像 2026-03-01 这样写", "luhn": "银行卡号不对，请对着卡再看一遍"}
_BY_EXPRESSION = {pattern.expression: pattern.sentence for pattern in PATTERNS.values()}

SENTENCES: Mapping[str, Callable[[Any], str]] = {
    "required": lambda _: "这一项必填",
    "additionalProperties": lambda _: "表里没有这一项",
    "type": lambda expected: _TYPES[expected],
    "const": lambda _: "请先打勾",
    "enum": lambda _: "请从列出的选项里选一个",
    "minLength": lambda least: "这一项必填" if least == 1 else f"请至少写 {least} 个字",
    "maxLength": lambda most: f"不能超过 {most} 个字",
    "pattern": lambda expression: _BY_EXPRESSION[expression],
    "format": lambda name: _FORMATS[name],
    "minimum": lambda least: f"不能小于 {least}",
    "maximum": lambda most: f"数字太大了，最多 {most}",
    "minItems": lambda least: "这一项必填" if least == 1 else f"请至少填 {least} 项",
    "maxItems": lambda most: f"最多填 {most} 项",
    "uniqueItems": lambda _: "同一个选项只选一次",
}
"""Keyword → sentence, given the keyword's value in the schema."""


def sentence(keyword: str, value: Any) -> str:
    """What to say about an answer that breaks a keyword."""
    return SENTENCES[keyword](value)
