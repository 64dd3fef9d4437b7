"""Guards over the whole URL map."""

from flask import Flask

from server.core.web.guard import declared_access


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    undeclared = [
        rule.rule for rule in app.url_map.iter_rules() if declared_access(app.view_functions[rule.endpoint]) is None
    ]
    assert undeclared == []


def test_every_post_is_idempotent_or_says_why_not(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not hasattr(app.view_functions[rule.endpoint], "__idempotency__")
    ]
    assert silent == []


def test_every_route_of_the_api_is_documented(app: Flask) -> None:
    documented = app.extensions["warmbee_api"].spec.to_dict()["paths"]
    paths = {
        rule.rule.replace("<", "{").replace(">", "}").replace("{uuid:", "{").replace("{path:", "{")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("openapi.")
    }
    assert paths == set(documented)
