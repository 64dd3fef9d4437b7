"""Every page of the console as every role: open to whom its view says, closed to all others, headers on each."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from server.core.db import transaction
from server.core.web.guard import Token, declared_access
from server.unions.staff.models import RoleGrant
from server.unions.staff.roles import roles
from tests.desk import Desk, desk_of, words

OWN_HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def plain_pages(app: Flask) -> list[Rule]:
    """Those that need nothing in their address and no half-done sign-in."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/console/")
        and "GET" in (rule.methods or ())
        and not rule.arguments
        and (declared := declared_access(app.view_functions[rule.endpoint])) is not None
        and declared.token is Token.STAFF
        and not declared.half_way
    ]


@pytest.mark.parametrize("role", [*roles(), None])
def test_each_role_opens_what_its_rights_say(app: Flask, role: str | None) -> None:
    desk = desk_of(app, "T0001", *([role] if role else []))
    if role is None:
        _take_all_roles()
    rights = roles()[role].rights if role else frozenset()
    wrong = []
    for rule in plain_pages(app):
        declared = declared_access(app.view_functions[rule.endpoint])
        assert declared is not None
        expected = 200 if not declared.rights or declared.rights & rights else 403
        answer = desk.get(rule.rule)
        if answer.status_code != expected:
            wrong.append((rule.rule, answer.status_code))
    assert wrong == []


def _take_all_roles() -> None:
    with transaction() as session:
        session.execute(sa.delete(RoleGrant))


def test_nobody_opens_anything_without_signing_in(app: Flask) -> None:
    client = app.test_client()
    assert {client.get(rule.rule).status_code for rule in plain_pages(app)} == {303}
    assert client.get("/console/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/console/sign-in"


def test_every_form_is_refused_without_its_token(app: Flask) -> None:
    desk = desk_of(app, "T0001", *["district_rights"])
    taken = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console/") and "POST" in (rule.methods or ()):
            path = rule.rule
            for name in rule.arguments:
                path = re.sub(rf"<any\((\w+)[^)]*\):{name}>", r"\1", path)
                path = path.replace(f"<uuid:{name}>", "01a216bd-0000-7000-8000-000000000000").replace(f"<{name}>", "x")
            answer = desk.client.post(path, data={})
            if answer.status_code not in {400, 403}:
                taken.append((rule.rule, answer.status_code))
    assert taken == []
    assert "放得太久" in words(desk.client.post("/console/sign-out", data={}))


def test_a_token_of_another_browser_is_refused(app: Flask) -> None:
    one, other = desk_of(app, "T0001", "street_worker"), desk_of(app, "T0002", "street_worker")
    one.get("/console/me")
    other.form_token = one.form_token
    assert other.post("/console/sign-out").status_code == 400
    assert other.get("/console/").status_code == 200


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/", "/console/me", "/console/no-such-page"])
def test_pages_are_kept_by_nobody_and_framed_by_nobody(app: Flask, path: str) -> None:
    desk = desk_of(app, "T0001", "street_worker")
    headers = (desk if path != "/console/sign-in" else Desk(app)).get(path).headers
    assert {name: headers[name] for name in OWN_HEADERS} == OWN_HEADERS
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(app: Flask) -> None:
    cookie = app.test_client().get("/console/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/console" in cookie


def test_errors_say_what_to_do(app: Flask) -> None:
    desk = desk_of(app, "T0001", "street_worker")
    assert "回到今日必办" in words(desk.get("/console/no-such-page"))
    part = desk.get("/console/no-such-page", part=True)
    assert part.status_code == 404
    assert "<html" not in part.text
    assert desk.client.get("/api/v1/no-such-thing").mimetype == "application/problem+json"


STRANGE = (
    "endpoint=x&_anchor=x&_method=x&_scheme=x&_external=1&cursor=99999999999999999999&to=0001-01",
    "to=9999-12-31&before=99999999999999999999",
)
"""Nothing of ours leads there: the options of `url_for`, places beyond any list, days before and after any year."""


def test_a_page_bears_whatever_stands_in_its_address(app: Flask) -> None:
    left = {rule.rule: declared_access(app.view_functions[rule.endpoint]) for rule in plain_pages(app)}
    statuses: dict[str, int] = {}
    for number, (role, held) in enumerate(roles().items()):
        opened = [page for page, wants in left.items() if wants and (not wants.rights or wants.rights & held.rights)]
        desk = desk_of(app, f"T{number:04}", role) if opened else Desk(app)
        statuses |= {page: max(desk.get(f"{page}?{asked}").status_code for asked in STRANGE) for page in opened}
        left = {page: wants for page, wants in left.items() if page not in statuses}
    assert not left
    assert {page: status for page, status in statuses.items() if status in {303, 403} or status >= 500} == {}


def test_what_cannot_be_stored_is_refused_wherever_it_is_typed(app: Flask) -> None:
    stranger, desk = Desk(app), desk_of(app, "T0001", "district_rights")
    stranger.get("/console/sign-in")
    for answer in (
        stranger.post("/console/sign-in", {"number": "a\x00", "password": "b"}),
        desk.get("/console/cases?service=%00"),
        desk.post("/console/me/password", {"current": "a\x00"}),
        desk.post("/console/cases/SQ261127-0001-A/note", {"text": "\x00"}),
    ):
        assert answer.status_code == 422
        assert "不能用的字符" in words(answer)
