"""What came of a list of members that one has sent: how far it is, then its counts and its lines."""

import io
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request, send_file

from server.console.member import member
from server.console.pages import page, part, wants_part
from server.core.errors import not_found
from server.core.web.guard import access
from server.unions.lists import city_base, service
from server.unions.lists.models import MemberList, MemberListLine
from server.unions.lists.vocabulary import UNDER_WAY, LineKind, ListKind, ListState, would
from server.unions.staff.vocabulary import Right

bp = Blueprint("lists", __name__)

SHOWN = 20
"""Lines of each kind on the first page."""
IN_ONE_SHEET = 50_000
ROWS_SHOWN = 200
TITLES = {ListKind.ROSTER: "会员名册", ListKind.LEAVERS: "离会人员", ListKind.CITY_BASE: "和市会员库比对"}
LINES: Mapping[LineKind, str] = {**city_base.SAID, LineKind.FAULT: "看不懂的行", LineKind.REPEATED: "重复的行"}


@bp.get("/imports/lists/<uuid:list_id>")
@access.staff(Right.UNIONS)
def show(list_id: uuid.UUID) -> Response:
    """How far it is, or what came of it."""
    found = service.list_of(list_id=list_id, staff_no=member().number)
    lines: Mapping[LineKind, Sequence[MemberListLine]] = {}
    if found.state is ListState.DONE:
        lines = service.first_lines_of(list_id=list_id, staff_no=member().number, most=SHOWN)
    values: dict[str, Any] = {
        "list": found,
        "title": TITLES[found.kind],
        "said": _said(found),
        "under_way": found.state in UNDER_WAY,
        "lines": lines,
        "headings": LINES,
        "totals": _totals(found),
        "sheets": range(1, -(-_differences(found) // IN_ONE_SHEET) + 1),
        "in_one_sheet": IN_ONE_SHEET,
    }
    if found.kind is ListKind.ROSTER and found.written:
        values["asked"] = service.asked_of(found, most=ROWS_SHOWN)
    return part("console/imports/_list.html", **values) if wants_part() else page("console/imports/list.html", **values)


@bp.get("/imports/lists/<uuid:list_id>/lines/<kind>")
@access.staff(Right.UNIONS)
def lines(list_id: uuid.UUID, kind: str) -> Response:
    """All lines of one kind, page by page."""
    if kind not in LineKind.__members__.values():
        raise not_found()
    wanted, number = LineKind(kind), member().number
    found = service.list_of(list_id=list_id, staff_no=number)
    return page(
        "console/imports/lines.html",
        list=found,
        heading=LINES[wanted],
        total=_totals(found).get(wanted, 0),
        found=service.lines_of(list_id=list_id, kind=wanted, staff_no=number, cursor=request.args.get("cursor")),
    )


@bp.get("/imports/lists/<uuid:list_id>/sheets/<int(min=1):number>")
@access.staff(Right.UNIONS)
def sheet(list_id: uuid.UUID, number: int) -> Response:
    """The differences as a spreadsheet, so many in each."""
    skip = (number - 1) * IN_ONE_SHEET
    found = service.differences_of(list_id=list_id, staff_no=member().number, skip=skip, most=IN_ONE_SHEET)
    if not found:
        raise not_found()
    stored = io.BytesIO()
    city_base.write_list(found, stored)
    stored.seek(0)
    return send_file(stored, download_name=f"和市会员库的差异{number}.xlsx", as_attachment=True)


def _totals(found: MemberList) -> Mapping[LineKind, int]:
    counts = found.counts
    differences = {kind: counts.get(kind.value, 0) for kind in city_base.SAID}
    return {**differences, LineKind.FAULT: counts.get("faults", 0), LineKind.REPEATED: counts.get("repeated", 0)}


def _differences(found: MemberList) -> int:
    return sum(_totals(found)[kind] for kind in city_base.SAID)


def _said(found: MemberList) -> str:
    counts = found.counts
    if found.state is not ListState.DONE:
        return ""
    wrong = f"重复 {counts['repeated']} 行，有问题 {counts['faults']} 行"
    not_yet = would(written=found.written, rehearsal=found.rehearsal)
    match found.kind:
        case ListKind.ROSTER:
            said = f"{not_yet}新增 {counts['added']} 人，更新 {counts['updated']} 人"
            said += f"，已经是会员 {counts.get('members', 0)} 人"
            # Of what was refused nobody is asked; of what was only tried nobody is asked yet.
            if found.written or found.rehearsal:
                said += f"，{'要' if found.written else '会'}问本人 {counts.get('asked', 0)} 人"
            return f"{said}，{wrong}"
        case ListKind.LEAVERS:
            return f"{not_yet}去掉 {counts['removed']} 人，本来就不在名单上 {counts['unknown']} 人，{wrong}"
        case ListKind.CITY_BASE:
            return f"两边一样 {counts['same']} 人，有差异 {_differences(found)} 人，看不懂 {counts['faults']} 行"
