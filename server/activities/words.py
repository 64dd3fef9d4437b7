"""What workers are told about their sign-ups. The only place with this domain's notices."""

import uuid
from datetime import datetime

from server.activities.cards import Card, find_card
from server.core.clock import SHANGHAI
from server.identity.personal import GROUPS
from server.notices.worded import Worded, in_a_row, worded
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


def _said(change: Change, card: Card, facts: Facts) -> tuple[str, Worded]:
    name = card.title
    come = worded("《{name}》{start}开始，地点：{place}。", name=name, start=when(card.starts_at), place=card.place)
    if facts.companions:
        come = in_a_row(come, worded("你们一共 {people} 个人。", people=1 + facts.companions))
    give_up = worded("来不了的话，请在{until}前取消，把名额让给别人。", until=when(card.cancel_until))
    again = worded("还想来，可以再排队，从后面排起。")
    match change:
        case Change.SIGNED | Change.CONFIRMED:
            return "报名成功", in_a_row(come, give_up)
        case Change.QUEUED:
            full = worded("《{name}》名额满了，你排在候补第 {position} 位。", name=name, position=facts.position)
            return "已经排上候补", in_a_row(full, _how_it_goes(card))
        case Change.PROMOTED:
            return "候补成功，你有名额了", in_a_row(come, give_up)
        case Change.OFFERED:
            assert facts.until is not None
            kept = worded(
                "名额给你留到{held}，到时没有回应就给下一位。打开活动，点“要”或“让给别人”。", held=when(facts.until)
            )
            return "轮到你了，要不要这个名额？", in_a_row(come, kept)
        case Change.PASSED:
            return "名额让给别人了", in_a_row(worded("《{name}》的名额给了下一位，谢谢你。", name=name), again)
        case Change.LAPSED:
            lapsed = worded("《{name}》给你留的名额到时间没有回应，给了下一位。", name=name)
            return "名额给了下一位", in_a_row(lapsed, again)
        case Change.CANCELLED:
            return "已经取消报名", worded("《{name}》的报名取消了。还有名额时可以再报。", name=name)
        case Change.REMOVED:
            removed = "《{name}》的报名被取消了。原因：{reason}。有疑问，打电话问主办方。"
            return "主办方取消了你的报名", worded(removed, name=name, reason=facts.reason)


def _how_it_goes(card: Card) -> Worded:
    if card.waiting_first is None:
        if card.offers:
            return worded("有人让出名额就按先后顺序问，轮到你会通知你，要在时限内回应。")
        return worded("有人取消就按先后顺序补上，补上了会通知你。")
    work = "、".join(GROUPS[group] for group in sorted(card.waiting_first))
    if card.offers:
        return worded("有人让出名额就先给{work}，再按先后顺序问，轮到你会通知你，要在时限内回应。", work=work)
    return worded("有人取消就先给{work}，再按先后顺序补上，补上了会通知你。", work=work)


def moved(before: Card, after: Card) -> tuple[str, Worded]:
    """Title and body for everybody who has a seat or waits, when time or place are others."""
    name, was, start = after.title, when(before.starts_at), when(after.starts_at)
    said = [
        worded("《{name}》的时间从{was}改到{start}。", name=name, was=was, start=start)
        if was != start
        else worded("《{name}》还是{start}开始。", name=name, start=start),
        worded("地点从“{left}”改到“{place}”。", left=before.place, place=after.place)
        if before.place != after.place
        else worded("地点：{place}。", place=after.place),
    ]
    if before.ends_at != after.ends_at:
        said.append(worded("{end}结束。", end=when(after.ends_at)))
    keep = "报名还算数；来不了的话，请在{until}前取消，把名额让给别人。加到过日历的，请再加一次。"
    return "活动的时间或者地点改了", in_a_row(*said, worded(keep, until=when(after.cancel_until)))


def called_off(card: Card, *, reason: str) -> tuple[str, Worded]:
    """Title and body for everybody who signed up for or waited for an activity that does not take place."""
    said = worded("{start}的《{name}》不办了。", start=when(card.starts_at), name=card.title)
    return "活动取消了", in_a_row(said, worded("原因：{reason}", reason=reason))
