"""Filing for somebody: read aloud, typed at a desk or in a station, a receipt, and taken over by the phone alone."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.cases.loader import ServiceError, declare
from server.cases.models import Case
from server.cases.personal import CaseData
from server.cases.proxies.models import CaseProxy
from server.cases.retention.holds import hold
from server.cases.steps import answers_of
from server.console.controls import shown_in
from server.core import clock
from server.core.access import Level
from server.core.db import db, transaction
from server.core.jobs import run_worker
from server.identity.models import SignInWay
from server.identity.sessions import open_session
from server.stations.managers import codes
from server.unions.models import TradeUnion
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import STAFF, consents, submission
from tests.cases.declared import document, pausable, services
from tests.desk import desk_of, words
from tests.people import person
from tests.sign_in import Headers, SignIn, make_worker
from tests.staff import make_staff, make_street
from tests.standins import StandIn
from tests.stations.making import make_station

CODE = "FT0042"
SOMEBODY = person(751)
MENDED = person(753)
ANSWERS = {"q_kind": "complaint", "q_topic": "pay", "q_text": "站点每单多扣两元，没有说过为什么。", "q_wish": "solve"}
FOR_OTHERS = [key for key, service in services().items() if service.by_proxy]
File = Callable[..., TestResponse]


@pytest.fixture
def manager(client: FlaskClient, sign_in: SignIn) -> Headers:
    """Of one station."""
    who = sign_in(Level.L1)
    code = codes.issue(station=make_station(CODE), by=f"staff:{STAFF}")
    bound = client.post("/api/v1/me/manager-bindings", json={"code": code}, headers=who)
    assert bound.status_code == 201, bound.json
    return who


@pytest.fixture
def file(client: FlaskClient, manager: Headers) -> File:
    """Type a case for somebody in the station."""

    def send(headers: Mapping[str, str] | None = None, **others: Any) -> TestResponse:
        service = others.pop("service", "grievance")
        body = submission(service, identity_mode="named", phone=SOMEBODY.phone) | others
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return client.post(f"/api/v1/stations/{CODE}/proxies", json=body, headers={**(headers or manager), **key})

    return send


def texts_to(sms: StandIn, phone: str) -> list[dict[str, Any]]:
    return [one for one in sms.messages() if one["phone"] == phone]


def typed(within: str, value: Any) -> Iterator[tuple[str, Any]]:
    """What a browser sends of a control: groups and rows by their parts."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, list) and not any(isinstance(one, dict) for one in value):
        yield within, value
    elif parts:
        for key, part in parts:
            yield from typed(f"{within}-{key}", part)
    elif value is not None:
        yield within, str(value)[: len("2026-01")] if within.endswith("month") else str(value)


def work(app: Flask) -> None:
    run_worker(app, wait=False, periodic_tasks=False)
    db.session.rollback()
    # What this session knows it had read before.
    db.session.expire_all()


@pytest.mark.parametrize("service", FOR_OTHERS)
def test_the_number_goes_to_the_phone_and_the_phone_takes_the_case_over(
    app: Flask, client: FlaskClient, file: File, manager: Headers, sign_in: SignIn, sms_standin: StandIn, service: str
) -> None:
    filed = file(service=service, name=SOMEBODY.name)
    assert filed.status_code == 201, filed.json
    no = filed.json["no"]
    assert "secret" not in filed.json
    work(app)
    assert len([one for one in texts_to(sms_standin, SOMEBODY.phone) if no in str(one)]) == 1
    claim = {"no": no.lower()}
    stranger = sign_in(Level.L2)
    for other in (stranger, manager):
        assert client.post("/api/v1/me/case-claims", json=claim, headers=other).status_code == 404
        assert client.get(f"/api/v1/cases/{no}", headers=other).status_code == 404
    worker_id = make_worker(Level.L1, SOMEBODY).id
    token = open_session(worker_id=worker_id, way=SignInWay.WECHAT).token
    them = {"Authorization": f"Bearer {token}"}
    for _ in range(2):
        mine = client.post("/api/v1/me/case-claims", json=claim, headers=them)
        assert mine.status_code == 200, mine.json
    assert mine.json["typed_by"]["station_code"] == CODE
    assert client.post("/api/v1/me/case-claims", json=claim, headers=manager).status_code == 404
    proxy = db.session.scalars(sa.select(CaseProxy)).one()
    assert (proxy.name, proxy.phone, proxy.phone_hmac) == (None, None, None), "their account has it now"
    assert [one["no"] for one in client.get("/api/v1/me/cases", headers=them).json["items"]] == [no]
    given = {one["key"] for one in client.get("/api/v1/me", headers=them).json["consents"]}
    assert given == {one["key"] for one in submission(service)["consents"]}


def test_closing_an_account_leaves_neither_name_nor_phone_but_for_what_is_held(file: File, db_session: Session) -> None:
    worker_id = make_worker(Level.L1, SOMEBODY).id
    numbers = [file(name=SOMEBODY.name).json["no"] for _ in range(2)]
    cases = [db_session.scalars(sa.select(Case).where(Case.no == no)).one() for no in numbers]
    # As it was when taking a case over left them in place.
    for case in cases:
        case.worker_id, case.secret_digest = worker_id, None
    db_session.commit()
    with transaction():
        hold(cases[1], at=clock.now())
    with transaction() as session:
        CaseData().erase(session, worker_id)
    left = [db_session.get_one(CaseProxy, case.id, populate_existing=True) for case in cases]
    assert [(one.name, one.phone) for one in left] == [(None, None), (SOMEBODY.name, SOMEBODY.phone)]
    assert left[0].phone_hmac is None


def test_the_manager_sees_todays_numbers_and_nothing_of_what_was_told(
    client: FlaskClient, file: File, manager: Headers, freeze: Callable[[Any], None]
) -> None:
    no = file().json["no"]
    path = f"/api/v1/stations/{CODE}/proxies"
    listed = client.get(path, headers=manager)
    assert [one["no"] for one in listed.json["items"]] == [no]
    assert set(listed.json["items"][0]) == {"no", "service_name", "state_name", "at", "claimed"}
    freeze(clock.now() + timedelta(days=1))
    assert client.get(path, headers=manager).json["items"] == []


def test_who_does_not_keep_the_station_files_nothing_there(file: File, sign_in: SignIn) -> None:
    assert file(sign_in(Level.L2)).json["code"] == "not_manager"


def test_anonymous_it_has_a_secret_once_and_no_name_anywhere(
    app: Flask, client: FlaskClient, file: File, sms_standin: StandIn
) -> None:
    assert file(identity_mode="anonymous").json["code"] == "anonymous_with_name"
    filed = file(identity_mode="anonymous", phone=None)
    assert filed.status_code == 201, filed.json
    work(app)
    assert [one for one in sms_standin.messages() if filed.json["no"] in str(one)] == []
    shown = client.get(f"/api/v1/cases/{filed.json['no']}", headers={"Case-Secret": filed.json["secret"]})
    assert shown.status_code == 200
    proxy = db.session.scalars(sa.select(CaseProxy)).one()
    assert (proxy.name, proxy.phone, proxy.phone_hmac) == (None, None, None)


def test_what_was_not_read_aloud_or_lacks_a_phone_is_not_filed(file: File) -> None:
    assert "consents.terms" in file(consents=[]).json["errors"]
    assert "phone" in file(phone=None).json["errors"]
    assert "phone" in file(phone="12345").json["errors"]
    assert "identity_mode" in file(identity_mode="confidential").json["errors"]
    assert "answers.text" in file(answers={}).json["errors"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Case)) == 0


def test_only_what_its_file_says_is_filed_for_others(client: FlaskClient, file: File) -> None:
    assert file(service="call_me").status_code == 404
    offered = {one["key"] for one in client.get("/api/v1/services").json["items"] if one["by_proxy"]}
    assert offered == {"grievance", "hardship_aid", "join_union", "legal_aid"}


def test_what_a_member_has_is_not_known_of_whom_somebody_types_for() -> None:
    spoilt = document("move_membership") | {"by-proxy": True}
    with pytest.raises(ServiceError, match="by-proxy") as refused:
        declare(spoilt, pausable=pausable(), name="move_membership.yaml")
    # Silence would have to let somebody go whom nobody knows.
    assert "may be typed for who has no account" in str(refused.value)


def test_at_the_desk_it_is_read_aloud_typed_and_printed(app: Flask, client: FlaskClient, sms_standin: StandIn) -> None:
    street = make_street("440304011")
    clerk = desk_of(app, "S0101", "street_worker", union=street)
    assert "反映问题" in words(clerk.get("/console/proxies"))
    page = clerk.get("/console/proxies/grievance")
    assert "念给工友听" in words(page)
    assert "匿名的不留姓名" in words(page)
    assert "匿名的不留姓名" not in words(clerk.get("/console/proxies/hardship_aid")), "help in need is never anonymous"
    ticks = {f"agreed_{one['key']}": "y" for one in consents("terms")}
    form = clerk.get("/console/proxies/join_union")
    joining = words(form)
    assert "承认章程的人都可以入会" in joining, "what the form tells is read aloud"
    assert "给这位工友开账号" in joining
    assert "<h2>你是谁</h2>" not in form.text, "nothing is verified of whoever sits there"
    unread = clerk.post("/console/proxies/grievance", {**ANSWERS, "identity_mode": "named", "phone": SOMEBODY.phone})
    assert unread.status_code == 422
    told = {**ANSWERS, **ticks, "identity_mode": "named", "phone": SOMEBODY.phone, "name": SOMEBODY.name}
    receipt = clerk.post("/console/proxies/grievance", told)
    case = db.session.scalars(sa.select(Case)).one()
    assert receipt.status_code == 200
    assert case.no in words(receipt)
    assert (case.union_id, case.worker_id, case.secret_digest is not None) == (street.id, None, True)
    seen = words(clerk.get(f"/console/cases/{case.no}"))
    assert SOMEBODY.name in seen
    assert SOMEBODY.phone in seen
    assert "代填" in seen
    anonymous = clerk.post("/console/proxies/grievance", {**ANSWERS, **ticks, "identity_mode": "anonymous"})
    assert "暗号" in words(anonymous)
    elsewhere = desk_of(app, "S0102", "street_worker", union=make_street("440304001"))
    assert elsewhere.get(f"/console/cases/{case.no}").status_code == 404
    audited = db.session.execute(sa.text("SELECT actor FROM audit_event WHERE action = 'case.file_for'")).scalars()
    assert set(audited) == {"staff:S0101"}


@pytest.mark.parametrize(
    ("service", "place"),
    [
        ("grievance", "GH440304001"),
        ("hardship_aid", "GH440304011"),
        ("join_union", "GH440304011"),
        ("legal_aid", "GH440304"),
    ],
)
def test_a_desk_takes_what_others_work_on_and_sends_it_to_them(app: Flask, service: str, place: str) -> None:
    for street in (make_street("440304011"), make_street("440304001")):
        make_staff(f"W{street.area_code}", "street_worker", union=street)
    clerk = desk_of(app, "S0101", "worker_desk", union=street)
    declared = services()[service]
    shown = shown_in(declared.asked.declaration.fields(), declared.example)
    told = {name: one for key, value in shown.items() for name, one in typed(key, value)}
    ticks = {f"agreed_{one['key']}": "y" for one in submission(service)["consents"]}
    path = f"/console/proxies/{service}"
    receipt = clerk.post(path, {**told, **ticks, "identity_mode": "named", "phone": SOMEBODY.phone})
    assert receipt.status_code == 200, words(receipt)
    case = db.session.scalars(sa.select(Case)).one()
    assert db.session.scalars(sa.select(TradeUnion.code).where(TradeUnion.id == case.union_id)).one() == place
    sees = 200 if service == "grievance" else 404
    assert clerk.get(f"/console/cases/{case.no}").status_code == sees
    with transaction() as session:
        firm = TradeUnion(code="U1", name="单位工会", kind=UnionKind.UNIT, parent_id=street.id, area_code="440304001")
        session.add(firm)
    elsewhere = desk_of(app, "B0101", "base_chair", union=firm)
    assert elsewhere.post(path, {**told, **ticks, "identity_mode": "named", "phone": SOMEBODY.phone}).status_code == 403


def test_who_has_no_phone_takes_the_number_along_on_paper(app: Flask) -> None:
    clerk = desk_of(app, "S0101", "street_worker", union=make_street("440304011"))
    told = {**ANSWERS, "identity_mode": "named", "name": SOMEBODY.name, "agreed_terms": "y"}
    assert "请写工友的手机号" in words(clerk.post("/console/proxies/grievance", told))
    paper = {**told, "on_paper": "y"}
    assert "不用勾" in words(clerk.post("/console/proxies/grievance", {**paper, "phone": SOMEBODY.phone}))
    receipt = words(clerk.post("/console/proxies/grievance", paper))
    case = db.session.scalars(sa.select(Case)).one()
    assert case.no in receipt
    assert "带这张回执和证件到工会窗口问" in receipt
    assert "短信" not in receipt
    work(app)
    seen = words(clerk.get(f"/console/cases/{case.no}"))
    assert f"{SOMEBODY.name} 没有手机号" in seen
    assert "短信" not in seen.partition("代填")[2].partition("谁在办")[0]


def test_what_is_wrong_is_said_in_chinese_in_rows_too(app: Flask) -> None:
    clerk = desk_of(app, "S0101", "worker_desk", union=make_street("440304011"))
    told = clerk.post("/console/proxies/legal_aid", {"q_wages-0-q_month": "去年冬天", "q_work_from": "冬天"})
    assert words(told).count("日期不对，请从日历里选") == 2
    assert "Not a valid" not in words(told)


def test_whom_to_call_is_who_came_where_nothing_else_was_said(file: File) -> None:
    answers = submission("hardship_aid")["answers"]
    left = {key: answer for key, answer in answers.items() if key not in {"phone", "name"}}
    assert file(service="hardship_aid", answers=left, name=SOMEBODY.name).status_code == 201
    asked = answers_of(db.session.scalars(sa.select(Case)).one())
    assert (asked["phone"], asked["name"]) == (SOMEBODY.phone, SOMEBODY.name)


def test_no_papers_are_made_of_what_nobody_took_over_yet(app: Flask, file: File) -> None:
    no = file(service="legal_aid").json["no"]
    told = desk_of(app, "C2", "legal_coordinator").post(f"/console/cases/{no}/papers/power_of_attorney", follow=True)
    assert "认领" in words(told)


def test_a_phone_that_is_none_is_told_to_who_typed_it_and_put_right(
    app: Flask, client: FlaskClient, sms_standin: StandIn
) -> None:
    street = make_street("440304011")
    make_staff("S0200", "street_worker", union=street)
    # Types what others work on, and cannot open it afterwards.
    clerk = desk_of(app, "S0101", "worker_desk", union=street)
    works = desk_of(app, "S0201", "street_worker", union=street)
    elsewhere = desk_of(app, "S0102", "street_worker", union=make_street("440304001"))
    declared = services()["hardship_aid"]
    shown = shown_in(declared.asked.declaration.fields(), declared.example)
    told = {name: one for key, value in shown.items() for name, one in typed(key, value)}
    ticks = {f"agreed_{one['key']}": "y" for one in submission("hardship_aid")["consents"]}
    wrong = {**told, **ticks, "identity_mode": "named", "phone": "13800138000", "name": MENDED.name}
    receipt = words(clerk.post("/console/proxies/hardship_aid", wrong))
    assert "编号会用短信发到 13800138000，请当面核对号码" in receipt
    no = db.session.scalars(sa.select(Case.no)).one()
    mend = f"/console/proxies/receipts/{no}"
    assert clerk.get(mend).status_code == 303, "nothing is wrong with it yet"
    sms_standin.fault("/v1/messages", errcode="invalid_number", times=1)
    work(app)
    assert f"{no}（一键即救）的编号发不到工友留的手机号" in words(clerk.get("/console/reminders"))
    page = words(works.get(f"/console/cases/{no}"))
    assert "手机号不对" in page
    assert "短信" not in page.partition("代填")[2].partition("谁在办")[0]
    assert elsewhere.get(mend).status_code == 404
    assert elsewhere.post(mend, {"phone": MENDED.phone}).status_code == 404
    assert "没有这个号码" in words(clerk.get(mend))
    assert "还是原来的号码" in words(clerk.post(mend, {"phone": "138 0013 8000"}))
    assert clerk.post(mend, {"phone": "12"}).status_code == 422
    assert clerk.post(mend, {"phone": MENDED.phone}).status_code == 303
    work(app)
    assert [no in str(one) for one in texts_to(sms_standin, MENDED.phone)] == [True]
    assert "编号已发短信" in words(works.get(f"/console/cases/{no}")).partition("代填")[2].partition("谁在办")[0]
    assert "已经有人改好了" in words(works.post(mend, {"phone": "13900139000"}, follow=True))
    token = open_session(worker_id=make_worker(Level.L1, MENDED).id, way=SignInWay.WECHAT).token
    mine = client.post("/api/v1/me/case-claims", json={"no": no}, headers={"Authorization": f"Bearer {token}"})
    assert mine.status_code == 200, mine.json


def test_who_reads_the_case_sees_that_consents_were_read_aloud_and_by_whom(app: Flask, client: FlaskClient) -> None:
    clerk = desk_of(app, "S0101", "street_worker", union=make_street("440304011"))
    ticks = {f"agreed_{one['key']}": "y" for one in consents("terms")}
    clerk.post("/console/proxies/grievance", {**ANSWERS, **ticks, "identity_mode": "named", "phone": SOMEBODY.phone})
    case = db.session.scalars(sa.select(Case)).one()
    agreed = words(clerk.get(f"/console/cases/{case.no}")).partition("同意过的")[2]
    assert "测小工S0101（S0101）念给本人听，本人说同意，代为记下" in agreed
    assert "本人点的同意" not in agreed
