"""What the verification desk says of requests and accounts."""

from datetime import datetime
from enum import StrEnum

from server.clocks.models import Clock
from server.core.access import Level
from server.core.clock import now
from server.identity.models import ActKind, DeskReason, Said

REASONS = {
    DeskReason.NOT_CONFIRMED: "名单上对不上",
    DeskReason.NUMBER_TAKEN: "号码已有账号",
    DeskReason.PAPER: "要看证件",
    DeskReason.SOURCE_AWAY: "名单查不了",
    DeskReason.CHANGED: "换了姓名或证件",
}
SAID = {Said.SAME: "一致", Said.DIFFERENT: "不一致（生僻字会误报）", Said.UNKNOWN: "查不到"}
KINDS = {
    ActKind.SEEN: "当面核实",
    ActKind.MERGE: "合并账号",
    ActKind.RELEASE: "取消号码",
    ActKind.UNFREEZE: "恢复账号",
}
LEVELS = {
    Level.L0: "还没登记手机",
    Level.L1: "手机确认过",
    Level.L2: "实名认证过",
    Level.L3: "当面核实过",
}


class Colour(StrEnum):
    """How close a due time is; the class of its mark."""

    CALM = "mark--info"
    NEAR = "mark--warn"
    LATE = "mark--danger"
    PAUSED = "mark"


def colour_of(clock: Clock) -> Colour:
    """Late, in the last fifth, or neither; standing still while somebody else's turn it is."""
    if clock.paused_at is not None:
        return Colour.PAUSED
    return colour_between(clock.started_at, clock.due_at)


def colour_between(started_at: datetime, due_at: datetime) -> Colour:
    """The same of a start and an end."""
    at = now()
    if at >= due_at:
        return Colour.LATE
    return Colour.NEAR if at >= due_at - (due_at - started_at) / 5 else Colour.CALM
