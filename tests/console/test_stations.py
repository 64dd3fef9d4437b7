"""The board of a street: what managers say of their places is there, and nobody else's street."""

from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.core.audit import AuditEvent
from server.notices.models import Notice
from server.stations.amenities import AmenityState
from server.stations.managers.models import StationManager
from server.stations.models import StationOverride
from tests.desk import Desk, desk_of, words
from tests.sign_in import SignIn
from tests.staff import make_street
from tests.standins import StandIn
from tests.stations.making import make_station
from tests.stations.managers.conftest import Keep, keep

__all__ = ["keep"]

MONDAY = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)
"""8:30 in Shenzhen, before anything opens."""
HALF_PAST_TEN = MONDAY + timedelta(hours=2)
HERE, NEXT = "440304011", "440304009"


@pytest.fixture
def street(app: Flask, freeze) -> Desk:
    freeze(MONDAY)
    desk = desk_of(app, "S0001", "street_worker", union=make_street(HERE))
    make_street(NEXT)
    return desk


def say(client: FlaskClient, who: dict[str, str], code: str, **body: object) -> None:
    assert client.post(f"/api/v1/stations/{code}/duty", json=body, headers=who).status_code == 200


def again(desk: Desk) -> Desk:
    """After the clock jumped, past what a session lasts."""
    return desk.sign_in("S0001")


def test_who_has_not_said_is_late_until_they_say(street: Desk, client: FlaskClient, keep: Keep, freeze) -> None:
    who = keep(make_station("FT0001", hours="09:00-18:00", street_code=HERE))
    make_station("FT0002", hours="09:00-18:00", street_code=HERE)
    keep(make_station("FT0003", hours="09:00-18:00", street_code=NEXT))
    early = words(street.get("/console/stations"))
    assert "今天还没说的 1" in early
    assert "没有站长 1" in early
    assert "还没到点" in early
    assert "FT0003" not in early
    assert "驿站到点了还没说开没开" not in words(street.get("/console/")).partition("没有等着的")[0]

    freeze(HALF_PAST_TEN)
    assert "到点了还没说" in words(again(street).get("/console/stations"))
    assert "1 驿站到点了还没说开没开" in words(street.get("/console/"))
    say(client, who, "FT0001", state="open")
    assert "今天该说的都说了" in words(street.get("/console/stations"))
    assert "站长说开了" in words(street.get("/console/stations?need=all"))


def test_closed_and_broken_are_there_at_once(street: Desk, client: FlaskClient, keep: Keep) -> None:
    who = keep(
        make_station("FT0001", hours="09:00-18:00", street_code=HERE, services=("S01", "S02"), duty_phone="0755-8888")
    )
    live = client.get("/api/v1/me/stations", headers=who).json["items"][0]["to_check"]
    say(client, who, "FT0001", state="closed_today", reason="停电检修", amenities={live[0]: AmenityState.BROKEN})
    closed = words(street.get("/console/stations?need=closed"))
    assert "停电检修" in closed
    assert "站长说今天不开" in closed
    assert "0755-8888" in closed
    assert "站长说坏了" in words(street.get("/console/stations?need=broken"))
    assert "今天还没说的 0" in closed
    assert "今天不开 1 有东西坏了 1" in closed


def test_a_place_shows_what_visitors_wrote_and_records_it(
    street: Desk, client: FlaskClient, db_session: Session
) -> None:
    make_station("FT0001", street_code=HERE)
    note = "门上贴着条 <script>alert(1)</script>"
    report = {"kind": "locked", "note": note}
    sent = client.post("/api/v1/stations/FT0001/reports", json=report, headers={"X-Device": "d" * 16})
    assert sent.status_code == 201
    answer = street.get("/console/stations/ft0001")
    assert "门上贴着条" in words(answer)
    assert "<script>alert" not in answer.text
    assert "来的人说没开门" in words(answer)
    event = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "station.read")).one()
    assert event.actor == "staff:S0001"


def test_a_manager_comes_by_a_code_and_goes(
    street: Desk, client: FlaskClient, sign_in: SignIn, db_session: Session
) -> None:
    make_station("FT0001", street_code=HERE)
    page = street.post("/console/stations/FT0001/codes")
    code = "".join(one for one in page.text.partition("<code>")[2].partition("</code>")[0] if one.isdigit())
    who = sign_in()
    assert client.post("/api/v1/me/manager-bindings", json={"code": code}, headers=who).status_code == 201
    binding = db_session.scalars(sa.select(StationManager)).one()
    assert "从" in words(street.get("/console/stations/FT0001"))
    ended = street.post(f"/console/stations/FT0001/managers/{binding.id}/end", follow=True)
    assert "不再是站长了" in words(ended)
    assert "还没有人管" in words(ended)
    assert street.post(f"/console/stations/FT0001/managers/{binding.id}/end").status_code == 404


def test_another_streets_places_are_not_there(street: Desk, keep: Keep, db_session: Session) -> None:
    keep(make_station("FT0003", street_code=NEXT))
    binding = db_session.scalars(sa.select(StationManager)).one()
    assert street.get("/console/stations/FT0003").status_code == 404
    assert street.get("/console/stations/XX0001").status_code == 404
    assert street.post("/console/stations/FT0003/codes").status_code == 404
    assert street.post(f"/console/stations/FT0003/managers/{binding.id}/end").status_code == 404
    make_station("FT0001", street_code=HERE)
    assert street.post(f"/console/stations/FT0001/managers/{binding.id}/end").status_code == 404
    db_session.expire_all()
    assert db_session.scalars(sa.select(StationManager.revoked_at)).one() is None


def closing(**other: str) -> dict[str, object]:
    told = {"area": HERE, "kind": "closed", "first_day": "2026-03-09", "cause": "台风红色预警", "decided_by": "区三防"}
    return {**told, **other}


def test_a_street_is_closed_for_days_and_opened_again(
    street: Desk, client: FlaskClient, keep: Keep, db_session: Session
) -> None:
    who = keep(make_station("FT0001", hours="09:00-18:00", street_code=HERE)).worker_id
    make_station("FT0002", street_code=HERE)
    make_station("FT0003", street_code=NEXT)
    told = closing(last_day="2026-03-11", words="请在家避一避")
    done = words(street.post("/console/stations/hours/new", told, follow=True))
    assert "写好了" in done
    assert "2 个驿站 3月9日 到 3月11日 关门：台风红色预警，请在家避一避 区三防决定的" in done
    doors = {item["code"]: item["open"] for item in client.get("/api/v1/stations").json["items"]}
    kept = db_session.scalars(sa.select(Notice).where(Notice.kind == "station.hours")).all()
    assert [(one.worker_id, one.link) for one in kept] == [(who, "/stations/FT0001")]
    assert "（FT0001）3 月 9 日到 3 月 11 日不开门：台风红色预警，请在家避一避" in kept[0].body
    assert doors["FT0001"]["reason"] == doors["FT0002"]["reason"] == "台风红色预警，请在家避一避"
    assert doors["FT0003"]["reason"] is None
    board = words(street.get("/console/stations?need=all"))
    assert board.count("工会说今天关门") == 2
    assert "到点了还没说" not in board
    assert "今天关门" in words(street.get("/console/stations/FT0001"))

    told = closing(codes="FT0002", kind="hours", spans="9点到12点，14:00—17:00", first_day="2026-03-10")
    apart = words(street.post("/console/stations/hours/new", told, follow=True))
    assert "FT0002另有安排，按它们自己的" in apart
    assert "开 09:00–12:00、14:00–17:00：台风红色预警" in apart
    number = db_session.scalars(sa.select(StationOverride.id).where(StationOverride.street_code == HERE)).one()
    assert "取消了" in words(street.post(f"/console/stations/hours/{number}/end", follow=True))
    assert client.get("/api/v1/stations/FT0001").json["open"]["reason"] is None
    acts = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.subject_kind == "station_override")).all()
    assert [(one.action, one.actor, one.detail["of"]) for one in acts] == [
        ("station.except", "staff:S0001", HERE),
        ("station.except", "staff:S0001", "FT0002"),
        ("station.unexcept", "staff:S0001", HERE),
    ]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"codes": "FT0001 FT0003"}, "这里面有不归你管的驿站，一个都没有改"),
        ({"codes": "FT0001、FT0099"}, "没有 FT0099 这个驿站"),
        ({"area": "440304"}, "请选哪里|请从列出的里选"),
        ({"kind": "hours", "spans": "看情况"}, "看不懂"),
        ({"kind": "hours"}, "没有写几点开"),
        ({"last_day": "2026-03-01"}, "最后一天不能早于第一天"),
        ({"first_day": "2026-03-01"}, "这些日子已经过了"),
        ({"cause": ""}, "请写为什么"),
        ({"decided_by": " "}, "请写谁决定的"),
    ],
)
def test_what_cannot_be_is_said_in_place_and_nothing_is_written(
    street: Desk, db_session: Session, told: dict[str, str], said: str
) -> None:
    make_station("FT0001", street_code=HERE)
    make_station("FT0003", street_code=NEXT)
    answer = street.post("/console/stations/hours/new", closing(**told))
    assert answer.status_code == 422
    assert any(one in words(answer) for one in said.split("|"))
    assert db_session.scalars(sa.select(StationOverride)).all() == []


def test_a_street_sees_what_its_district_decided_and_leaves_it(app: Flask, street: Desk, db_session: Session) -> None:
    district = desk_of(app, "D0001", "district_office")
    district.post("/console/stations/hours/new", closing(area="440304"))
    number = db_session.scalars(sa.select(StationOverride.id)).one()
    seen = street.get("/console/stations/hours")
    assert "福田区全区" in words(seen)
    assert str(number) not in seen.text
    assert street.post(f"/console/stations/hours/{number}/end").status_code == 404
    assert str(number) in district.get("/console/stations/hours").text


def test_the_same_form_twice_is_one_closing(street: Desk, db_session: Session) -> None:
    once = "01a216bd-0000-7000-8000-000000000001"
    for _ in range(2):
        assert street.post("/console/stations/hours/new", closing(once=once)).status_code == 303
    assert len(db_session.scalars(sa.select(StationOverride)).all()) == 1


def test_sheets_are_printed_for_ones_own_places_and_recorded(
    street: Desk, wechat_standin: StandIn, db_session: Session
) -> None:
    for code in ("FT0001", "FT0002"):
        make_station(code, street_code=HERE)
    make_station("FT0003", street_code=NEXT)
    page = street.get("/console/stations/sheets")
    assert "FT0002" in page.text
    assert "FT0003" not in page.text
    made = street.post("/console/stations/sheets", {"code": ["FT0001", "FT0002"]})
    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    assert len(pypdfium2.PdfDocument(made.data)) == 2
    assert len(db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "station.sheet")).all()) == 2
    assert street.post("/console/stations/sheets", {"code": ["FT0001", "FT0003"]}).status_code == 404
    none = words(street.post("/console/stations/sheets"))
    assert ("请先勾上要打的驿站" in none, "打门口的码" in none) == (True, True)
    wechat_standin.fault("/wxa/getwxacodeunlimit", errcode=45009)
    away = street.post("/console/stations/sheets", {"code": "FT0001"})
    assert "微信的小程序码现在拿不到" in words(away)
    assert away.text.count(" checked") == 1
