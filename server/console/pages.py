"""Answers of the console: whole pages, parts of pages for htmx, and errors that say what to do."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request
from markupsafe import Markup

from server.console.member import member_or_none
from server.console.nav import current_of, menu_of
from server.core.clock import SHANGHAI, day_of, today
from server.core.errors import CODES, Problem
from server.core.settings import settings
from server.core.web.idempotency import REUSED
from server.core.web.requests import request_id
from server.core.web.static import STATIC

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
TELLS = {
    400: ("这次提交的内容不完整", "请回到上一页刷新，再做一次。"),
    401: ("请先登录", "登录以后再打开这个页面。"),
    403: ("你的账号没有办这件事的权限", "需要的话，请本单位的安全管理员给你申请。看错页面了就回到今日必办。"),
    404: ("没有找到这个页面", "可能链接不完整，或者这件事不归你看。"),
    405: ("这个页面不能这样打开", "请从菜单重新进入。"),
    409: ("情况刚刚有变化，这一步没有做", "可能别人先办了。请回到上一页刷新，看看现在的情况。"),
    413: ("文件太大了", "一次最多 12 MB，会员名单最多 100 MB，请压缩或分开上传。"),
    422: ("有几处需要改一改", "请回到上一页改好再交。"),
    429: ("操作太频繁", "请稍等一会儿再试。"),
    500: ("我们出了点问题", "已经记下。刚才的没有保存，请稍后再试；还是不行就把下面的编号告诉管理员。"),
    503: ("暂时忙不过来", "刚才的没有保存，请过几秒再试。"),
}
"""Status → what happened, and what to do."""
GONE = ("这一条已经不在了，这一步没有做", "可能别人先办了。请回到上一页刷新，看看现在的情况。")
"""Of what somebody wanted to act on."""
DO = {
    REUSED: "交过的那一份已经在办，不用再交。",
    "signed_out": "写了一半的先别关：留言和帮工友填的内容留在这个窗口里，登录以后回到这一页会放回来。别的请先抄下来。",
    "form_expired": "请重新打开这一页，再做一次；写了一半的留言和帮工友填的内容会放回来。",
}
"""Code → what to do, where the status alone does not say."""


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """A whole page; for its templates see `templates/console/base.html`."""
    who = member_or_none()
    menu = menu_of(who)
    html = render_template(
        template,
        me=who,
        menu=menu,
        current=current_of(menu, request.endpoint),
        union_name=settings().union_name,
        **values,
    )
    return _answer(html, status)


def part(template: str, *, status: int = 200, **values: object) -> Response:
    """A part of a page, which htmx puts in its place. Its template's name begins with an underscore."""
    return _answer(render_template(template, me=member_or_none(), **values), status)


def wants_part() -> bool:
    """Whether htmx asks, from a page that is there already."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def problem_page(problem: Problem) -> Response:
    """An error, as a page or as a message in the page that is there."""
    told, to_do = GONE if problem.status == 404 and request.method == "POST" else TELLS.get(problem.status, TELLS[500])
    if problem.code != CODES.get(problem.status):
        told, to_do = problem.title, DO.get(problem.code, to_do)
    sentences = [sentence for found in (problem.errors or {}).values() for sentence in found]
    values = {"code": problem.code, "told": told, "to_do": to_do, "sentences": sentences, "request_id": request_id()}
    answer = (
        part("console/_problem.html", status=problem.status, **values)
        if wants_part()
        else page("console/problem.html", status=problem.status, **values)
    )
    answer.headers.update(problem.headers)
    return answer


def moment(instant: datetime | None) -> str:
    """今天 14:05, 11月26日 14:05, 2025年11月26日 14:05: as staff read a time."""
    if instant is None:
        return "—"
    local = instant.astimezone(SHANGHAI)
    if local.date() == today():
        return f"今天 {local:%H:%M}"
    return f"{day(local.date())} {local:%H:%M}"


def written_out(instant: datetime) -> str:
    """2026年11月26日 14:05: as it stands on paper, which is read on another day."""
    local = instant.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def day(value: date | None) -> str:
    """11月26日, of another year with the year."""
    if value is None:
        return "—"
    short = f"{value.month}月{value.day}日"
    return short if value.year == today().year else f"{value.year}年{short}"


def last_day(until: datetime) -> str:
    """The last day of what ends at an instant: of a midnight, the day before."""
    return day(day_of(until - timedelta(seconds=1)))


def icon(name: str) -> Markup:
    """One of Tabler's icons, drawn in the colour of the text beside it. Always with a word.

    Raises:
        KeyError: it is not in assets/copy.mjs.
    """
    drawn = Markup(_icons()[name])  # noqa: S704  # made at build from Tabler's own files
    return Markup('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>').format(drawn)


def asset(path: str) -> str:
    """The address of a file below server/static; it changes with the file's content."""
    return f"/static/{path}?v={_digest(path)}"


def here(**changed: object) -> str:
    """The address of this page with other query arguments; None leaves one out."""
    asked: dict[str, Any] = {**request.args.to_dict(flat=False), **changed}
    # Not by `url_for`, of which a query string would give the options.
    query = urlencode({name: value for name, value in asked.items() if value is not None}, doseq=True)
    return f"{request.path}?{query}" if query else request.path


@cache
def _icons() -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads((STATIC / "vendor" / "icons.json").read_text("utf-8"))
    return found


@cache
def _digest(path: str) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]


def _answer(html: str, status: int) -> Response:
    response = Response(html, status=status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Permissions-Policy"] = "geolocation=(), microphone=(), camera=(), payment=()"
    # Of our own pages forms say where they come from; that is checked over HTTPS.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Cookie, HX-Request"
    return response
