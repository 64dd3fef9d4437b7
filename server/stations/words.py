"""Words that people read: distances, ages, times, and the names of kinds, states and ways in. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from server.core.clock import SHANGHAI, day_of
from server.stations.models import Entry, StationKind
from server.stations.rules import DoorState

KIND_NAMES = {
    StationKind.POST: "暖蜂驿站",
    StationKind.WINDOW: "暖蜂窗口",
    StationKind.CENTRE: "职工服务中心",
    StationKind.LIBRARY: "职工书屋",
    StationKind.NURSING_ROOM: "爱心妈妈小屋",
    StationKind.CANTEEN: "工会大食堂",
    StationKind.LEGAL_DESK: "法律服务站点",
}

ENTRY_SENTENCES = {
    Entry.WALK_IN: "推门就进，不用登记。",
    Entry.RING: "按门边的铃或按钮，里面会开门。",
    Entry.SCAN: "扫门上的码开门。",
    Entry.REGISTER: "进门先登记一下，登记完就能用。",
    Entry.MEMBERS_ONLY: "要先做实名认证才能进。没认证的，打值班电话。",
}

DOOR_WORDS = {
    DoorState.OPEN: "✓ 开着",
    DoorState.UNCONFIRMED: "? 说不准，先打电话",
    DoorState.CLOSED: "✕ 关着",
}
"""A shape and a word, so that no state is a colour alone."""


def metres_text(metres: float) -> str:
    """800 米, 1.1 公里."""
    if metres < 995:
        return f"{max(10, round(metres / 10) * 10)} 米"
    return f"{metres / 1000:.1f}".removesuffix(".0") + " 公里"


def moment_text(moment: datetime, *, now: datetime) -> str:
    """今天 21:00, 明天 08:00, 3月19日（周四）08:00. The end of a day is its 24:00."""
    at, today = moment.astimezone(SHANGHAI), day_of(now)
    day, clock = at.date(), f"{at:%H:%M}"
    if clock == "00:00" and moment > now:
        day, clock = day - timedelta(days=1), "24:00"
    if day == today:
        return f"今天 {clock}"
    if day == today + timedelta(days=1):
        return f"明天 {clock}"
    return f"{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）{clock}"


def joined(names: Sequence[str]) -> str:
    """热水, 热水和充电, 热水、充电和厕所."""
    return names[0] if len(names) == 1 else f"{'、'.join(names[:-1])}和{names[-1]}"
