"""Members as their union's staff see them, what is opened about one, and whose term ends."""

import uuid
from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases.models import Case
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.clock import SHANGHAI, today
from server.core.db import db, transaction
from server.unions.models import Membership, TradeUnion
from server.unions.service import admit, change_state
from server.unions.vocabulary import MembershipState
from tests.desk import Desk, desk_of, words
from tests.people import person
from tests.rosters import make_union
from tests.sign_in import Headers, SignIn
from tests.staff import make_district

RIDER, OTHER = person(3), person(4)


@pytest.fixture
def union(app: Flask) -> TradeUnion:
    app.extensions["warmbee_services"].kept.clear()
    return make_union("GH440304-U01", area_code="440304", under=make_district())


@pytest.fixture
def rider(union: TradeUnion, sign_in: SignIn) -> Headers:
    """A member of that union; somebody else is one next door."""
    next_door = make_union("GH440307-U01", area_code="440307")
    found = sign_in(Level.L2, who=RIDER)
    with transaction() as session:
        admit(session, worker_id=found.worker_id, union=union)
        admit(session, worker_id=sign_in(Level.L2, who=OTHER).worker_id, union=next_door)
    return found


@pytest.fixture
def chair(app: Flask, union: TradeUnion) -> Desk:
    return desk_of(app, "CHAIR", "base_chair", union=union)


def membership_of(who: Headers) -> Membership:
    db.session.rollback()
    return db.session.scalars(sa.select(Membership).where(Membership.worker_id == who.worker_id)).one()


def looks(action: str) -> int:
    db.session.rollback()
    found = sa.select(sa.func.count()).where(AuditEvent.action == action, AuditEvent.actor == "staff:CHAIR")
    return db.session.scalar(found) or 0


def test_a_list_shows_ones_own_members_masked_and_is_recorded(chair: Desk, rider: Headers) -> None:
    page = words(chair.get("/console/members"))
    assert membership_of(rider).number in page
    assert RIDER.name not in page
    assert page.count("入会") == 1, "nobody of the union next door"
    assert looks("membership.read_list") == 1
    assert "没有这样的会员" in words(chair.get("/console/members?state=left"))


def test_one_is_found_by_number_among_ones_own(chair: Desk, rider: Headers) -> None:
    mine = membership_of(rider)
    theirs = db.session.scalars(sa.select(Membership).where(Membership.worker_id != rider.worker_id)).one()
    chair.get("/console/members")
    found = chair.post("/console/members", {"number": f" {mine.number} "})
    assert found.location.endswith(f"/console/members/{mine.id}")
    assert "你管的工会里没有这个会员号" in words(chair.post("/console/members", {"number": theirs.number}))
    assert chair.get(f"/console/members/{theirs.id}").status_code == 403
    assert chair.get(f"/console/members/{uuid.uuid4()}").status_code == 404
    assert looks("membership.read") == 0


def test_what_the_union_opens_about_a_member_is_opened_once_and_reaches_them(
    chair: Desk, rider: Headers, client: object
) -> None:
    mine = membership_of(rider)
    path = f"/console/members/{mine.id}/review_membership"
    assert "提出来" in words(chair.get(f"/console/members/{mine.id}"))
    assert "本人马上收到消息" in words(chair.get(path))
    nothing = chair.post(path, {})
    assert nothing.status_code == 422
    given = {"q_change": "lapsed", "q_ground": "半年没参加活动，打过两次电话。", "once": str(uuid.uuid4())}
    sent = [chair.post(path, given) for _ in range(2)]
    assert [one.status_code for one in sent] == [303, 303]
    case = db.session.scalars(sa.select(Case).where(Case.service == "review_membership")).one()
    assert sent[0].location.endswith(f"/console/cases/{case.no}")
    assert f"在办：{case.no}" in words(chair.get(f"/console/members/{mine.id}"))
    assert "在办" in words(chair.post(path, {**given, "once": str(uuid.uuid4())}))
    assert "工会写的" in words(chair.get(f"/console/cases/{case.no}"))


def test_of_whoever_left_the_page_tells_how_it_went_and_offers_nothing(chair: Desk, rider: Headers) -> None:
    change_state(worker_id=rider.worker_id, target=MembershipState.LEFT, actor="system", reason="回老家")
    page = words(chair.get(f"/console/members/{membership_of(rider).id}"))
    assert "已退会" in page
    assert "回老家" in page
    assert "提出来" not in page


def test_the_unions_of_ones_own_whose_term_ends_are_listed(app: Flask, union: TradeUnion) -> None:
    far = make_union("GH440307-U09", area_code="440307")
    with transaction() as session:
        for one, began in ((union, today().replace(year=today().year - 4)), (far, date(2019, 1, 1))):
            session.execute(sa.update(TradeUnion).where(TradeUnion.id == one.id).values(term_began=began, term_years=3))
    desk = desk_of(app, "D0001", "district_organisation")
    page = words(desk.get("/console/terms?within=0"))
    assert union.name in page
    assert "已到期" in page
    assert "GH440307-U09" not in page


def test_a_new_term_is_written_down_once_the_officers_were_elected(
    app: Flask, union: TradeUnion, freeze: Callable[[datetime], None]
) -> None:
    freeze(datetime(2026, 3, 13, 12, 0, tzinfo=SHANGHAI))
    far = make_union("GH440307-U09", area_code="440307")
    with transaction() as session:
        session.execute(sa.update(TradeUnion).values(term_began=date(2022, 3, 14), term_years=3))
    desk = desk_of(app, "D0001", "district_organisation")
    path = f"/console/terms/{union.code}"
    assert "到期要换届的工会" in words(desk.get("/console/"))
    assert "2022-03-14" in words(desk.get(path))
    for began, years, told in (
        ("2026-03-14", "3", "选举的日子还没到"),
        ("2022-03-13", "3", "以后"),
        ("2026-03-12", "4", ""),
        ("", "5", "请选日期"),
    ):
        refused = desk.post(path, {"began": began, "years": years})
        assert (refused.status_code, told in words(refused)) == (422, True)
    done = desk.post(path, {"began": "2026-03-12", "years": "5"})
    assert (done.status_code, done.location) == (303, "/console/terms")
    assert f"{union.name}的新一届记下了" in words(desk.get("/console/terms"))
    assert union.name not in words(desk.get("/console/terms?within=365"))
    assert desk.post(f"/console/terms/{far.code}", {"began": "2026-03-12", "years": "5"}).status_code == 403
    db.session.rollback()
    terms = dict(db.session.execute(sa.select(TradeUnion.code, TradeUnion.term_years)).all())
    assert (terms[union.code], terms[far.code]) == (5, 3)
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "unions.term")).one()
    assert event.detail == {"code": union.code, "began": "2026-03-12", "years": 5}
