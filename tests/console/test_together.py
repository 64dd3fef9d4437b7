"""One step for many cases: what is read of each, hints that somebody asks twice, and what becomes of each."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from server.cases import working
from server.cases.models import Case
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.identity.listed import ListedMember
from server.identity.models import Worker
from server.identity.papers import IdType, read_id_number
from server.unions.models import TradeUnion
from server.unions.service import membership_of
from tests.cases.conftest import FRIDAY
from tests.console.conftest import Send, enrol
from tests.desk import Desk, desk_of, words
from tests.people import person
from tests.rosters import list_members
from tests.sign_in import Headers, SignIn
from tests.staff import make_street

LIST = "/console/cases/together/join_union/approve"


@pytest.fixture
def street(app: Flask) -> TradeUnion:
    return make_street("440304011")


@pytest.fixture
def clerk(app: Flask, street: TradeUnion) -> Desk:
    return desk_of(app, "S0001", "street_worker", union=street)


def join(sign_in: SignIn, send: Send, number: int) -> tuple[str, Headers]:
    headers = sign_in(Level.L2, who=person(number))
    statement = {"name": person(number).name, "agreed": True}
    return send(headers, "join_union", answers={"statement": statement, "employment": "employed"}), headers


def boxes(desk: Desk, path: str = LIST) -> list[str]:
    return re.findall(r'name="case" value="([^"]+)"', desk.get(path).text)


def state_of(no: str) -> str:
    db.session.rollback()
    return db.session.scalars(sa.select(Case.state).where(Case.no == no)).one()


def test_all_that_are_ticked_become_members_and_nobody_else(clerk: Desk, sign_in: SignIn, send: Send) -> None:
    (first, one), (second, two), (third, _) = [join(sign_in, send, number) for number in (3, 4, 5)]
    ticked = boxes(clerk)
    assert [box.partition(":")[0] for box in ticked] == [first, second, third]
    said = words(clerk.post(LIST, {"case": ticked[:2]}))
    assert "办好 2 件" in said
    assert [state_of(no) for no in (first, second, third)] == ["approved", "approved", "submitted"]
    assert membership_of(db.session(), one.worker_id) is not None
    assert membership_of(db.session(), two.worker_id) is not None


def test_what_has_to_be_read_stands_in_the_row_and_the_look_is_recorded(
    clerk: Desk, sign_in: SignIn, send: Send
) -> None:
    no, _ = join(sign_in, send, 3)
    seen = words(clerk.get(LIST))
    assert person(3).name in seen
    assert "演示配送站" in seen
    assert person(3).id_number not in seen
    case_id = db.session.scalars(sa.select(Case.id).where(Case.no == no)).one()
    look = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.read_list")).one()
    assert (look.actor, look.detail["cases"]) == ("staff:S0001", [str(case_id)])


def test_who_was_slower_is_told_of_that_one_and_the_others_are_done(clerk: Desk, sign_in: SignIn, send: Send) -> None:
    (changed, _), (plain, _) = [join(sign_in, send, number) for number in (3, 4)]
    ticked = boxes(clerk)
    working.staff_step(no=changed, code="ask_more", staff_no="S0001", text="请补工牌照片。")
    said = words(clerk.post(LIST, {"case": ticked}))
    assert "有 1 件没有办成" in said
    assert "刚刚有人改过" in said
    assert (state_of(changed), state_of(plain)) == ("need_more", "approved")


def test_a_second_click_does_nothing_a_second_time(clerk: Desk, sign_in: SignIn, send: Send) -> None:
    no, _ = join(sign_in, send, 3)
    ticked = boxes(clerk)
    for _ in range(2):
        assert "办好 1 件" in words(clerk.post(LIST, {"case": ticked}))
    made = db.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action == "case.approve", AuditEvent.actor == "staff:S0001")
    ).all()
    assert state_of(no) == "approved"
    assert len(made) == 1


def test_cases_of_another_street_are_neither_listed_nor_done(
    app: Flask, clerk: Desk, sign_in: SignIn, send: Send
) -> None:
    no, _ = join(sign_in, send, 3)
    other = desk_of(app, "S0002", "street_worker", union=make_street("440304010"))
    assert boxes(other) == []
    assert "没有找到，或者不归你办" in words(other.post(LIST, {"case": f"{no}:1"}))
    assert state_of(no) == "submitted"


@pytest.mark.parametrize("path", [LIST.replace("approve", "refuse"), LIST.replace("join_union", "grievance")])
def test_other_steps_are_not_made_for_many(clerk: Desk, sign_in: SignIn, send: Send, path: str) -> None:
    no, _ = join(sign_in, send, 3)
    assert clerk.get(path).status_code == 404
    assert clerk.post(path, {"case": f"{no}:1"}).status_code == 404
    assert state_of(no) == "submitted"


def test_only_those_whom_it_concerns_are_led_there(app: Flask, clerk: Desk) -> None:
    assert "一起办：同意入会" in words(clerk.get("/console/cases"))
    assert "一起办" not in words(desk_of(app, "L0001", "legal_coordinator").get("/console/cases"))


def test_a_phone_that_a_member_or_another_applicant_has_is_hinted_at(
    clerk: Desk, street: TradeUnion, sign_in: SignIn, send: Send
) -> None:
    join(sign_in, send, 3), join(sign_in, send, 4)
    _, member = join(sign_in, send, 5)
    enrol(member, street)
    phones = db.session.scalars(sa.select(Worker.phone)).all()
    with transaction() as session:
        # Of one household: the first two, and later the member too.
        for worker in session.scalars(sa.select(Worker).where(Worker.name.is_not(None))):
            if worker.name in (person(3).name, person(4).name):
                worker.phone, worker.phone_hmac = "13800000001", b"one phone".ljust(32)
    seen = words(clerk.get(LIST))
    assert seen.count("另一件没办完的申请也用这个手机号") == 2
    assert not any(phone and phone in seen for phone in phones)
    with transaction() as session:
        session.execute(
            sa.update(Worker).where(Worker.id == member.worker_id).values(phone_hmac=b"one phone".ljust(32))
        )
    assert words(clerk.get(LIST)).count("另一位会员也用这个手机号") == 2


def test_a_number_on_another_unions_roster_and_a_namesake_are_hinted_at(
    clerk: Desk, sign_in: SignIn, send: Send
) -> None:
    join(sign_in, send, 3)
    elsewhere = make_street("440304010")

    def listed(number: str, name: str) -> None:
        read = read_id_number(IdType.RESIDENT_ID, number, today=FRIDAY.date(), allow_synthetic=True)
        with transaction() as session:
            list_members(session, ListedMember(number=read, name=name, union_id=elsewhere.id))

    listed(person(9).id_number, person(3).name)
    assert "名册上有同名的人，证件号不一样" in words(clerk.get(LIST))
    listed(person(3).id_number, person(3).name)
    assert f"同一个证件号在“{elsewhere.name}”的名册上" in words(clerk.get(LIST))


def test_who_has_joined_elsewhere_before_is_not_ticked_with_the_others(
    clerk: Desk, sign_in: SignIn, send: Send
) -> None:
    headers = sign_in(Level.L2, who=person(3))
    answers = {
        "statement": {"name": person(3).name, "agreed": True},
        "employment": "employed",
        "former": True,
        "former_union": "东莞的厂工会",
    }
    no = send(headers, "join_union", answers=answers)
    listed = clerk.get(LIST)
    assert "把会籍接过来" in words(listed)
    assert "东莞的厂工会" in words(listed)
    assert "data-plain>" not in listed.text
    assert "把会籍接过来" in words(clerk.get(f"/console/cases/{no}"))
