"""A list that a unit sent: each person is asked first, told twice at most, and only a yes makes a member."""

import io
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.core.access import Level
from server.core.db import db, transaction
from server.core.jobs import run_worker
from server.core.signals import membership_changed
from server.identity.models import Worker
from server.me import inviting
from server.notices.models import Notice, StaffNotice
from server.unions import invitations
from server.unions.lists import reading
from server.unions.lists import service as lists
from server.unions.lists.models import MembershipInvitation
from server.unions.lists.roster_import import take_at_once
from server.unions.lists.vocabulary import InvitationAnswer, ListKind
from server.unions.models import Membership, TradeUnion
from server.unions.service import admit, change_state
from server.unions.staff.scope import Scope
from server.unions.vocabulary import MembershipState
from tests.desk import Desk
from tests.me.test_verification import body_of
from tests.people import Person, person
from tests.rosters import make_union, put_on_roster
from tests.sign_in import SignIn
from tests.staff import make_district
from tests.standins import StandIn
from tests.unions.inviting import CODE, NOON, OTHER, Send, answer, me, report, told
from tests.unions.inviting import desk as desk
from tests.unions.inviting import send as send
from tests.unions.inviting import union as union


def test_who_is_verified_is_asked_and_a_yes_makes_a_member(
    desk: Desk, client: FlaskClient, sign_in: SignIn, send: Send, union: TradeUnion
) -> None:
    who = sign_in(Level.L2, who=person(1))
    assert me(client, who)["invitation"] is None
    send(person(1), person(2))
    asked = me(client, who)
    assert asked["invitation"] == {"union": {"code": CODE, "name": union.name}, "put_off": False}
    assert asked["membership"] is None
    assert client.get("/api/v1/me/card", headers=who).json["code"] == "answer_first"
    inviting.ask_listed()
    inviting.ask_listed()
    assert told(who) == ["有单位把你报进了会员名单"]
    done = answer(client, who, "join").json
    assert (done["invitation"], done["membership"]["union"]["code"]) == (None, CODE)
    assert client.get("/api/v1/me/card", headers=who).status_code == 200
    assert answer(client, who, "join").status_code == 200, "a second tap"
    assert answer(client, who, "decline").json["code"] == "answered_already"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Membership)) == 1
    page = report(desk)
    assert "已经是会员 0 人，要问本人 2 人" in page
    assert "愿意，入会了 1 人" in page
    assert "没有入会（还没有答，或不愿意） 1 人" in page


def test_who_verifies_later_is_asked_then_and_a_register_does_not_ask(
    client: FlaskClient, sign_in: SignIn, send: Send, union: TradeUnion
) -> None:
    send(person(1))
    put_on_roster(person(2), union=union)
    for one, member in ((person(1), False), (person(2), True)):
        who = sign_in(Level.L1)
        verified = client.post("/api/v1/me/verification", json=body_of(one), headers=who).json
        assert verified["state"] == "matched"
        mine = me(client, who)
        assert (mine["membership"] is not None, mine["invitation"] is None) == (member, member)


@pytest.mark.parametrize(("said", "line"), [("decline", "不愿意） 3 人"), ("not_me", "说不是本人 1 人")])
def test_a_no_makes_nobody_a_member_and_is_asked_once(
    desk: Desk, client: FlaskClient, sign_in: SignIn, send: Send, said: str, line: str
) -> None:
    who = sign_in(Level.L2, who=person(1))
    send(person(2), person(1))
    assert answer(client, who, said).json["invitation"] is None
    # The same union may send its list again: what was said stands, and it is not asked again.
    send(person(3), person(2), person(1))
    assert me(client, who)["invitation"] is None
    inviting.ask_listed()
    assert told(who) == []
    page = report(desk)
    assert line in page
    assert ("第 4 行" in page) == (said == "not_me")
    assert person(1).id_number not in page
    notices = db.session.scalars(sa.select(StaffNotice.text).where(StaffNotice.staff_no == "D0001")).all()
    assert [("第 3 行" in one) for one in notices] == ([True] if said == "not_me" else [])
    assert db.session.scalar(sa.select(Membership.id)) is None
    assert answer(client, who, "join").json["code"] == "answered_already"


def test_what_one_person_said_cannot_be_read_off_a_list_with_one_name(
    desk: Desk, client: FlaskClient, sign_in: SignIn, send: Send
) -> None:
    who = sign_in(Level.L2, who=person(1))
    send(person(1))
    asked = report(desk)
    assert "不愿意） 1 人" in asked
    assert answer(client, who, "decline").status_code == 200
    assert report(desk) == asked
    send(person(1))
    assert "不愿意） 1 人" in report(desk)


def test_whom_the_register_has_is_not_asked_when_the_list_comes_again(
    desk: Desk,
    client: FlaskClient,
    sign_in: SignIn,
    send: Send,
    sms_standin: StandIn,
    union: TradeUnion,
    tmp_path: Path,
) -> None:
    def take_over(one: Person) -> None:
        file = tmp_path / "register.csv"
        file.write_text(f"姓名,证件号码,所属工会编码\n{one.name},{one.id_number},{CODE}\n")
        take_at_once(
            file, kind=ListKind.ROSTER, actor="cli:x", scope=Scope(frozenset({union.id}), ("440304",), upper=True)
        )

    take_over(person(821))
    send((person(821), person(821).phone), (person(822), person(822).phone), (person(823), person(823).phone))
    assert "已经是会员 1 人，要问本人 2 人" in report(desk)
    take_over(person(822))
    inviting.ask_listed()
    sent = {one["phone"] for one in sms_standin.messages()}
    assert sent & {person(number).phone for number in (821, 822, 823)} == {person(823).phone}
    for one, member in ((person(821), True), (person(822), True), (person(823), False)):
        who = sign_in(Level.L1)
        client.post("/api/v1/me/verification", json=body_of(one), headers=who)
        assert (me(client, who)["membership"] is not None) == member


def test_who_said_no_is_not_counted_as_asked_again(
    desk: Desk, client: FlaskClient, sign_in: SignIn, send: Send, freeze: Callable[[datetime], None]
) -> None:
    who = sign_in(Level.L2, who=person(1))
    send(person(1))
    answer(client, who, "decline")
    freeze(NOON + timedelta(minutes=1))
    send(person(1), person(2))
    assert "已经是会员 0 人，要问本人 1 人" in report(desk)


def test_who_cannot_answer_now_is_told_later(sign_in: SignIn, send: Send, freeze: Callable[[datetime], None]) -> None:
    who = sign_in(Level.L2, who=person(1))
    send(person(1))

    def become(level: Level) -> None:
        with transaction() as session:
            session.get_one(Worker, who.worker_id).level = level

    become(Level.L1)
    inviting.ask_listed()
    freeze(NOON + timedelta(days=8))
    become(Level.L2)
    inviting.ask_listed()
    assert told(who) == ["有单位把你报进了会员名单"]


def test_who_was_verified_while_the_list_was_read_is_told(
    sign_in: SignIn, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, verified = reading._read, []

    def read_and_verify(*asked: Any) -> None:
        read(*asked)
        verified.append(sign_in(Level.L2, who=person(1)))

    monkeypatch.setattr(reading, "_read", read_and_verify)
    send(person(1))
    inviting.ask_listed()
    assert told(verified[0]) == ["有单位把你报进了会员名单"]


def test_a_yes_while_an_application_makes_them_a_member_is_told_in_words_for_them(
    client: FlaskClient, sign_in: SignIn, send: Send, union: TradeUnion
) -> None:
    who = sign_in(Level.L2, who=person(1))
    send(person(1))

    def enrolled(_sender: Any, *, worker_id: uuid.UUID) -> None:
        admit(db.session(), worker_id=worker_id, union=union)

    with membership_changed.connected_to(enrolled):
        refused = answer(client, who, "join").json
    assert refused["code"] == "already_member"
    assert "你已经是会员了" in str(refused)


def test_another_union_asks_anew_and_what_was_asked_before_is_gone(
    client: FlaskClient, sign_in: SignIn, send: Send
) -> None:
    make_union(OTHER, area_code="440304", under=make_district())
    who = sign_in(Level.L2, who=person(1))
    send(person(1))
    assert answer(client, who, "decline").status_code == 200
    send(person(1), code=OTHER)
    assert me(client, who)["invitation"]["union"]["code"] == OTHER
    late = answer(client, who, "join")
    assert (late.status_code, late.json["code"]) == (409, "invitation_gone")
    assert answer(client, who, "join", union=OTHER).json["membership"]["union"]["code"] == OTHER
    send(person(2), code=OTHER)
    assert me(client, who)["membership"]["union"]["code"] == OTHER


def test_later_is_put_off_and_reminded_of_once(
    client: FlaskClient, sign_in: SignIn, send: Send, freeze: Callable[[datetime], None]
) -> None:
    who = sign_in(Level.L2, who=person(1))
    send(person(1))
    inviting.ask_listed()
    assert answer(client, who, "later").json["invitation"]["put_off"] is True
    freeze(NOON + timedelta(days=7, seconds=-1))
    inviting.ask_listed()
    assert len(told(who)) == 1
    for day in (8, 16, 24):
        freeze(NOON + timedelta(days=day))
        inviting.ask_listed()
    assert told(who) == ["有单位把你报进了会员名单", "还等你说一声：要不要入会"]
    assert answer(client, who, "join").json["membership"] is not None


def test_members_and_those_taken_off_are_not_asked(
    desk: Desk, client: FlaskClient, sign_in: SignIn, send: Send, union: TradeUnion
) -> None:
    member, left, gone = (sign_in(Level.L2, who=person(number)) for number in (1, 2, 3))
    with transaction() as session:
        for one in (member, left):
            admit(session, worker_id=one.worker_id, union=union)
    change_state(worker_id=left.worker_id, target=MembershipState.LEFT, actor="system")
    send(person(1), person(2), person(3))
    assert "已经是会员 1 人，要问本人 2 人" in report(desk)
    send(person(3), kind=ListKind.LEAVERS)
    assert db.session.scalars(sa.select(MembershipInvitation.worker_id)).all() == [left.worker_id]
    assert [me(client, one)["invitation"] is not None for one in (member, left, gone)] == [False, True, False]
    number = db.session.scalar(sa.select(Membership.number).where(Membership.worker_id == left.worker_id))
    assert answer(client, left, "join").json["membership"]["number"] == number, "the same for life"
    assert answer(client, member, "join").json["code"] == "invitation_gone"


def test_two_taps_and_a_new_list_at_the_same_moment_make_one_member(
    app: Flask, sign_in: SignIn, send: Send, union: TradeUnion
) -> None:
    who = sign_in(Level.L2, who=person(1))
    send(person(1))
    together = threading.Barrier(3)
    failures: list[str] = []

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            together.wait(timeout=20)
            try:
                act()
            except Exception as error:  # whatever it is, the test tells it
                failures.append(repr(error))

    def again() -> None:
        lists.ask(
            kind=ListKind.ROSTER,
            file=io.BytesIO(f"姓名,证件号码,所属工会编码\n{person(1).name},{person(1).id_number},{CODE}\n".encode()),
            is_csv=True,
            staff_no="D0001",
        )
        run_worker(app, wait=False, periodic_tasks=False)

    def yes() -> None:
        inviting.answer(worker_id=who.worker_id, union_code=CODE, said=InvitationAnswer.JOIN)

    threads = [threading.Thread(target=run, args=(act,)) for act in (yes, yes, again)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Membership)) == 1
    assert db.session.scalars(sa.select(MembershipInvitation.answer)).all() == [InvitationAnswer.JOIN]
    joined = sa.select(sa.func.count()).where(Notice.kind == "membership.joined")
    assert db.session.scalar(joined) == 1


def test_the_question_follows_the_number_and_not_the_account(client: FlaskClient, sign_in: SignIn, send: Send) -> None:
    who = sign_in(Level.L2, who=person(1))
    send(person(1))
    with transaction() as session:
        worker = session.get_one(Worker, who.worker_id)
        worker.level = Level.L1
        worker.name = worker.id_type = worker.id_number = worker.id_number_hmac = None
    inviting.ask_listed()
    assert told(who) == []
    assert me(client, who)["invitation"] is None
    assert answer(client, who, "join").status_code in {401, 403, 409}
    with db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM membership")) == 0
    assert invitations.open_invitation(db.session(), db.session.get_one(Worker, who.worker_id)) is None
