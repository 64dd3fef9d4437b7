"""The words in which lists of members are spoken of."""

from enum import StrEnum


class ListKind(StrEnum):
    """What a list is for."""

    ROSTER = "roster"
    """会员名册: who stands in it is on the roster afterwards."""
    LEAVERS = "leavers"
    """离会人员: who stands in it is not any more."""
    CITY_BASE = "city_base"
    """市会员库: held against ours; changes nothing."""


class ListState(StrEnum):
    """How far it is."""

    QUEUED = "queued"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


UNDER_WAY = (ListState.QUEUED, ListState.READING)


class LineKind(StrEnum):
    """What a line of the outcome tells, in the order in which they are shown."""

    ONLY_THEIRS = "only_theirs"
    ONLY_OURS = "only_ours"
    OTHER_UNION = "other_union"
    FAULT = "fault"
    """A row that cannot be understood, or must not be taken."""
    REPEATED = "repeated"
    """A row that says again what another row says."""


DIFFERENCES = (LineKind.ONLY_THEIRS, LineKind.ONLY_OURS, LineKind.OTHER_UNION)


class InvitationAnswer(StrEnum):
    """What somebody says who stands on a list that a unit sent."""

    JOIN = "join"
    """是我，愿意入会"""
    DECLINE = "decline"
    """是我，不想入会"""
    NOT_ME = "not_me"
    """不是我"""
    LATER = "later"
    """以后再说"""


def would(*, written: bool, rehearsal: bool) -> str:
    """What stands before the counts of a list: that they were not written, but tried, or refused."""
    return "" if written else "会" if rehearsal else "本来会"
