"""The kinds of duties."""

from enum import StrEnum


class DutyKind(StrEnum):
    """What somebody is told of."""

    DESK = "desk"
    """Whatever runs out and nobody has in hand."""
    CHAIR = "chair"
    """What has run out in a street (街道主席)."""
    HEAD = "head"
    """What is long overdue in a district (区权益部负责人)."""
