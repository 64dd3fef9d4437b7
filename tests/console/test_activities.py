"""活动 at the desk: a street calls off its own and gives more seats, and nobody else's."""

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.activities import planning
from server.activities.models import ActivityGroup
from server.core.access import Level
from server.core.audit import AuditEvent
from server.notices.models import Notice
from tests.activities.conftest import new_activity
from tests.desk import Desk, desk_of, words
from tests.sign_in import SignIn
from tests.staff import make_street


@pytest.fixture
def ours(app: Flask) -> uuid.UUID:
    """A street's activity with one seat and a waiting list; S1 sits there, S2 in the next street."""
    here, there = make_street("440304011"), make_street("440304009")
    planning.announce(new_activity(organiser=there, title="隔壁的活动"), actor="system")
    desk_of(app, "S1", "street_worker", union=here)
    desk_of(app, "S2", "street_worker", union=there)
    return planning.announce(new_activity(organiser=here, seats=1, waiting_list=True), actor="system")


def sign_up(client: FlaskClient, sign_in: SignIn, activity_id: uuid.UUID) -> None:
    path = f"/api/v1/activities/{activity_id}/signups"
    assert client.post(path, json={}, headers=sign_in(Level.L1)).status_code == 201


def test_more_seats_go_to_who_waits_and_calling_off_tells_everybody_once(
    app: Flask, ours: uuid.UUID, client: FlaskClient, sign_in: SignIn, db_session: Session
) -> None:
    for _ in range(2):
        sign_up(client, sign_in, ours)
    desk, path = Desk(app).sign_in("S1"), f"/console/activities/{ours}"
    listed = words(desk.get("/console/activities"))
    assert "免费体检" in listed
    assert "隔壁的活动" not in listed
    assert "1 个名额，还剩 0 个" in words(desk.get(path))
    pool = db_session.scalars(sa.select(ActivityGroup.pool_id).where(ActivityGroup.activity_id == ours)).one()
    seats = f"{path}/groups/{pool}/seats"
    assert "1 个排队的有了名额" in words(desk.post(seats, {"seats": "2"}, follow=True))
    assert "已经有 2 个名额给出去了，最少填 2" in words(desk.post(seats, {"seats": "1"}))
    assert "请写为什么" in words(desk.post(f"{path}/call-off", {"reason": " "}))
    assert "告诉了 2 个报了名的人" in words(desk.post(f"{path}/call-off", {"reason": "台风"}, follow=True))
    again = words(desk.post(f"{path}/call-off", {"reason": "台风"}, follow=True))
    assert ("没有要告诉的人" in again, "取消了" in again) == (True, True)
    told = db_session.scalars(sa.select(Notice).where(Notice.kind == "activity.called_off")).all()
    assert len(told) == 2
    acts = db_session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.actor == "staff:S1").order_by(AuditEvent.id)
    )
    assert [act for act in acts if not act.startswith("staff.")] == ["seats.capacity", "activity.call_off"]


def test_another_streets_activity_is_not_there(app: Flask, ours: uuid.UUID, db_session: Session) -> None:
    other, path = Desk(app).sign_in("S2"), f"/console/activities/{ours}"
    pool = db_session.scalars(sa.select(ActivityGroup.pool_id).where(ActivityGroup.activity_id == ours)).one()
    assert other.get(path).status_code == 404
    assert other.post(f"{path}/call-off", {"reason": "台风"}).status_code == 404
    assert other.post(f"{path}/groups/{pool}/seats", {"seats": "9"}).status_code == 404
    elsewhere = f"/console/activities/{ours}/groups/{uuid.UUID(int=1)}/seats"
    assert Desk(app).sign_in("S1").post(elsewhere, {"seats": "9"}).status_code == 404
