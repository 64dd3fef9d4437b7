"""An account for whom somebody typed the case: the paper is seen by two, and the case comes to money without any phone
page."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases import working
from server.cases.capabilities.models import CasePayment
from server.cases.models import RatingQuestion
from server.cases.proxies import receipts
from server.cases.proxies.models import CaseProxy
from server.cases.tasks import forget_secret_tries, lapse_cases
from server.core import clock
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.consents import in_force
from server.identity.models import Consent, ConsentKey, SignInWay, Worker
from server.identity.service import sign_in_by_phone
from server.identity.sessions import open_session
from server.me import closing
from tests.cases.aid import Office
from tests.cases.conftest import Desk as Commands
from tests.cases.proxies.accounts import ACCOUNT, PAPER, SOMEBODY, AidFor, accounts, ask, case_of
from tests.desk import Desk, desk_of, words
from tests.moments import at
from tests.people import id_number, person
from tests.sign_in import make_worker
from tests.staff import make_street

YEAR = timedelta(days=366)


def proxy_of(no: str) -> CaseProxy:
    return db.session.get_one(CaseProxy, case_of(no).id)


def decide(clerk: Desk, no: str, *, approve: bool = True) -> str:
    page = clerk.get(f"/console/cases/{no}/account")
    fields = dict(re.findall(r'name="(asked|version)" value="([^"]+)"', page.text))
    how = {"approve": "yes" if approve else "no"}
    return words(clerk.post(f"/console/cases/{no}/proposals/{ACCOUNT}", fields | how, follow=True))


def test_who_never_opens_the_phone_page_comes_to_the_money(
    app: Flask,
    client: FlaskClient,
    desks: tuple[Desk, Desk],
    aid_for: AidFor,
    desk: Commands,
    freeze: Callable[[Any], None],
) -> None:
    freeze(at("2026-11-27 09:00"))
    # A session does not last from one day to the next.
    one, other = (Desk(app).sign_in(number) for number in ("S1", "S2"))
    no = aid_for()
    office = Office(desk, no)
    office.file()
    office.do("S1", "visit", "两个人都看过了。")
    office.second("S2", "visit")
    office.do("S1", "street_agree", "属实。")
    office.second("S3", "street_agree")
    assert "给这位工友开账号" in office.refused("A1", "district_agree"), "nobody is known yet"
    seen = words(one.get(f"/console/cases/{no}"))
    assert "给这位工友开账号" in seen
    assert "姓名和证件号" in words(one.get(f"/console/cases/{no}/account"))
    assert ask(one, no, own_phone="y") == "提出来了"
    assert "你自己提的" in words(one.get(f"/console/cases/{no}/account"))
    assert SOMEBODY.id_number not in words(one.get(f"/console/cases/{no}")), "only where it is compared"
    assert "给工友开账号" in words(other.get("/console/decisions"))
    compared = words(other.get(f"/console/cases/{no}/account"))
    assert SOMEBODY.id_number in compared
    assert SOMEBODY.phone in compared
    assert "批准了" in decide(other, no)
    (worker,) = accounts()
    assert (worker.level, worker.name, worker.id_number, worker.phone) == (
        Level.L3,
        SOMEBODY.name,
        SOMEBODY.id_number,
        SOMEBODY.phone,
    )
    case, proxy = case_of(no), proxy_of(no)
    assert (case.worker_id, case.secret_digest) == (worker.id, None)
    assert (proxy.name, proxy.phone, proxy.phone_hmac, proxy.paper) == (None, None, None, None)
    given = set(db.session.scalars(sa.select(Consent.key).where(Consent.worker_id == worker.id)))
    assert {ConsentKey.IDENTITY, ConsentKey.TERMS, ConsentKey.CONTACT} <= given
    office.do("A1", "district_agree")
    freeze(at("2026-12-04 18:01"))
    lapse_cases()
    office.grant()
    office.do("F1", "pay")
    office.second("F2", "pay")
    paid = db.session.scalars(sa.select(CasePayment)).one()
    assert (paid.amount, paid.paid_at is not None) == (300_000, True)
    # Whenever she likes to look, the phone that rang before the staff opens it.
    token = sign_in_by_phone(phone=SOMEBODY.phone).session.token
    mine = client.get("/api/v1/me/cases", headers={"Authorization": f"Bearer {token}"}).json["items"]
    assert [(one["no"], one["state_name"]) for one in mine] == [(no, "钱发了")]
    acts = db.session.scalars(
        sa.select(AuditEvent.action).where(AuditEvent.actor == "staff:S2", AuditEvent.subject_kind != "staff_session")
    ).all()
    assert {"case.read_paper", "case.approve", "account.open"} <= set(acts)


def test_the_account_tells_its_worker_and_the_number_on_the_receipt_takes_nothing_over(
    client: FlaskClient, desks: tuple[Desk, Desk], aid_for: AidFor
) -> None:
    one, other = desks
    no = aid_for()
    ask(one, no)
    decide(other, no)
    (worker,) = accounts()
    assert worker.phone is None, "nobody said that it is theirs"
    assert proxy_of(no).phone == SOMEBODY.phone, "the only way to reach them"
    assert SOMEBODY.phone in words(one.get(f"/console/cases/{no}"))
    neighbour = make_worker(Level.L1, SOMEBODY)
    token = open_session(worker_id=neighbour.id, way=SignInWay.SMS).token
    headers = {"Authorization": f"Bearer {token}"}
    assert client.post("/api/v1/me/case-claims", json={"no": no}, headers=headers).status_code == 404
    token = open_session(worker_id=worker.id, way=SignInWay.SMS).token
    told = client.get("/api/v1/notices", headers={"Authorization": f"Bearer {token}"}).json["items"]
    assert [notice["title"] for notice in told] == ["工会给你开了账号"]


@pytest.mark.parametrize("level", [Level.L2, Level.L3])
def test_who_has_an_account_with_the_number_gets_no_second_one(
    desks: tuple[Desk, Desk], aid_for: AidFor, level: Level
) -> None:
    one, other = desks
    theirs = make_worker(level, SOMEBODY).id
    no = aid_for(phone=person(762).phone)
    assert ask(one, no, own_phone="y") == "提出来了"
    assert "批准了" in decide(other, no), "in the same words as where there was none"
    (worker,) = accounts()
    assert (worker.id, worker.level, worker.phone) == (theirs, Level.L3, SOMEBODY.phone)
    assert case_of(no).worker_id == theirs


def test_who_was_closing_the_account_keeps_it(desks: tuple[Desk, Desk], aid_for: AidFor) -> None:
    one, other = desks
    theirs = make_worker(Level.L2, SOMEBODY).id
    closing.start(worker_id=theirs)
    no = aid_for()
    ask(one, no)
    assert "批准了" in decide(other, no)
    assert case_of(no).worker_id == theirs
    assert closing.closing_of(db.session(), theirs) is None, "or the case would lose its worker, and the money with it"
    called_off = sa.select(AuditEvent.actor).where(AuditEvent.action == "account.closing_called_off")
    assert db.session.scalars(called_off).all() == ["system"], "the worker did not"


def test_whoever_has_an_account_by_now_is_asked_how_it_went_and_not_rung_up_first(
    desks: tuple[Desk, Desk], aid_for: AidFor
) -> None:
    one, other = desks
    no = aid_for()
    with transaction() as session:
        case = case_of(no)
        session.add(RatingQuestion(case_id=case.id, round=case.round, answered_at=clock.now(), ask_at=None))
    ask(one, no)
    decide(other, no)
    assert db.session.get_one(RatingQuestion, (case_of(no).id, case_of(no).round)).ask_at is not None


def test_the_phone_is_not_changed_while_a_second_person_compares_it(desks: tuple[Desk, Desk], aid_for: AidFor) -> None:
    one, other = desks
    no = aid_for()
    ask(one, no, own_phone="y")
    with transaction() as session:
        session.execute(sa.update(CaseProxy).values(wrong_number_at=clock.now()))
    with pytest.raises(Problem, match="paper_waits"):
        receipts.mend_phone(no=no, staff_no="S1", phone=person(763).phone)
    assert proxy_of(no).phone == SOMEBODY.phone
    decide(other, no, approve=False)
    receipts.mend_phone(no=no, staff_no="S1", phone=person(763).phone)
    assert proxy_of(no).phone == person(763).phone


def test_who_took_the_consent_back_is_known_again(desks: tuple[Desk, Desk], aid_for: AidFor) -> None:
    one, other = desks
    with transaction() as session:
        theirs = make_worker(Level.L2, SOMEBODY)
        session.execute(sa.update(Worker).values(level=Level.L1, name=None, id_number=None))
    no = aid_for()
    ask(one, no)
    decide(other, no)
    (worker,) = accounts()
    assert (worker.id, worker.name, worker.level) == (theirs.id, SOMEBODY.name, Level.L3)
    assert in_force(db.session(), worker_id=worker.id, key=ConsentKey.IDENTITY)


def test_a_phone_that_another_account_has_stays_with_it(desks: tuple[Desk, Desk], aid_for: AidFor) -> None:
    one, other = desks
    first = make_worker(Level.L1, SOMEBODY).id
    no = aid_for()
    ask(one, no, own_phone="y")
    decide(other, no)
    phones = {worker.id: worker.phone for worker in accounts()}
    assert phones == {first: SOMEBODY.phone, case_of(no).worker_id: None}


@pytest.mark.parametrize("how", ["another name", "frozen"])
def test_a_number_that_fits_no_account_is_for_the_district(desks: tuple[Desk, Desk], aid_for: AidFor, how: str) -> None:
    one, other = desks
    with transaction() as session:
        make_worker(Level.L2, SOMEBODY)
        changed = {"name": "测小蜂"} if how == "another name" else {"frozen_at": clock.now()}
        session.execute(sa.update(Worker).values(**changed))
    no = aid_for()
    ask(one, no)
    said = decide(other, no)
    assert "对不上" in said
    assert "测小蜂" not in said
    assert case_of(no).worker_id is None
    assert proxy_of(no).paper is not None, "it still waits"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"id_number": SOMEBODY.id_number[:-1] + "?"}, "18 位"),
        ({"id_number": id_number(3, birthday=date(2015, 1, 1))}, "还没满 16 周岁，不能通过"),
        ({"valid_to": "2020-01-01"}, "过期"),
        ({"agreed": ""}, "他同意了才能开"),
        ({"where": ""}, "请选一种"),
        ({"name": ""}, "请照证件填姓名"),
        ({"worker_group": ""}, "请选一样"),
    ],
)
def test_what_was_not_seen_or_said_is_refused(
    desks: tuple[Desk, Desk], aid_for: AidFor, typed: dict[str, str], said: str
) -> None:
    no = aid_for()
    assert said in ask(desks[0], no, **typed)
    assert proxy_of(no).paper is None


def test_no_account_is_opened_for_a_child_whose_number_does_not_tell_the_age(
    desks: tuple[Desk, Desk], aid_for: AidFor
) -> None:
    one, other = desks
    no = aid_for()
    permit = {"id_type": "hk_mo_pass", "id_number": "H99030412"}
    assert "证件上的出生日期" in words(one.get(f"/console/cases/{no}/account"))
    assert "请照证件填出生日期" in ask(one, no, **permit)
    for years, said in ((15, "还没满 16 周岁，不能通过"), (-1, "这个出生日期还没有到")):
        assert said in ask(one, no, **permit, born=str(clock.today() - years * YEAR))
    assert proxy_of(no).paper is None
    born = str(clock.today() - 17 * YEAR)
    assert ask(one, no, **permit, born=born) == "提出来了"
    assert born not in (proxy_of(no).paper or ""), "the day is looked at and not kept"
    decide(other, no)
    assert [worker.level for worker in accounts()] == [Level.L3]


def test_only_two_who_may_verify_there_open_one(app: Flask, desks: tuple[Desk, Desk], aid_for: AidFor) -> None:
    one, _ = desks
    no = aid_for()
    path = f"/console/cases/{no}/account"
    elsewhere = desk_of(app, "T1", "street_worker", union=make_street("440304001"))
    assert elsewhere.get(path).status_code == 404
    assert desk_of(app, "W1", "worker_desk").get(path).status_code == 404, "works on no aid"
    ask(one, no)
    with pytest.raises(Problem, match="second_person"):
        working.decide(no=no, what=ACCOUNT, staff_no="S1", approve=True)
    assert elsewhere.post(f"/console/cases/{no}/proposals/{ACCOUNT}", {"approve": "yes"}).status_code == 404
    assert "没有等你来定的事" in words(elsewhere.get("/console/decisions"))
    assert one.get(f"/console/cases/{no}/acts/{ACCOUNT}").status_code == 404, "not without a paper"
    assert case_of(no).worker_id is None


def test_of_legal_aid_the_rights_department_opens_it_and_the_coordinator_is_not_asked(
    app: Flask, desks: tuple[Desk, Desk], aid_for: AidFor
) -> None:
    no = aid_for("legal_aid")
    coordinator = desk_of(app, "C1", "legal_coordinator")
    assert "给这位工友开账号" not in words(coordinator.get(f"/console/cases/{no}"))
    assert coordinator.get(f"/console/cases/{no}/account").status_code == 403
    rights, other = desk_of(app, "R1"), desk_of(app, "R2")
    assert ask(rights, no) == "提出来了"
    assert "没有等你来定的事" in words(coordinator.get("/console/decisions"))
    decide(other, no)
    assert case_of(no).worker_id is not None


def test_nobody_opens_one_for_who_is_not_to_be_known_or_has_one(
    client: FlaskClient, desks: tuple[Desk, Desk], aid_for: AidFor, app: Flask
) -> None:
    no = aid_for("grievance", phone=None, mode="anonymous")
    clerk = desk_of(app, "R1")
    assert clerk.get(f"/console/cases/{no}/account").status_code == 303
    no = aid_for()
    worker = make_worker(Level.L1, SOMEBODY)
    ask(desks[0], no)
    token = open_session(worker_id=worker.id, way=SignInWay.SMS).token
    headers = {"Authorization": f"Bearer {token}"}
    assert client.post("/api/v1/me/case-claims", json={"no": no}, headers=headers).status_code == 200
    assert proxy_of(no).paper is None
    assert "不用再开" in decide(desks[1], no)
    assert "没有批准" in decide(desks[1], no, approve=False)
    assert case_of(no).worker_id == worker.id


def test_what_is_declined_or_waits_for_a_week_is_forgotten(
    desks: tuple[Desk, Desk], aid_for: AidFor, freeze: Callable[[Any], None]
) -> None:
    one, other = desks
    no = aid_for()
    ask(one, no)
    assert "没有批准" in decide(other, no, approve=False)
    assert proxy_of(no).paper is None
    assert "identity" not in {one["key"] for one in case_of(no).consents}, "what was agreed to for this paper alone"
    ask(one, no)
    forget_secret_tries()
    assert proxy_of(no).paper is not None
    freeze(clock.now() + timedelta(days=7, minutes=1))
    forget_secret_tries()
    assert proxy_of(no).paper is None
    working_again = Desk(one.client.application).sign_in("S2")
    assert "放了一周" in words(working_again.get(f"/console/cases/{no}/account"))
    assert "已经删了" in decide(working_again, no)
    assert case_of(no).worker_id is None


def test_what_was_sent_twice_is_asked_for_once(desks: tuple[Desk, Desk], aid_for: AidFor) -> None:
    one, _ = desks
    no = aid_for()
    key = {"once": "1f9f9c0e-8a5b-4f5e-9c56-8f2d3f1f0a01"}
    first, second = (one.post(f"/console/cases/{no}/account", PAPER | key) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert "你自己提的" in ask(one, no), "also with another form"
