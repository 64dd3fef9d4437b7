"""活动 at the desk: a street calls off its own and gives more seats, and nobody else's."""

import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.activities import planning
from server.activities.models import Activity, ActivityGroup
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.clock import today
from server.notices.models import Notice
from server.seats.models import SeatClaim
from server.unions.models import TradeUnion
from tests.activities.conftest import new_activity
from tests.desk import Desk, desk_of, words
from tests.rosters import join
from tests.sign_in import SignIn
from tests.staff import make_street

NEW = "/console/activities/new"


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
    assert "已经有 2 个名额给出去了，没有改。可以：填 2，大家的名额都留着" in words(desk.post(seats, {"seats": "1"}))
    assert "请写为什么" in words(desk.post(f"{path}/call-off", {"reason": " "}))
    assert "告诉了 2 个报了名的人" in words(desk.post(f"{path}/call-off", {"reason": "台风"}, follow=True))
    again = words(desk.post(f"{path}/call-off", {"reason": "台风"}, follow=True))
    assert ("没有要告诉的人" in again, "取消了 原因：台风" in again) == (True, True)
    told = db_session.scalars(sa.select(Notice).where(Notice.kind == "activity.called_off")).all()
    assert len(told) == 2
    acts = db_session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.actor == "staff:S1").order_by(AuditEvent.id)
    )
    assert [act for act in acts if not act.startswith("staff.")] == ["seats.capacity", "activity.call_off"]


def at(days: int, hour: int) -> str:
    """As a control for date and time sends it."""
    return f"{today() + timedelta(days=days):%Y-%m-%d}T{hour:02}:00"


def union_of(desk: Desk) -> str:
    """The first union that somebody may announce for."""
    found = re.search(r'name="organiser".*?<option value="([0-9a-f-]{36})"', desk.get(NEW).text, re.S)
    assert found is not None
    return found[1]


def test_another_streets_activity_is_not_there(app: Flask, ours: uuid.UUID, db_session: Session) -> None:
    other, path = Desk(app).sign_in("S2"), f"/console/activities/{ours}"
    pool = db_session.scalars(sa.select(ActivityGroup.pool_id).where(ActivityGroup.activity_id == ours)).one()
    assert other.get(path).status_code == 404
    assert other.post(f"{path}/call-off", {"reason": "台风"}).status_code == 404
    assert other.post(f"{path}/groups/{pool}/seats", {"seats": "9"}).status_code == 404
    elsewhere = f"/console/activities/{ours}/groups/{uuid.UUID(int=1)}/seats"
    assert Desk(app).sign_in("S1").post(elsewhere, {"seats": "9"}).status_code == 404


def test_an_activity_is_announced_at_the_desk_once_and_signed_up_for(
    app: Flask, ours: uuid.UUID, client: FlaskClient, sign_in: SignIn, db_session: Session
) -> None:
    desk, path = Desk(app).sign_in("S1"), NEW
    assert "隔壁" not in desk.get(path).text
    told = {
        "title": "免费理发",
        "kind": "care",
        "organiser": union_of(desk),
        "summary": "退伍老师傅义务理发。",
        "place": "园岭街道服务中心一楼",
        "starts_at": at(3, 14),
        "ends_at": at(3, 17),
        "closes_at": at(3, 12),
        "level": "L1",
        "groups-0-name": "所有人",
        "groups-0-seats": "20",
        "companions": "0",
        "once": "01a216bd-0000-7000-8000-000000000002",
    }
    wrong = desk.post(path, told | {"ends_at": at(3, 13), "closes_at": at(4, 12), "title": " "})
    assert wrong.status_code == 422
    assert all(said in words(wrong) for said in ("请写活动的名字",))
    late = words(desk.post(path, told | {"ends_at": at(3, 13), "closes_at": at(4, 12)}))
    assert all(said in late for said in ("结束要在开始以后", "报名结束要在可以报名以后"))
    for _ in range(2):
        made = desk.post(path, told)
        assert made.status_code == 303, words(made)
    found = db_session.scalars(sa.select(Activity).where(Activity.title == "免费理发")).one()
    sign_up(client, sign_in, found.id)
    assert "20 个名额，还剩 19 个" in words(desk.get(f"/console/activities/{found.id}"))
    other = Desk(app).sign_in("S2").post(path, told | {"once": str(uuid.uuid4())})
    assert other.status_code == 422, "no union of theirs"
    assert len(db_session.scalars(sa.select(Activity).where(Activity.title == "免费理发")).all()) == 1


def test_a_pass_is_checked_and_a_sign_up_taken_away_at_the_desk(
    app: Flask, ours: uuid.UUID, client: FlaskClient, sign_in: SignIn, db_session: Session
) -> None:
    worker = sign_in(Level.L1)
    signup = client.post(f"/api/v1/activities/{ours}/signups", json={}, headers=worker).json["id"]
    code = client.get(f"/api/v1/signups/{signup}/pass", headers=worker).json["code"]
    desk, path = Desk(app).sign_in("S1"), f"/console/activities/{ours}"
    assert "可以进：所有人 1 号" in words(desk.post(f"{path}/pass", {"code": code}))
    assert "这不是我们的入场码" in words(desk.post(f"{path}/pass", {"code": code[:-3]}))
    assert "这个号现在没有人" in words(desk.post(f"{path}/removals", {"seat": "9", "why": "来不了"}))
    assert "请写为什么" in words(desk.post(f"{path}/removals", {"seat": "1", "why": ""}))
    assert "已经告诉本人" in words(desk.post(f"{path}/removals", {"seat": "1", "why": "本人说来不了"}, follow=True))
    assert "这个名额已经退了" in words(desk.post(f"{path}/pass", {"code": code}))
    told = db_session.scalars(sa.select(Notice.body).where(Notice.worker_id == worker.worker_id)).all()
    assert [body for body in told if "本人说来不了" in body]
    for act, sent in (("pass", {"code": code}), ("removals", {"seat": "1", "why": "x"})):
        assert Desk(app).sign_in("S2").post(f"{path}/{act}", sent).status_code == 404


def test_groups_of_an_activity_are_put_together_sent_once_and_copied(
    app: Flask, ours: uuid.UUID, client: FlaskClient, sign_in: SignIn, db_session: Session
) -> None:
    desk = Desk(app).sign_in("S1")
    union = union_of(desk)
    sent = {
        "title": "夏日观影",
        "kind": "culture",
        "organiser": union,
        "summary": "看电影。",
        "place": "园岭街道服务中心一楼",
        "starts_at": at(3, 14),
        "ends_at": at(3, 17),
        "closes_at": at(3, 12),
        "level": "L2",
        "groups-0-name": "外卖和快递",
        "groups-0-seats": "1",
        "groups-0-work": ["food_delivery", "courier"],
        "companions": "1",
        "waiting_first": "courier",
        "once": str(uuid.uuid4()),
    }
    more = desk.post(NEW, sent | {"more": "1"})
    assert (more.status_code, "第 2 组" in words(more), 'value="夏日观影"' in more.text) == (200, True, True)
    two = sent | {"groups-1-name": "外卖和快递", "groups-1-seats": "30", "groups-1-members_of": union}
    fewer = words(desk.post(NEW, two | {"drop": "1"}))
    assert "第 2 组" not in fewer
    wrong = words(desk.post(NEW, two))
    assert all(said in wrong for said in ("上面有一组也叫这个", "勾上可以排队"))
    two |= {"groups-1-name": "街道会员", "waiting_list": "y", "offers": "y"}
    for _ in range(2):
        made = desk.post(NEW, two)
        assert made.status_code == 303, words(made)
    found = db_session.scalars(sa.select(Activity).where(Activity.title == "夏日观影")).one()
    shown = words(desk.get(f"/console/activities/{found.id}"))
    assert all(
        said in shown for said in ("实名认证过的", "先问要不要", "先给：快递", "给：快递、外卖", "和下面工会的会员")
    )

    worker, path = sign_in(Level.L2), f"/api/v1/activities/{found.id}/signups"
    refused = client.post(path, json={"group": "g2"}, headers=worker)
    assert "只给" in refused.json["errors"]["group"][0]
    join(worker.worker_id, db_session.get_one(TradeUnion, uuid.UUID(union)))
    assert client.post(path, json={"group": "g2"}, headers=worker).json["group"] == "g2"

    copy = desk.get(f"{NEW}?from={found.id}").text
    assert f'value="{at(10, 14)}"' in copy, "a week later"
    assert all(said in copy for said in ('value="街道会员"', 'value="30"', f'selected value="{union}"'))
    assert Desk(app).sign_in("S2").get(f"{NEW}?from={found.id}").status_code == 404


def test_who_signed_up_is_told_once_of_another_time_and_nobody_overwrites_a_colleague(
    app: Flask, ours: uuid.UUID, client: FlaskClient, sign_in: SignIn, db_session: Session
) -> None:
    sign_up(client, sign_in, ours)
    desk, path = Desk(app).sign_in("S1"), f"/console/activities/{ours}/change"
    page = desk.get(path).text
    now_said = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page))
    text = re.search(r'name="summary"[^>]*>\s*([^<]*)</textarea>', page)
    assert text is not None
    sent = now_said | {"summary": text[1], "rules": "空腹来，带身份证。", "place": "福民路 14 号"}
    sent |= {"starts_at": at(5, 9), "ends_at": at(5, 11), "closes_at": at(4, 9), "cancel_until": at(4, 9)}
    assert "结束要在开始以后" in words(desk.post(path, sent | {"ends_at": at(5, 8)}))
    assert "告诉了 1 个报了名的人" in words(desk.post(path, sent, follow=True))
    again = words(desk.post(path, sent, follow=True))
    assert ("改好了" in again, "告诉了" in again) == (True, False)
    stale = desk.post(path, sent | {"title": "体检"})
    assert (stale.status_code, "别人刚改过" in words(stale)) == (422, True)
    assert "活动上现在写的是： 叫什么 免费体检 看过了" in words(stale), "and nothing of what is the same"
    looked = re.search(r'name="seen"[^>]*? value="(\w+)"', stale.text)
    assert looked is not None
    assert "改好了" in words(desk.post(path, sent | {"title": "体检", "seen": looked[1]}, follow=True))
    told = db_session.scalars(sa.select(Notice.body).where(Notice.kind == "activity.moved")).all()
    assert len(told) == 1
    assert "福民路 14 号" in told[0]
    assert Desk(app).sign_in("S2").get(path).status_code == 404
    assert db_session.get_one(Activity, ours).title == "体检"


def test_a_group_is_added_to_what_was_announced_once(
    app: Flask, ours: uuid.UUID, client: FlaskClient, sign_in: SignIn, db_session: Session
) -> None:
    for _ in range(2):
        sign_up(client, sign_in, ours)
    desk, path = Desk(app).sign_in("S1"), f"/console/activities/{ours}/groups/new"
    assert "满了可以排队，和别的组一样" in words(desk.get(path))
    assert "已经有一组叫这个" in words(desk.post(path, {"name": "所有人", "seats": "3"}))
    sent = {"name": "外卖和快递", "seats": "3", "work": ["food_delivery"], "once": str(uuid.uuid4())}
    assert "加好了" in words(desk.post(path, sent, follow=True))
    desk.post(path, sent)
    groups = client.get(f"/api/v1/activities/{ours}").json["groups"]
    assert [(one["name"], one["seats_left"]) for one in groups] == [("所有人", 0), ("外卖和快递", 3)]
    (added,) = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "activity.add_group"))
    assert (added.actor, added.subject_id) == ("staff:S1", str(ours))
    waiting = db_session.scalars(sa.select(SeatClaim.state)).all()
    assert sorted(waiting) == ["signed", "waiting"], "nobody was moved"
    assert Desk(app).sign_in("S2").get(path).status_code == 404
