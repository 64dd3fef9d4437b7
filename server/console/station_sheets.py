"""门口的码: the sheets for the doors, as a file to print."""

from flask import Blueprint, Response, request, send_file

from server.console.hidden import hidden
from server.console.member import member
from server.console.pages import page
from server.core.web.guard import access
from server.stations import desk
from server.stations.sheets import NoSheet, draw, sheets_of
from server.unions.staff.vocabulary import Right
from server.wechat.errors import WeChatError

bp = Blueprint("station_sheets", __name__)

AT_ONCE = 30
"""WeChat makes each code by itself."""


@bp.get("/stations/sheets")
@access.staff(Right.STATIONS)
def show() -> Response:
    """Choose the places."""
    return _show()


def _show(refused: str | None = None, *, status: int = 200) -> Response:
    """The places, with those that were ticked when nothing could be printed, and why not."""
    start = max(0, request.args.get("cursor", 0, type=int))
    board = desk.board(staff_no=member().number, need=desk.Need.ALL, start=start, limit=AT_ONCE)
    return page(
        "console/stations/sheets.html",
        status=status,
        refused=refused,
        ticked=set(request.form.getlist("code")),
        start=start,
        lines=sorted(board.lines, key=lambda line: line.code),
        most=AT_ONCE,
        next_cursor=start + AT_ONCE if board.more else None,
    )


@bp.post("/stations/sheets")
@access.staff(Right.STATIONS)
def make() -> Response:
    """The sheets of the places that were ticked, A5, one a page."""
    from io import BytesIO

    codes = request.form.getlist("code")
    if not 0 < len(codes) <= AT_ONCE:
        return _show("请先勾上要打的驿站" if not codes else f"一次最多打 {AT_ONCE} 张", status=422)
    with hidden():
        desk.require_places(codes, staff_no=member().number)
    try:
        made = draw(sheets_of(codes))
    except NoSheet as error:
        return _show(str(error), status=422)
    except WeChatError:
        return _show("微信的小程序码现在拿不到，什么都没打。过几分钟再试", status=503)
    name = f"门口的码 {codes[0] if len(codes) == 1 else f'{len(codes)} 张'}.pdf"
    return send_file(BytesIO(made), mimetype="application/pdf", download_name=name, as_attachment=True)
