"""报表: 按时办结率 and 满意度 by month and street, what lies beside them, and the cases behind each number."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request
from msgspec import Struct

from server.cases.catalogue import catalogue
from server.cases.figures.asked import Asked
from server.cases.figures.comments import read_comments
from server.cases.figures.formulas import Formula, figures, months_between
from server.cases.figures.promises import Reason
from server.cases.figures.report import OF_RATINGS, Cell, Measure, cases_behind, report
from server.cases.figures.rules import LEAST
from server.cases.vocabulary import PHASE_NAMES
from server.console.asked import month_in
from server.console.member import member
from server.console.pages import page
from server.console.queue import services_of
from server.console.report_columns import COLUMNS, for_sheet, reasons, rest, titles_of
from server.console.report_sheet import sheet_of
from server.core import audit
from server.core.clock import now, spoken_instant, today
from server.core.db import read_only
from server.core.errors import not_found
from server.core.web.guard import access
from server.unions.staff.authority import UPPER
from server.unions.staff.sessions import SignedIn
from server.unions.staff.vocabulary import Right

bp = Blueprint("report", __name__)

PAGE = 50
MOST_MONTHS = 24
AT_FIRST = timedelta(days=59)
"""Three months, this one included."""
REFUSED = "为什么没受理没批准"
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
    Measure.SOLVED: "工友说解决了的",
    Measure.HEARD: "电话回访问到的",
    Measure.UNHEARD: "电话回访没问到的",
}


class Wanted(Struct, frozen=True):
    """What the address asks for."""

    asked: Asked
    formula: Formula
    service: str | None


@bp.get("/report")
@access.staff(Right.FIGURES)
@read_only
def show() -> Response:
    """The report of some months."""
    who, wanted = member(), _wanted()
    found = report(wanted.asked, wanted.formula)
    return page(
        "console/report.html",
        report=found,
        wanted=wanted,
        columns=COLUMNS,
        formulas=figures().formulas,
        services=_services(who),
        rest=rest,
        refused=reasons(found),
        opens=Right.CASE_READ in who.rights,
        checks=Right.AUDIT in who.rights,
        of_ratings=OF_RATINGS,
        comments=_reads_comments(who),
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
        return [*heads, *for_sheet(cell)]

    content = sheet_of(
        mark=_mark(who),
        sheets={
            "按街道": [
                ["", *titles_of(titles)],
                *(line(place.name, cell=cell) for place, cell in found.by_place),
                line("合计", cell=found.total),
            ],
            "按月": [["", *titles_of(titles)], *(line(f"{month:%Y-%m}", cell=cell) for month, cell in found.by_month)],
            "按月按街道": [
                ["", "", *titles_of(titles)],
                *(line(f"{month:%Y-%m}", place.name, cell=cell) for month, place, cell in found.by_both),
            ],
            REFUSED: [
                ["", "占没受理没批准的", "件数"],
                *(
                    [one.name, one.number if one.number.value is not None else one.number.text, one.number.beside]
                    for one in reasons(found)
                ),
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
            reason=_reason(),
            cursor=request.args.get("cursor"),
            limit=PAGE,
        )
    except ValueError:
        raise not_found() from None
    who = member()
    return page(
        "console/report_cases.html",
        found=found,
        wanted=wanted,
        said=MEASURES[measure],
        services={one.key: one.name for one in catalogue().current.values()},
        phases=PHASE_NAMES,
        opens=Right.CASE_READ in who.rights,
        checks=Right.AUDIT in who.rights and measure not in OF_RATINGS,
        of_ratings=measure in OF_RATINGS,
        back=_address(wanted),
    )


@bp.get("/report/comments")
@access.staff(Right.FIGURES)
def comments() -> Response:
    """What workers wrote beside their marks, for a district or the city. That it was read is recorded."""
    wanted = _wanted()
    return page(
        "console/report_comments.html",
        found=read_comments(wanted.asked, wanted.formula),
        least=LEAST,
        wanted=wanted,
        services={one.key: one.name for one in catalogue().current.values()},
        back=_address(wanted),
    )


def _wanted() -> Wanted:
    """What it does not know is as if it were not there."""
    who = member()
    last = min(month_in("to", default=today()), today().replace(day=1))
    first = min(month_in("from", default=last - AT_FIRST), last)
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


def _services(who: SignedIn) -> dict[str, str]:
    return {one.key: one.name for one in services_of(who, Right.CASE_READ) if one.key in figures().services}


def _reads_comments(who: SignedIn) -> bool:
    return any(Right.CASE_READ in held.role.rights and held.union_kind in UPPER for held in who.held)


def _reason() -> Reason | None:
    """Service and ground with a dot between; no ground for what is refused in words alone."""
    service, dot, ground = request.args.get("reason", "").partition(".")
    return Reason(service, ground or None) if dot else None


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
