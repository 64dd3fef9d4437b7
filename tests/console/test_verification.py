"""The verification desk: queue, photos one by one, decisions, conflicts; all of it recorded and in reach."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.clock import today
from server.core.db import db
from server.identity.models import DeskRequest, DeskState
from server.unions.models import TradeUnion
from tests.cases.files.conftest import jpeg
from tests.desk import Desk, desk_of, words
from tests.me.test_verification import body_of
from tests.people import person
from tests.rosters import join, make_union
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_street

ASKED = person(1)
YEAR = timedelta(days=366)


@pytest.fixture
def desk(app: Flask) -> Desk:
    return desk_of(app, "W0001", "worker_desk")


@pytest.fixture
def waiting(client: FlaskClient, sign_in: SignIn) -> Headers:
    """A worker whose verification waits for a person."""
    headers = sign_in(Level.L1)
    answer = client.post("/api/v1/me/verification", json=body_of(ASKED), headers=headers)
    assert answer.get_json()["state"] == "manual"
    return headers


def request_of(session: Session) -> DeskRequest:
    return session.scalars(sa.select(DeskRequest).execution_options(populate_existing=True)).one()


def path_of(session: Session, act: str = "") -> str:
    return f"/console/verification/{request_of(session).id}" + (f"/{act}" if act else "")


def looks(session: Session) -> list[str]:
    return list(session.scalars(sa.select(AuditEvent.action).where(AuditEvent.action.contains(".read"))))


def shown(client: FlaskClient, headers: Headers) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/me", headers=headers).get_json()
    return found


def test_the_queue_shows_masked_names_and_until_when(desk: Desk, waiting: Headers, db_session: Session) -> None:
    assert "1 实名认证等核对" in words(desk.get("/console/"))
    page = words(desk.get("/console/verification"))
    assert "名单上对不上" in page
    assert "最晚" in page
    assert ASKED.name not in page
    assert ASKED.id_number not in page
    assert looks(db_session) == ["verification.read_list"]


def test_the_district_sees_which_street_decides_each_by_one_query(
    app: Flask, client: FlaskClient, sign_in: SignIn, count_queries: list[str]
) -> None:
    district = desk_of(app, "B0001", "worker_desk", union=make_district())

    def queries_for(number: int, area: str) -> int:
        street = make_street(area)
        body = body_of(person(number)) | {"area": street.area_code}
        client.post("/api/v1/me/verification", json=body, headers=sign_in(Level.L1))
        count_queries.clear()
        assert f"由{street.name}核对" in words(district.get("/console/verification"))
        return len(count_queries)

    assert queries_for(1, "440304001") == queries_for(2, "440304002")
    union = db.session.scalars(db.select(TradeUnion).where(TradeUnion.area_code == "440304001")).one()
    own = words(desk_of(app, "S0001", "street_worker", union=union).get("/console/verification"))
    assert "交的" in own
    assert "· 由" not in own, "the street's own rows need not say whose they are"


def test_approving_raises_the_worker_at_once(
    client: FlaskClient, desk: Desk, waiting: Headers, db_session: Session
) -> None:
    page = words(desk.get(path_of(db_session)))
    assert ASKED.name in page
    assert ASKED.id_number in page
    assert "verification.read" in looks(db_session)
    assert "证件上的出生日期" not in page
    approve = path_of(db_session, "approve")
    assert "通过了" in words(desk.post(approve, {"valid_to": "2040-05-01"}, follow=True))
    assert shown(client, waiting)["level"] == "L2"
    assert "已经办过了" in words(desk.post(approve))
    assert desk.get(approve.removesuffix("/approve")).status_code == 404


def test_nobody_under_sixteen_gets_through_by_a_paper_whose_number_does_not_tell(
    client: FlaskClient, desk: Desk, sign_in: SignIn, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    client.post(
        "/api/v1/me/verification", json=body_of(ASKED, id_type="hk_mo_pass", id_number="H99030412"), headers=headers
    )
    approve = path_of(db_session, "approve")
    assert "证件上的出生日期" in words(desk.get(approve.removesuffix("/approve")))
    assert "请照证件填出生日期" in words(desk.post(approve))
    for years, said in ((15, "还没满 16 周岁，不能通过"), (-1, "这个出生日期还没有到")):
        assert said in words(desk.post(approve, {"born": str(today() - years * YEAR)}))
    assert (request_of(db_session).state, shown(client, headers)["level"]) == (DeskState.OPEN, "L1")
    assert "通过了" in words(desk.post(approve, {"born": str(today() - 17 * YEAR)}, follow=True))
    assert shown(client, headers)["level"] == "L2"


def test_refusing_says_why(client: FlaskClient, desk: Desk, waiting: Headers, db_session: Session) -> None:
    refuse = path_of(db_session, "refuse")
    assert "请写明为什么" in words(desk.post(refuse, {"note": ""}))
    assert request_of(db_session).state is DeskState.OPEN
    desk.post(refuse, {"note": "姓名和证件上的不一样，请照证件上的填。"})
    assert shown(client, waiting)["verification"]["reason"] == "姓名和证件上的不一样，请照证件上的填。"


def test_photos_are_asked_for_and_each_look_at_one_is_recorded(
    client: FlaskClient, desk: Desk, waiting: Headers, db_session: Session
) -> None:
    desk.post(path_of(db_session, "want"), {"words": "请拍一张证件正面"})
    assert "等本人补材料" in words(desk.get("/console/verification"))
    files = {"file": (io.BytesIO(jpeg()), "photo.jpg")}
    photo = client.post("/api/v1/attachments", data=files, headers=dict(waiting)).get_json()["id"]
    body = {"attachments": [{"id": photo}]}
    assert client.post("/api/v1/me/verification/evidence", json=body, headers=waiting).status_code == 200

    page = desk.get(path_of(db_session))
    links = re.findall(r'href="([^"]+/photos/[^"]+)"', page.text)
    assert len(links) == 1
    assert "verification.read_photo" not in looks(db_session)
    picture = re.findall(r'src="([^"]+/picture)"', desk.get(links[0]).text)[0]
    answer = desk.get(picture)
    assert looks(db_session).count("verification.read_photo") == 1
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert answer.headers["Cache-Control"] == "no-store"
    # Written over: another picture than the one that was sent, and for everybody another one.
    mine, theirs = answer.data, desk_of(client.application, "W0002", "worker_desk").get(picture).data
    assert Image.open(io.BytesIO(mine)).format == "JPEG"
    assert mine != theirs
    # Not through another request, and not once it is decided.
    assert desk.get(picture.replace(photo, "01a216bd-0000-7000-8000-000000000000")).status_code == 404
    desk.post(path_of(db_session, "approve"))
    assert desk.get(picture).status_code == 404


def test_a_number_that_another_holds_is_seen_masked_on_both_sides(
    desk: Desk, waiting: Headers, sign_in: SignIn, db_session: Session
) -> None:
    holder = sign_in(Level.L2, who=ASKED)
    assert "另一个账号已经用了这个号码" in words(desk.post(path_of(db_session, "approve")))
    page = words(desk.get(path_of(db_session, "conflict")))
    assert str(holder.worker_id) in page
    assert str(waiting.worker_id) in page
    assert ASKED.name not in page
    assert ASKED.id_number not in page
    assert looks(db_session).count("verification.read_conflict") == 2


def test_who_is_another_streets_member_is_out_of_reach(
    app: Flask, desk: Desk, waiting: Headers, db_session: Session
) -> None:
    join(waiting.worker_id, make_union("GH440307015", area_code="440307015"))
    assert "没有等着核对的" in words(desk.get("/console/verification"))
    for path in ("", "conflict"):
        assert desk.get(path_of(db_session, path)).status_code == 403
    assert desk.post(path_of(db_session, "approve")).status_code == 403
    assert request_of(db_session).state is DeskState.OPEN
