"""/s/{code}: for any scanner, without script and login."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask.testing import FlaskClient

from server.core.settings import settings
from server.stations.amenities import amenities
from server.stations.models import Entry, StationStatus
from tests.moments import Freeze
from tests.stations.making import make_station

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def text(client: FlaskClient, code: str) -> str:
    """What a reader sees, spaces folded."""
    html = client.get(f"/s/{code}").get_data(as_text=True)
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_it_says_whose_it_is_whether_it_is_open_and_what_it_costs(client: FlaskClient, freeze: Freeze) -> None:
    freeze(NOON)
    make_station(hours="09:00-17:00", services=("S01", "S05"), entry=Entry.RING, duty_phone="0755-00012351")
    page = text(client, "FT0001")
    for words in (
        settings().union_name,
        settings().union_phone,
        "FT0001 驿站",
        "✓ 开着 开到今天 17:00",
        "最后确认：1 小时前",
        "不收费，不要密码，不会让你转账",
        "按门边的铃",
        "✓ 热水",
        "✓ 厕所",
    ):
        assert words in page
    html = client.get("/s/FT0001").get_data(as_text=True)
    assert 'href="tel:0755-00012351"' in html
    assert 'href="/"' in html


def test_states_are_words_and_shapes(client: FlaskClient, freeze: Freeze) -> None:
    freeze(NOON)
    make_station("FT0001", hours="14:00-17:00", services=("S01",))
    make_station("FT0002", confirmed_ago=None)
    assert "✕ 关着 今天 14:00 开门" in text(client, "FT0001")
    assert "? 说不准，先打电话 全天开着" in text(client, "FT0002")
    assert text(client, "FT0002").count("全天开着") == 1
    for who in "abc":
        body, headers = {"kind": "broken", "amenity": "S01"}, {"X-Device": who * 16}
        client.post("/api/v1/stations/FT0001/reports", json=body, headers=headers)
    assert "▲ 热水 坏了，在修 3 人说坏了 · 刚刚" in text(client, "FT0001")


def test_it_shows_the_way_on_to_what_is_open_now(client: FlaskClient, freeze: Freeze) -> None:
    freeze(NOON)
    make_station("FT0001")
    for number, hours in ((2, "全天"), (3, "20:00-21:00"), (4, "全天"), (5, "全天"), (6, "全天")):
        make_station(f"FT000{number}", north_m=100 * number, hours=hours)
    html = client.get("/s/FT0001").get_data(as_text=True)
    assert re.findall(r'href="/s/(FT\d+)"', html) == ["FT0002", "FT0004", "FT0005"]
    assert "FT0002 驿站 ✓ 开着 · 200 米 导航" in text(client, "FT0001")


def test_a_place_closed_for_good_says_so_and_shows_the_next(client: FlaskClient) -> None:
    make_station("FT0001", status=StationStatus.CLOSED_FOR_GOOD)
    make_station("FT0002", north_m=300)
    assert client.get("/s/FT0001").status_code == 410
    page = text(client, "FT0001")
    assert "已停用" in page
    assert "FT0002 驿站 ✓ 开着 · 300 米" in page


def test_an_unknown_code_is_met_with_a_way_on(client: FlaskClient) -> None:
    answer = client.get("/s/FT9999<script>")
    assert answer.status_code == 404
    assert "没有找到这个驿站" in answer.get_data(as_text=True)
    assert "script" not in answer.get_data(as_text=True)
    assert f"tel:{settings().union_phone}" in answer.get_data(as_text=True)


@pytest.mark.parametrize("code", ["FT0001", "FT0002", "FT9999"])
def test_it_is_light_and_loads_and_runs_nothing(client: FlaskClient, code: str) -> None:
    make_station("FT0001", services=tuple(amenities()), duty_phone="0755-00012351")
    make_station("FT0002", status=StationStatus.CLOSED_FOR_GOOD)
    answer = client.get(f"/s/{code}")
    html = answer.get_data(as_text=True)
    assert len(answer.data) <= 20_000
    assert not re.search(r"<script|<img|<link|<iframe|<form|\bsrc=|\son\w+=|\sstyle=|@import|url\(", html)
    assert answer.headers["Cache-Control"] == "public, max-age=20"
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_names_cannot_break_out_of_the_page(client: FlaskClient) -> None:
    make_station(name='<b onclick="x">驿站</b>', address='" onmouseover="x')
    make_station("FT0002", name="<i>隔壁</i>")
    html = client.get("/s/FT0001").get_data(as_text=True)
    assert "<b onclick" not in html
    assert "<i>" not in html
