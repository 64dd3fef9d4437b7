"""What the front end learns of the installation."""

from dataclasses import replace

from flask.testing import FlaskClient

from server.core.settings import settings
from server.core.web.static import page_policy


def test_it_says_who_runs_it(client: FlaskClient) -> None:
    assert client.get("/api/v1/about").get_json() == {
        "union_name": settings().union_name,
        "union_phone": settings().union_phone,
        "tiles": None,
        "demo": True,
    }


def test_the_pages_policy_allows_the_configured_tiles_and_nothing_else_outside(client: FlaskClient) -> None:
    assert "https://" not in page_policy(settings())
    policy = page_policy(replace(settings(), tile_url="https://tiles.example/{z}/{x}/{y}.png"))
    assert "img-src 'self' data: blob: https://tiles.example;" in policy
    assert policy.count("https://") == 1
