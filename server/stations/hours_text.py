"""Hours as people write and read them. Pure.

Reads what stands in the lists of unions: `09:00-17:00`, `22:00—次日06:00`, `全天`, `8点半到18点`,
`周一至周五 09:00-12:00，14:00-18:00；周六 10:00-16:00；节假日休息`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from server.stations.hours import ALL_DAY, ClosedDay, Schedule, Span, Spans, Weekday, parse_span

_DAY_CHARACTERS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_DAY_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_HOLIDAY = 7
"""Stands beside the weekdays 0–6."""

_TOKEN = re.compile(
    r"""
    (?P<span>(?P<start>\d{1,2}:\d{2})-(?:次日|第二天|翌日)?(?P<end>\d{1,2}:\d{2}))
  | (?P<all_day>全天(?:开放)?|24小时(?:开放|营业)?|全日)
  | (?P<closed>休息|休馆|闭馆|不开放?|关闭|停业)
  | (?P<range>(?:周|星期|礼拜)(?P<first>[一二三四五六日天])-(?:周|星期|礼拜)?(?P<last>[一二三四五六日天]))
  | (?P<days>(?:周|星期|礼拜)(?P<several>[一二三四五六日天](?:[、,]?[一二三四五六日天])*))
  | (?P<every>每天|每日|天天|全年|周内每天)
  | (?P<work>工作日)
  | (?P<weekend>周末|双休日)
  | (?P<holiday>法定节假日|节假日|法定假日)
  | (?P<gap>[\s,;、。:()]+)
    """,
    re.VERBOSE,
)


def parse_weekly(text: str) -> tuple[tuple[Spans, ...], Spans | None]:
    """Weekly and holiday spans. ValueError says in Chinese what cannot be read."""
    plain = _plain(text)
    spans: list[list[Span]] = [[] for _ in range(8)]
    days: set[int] = set()
    named: set[int] = set()
    collecting = True
    at = 0
    while at < len(plain):
        token = _TOKEN.match(plain, at)
        if token is None:
            raise ValueError(f"开放时间里的“{plain[at : at + 12]}”看不懂，要写成“周一至周五 09:00-18:00”")
        at = token.end()
        found = _days(token)
        if found is not None:
            days = days | found if collecting else found
            collecting = True
            continue
        if token["gap"]:
            continue
        collecting = False
        chosen = days or set(range(7))
        named |= chosen
        if token["all_day"]:
            new: Span | None = ALL_DAY
        elif token["span"]:
            new = parse_span(f"{token['start']}-{token['end']}")
        else:
            new = None
        for day in chosen:
            if new is not None and new not in spans[day]:
                spans[day].append(new)
    if not named:
        raise ValueError("没有写几点开、几点关")
    weekly = tuple(tuple(sorted(spans[day])) for day in range(7))
    return weekly, tuple(sorted(spans[_HOLIDAY])) if _HOLIDAY in named else None


def parse_day(text: str) -> Spans:
    """The spans of one day, `9:00—12:00，14点到17点`. ValueError says in Chinese what cannot be read."""
    weekly, holiday = parse_weekly(text)
    if len(set(weekly)) > 1 or holiday is not None or not weekly[0]:
        raise ValueError("这里写一天里几点到几点，例如 09:00-12:00，14:00-17:00")
    return weekly[0]


def parse_closed_days(text: str) -> frozenset[ClosedDay]:
    """`周六周日`, `法定节假日`, `非工作日`, or nothing."""
    plain = _plain(text).strip()
    if plain in {"", "无", "没有", "-", "全年无休", "无休"}:
        return frozenset()
    closed: set[ClosedDay] = set()
    plain = plain.replace("休息日", "非工作日")
    if "非工作日" in plain:
        closed.add(ClosedDay.REST_DAY)
        plain = plain.replace("非工作日", " ")
    at = 0
    while at < len(plain):
        token = _TOKEN.match(plain, at)
        found = _days(token) if token else None
        if token is None or (found is None and not token["gap"] and not token["closed"]):
            raise ValueError(f"休息日里的“{plain[at : at + 12]}”看不懂，要写成“周六周日”或“法定节假日”")
        at = token.end()
        for day in found or ():
            closed.add(ClosedDay.HOLIDAY if day == _HOLIDAY else list(ClosedDay)[day])
    return frozenset(closed)


def weekly_text(schedule: Schedule) -> str:
    """For reading: `周一至周五 09:00–18:00；周六、周日休息；节假日休息`."""
    weekly = [() if list(ClosedDay)[day] in schedule.closed else schedule.weekly[day] for day in range(len(Weekday))]
    parts = []
    if len(set(weekly)) == 1:
        parts.append("全天开着" if weekly[0] == (ALL_DAY,) else f"每天{spans_text(weekly[0])}")
    else:
        parts += [f"{days}{spans_text(spans)}" for days, spans in _grouped(weekly)]
    if ClosedDay.HOLIDAY in schedule.closed or schedule.holiday == ():
        parts.append("节假日休息")
    elif schedule.holiday is not None:
        parts.append(f"节假日{spans_text(schedule.holiday)}")
    if ClosedDay.REST_DAY in schedule.closed:
        parts.append("非工作日休息")
    return "；".join(parts)


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"(\d{1,2})[点时]半", r"\1:30", plain)
    plain = re.sub(r"(\d{1,2})[点时](\d{1,2})分?", lambda found: f"{found[1]}:{int(found[2]):02d}", plain)
    plain = re.sub(r"(\d{1,2})[点时](?!\d)", r"\1:00", plain)
    return re.sub(r"\s*(?:[~—–―‐−-]+|至|到)\s*", "-", plain)


def _days(token: re.Match[str]) -> set[int] | None:
    """The days that a token names, None if it names none."""
    if token["range"]:
        first, last = _DAY_CHARACTERS[token["first"]], _DAY_CHARACTERS[token["last"]]
        return {day % 7 for day in range(first, last + 1 if last >= first else last + 8)}
    if token["days"]:
        return {_DAY_CHARACTERS[character] for character in token["several"] if character in _DAY_CHARACTERS}
    if token["every"]:
        return set(range(7))
    if token["work"]:
        return set(range(5))
    if token["weekend"]:
        return {5, 6}
    if token["holiday"]:
        return {_HOLIDAY}
    return None


def _grouped(weekly: Sequence[Spans]) -> list[tuple[str, Spans]]:
    """Neighbouring days with the same spans together."""
    groups: list[tuple[int, int, Spans]] = []
    for day, spans in enumerate(weekly):
        if groups and groups[-1][2] == spans:
            groups[-1] = (groups[-1][0], day, spans)
        else:
            groups.append((day, day, spans))
    return [(_range_text(first, last), spans) for first, last, spans in groups]


def _range_text(first: int, last: int) -> str:
    if first == last:
        return _DAY_NAMES[first]
    joint = "、" if last == first + 1 else "至"
    return f"{_DAY_NAMES[first]}{joint}{_DAY_NAMES[last]}"


def spans_text(spans: Spans) -> str:
    if not spans:
        return "休息"
    if spans == (ALL_DAY,):
        return "全天"
    return " " + "、".join(_span_text(span) for span in spans)


def _span_text(span: Span) -> str:
    start, end = span
    next_day = "次日 " if end > ALL_DAY[1] else ""
    end = end - ALL_DAY[1] if next_day else end
    return f"{start // 60:02d}:{start % 60:02d}–{next_day}{end // 60:02d}:{end % 60:02d}"
