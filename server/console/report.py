"""报表: 按时办结率 and 满意度 by month and street, what lies beside them, and the cases behind each number."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request
from msgspec import Struct

from server.cases.catalogue import catalogue
from server.cases.figures.asked import Asked
from server.cases.figures.formulas import Formula, figures, months_between
from server.cases.figures.promises import Paused, Promised
from server.cases.figures.ratings import Heard, Rated
from server.cases.figures.report import Cell, Measure, cases_behind, report
from server.cases.figures.rules import LEAST, rate
from server.cases.vocabulary import PHASE_NAMES
from server.console.member import member
from server.console.pages import page
from server.console.queue import services_of
from server.console.report_sheet import sheet_of
from server.core import audit
from server.core.clock import now, spoken_instant, today
from server.core.db import read_only
from server.core.errors import not_found
from server.core.web.guard import access
from server.unions.staff.sessions import SignedIn
from server.unions.staff.vocabulary import Right

bp = Blueprint("report", __name__)

PAGE = 50
MOST_MONTHS = 24
AT_FIRST = timedelta(days=59)
"""Three months, this one included."""
SMALL = "人少不显示"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEASURES = {
    Measure.DUE: "到期的",
    Measure.CLOSED: "办结的，不管超没超期",
    Measure.LATE: "没有按时办结的",
    Measure.ON_TIME: "按时办结的",
    Measure.BY_ORIGINAL: "按最早的期限按时办结的",
    Measure.EXTENDED: "延长过的",
    Measure.PAUSED: "暂停过的",
    Measure.REFUSED: "没有受理或没有批准的",
    Measure.REOPENED: "重新办过的",
    Measure.STANDING: "现在暂停着的",
    Measure.ANNULLED: "批准不算超期的",
    Measure.WITHDRAWN: "工友撤回或没有补充的",
    Measure.ASKED: "请评的",
    Measure.RATED: "评了的",
    Measure.SATISFIED: "满意的",
    Measure.FAIRLY: "基本满意的",
    Measure.HEARD: "电话回访问到的",
    Measure.UNHEARD: "电话回访没问到的",
}


class Wanted(Struct, frozen=True):
    """What the address asks for."""

    asked: Asked
    formula: Formula
    service: str | None


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


@bp.get("/report")
@access.staff(Right.FIGURES)
@read_only
def show() -> Response:
    """The report of some months."""
    who, wanted = member(), _wanted()
    return page(
        "console/report.html",
        report=report(wanted.asked, wanted.formula),
        wanted=wanted,
        columns=COLUMNS,
        formulas=figures().formulas,
        services=_services(who),
        rest=_rest,
        opens=Right.CASE_READ in who.rights,
        mark=_mark(who),
    )


@bp.get("/report/sheet")
@access.staff(Right.FIGURES)
def sheet() -> Response:
    """The same as xlsx, with who took it away and when on every page; that is recorded."""
    who, wanted = member(), _wanted()
    found = report(wanted.asked, wanted.formula)
    first, last = wanted.asked.months[0], wanted.asked.months[-1]
    audit.record(
        actor=who.actor,
        action="figures.download",
        subject_kind="figures",
        detail={"first": first.isoformat(), "last": last.isoformat(), "formula": wanted.formula.key},
    )
    titles = [column.title for column in COLUMNS]

    def line(*heads: str, cell: Cell) -> list[Any]:
        return [*heads, *_for_sheet(cell)]

    content = sheet_of(
        mark=_mark(who),
        sheets={
            "按街道": [
                ["", *_titles(titles)],
                *(line(place.name, cell=cell) for place, cell in found.by_place),
                line("合计", cell=found.total),
            ],
            "按月": [["", *_titles(titles)], *(line(f"{month:%Y-%m}", cell=cell) for month, cell in found.by_month)],
            "按月按街道": [
                ["", "", *_titles(titles)],
                *(line(f"{month:%Y-%m}", place.name, cell=cell) for month, place, cell in found.by_both),
            ],
            "口径": [
                [wanted.formula.name],
                *([one] for one in found.says),
                *([column.title, column.explains] for column in COLUMNS),
                [f"不足 {LEAST} 人的格子不显示；为了不能从合计里减出来，同一个月里最小的另一格也不显示。"],
                ["停了几天：只要有一格不显示，包括它的合计也不显示。"],
            ],
        },
    )
    answer = Response(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="report-{first:%Y%m}-{last:%Y%m}.xlsx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/report/cases")
@access.staff(Right.FIGURES)
def rows() -> Response:
    """The cases behind a number, as far as somebody may open them. That they were looked at is recorded."""
    wanted = _wanted()
    measure = next((one for one in Measure if one.value == request.args.get("measure", "due")), None)
    if measure is None:
        raise not_found()
    try:
        found = cases_behind(
            measure,
            wanted.asked,
            wanted.formula,
            place=request.args.get("place", ""),
            cursor=request.args.get("cursor"),
            limit=PAGE,
        )
    except ValueError:
        raise not_found() from None
    return page(
        "console/report_cases.html",
        found=found,
        wanted=wanted,
        said=MEASURES[measure],
        services={one.key: one.name for one in catalogue().current.values()},
        phases=PHASE_NAMES,
        back=_address(wanted),
    )


def _wanted() -> Wanted:
    """What it does not know is as if it were not there."""
    who = member()
    last = min(_month("to", today()), today().replace(day=1))
    first = min(_month("from", last - AT_FIRST), last)
    months = months_between(first, last)[-MOST_MONTHS:]
    service = request.args.get("service")
    # One service alone is for those who may open its cases: to others the difference of two reports could tell of few.
    if service not in _services(who):
        service = None
    return Wanted(
        asked=Asked(
            staff_no=who.number, services=(service,) if service else tuple(figures().services), months=tuple(months)
        ),
        formula=figures().formula(request.args.get("formula")),
        service=service,
    )


def _month(name: str, default: date) -> date:
    try:
        return date.fromisoformat(f"{request.args[name]}-01")
    except (KeyError, ValueError):
        return default.replace(day=1)


def _services(who: SignedIn) -> dict[str, str]:
    return {one.key: one.name for one in services_of(who, Right.CASE_READ) if one.key in figures().services}


def _address(wanted: Wanted) -> dict[str, str]:
    months = wanted.asked.months
    return {
        "from": f"{months[0]:%Y-%m}",
        "to": f"{months[-1]:%Y-%m}",
        "formula": wanted.formula.key,
        **({"service": wanted.service} if wanted.service else {}),
    }


def _mark(who: SignedIn) -> str:
    return f"{who.name}（{who.number}） {spoken_instant(now())} 取出，仅供工会内部使用"


def _rest(cell: Cell) -> Iterator[tuple[str, Number]]:
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


def _content(cell: Cell) -> Number:
    found: Rated | None = cell.rated
    if found is None:
        return Number(SMALL, measure=Measure.RATED)
    return _share(found.satisfied, found.rated, Measure.SATISFIED)


def _fairly(cell: Cell) -> Number:
    found: Rated | None = cell.rated
    return Number(SMALL, measure=Measure.RATED) if found is None else _share(found.fairly, found.rated, Measure.FAIRLY)


def _took_part(cell: Cell) -> Number:
    found: Rated | None = cell.rated
    return Number(SMALL, measure=Measure.ASKED) if found is None else _share(found.answered, found.asked, Measure.ASKED)


def _by_phone(cell: Cell) -> Number:
    found: Heard | None = cell.heard
    if found is None:
        return Number(SMALL, measure=Measure.HEARD)
    return _share(found.satisfied, found.heard, Measure.HEARD)


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
    Column("满意度", "满意的 ÷ 评了的；没评的不算满意", _content),
    Column("基本满意", "不到满意、也都在 3 分以上的 ÷ 评了的", _fairly),
    Column("参评率", "评了的 ÷ 请评的；匿名的没法请，评了的算进满意度", _took_part),
    Column("电话回访满意", "没有办过这件事的人打电话问到的，单独算", _by_phone),
    Column("电话没问到", "打不通、号码不对、不愿意评的 ÷ 打过的", _not_by_phone),
)


def _titles(titles: list[str]) -> list[str]:
    """A rate and what it was made of, in two columns."""
    return [title for one in titles for title in (one, f"{one}（件数）")]


def _for_sheet(cell: Cell) -> Iterator[Any]:
    for column in COLUMNS:
        number = column.number(cell)
        yield number.text if number.value is None else number
        yield number.beside
