"""Who may open a page of the console: whoever is signed in wholly and holds one of the rights that it declares."""

from urllib.parse import urlsplit

from flask import Response, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect

from server.console.member import remember
from server.core.errors import Problem
from server.core.web.bodies import refuse_unstorable
from server.core.web.guard import Access
from server.unions.staff import sessions
from server.unions.staff.sessions import SignedIn, Step

TOKEN = "token"  # noqa: S105  # the name under which the cookie holds it
NEXT = "next"
"""Where somebody wanted to go who had to sign in first."""
BACKGROUND = "X-Background"
"""On what a page asks for by itself, as when it looks for news: that keeps nobody signed in."""
SIGNED_OUT = "signed_out"
STEPS = {
    Step.CODE: "console.sign_in.code",
    Step.PASSWORD: "console.sign_in.password",
    Step.BIND: "console.sign_in.bind",
    Step.DONE: "console.home.show",
}
WAS_IDLE = "你有一阵没有操作，为了安全已经退出，请重新登录"
NOT_SAVED = "。刚才的没有保存"

csrf = CSRFProtect()


def check(declared: Access) -> ResponseReturnValue | None:
    """Let pass, or lead to where somebody signs in.

    Raises:
        Problem: 403 for whoever holds none of the rights; 401 `signed_out` to what a page asks for by itself.
    """
    who = signed_in()
    if who is None:
        leads = _to_sign_in()
        if BACKGROUND in request.headers:
            # Nobody is led away from what they are just writing.
            raise Problem(401, SIGNED_OUT, "你已经退出登录了")
        return leads
    if not declared.half_way and who.step is not Step.DONE:
        if BACKGROUND in request.headers:
            raise Problem(401, SIGNED_OUT, "你还没有登录完")
        return go(url_for(STEPS[who.step]))
    remember(who)
    if declared.rights and not declared.rights & who.rights:
        raise Problem(403, "staff_not_allowed", "你的账号没有办这件事的权限")
    return None


def signed_in() -> SignedIn | None:
    """Who the cookie's session belongs to."""
    token = session.get(TOKEN)
    return sessions.load(token, seen=BACKGROUND not in request.headers) if token else None


def check_origin() -> None:
    """Take no form but our own. Runs before every view of the console.

    Raises:
        Problem: 400 `form_expired`.
    """
    try:
        csrf.protect()
    except CSRFError:
        raise Problem(400, "form_expired", "这个页面放得太久了，刚才的没有保存") from None


def check_text() -> None:
    """Take no text that cannot be stored. Runs before every view of the console.

    Raises:
        Problem: 422, by the names of the fields.
    """
    refuse_unstorable(request.args)
    refuse_unstorable(request.form)


def enter(token: str) -> None:
    """Put a session's token into a new cookie; nothing of the old one stays but where somebody wanted to go."""
    wanted = session.get(NEXT)
    session.clear()
    session[TOKEN] = token
    if wanted:
        session[NEXT] = wanted


def go(address: str) -> Response:
    """Lead to another page, also from a part of one."""
    if request.headers.get("HX-Request"):
        return Response(headers={"HX-Redirect": address})
    return redirect(address, code=303)  # type: ignore[return-value]  # Flask's Response is Werkzeug's


def _to_sign_in() -> Response:
    had_one = session.pop(TOKEN, None) is not None
    if had_one:
        flash(WAS_IDLE + (NOT_SAVED if request.method == "POST" else ""), "warn")
    wanted = _page_asked_from()
    if wanted is not None:
        session[NEXT] = wanted
    return go(url_for("console.sign_in.show"))


def _page_asked_from() -> str | None:
    """The page that somebody opens; of a part or a form, the page on which it is."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.path
    try:
        came_from = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "").path
    except ValueError:
        return None
    return came_from if came_from.startswith("/console/") else None
