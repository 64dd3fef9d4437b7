"""What the report says of a place and a month: one column a number, and how each is written."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from server.cases.catalogue import catalogue
from server.cases.figures.promises import Paused, Promised
from server.cases.figures.ratings import Heard, Rated
from server.cases.figures.report import Cell, Measure, Report
from server.cases.figures.rules import LEAST, rate

SMALL = "人少不显示"


class Number(Struct, frozen=True):
    """One number as it is read."""

    text: str
    """`98.11%`, `3 天`, or that it is hidden."""
    beside: str = ""
    """`3952/4028`"""
    measure: Measure | None = None
    """What opens the cases behind it."""
    value: float | None = None
    """For the sheet."""
    percent: bool = True


class Column(Struct, frozen=True):
    """One column."""

    title: str
    explains: str
    number: Callable[[Cell], Number]


class Why(Struct, frozen=True):
    """Why something was refused, and how often."""

    name: str
    asked: str
    """In an address."""
    number: Number


def rest(cell: Cell) -> Iterator[tuple[str, Number]]:
    """What is in no rate."""
    found = cell.promised
    for words, measure in (
        ("现在暂停着，日期还会变", Measure.STANDING),
        ("两个人批准不算超期", Measure.ANNULLED),
        ("到期前工友自己撤回，或没有补充", Measure.WITHDRAWN),
    ):
        number = 0 if found is None else int(getattr(found, measure.value))
        text = SMALL if found is None or 0 < number < LEAST else f"{number} 件"
        yield words, Number(text, measure=measure if number or found is None else None)


def reasons(found: Report) -> list[Why]:
    """Why was refused what was, each with its share of all that was."""
    whole = found.all_refused
    services = catalogue().current
    shown = []
    for reason, of in found.refused:
        if of is None or whole is None:
            number = Number(SMALL, measure=Measure.REFUSED)
        else:
            number = _share(of.refused, whole.refused, Measure.REFUSED)
        grounds = {
            key: ground.name
            for step in services[reason.service].machine.steps.values()
            for key, ground in step.grounds.items()
        }
        # What stands in brackets says how to choose it.
        said = (
            "写明了理由，不分条"
            if reason.ground is None
            else grounds.get(reason.ground, "以前的一条理由").split("（")[0]
        )
        shown.append(Why(f"{services[reason.service].name}：{said}", f"{reason.service}.{reason.ground or ''}", number))
    return shown


def _share(part: int, whole: int, measure: Measure | None) -> Number:
    share = rate(part, whole)
    if share is None:
        return Number("—")
    return Number(f"{share:.2%}", f"{part}/{whole}", measure, share)


def _of_promises(name: str, measure: Measure) -> Callable[[Cell], Number]:
    def number(cell: Cell) -> Number:
        found: Promised | None = cell.promised
        if found is None:
            return Number(SMALL, measure=measure)
        return _share(int(getattr(found, name)), found.due, measure)

    return number


def _due(cell: Cell) -> Number:
    if cell.promised is None:
        return Number(SMALL, measure=Measure.DUE)
    return Number(
        str(cell.promised.due), "", Measure.DUE if cell.promised.due else None, cell.promised.due, percent=False
    )


def _pause(cell: Cell) -> Number:
    found: Paused | None = cell.paused
    if found is None:
        return Number(SMALL, measure=Measure.PAUSED)
    if not found.promises:
        return Number("—")
    return Number(f"{found.median:g} 天", f"{found.promises} 件停过", Measure.PAUSED, found.median, percent=False)


def _of_rated(name: str, measure: Measure) -> Callable[[Cell], Number]:
    def number(cell: Cell) -> Number:
        found: Rated | None = cell.rated
        if found is None:
            return Number(SMALL, measure=Measure.RATED)
        return _share(int(getattr(found, name)), found.rated, measure)

    return number


def _took_part(cell: Cell) -> Number:
    found: Rated | None = cell.rated
    return Number(SMALL, measure=Measure.ASKED) if found is None else _share(found.answered, found.asked, Measure.ASKED)


def _of_heard(name: str) -> Callable[[Cell], Number]:
    def number(cell: Cell) -> Number:
        found: Heard | None = cell.heard
        if found is None:
            return Number(SMALL, measure=Measure.HEARD)
        return _share(int(getattr(found, name)), found.heard, Measure.HEARD)

    return number


def _not_by_phone(cell: Cell) -> Number:
    found: Heard | None = cell.heard
    if found is None:
        return Number(SMALL, measure=Measure.UNHEARD)
    return _share(found.unheard, found.heard + found.unheard, Measure.UNHEARD)


COLUMNS = (
    Column("到期", "期限落在这段时间里的事项（到现在为止）", _due),
    Column("按时办结率", "期限以内办结的 ÷ 到期的", _of_promises("on_time", Measure.ON_TIME)),
    Column("办结率", "到现在办结的，不管超没超期 ÷ 到期的", _of_promises("closed", Measure.CLOSED)),
    Column("按最早期限", "在最早答应的日期以内办结的 ÷ 到期的", _of_promises("by_original", Measure.BY_ORIGINAL)),
    Column("延长过", "批准延长过的 ÷ 到期的", _of_promises("extended", Measure.EXTENDED)),
    Column("停了几天", "停过的事项停了几天，取中间那个数", _pause),
    Column("没受理没批准", "最后没有受理或没有批准的 ÷ 到期的", _of_promises("refused", Measure.REFUSED)),
    Column("重新办", "工友说没解决、重新办过的 ÷ 到期的", _of_promises("reopened", Measure.REOPENED)),
    Column("满意度", "满意的 ÷ 评了的；没评的不算满意", _of_rated("satisfied", Measure.SATISFIED)),
    Column("基本满意", "不到满意、也都在 3 分以上的 ÷ 评了的", _of_rated("fairly", Measure.FAIRLY)),
    Column("解决了", "工友自己说解决了的 ÷ 评了的；电话里说的另算", _of_rated("solved", Measure.SOLVED)),
    Column("参评率", "评了的 ÷ 请评的；匿名的没法请，评了的算进满意度", _took_part),
    Column("电话回访满意", "没有办过这件事的人打电话问到的，单独算", _of_heard("satisfied")),
    Column("电话说解决了", "电话回访说解决了的 ÷ 电话回访问到的", _of_heard("solved")),
    Column("电话没问到", "打不通、号码不对、不愿意评的 ÷ 打过的", _not_by_phone),
)


def titles_of(titles: list[str]) -> list[str]:
    """A rate and what it was made of, in two columns."""
    return [title for one in titles for title in (one, f"{one}（件数）")]


def for_sheet(cell: Cell) -> Iterator[Any]:
    for column in COLUMNS:
        number = column.number(cell)
        yield number.text if number.value is None else number
        yield number.beside
