"""Guards over the whole URL map."""

import re

from flask import Flask

from server.core.web.guard import Token, declared_access

BEFORE_SIGNING_IN = {"/console/sign-in"}


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    undeclared = [
        rule.rule for rule in app.url_map.iter_rules() if declared_access(app.view_functions[rule.endpoint]) is None
    ]
    assert undeclared == []


def test_every_page_of_the_console_asks_who_it_is(app: Flask) -> None:
    open_to_all = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/console/")
        and (declared := declared_access(app.view_functions[rule.endpoint])) is not None
        and declared.token is not Token.STAFF
    }
    assert open_to_all == BEFORE_SIGNING_IN


def test_every_post_is_idempotent_or_says_why_not(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        # A form of the console is sent once by its page, and twice only if somebody opens the page twice.
        and not rule.rule.startswith("/console/")
        and not hasattr(app.view_functions[rule.endpoint], "__idempotency__")
    ]
    assert silent == []


def test_every_route_of_the_api_is_documented(app: Flask) -> None:
    documented = app.extensions["warmbee_api"].spec.to_dict()["paths"]
    paths = {
        re.sub("<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("openapi.")
    }
    assert paths == set(documented)
