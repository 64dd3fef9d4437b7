"""Why a place is closed today is read by everybody: WeChat looks at the words first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.core.crypto import keyed_hmac
from server.core.db import transaction
from server.identity.models import WeChatLogin
from server.identity.service import OPENID
from server.notices.models import StaffNotice
from server.stations.managers import duty
from server.wechat.service import exchange_code
from tests.sign_in import Headers
from tests.standins import StandIn
from tests.stations.making import make_station
from tests.stations.managers.conftest import Keep
from tests.stations.managers.test_duty import say

CHECK = "/wxa/msg_sec_check"


@pytest.fixture
def manager(keep: Keep, wechat_standin: StandIn) -> Headers:
    """Somebody who has just opened the mini-program, and keeps FT0001."""
    who = keep(make_station("FT0001"))
    made = wechat_standin.control("POST", "codes", {})
    exchange_code(made["code"])
    openid = made["openid"]
    with transaction() as session:
        hmac = keyed_hmac(openid, purpose=OPENID)
        session.add(WeChatLogin(worker_id=who.worker_id, openid=openid, openid_hmac=hmac))
    return who


def told() -> list[str]:
    """What the union was asked to look at."""
    with transaction() as session:
        return list(session.scalars(sa.select(StaffNotice.link).where(StaffNotice.kind == "station.reason")))


def test_what_is_harmless_is_shown_and_nobody_has_to_look(
    client: FlaskClient, manager: Headers, wechat_standin: StandIn
) -> None:
    assert say(client, manager, state="closed_today", reason="停电").status_code == 200
    assert [call["body"]["content"] for call in wechat_standin.calls(CHECK)] == ["停电"]
    assert told() == []


def test_what_must_not_be_shown_is_refused_in_plain_words_and_changes_nothing(
    client: FlaskClient, manager: Headers
) -> None:
    refused = say(client, manager, state="closed_today", reason="停电，违规测试")
    assert refused.status_code == 422
    assert "换个说法" in refused.get_json()["errors"]["reason"][0]
    assert client.get("/api/v1/me/stations", headers=manager).json["items"][0]["duty"]["state"] is None


@pytest.mark.parametrize("away", [True, False])
def test_what_wechat_does_not_judge_is_shown_and_the_union_looks_at_it(
    client: FlaskClient, manager: Headers, wechat_standin: StandIn, away: bool
) -> None:
    if away:
        wechat_standin.fault(CHECK, status=502, times=9)
    reason = "停电" if away else "停电，待审测试"
    assert say(client, manager, state="closed_today", reason=reason).status_code == 200
    assert reason in client.get("/s/FT0001").get_data(as_text=True)
    assert told() == ["/stations/FT0001"]


def test_who_does_not_keep_the_place_has_nothing_looked_at(
    client: FlaskClient, manager: Headers, wechat_standin: StandIn
) -> None:
    make_station("FT0002")
    assert say(client, manager, "FT0002", state="closed_today", reason="停电").status_code == 403
    assert wechat_standin.calls(CHECK) == []


def test_nobody_waits_for_a_place_while_wechat_is_asked(
    app: Flask, client: FlaskClient, manager: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answered = threading.Event(), threading.Event()

    def slow(*_: object, **__: object) -> bool:
        asked.set()
        assert answered.wait(30), "the other one waits for this"
        return True

    monkeypatch.setattr(duty, "passed", slow)

    def close() -> int:
        return say(app.test_client(), manager, state="closed_today", reason="停电").status_code

    with ThreadPoolExecutor(1) as pool:
        closing = pool.submit(close)
        assert asked.wait(30)
        assert say(client, manager, state="open").status_code == 200
        answered.set()
        assert closing.result() == 200
    assert "停电" in client.get("/s/FT0001").get_data(as_text=True), "the last word counts"
