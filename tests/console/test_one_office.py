"""Who is nobody's member is looked after by one office: the others neither list nor open anything of theirs."""

import io
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import transaction
from server.identity.models import DeskRequest, DeskState
from server.me import accounts
from server.notices.models import StaffNotice
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion, WorkerOffice
from server.unions.service import admit, change_state
from server.unions.vocabulary import MembershipState, UnionKind
from tests.cases.files.conftest import jpeg
from tests.desk import Desk, desk_of, words
from tests.me.test_verification import body_of
from tests.people import Person, person
from tests.rosters import make_union
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff, make_street, put_on_duty

HERE, BESIDE, BEYOND = "440304011", "440304001", "440307012"
ASKED = person(1)


@dataclass(frozen=True)
class Town:
    """Two districts: of the one, 福田, two streets, of the other one street."""

    here: TradeUnion
    desks: Mapping[str, Desk]
    """Who verifies and corrects: `here`, `beside`, `district`, `beyond`, `other_district`."""

    @property
    def others(self) -> list[Desk]:
        """Those for whom nothing of the first street is."""
        return [self.desks[name] for name in ("beside", "beyond", "other_district")]


@pytest.fixture
def town(app: Flask) -> Town:
    other = _other_district()
    unions = {
        "here": make_street(HERE),
        "beside": make_street(BESIDE),
        "district": make_district(),
        "beyond": make_union(f"GH{BEYOND}", area_code=BEYOND, under=other),
        "other_district": other,
    }
    with transaction() as session:
        session.execute(sa.update(TradeUnion).where(TradeUnion.area_code == BEYOND).values(kind=UnionKind.STREET))
    desks = {name: desk_of(app, f"AT-{name}".upper(), "worker_desk", union=union) for name, union in unions.items()}
    return Town(unions["here"], desks)


def _other_district() -> TradeUnion:
    with transaction() as session:
        made = TradeUnion(code="GH440307", name="别的区总工会", kind=UnionKind.DISTRICT, area_code="440307")
        session.add(made)
    return made


def ask(client: FlaskClient, headers: Headers, who: Person = ASKED, **more: Any) -> uuid.UUID:
    """Be verified by hand; the id of what waits."""
    answer = client.post("/api/v1/me/verification", json=body_of(who, **more), headers=headers)
    assert answer.get_json()["state"] == "manual", answer.get_json()
    return request_of(client, headers).id


def request_of(client: FlaskClient, headers: Headers) -> DeskRequest:
    with client.application.app_context(), transaction() as session:
        found: DeskRequest = session.scalars(
            sa.select(DeskRequest).where(
                DeskRequest.worker_id == headers.worker_id, DeskRequest.state != DeskState.REPLACED
            )
        ).one()
        return found


def office_told(client: FlaskClient, headers: Headers) -> str:
    code: str = client.get("/api/v1/me", headers=headers).get_json()["office"]["code"]
    return code


def lists(desk: Desk, request_id: uuid.UUID) -> bool:
    return str(request_id) in desk.get("/console/verification").text


def test_a_request_is_listed_and_opened_where_the_street_was_named_and_above_alone(
    client: FlaskClient, town: Town, sign_in: SignIn
) -> None:
    worker = sign_in(Level.L1)
    waiting = ask(client, worker, area=HERE)
    assert office_told(client, worker) == f"GH{HERE}"
    for desk in (town.desks["here"], town.desks["district"]):
        assert lists(desk, waiting)
        assert "1 实名认证等核对" in words(desk.get("/console/"))
        assert ASKED.id_number in words(desk.get(f"/console/verification/{waiting}"))
    for desk in town.others:
        assert not lists(desk, waiting)
        assert "实名认证等核对" not in words(desk.get("/console/"))
        refused(desk, waiting)


def refused(desk: Desk, waiting: uuid.UUID, photo: str = "01a216bd-0000-7000-8000-000000000000") -> None:
    path = f"/console/verification/{waiting}"
    for page in ("", "/conflict", f"/photos/{photo}", f"/photos/{photo}/picture"):
        answer = desk.get(path + page)
        assert answer.status_code == 403, page
        assert ASKED.id_number not in answer.text
    for act, typed in (("approve", {}), ("want", {"words": "拍一张"}), ("refuse", {"note": "不对"})):
        assert desk.post(f"{path}/{act}", dict[str, object](typed)).status_code == 403, act


def test_photos_are_for_that_office_alone(client: FlaskClient, town: Town, sign_in: SignIn) -> None:
    worker = sign_in(Level.L1)
    waiting = ask(client, worker, area=HERE)
    town.desks["here"].post(f"/console/verification/{waiting}/want", {"words": "请拍一张证件正面"})
    files = {"file": (io.BytesIO(jpeg()), "photo.jpg")}
    photo = client.post("/api/v1/attachments", data=files, headers=dict(worker)).get_json()["id"]
    sent = client.post("/api/v1/me/verification/evidence", json={"attachments": [{"id": photo}]}, headers=worker)
    assert sent.status_code == 200
    picture = f"/console/verification/{waiting}/photos/{photo}/picture"
    assert town.desks["here"].get(picture).status_code == 200
    for desk in town.others:
        refused(desk, waiting, photo)
    assert request_of(client, worker).state is DeskState.OPEN


def test_without_a_street_it_lies_with_the_union_that_is_named_for_nobodys(
    client: FlaskClient, town: Town, sign_in: SignIn
) -> None:
    worker = sign_in(Level.L1)
    waiting = ask(client, worker)
    assert office_told(client, worker) == "GH440304"
    assert lists(town.desks["district"], waiting)
    for desk in (town.desks["here"], *town.others):
        assert not lists(desk, waiting)
        refused(desk, waiting)


def test_a_street_that_there_is_not_is_refused_and_nothing_waits(
    client: FlaskClient, sign_in: SignIn, db_session: Session
) -> None:
    worker = sign_in(Level.L1)
    answer = client.post("/api/v1/me/verification", json=body_of(ASKED, area="440304999"), headers=worker)
    assert answer.status_code == 422
    assert answer.get_json()["errors"]["area"] == ["没有这个街道或社区"]
    assert db_session.scalars(sa.select(DeskRequest)).all() == []


def test_asked_again_for_another_street_it_moves_and_keeps_its_place(
    client: FlaskClient, town: Town, sign_in: SignIn
) -> None:
    worker = sign_in(Level.L1)
    waiting = ask(client, worker, area=HERE)
    assert ask(client, worker, area=BEYOND) == waiting
    assert lists(town.desks["beyond"], waiting)
    assert lists(town.desks["other_district"], waiting)
    refused(town.desks["here"], waiting)
    refused(town.desks["district"], waiting)


def test_a_members_request_is_for_their_union_whatever_street_is_named(
    client: FlaskClient, town: Town, sign_in: SignIn, db_session: Session
) -> None:
    worker = sign_in(Level.L1)
    with transaction() as session:
        admit(session, worker_id=worker.worker_id, union=town.here)
    waiting = ask(client, worker, area=BEYOND)
    assert lists(town.desks["here"], waiting)
    refused(town.desks["beyond"], waiting)
    assert db_session.scalars(sa.select(WorkerOffice)).all() == []


def test_whoever_comes_with_the_paper_is_received_told_and_then_looked_after_there(
    client: FlaskClient, town: Town, sign_in: SignIn, db_session: Session
) -> None:
    worker = sign_in(Level.L1)
    waiting = ask(client, worker, area=HERE)
    beyond = town.desks["beyond"]
    page = beyond.post("/console/accounts/received", {"shown": f" {ASKED.id_number.lower()} "})
    assert f"/console/verification/{waiting}" in page.text
    assert ASKED.name not in words(page)
    assert ASKED.id_number not in page.text.upper()
    assert lists(beyond, waiting)
    refused(town.desks["here"], waiting)
    assert office_told(client, worker) == f"GH{BEYOND}"
    (notice,) = client.get("/api/v1/notices", headers=worker).get_json()["items"]
    assert notice["title"] == "你的事换了一个工会来办"
    moved = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "account.taken_in")).one()
    assert (moved.actor, moved.subject_id) == ("staff:AT-BEYOND", str(worker.worker_id))
    assert moved.detail == {"from": f"GH{HERE}", "to": f"GH{BEYOND}"}
    # A second time there is nothing to move and nothing to tell.
    beyond.post("/console/accounts/received", {"shown": ASKED.id_number})
    assert len(client.get("/api/v1/notices", headers=worker).get_json()["items"]) == 1
    beyond.post(f"/console/verification/{waiting}/approve")
    assert client.get("/api/v1/me", headers=worker).get_json()["level"] == "L2"


def test_what_waited_before_numbers_had_a_digest_is_found_once_they_are_filled_in(
    app: Flask, client: FlaskClient, town: Town, sign_in: SignIn
) -> None:
    worker, decided = sign_in(Level.L1), sign_in(Level.L1)
    waiting, over = ask(client, worker, area=HERE), ask(client, decided, person(2), area=HERE)
    town.desks["here"].post(f"/console/verification/{over}/refuse", {"note": "看不清"})
    with transaction() as session:
        session.execute(sa.update(DeskRequest).values(id_number_hmac=None))
    beyond = town.desks["beyond"]
    assert "没有找到归你管的账号" in words(beyond.post("/console/accounts/received", {"shown": ASKED.id_number}))
    for filled in (1, 0):
        assert f"补上了 {filled} 件" in app.test_cli_runner().invoke(args=["verification", "findable"]).output
    page = beyond.post("/console/accounts/received", {"shown": ASKED.id_number})
    assert f"/console/verification/{waiting}" in page.text
    assert request_of(client, decided).id_number_hmac is None
    refused(town.desks["here"], waiting)


def test_who_knows_only_the_phone_gets_no_request_and_no_verified_account(
    client: FlaskClient, town: Town, sign_in: SignIn, db_session: Session
) -> None:
    waits, verified, bare = sign_in(Level.L1), sign_in(Level.L2), sign_in(Level.L1)
    ask(client, waits, area=HERE)
    beyond = town.desks["beyond"]
    for worker in (waits, verified):
        page = beyond.post("/console/accounts/received", {"shown": worker.person.phone})
        assert "没有找到归你管的账号" in words(page)
    page = beyond.post("/console/accounts/received", {"shown": bare.person.phone})
    assert str(bare.worker_id) in page.text
    offices = {one.worker_id: one.union_id for one in db_session.scalars(sa.select(WorkerOffice))}
    assert offices.keys() == {waits.worker_id, bare.worker_id}
    assert offices[waits.worker_id] == town.here.id
    searches = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "account.search")).all()
    assert [one.detail for one in searches] == [{"found": 0}, {"found": 0}, {"found": 1}]


def test_nobody_receives_another_unions_member_or_what_is_no_number(
    client: FlaskClient, town: Town, sign_in: SignIn
) -> None:
    worker = sign_in(Level.L2)
    with transaction() as session:
        admit(session, worker_id=worker.worker_id, union=town.here)
    beyond = town.desks["beyond"]
    page = beyond.post("/console/accounts/received", {"shown": worker.person.id_number})
    assert "没有找到归你管的账号" in words(page)
    assert office_told(client, worker) == f"GH{HERE}"
    wrong = beyond.post("/console/accounts/received", {"shown": "！"})
    assert wrong.status_code == 422
    assert "这不像证件号码" in words(wrong)
    # Found where they belong, without being moved.
    assert (
        str(worker.worker_id)
        in town.desks["here"].post("/console/accounts/received", {"shown": worker.person.id_number}).text
    )


def test_a_number_is_not_found_once_it_is_decided(client: FlaskClient, town: Town, sign_in: SignIn) -> None:
    worker = sign_in(Level.L1)
    waiting = ask(client, worker, area=HERE)
    town.desks["here"].post(f"/console/verification/{waiting}/refuse", {"note": "看不清"})
    page = town.desks["beyond"].post("/console/accounts/received", {"shown": ASKED.id_number})
    assert "没有找到归你管的账号" in words(page)
    assert request_of(client, worker).id_number_hmac is None


def test_accounts_corrections_and_what_takes_two_are_for_that_office_alone(
    client: FlaskClient, town: Town, sign_in: SignIn
) -> None:
    worker = sign_in(Level.L2)
    assert client.put("/api/v1/me/work", json={"work_area": HERE}, headers=worker).status_code == 200
    asked = client.post("/api/v1/me/corrections", json={"text": "名字里有一个字错了"}, headers=worker).get_json()["id"]
    here = town.desks["here"]
    account, correction = f"/console/accounts/{worker.worker_id}", f"/console/corrections/{asked}"
    assert here.get(account).status_code == 200
    assert asked in here.get("/console/corrections").text
    here.post(f"{account}/seen")
    assert "当面核实" in words(here.get("/console/acts"))
    act = accounts.proposed(number="AT-HERE")[0].id
    for desk in town.others:
        assert str(worker.worker_id) not in desk.post("/console/accounts", {"phone": worker.person.phone}).text
        assert desk.get(account).status_code == 403
        for name in ("seen", "freeze", "release", "unfreeze", "pin"):
            assert desk.post(f"{account}/{name}").status_code == 403, name
        assert asked not in desk.get("/console/corrections").text
        assert desk.get(correction).status_code == 403
        assert str(act) not in desk.get("/console/acts").text
        assert desk.post(f"/console/acts/{act}/confirm").status_code == 403


def test_who_has_died_stays_with_their_union_and_who_left_goes_to_the_office_for_nobodys(
    client: FlaskClient, town: Town, sign_in: SignIn
) -> None:
    dead, gone = sign_in(Level.L2), sign_in(Level.L2)
    with transaction() as session:
        for worker in (dead, gone):
            admit(session, worker_id=worker.worker_id, union=town.here)
    change_state(worker_id=dead.worker_id, target=MembershipState.DECEASED, actor="system")
    change_state(worker_id=gone.worker_id, target=MembershipState.LEFT, actor="system")
    assert town.desks["here"].get(f"/console/accounts/{dead.worker_id}").status_code == 200
    assert town.desks["here"].get(f"/console/accounts/{gone.worker_id}").status_code == 403
    assert town.desks["district"].get(f"/console/accounts/{gone.worker_id}").status_code == 200
    for desk in town.others:
        for worker in (dead, gone):
            assert desk.get(f"/console/accounts/{worker.worker_id}").status_code == 403
            desk.post("/console/accounts/received", {"shown": dead.person.id_number})
    assert town.desks["here"].get(f"/console/accounts/{dead.worker_id}").status_code == 200


def test_a_desk_hands_a_person_on_and_sees_nothing_more(
    client: FlaskClient, town: Town, sign_in: SignIn, db_session: Session
) -> None:
    worker = sign_in(Level.L1)
    waiting = ask(client, worker, area=HERE)
    there = make_staff("D-BEYOND", "worker_desk", union=union_at(BEYOND))
    put_on_duty(there, DutyKind.DESK, union_at(BEYOND))
    put_on_duty(make_staff("H-BEYOND", "office_head", union=union_at(BEYOND)), DutyKind.DESK, union_at(BEYOND))
    here, account = town.desks["here"], f"/console/accounts/{worker.worker_id}"
    asked = {"to": f"GH{BEYOND}", "why": "there"}
    assert account in here.get(f"/console/verification/{waiting}").text
    for desk in town.others:
        assert desk.post(f"{account}/hand-on", dict[str, object](asked)).status_code == 403
    for wrong, said in (
        ({"to": "GH000"}, "请从列出的工会里选一个"),
        ({"why": ""}, "请选一个"),
        ({"to": f"GH{HERE}"}, "已经归这个工会办了"),
    ):
        refusal = here.post(f"{account}/hand-on", dict[str, object](asked | wrong))
        assert refusal.status_code == 422
        assert said in words(refusal)
    assert lists(here, waiting)
    done = words(here.post(f"{account}/hand-on", dict[str, object](asked), follow=True))
    assert f"转给{union_at(BEYOND).name}了" in done
    assert lists(town.desks["beyond"], waiting)
    for name in ("here", "beside", "district"):
        refused(town.desks[name], waiting)
        assert town.desks[name].get(account).status_code == 403
    moved = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "account.handed_on")).one()
    assert (moved.actor, moved.subject_id) == ("staff:AT-HERE", str(worker.worker_id))
    assert moved.detail == {"from": f"GH{HERE}", "to": f"GH{BEYOND}", "why": "there"}
    told = list(db_session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "account.handed_on")))
    links = {one.staff_no: one.link for one in told}
    assert links == {"D-BEYOND": f"/accounts/{worker.worker_id}", "H-BEYOND": ""}, "who may not open it is led nowhere"
    assert all("在那边住或者干活" in one.text for one in told)
    (notice,) = client.get("/api/v1/notices", headers=worker).get_json()["items"]
    assert union_at(BEYOND).name in notice["body"]
    # They are no longer this office's to give.
    assert here.post(f"{account}/hand-on", {"to": f"GH{BESIDE}", "why": "there"}).status_code == 403


def test_a_member_is_not_handed_on(client: FlaskClient, town: Town, sign_in: SignIn, db_session: Session) -> None:
    worker = sign_in(Level.L2)
    with transaction() as session:
        admit(session, worker_id=worker.worker_id, union=town.here)
    here, account = town.desks["here"], f"/console/accounts/{worker.worker_id}"
    assert "转给别的工会" not in here.get(account).text
    refusal = here.post(f"{account}/hand-on", {"to": f"GH{BEYOND}", "why": "asked"})
    assert refusal.status_code == 422
    assert "归他自己的工会管" in words(refusal)
    assert db_session.scalars(sa.select(WorkerOffice)).all() == []
    assert here.get(account).status_code == 200


def union_at(area: str) -> TradeUnion:
    with transaction() as session:
        found: TradeUnion = session.scalars(sa.select(TradeUnion).where(TradeUnion.code == f"GH{area}")).one()
        return found
