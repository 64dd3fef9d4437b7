"""Which service an order of 12345 becomes a case of, and with which answers: `config/exchange.yaml`."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from server.city.words import Incoming
from server.core.documents import DocumentError, read_yaml

FILE = Path(__file__).resolve().parents[3] / "config" / "exchange.yaml"


class OrderRule(Struct, frozen=True):
    """For some categories of theirs."""

    of: Sequence[str] | None
    """None: for every other."""
    service: str
    answers: Mapping[str, Any]
    text: str
    """The field that holds their words."""
    place: str | None
    """The field that holds where it is."""

    def answers_for(self, order: Incoming, *, longest: int) -> dict[str, Any]:
        """The answers of the case; `longest` is what the field for the words takes."""
        # The beginning says whose words these are; words that are too long stay whole with the exchange.
        words = f"12345 转来的工单：{order.text or '没有写内容'}"
        found = {**self.answers, self.text: words if len(words) <= longest else f"{words[: longest - 1]}…"}
        if self.place is not None and order.place:
            found[self.place] = order.place[:100]
        return found


@cache
def order_rules() -> Sequence[OrderRule]:
    """The file, read once.

    Raises:
        DocumentError: it is not of its shape, or its last row is not for every other category.
    """
    read = read_yaml(FILE)
    try:
        rules = [
            OrderRule(
                of=row.get("of"),
                service=row["service"],
                answers=dict(row["answers"]),
                text=row["text"],
                place=row.get("place"),
            )
            for row in read["orders"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise DocumentError(f"{FILE.name}: needs orders, rows with service, answers and text ({error})") from None
    if not rules or rules[-1].of is not None:
        raise DocumentError(f"{FILE.name}: the last row has no `of`: it is for every other category")
    return rules


def rule_for(category: str | None) -> OrderRule:
    """The first row that fits."""
    return next(rule for rule in order_rules() if rule.of is None or category in rule.of)
