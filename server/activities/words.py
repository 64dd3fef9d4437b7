"""What workers are told about their sign-ups. The only place with this domain's notices."""

import uuid
from datetime import datetime

from server.activities.cards import Card, find_card
from server.core.clock import SHANGHAI
from server.identity.personal import GROUPS
from server.seats.owners import Change, Facts, Wording

WEEKDAYS = "一二三四五六日"


def when(instant: datetime) -> str:
    """A time as one would say it: 11月28日（周六）14:00."""
    local = instant.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日（周{WEEKDAYS[local.weekday()]}）{local:%H:%M}"


class ActivityWords:
    """Says in activities' words what happened to a claim; registered with seats by `app.py`."""

    def begins_at(self, scope_id: uuid.UUID) -> datetime:
        return _card(scope_id).starts_at

    def wording(self, change: Change, *, scope_id: uuid.UUID, facts: Facts) -> Wording:
        title, body = _said(change, _card(scope_id), facts)
        return Wording(kind=f"activity.{change}", title=title, body=body, link=f"/activities/{scope_id}")


def _card(activity_id: uuid.UUID) -> Card:
    card = find_card(activity_id)
    if card is None:
        raise LookupError(f"no activity {activity_id}")
    return card


def _said(change: Change, card: Card, facts: Facts) -> tuple[str, str]:
    name = f"《{card.title}》"
    together = f"你们一共 {1 + facts.companions} 个人。" if facts.companions else ""
    come = f"{name}{when(card.starts_at)}开始，地点：{card.place}。{together}"
    give_up = f"来不了的话，请在{when(card.cancel_until)}前取消，把名额让给别人。"
    again = "还想来，可以再排队，从后面排起。"
    match change:
        case Change.SIGNED | Change.CONFIRMED:
            return "报名成功", come + give_up
        case Change.QUEUED:
            return (
                "已经排上候补",
                f"{name}名额满了，你排在候补第 {facts.position} 位。{_how_it_goes(card)}",
            )
        case Change.PROMOTED:
            return "候补成功，你有名额了", come + give_up
        case Change.OFFERED:
            assert facts.until is not None
            return (
                "轮到你了，要不要这个名额？",
                f"{come}名额给你留到{when(facts.until)}，到时没有回应就给下一位。打开活动，点“要”或“让给别人”。",
            )
        case Change.PASSED:
            return "名额让给别人了", f"{name}的名额给了下一位，谢谢你。{again}"
        case Change.LAPSED:
            return "名额给了下一位", f"{name}给你留的名额到时间没有回应，给了下一位。{again}"
        case Change.CANCELLED:
            return "已经取消报名", f"{name}的报名取消了。还有名额时可以再报。"
        case Change.REMOVED:
            return "主办方取消了你的报名", f"{name}的报名被取消了。原因：{facts.reason}。有疑问，打电话问主办方。"


def _how_it_goes(card: Card) -> str:
    order = "按先后顺序" if card.waiting_first is None else f"先给{_work(card)}，再按先后顺序"
    if card.offers:
        return f"有人让出名额就{order}问，轮到你会通知你，要在时限内回应。"
    return f"有人取消就{order}补上，补上了会通知你。"


def _work(card: Card) -> str:
    return "、".join(GROUPS[group] for group in sorted(card.waiting_first or ()))


def called_off(card: Card, *, reason: str) -> tuple[str, str]:
    """Title and body for everybody who signed up for or waited for an activity that does not take place."""
    return "活动取消了", f"{when(card.starts_at)}的《{card.title}》不办了。原因：{reason}"
