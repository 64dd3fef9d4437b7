"""What workers are told about their sign-ups. The only place with this domain's notices."""

import uuid
from datetime import datetime

from server.activities.cards import Card, find_card
from server.core.clock import SHANGHAI
from server.seats.owners import Change, Wording

WEEKDAYS = "一二三四五六日"


def when(instant: datetime) -> str:
    """A time as one would say it: 11月28日（周六）14:00."""
    local = instant.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日（周{WEEKDAYS[local.weekday()]}）{local:%H:%M}"


class ActivityWords:
    """Says in activities' words what happened to a claim; registered with seats by `app.py`."""

    def wording(self, change: Change, *, scope_id: uuid.UUID, position: int | None) -> Wording:
        card = find_card(scope_id)
        if card is None:
            raise LookupError(f"no activity {scope_id}")
        title, body = _said(change, card, position)
        return Wording(kind=f"activity.{change}", title=title, body=body, link=f"/activities/{scope_id}")


def _said(change: Change, card: Card, position: int | None) -> tuple[str, str]:
    name = f"《{card.title}》"
    come = f"{name}{when(card.starts_at)}开始，地点：{card.place}。"
    give_up = f"来不了的话，请在{when(card.cancel_until)}前取消，把名额让给别人。"
    match change:
        case Change.SIGNED:
            return "报名成功", come + give_up
        case Change.QUEUED:
            return (
                "已经排上候补",
                f"{name}名额满了，你排在候补第 {position} 位。有人取消就按先后顺序补上，补上了会通知你。",
            )
        case Change.PROMOTED:
            return "候补成功，你有名额了", come + give_up
        case Change.CANCELLED:
            return "已经取消报名", f"{name}的报名取消了。还有名额时可以再报。"


def called_off(card: Card, *, reason: str) -> tuple[str, str]:
    """Title and body for everybody who signed up for or waited for an activity that does not take place."""
    return "活动取消了", f"{when(card.starts_at)}的《{card.title}》不办了。原因：{reason}"
