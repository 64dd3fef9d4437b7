"""What a worker may ask of those who keep their data: to see it, to have it corrected, to have it gone."""

import json
import uuid
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from dev import personal_data
from dev.demo.people import worker_id
from server.core import clock
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.crypto import keyed_hmac
from server.core.db import db
from server.core.jobs import run_worker
from server.core.personal import contributors
from server.core.signals import wechat_event
from server.identity import codes
from server.identity.models import OPENID, LoginSession, SignInWay, SmsCode, WeChatLogin, Worker
from server.identity.sessions import open_session
from server.me import closing, erasure
from server.me.models import AccountClosing, CorrectionRequest
from server.me.tasks import erase_due
from server.notices.models import Notice
from server.seats.models import ClaimState, SeatClaim
from server.stations.managers.models import StationManager
from server.wechat.events import AccountCancelled, AuthorizationRevoked, Revoked
from tests import town as demo_town
from tests.moments import Freeze
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff

EXPORT, ME = "/api/v1/me/export", "/api/v1/me"


def code_for(phone: str) -> str:
    """A code on its way to a phone."""
    codes.request_code(phone=phone)
    row = db.session.scalars(sa.select(SmsCode).order_by(SmsCode.id.desc())).first()
    assert row is not None
    assert row.code is not None
    db.session.rollback()
    return row.code


def step_up(client: FlaskClient, who: Headers) -> None:
    answer = client.post(f"{ME}/step-ups", json={"sms_code": code_for(who.person.phone)}, headers=who)
    assert answer.status_code == 201, answer.json


def text_of(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False)


# Stepping up


def test_what_is_sensitive_needs_a_code_of_the_own_phone(client: FlaskClient, sign_in: SignIn) -> None:
    who = sign_in(Level.L2)
    for refused in (client.get(EXPORT, headers=who), client.delete(ME, headers=who)):
        assert (refused.status_code, refused.json["code"]) == (403, "step_up_required")
    step_up(client, who)
    assert client.get(EXPORT, headers=who).status_code == 200


def test_a_code_for_another_phone_is_worth_nothing(client: FlaskClient, sign_in: SignIn) -> None:
    who, other = sign_in(), sign_in()
    wrong = client.post(f"{ME}/step-ups", json={"sms_code": code_for(other.person.phone)}, headers=who)
    assert (wrong.status_code, wrong.json["code"]) == (401, "sms_code_invalid")
    assert client.get(EXPORT, headers=who).status_code == 403


def test_wrong_codes_count_and_five_are_enough(client: FlaskClient, sign_in: SignIn) -> None:
    who = sign_in()
    code = code_for(who.person.phone)
    for number in range(codes.TRIES):
        wrong = f"{(int(code) + 1 + number) % 10**6:06d}"
        assert client.post(f"{ME}/step-ups", json={"sms_code": wrong}, headers=who).status_code == 401
    assert client.post(f"{ME}/step-ups", json={"sms_code": code}, headers=who).status_code == 401


def test_the_right_is_short_and_belongs_to_one_device(client: FlaskClient, sign_in: SignIn, freeze: Freeze) -> None:
    start = clock.now()
    freeze(start)
    who = sign_in()
    other = open_session(worker_id=who.worker_id, way=SignInWay.SMS)
    step_up(client, who)
    assert client.get(EXPORT, headers={"Authorization": f"Bearer {other.token}"}).status_code == 403
    freeze(start + timedelta(minutes=9))
    assert client.get(EXPORT, headers=who).status_code == 200
    freeze(start + timedelta(minutes=10))
    assert client.get(EXPORT, headers=who).status_code == 403


def test_a_code_steps_up_once(client: FlaskClient, sign_in: SignIn) -> None:
    who = sign_in()
    code = code_for(who.person.phone)
    said = [client.post(f"{ME}/step-ups", json={"sms_code": code}, headers=who).status_code for _ in range(2)]
    assert said == [201, 401]


def test_the_code_goes_to_the_own_phone_and_nobody_types_its_number(client: FlaskClient, sign_in: SignIn) -> None:
    who = sign_in()
    assert client.post(f"{ME}/sms-codes", headers=who).status_code == 202
    [row] = db.session.scalars(sa.select(SmsCode))
    assert row.phone == who.person.phone
    assert client.post(f"{ME}/sms-codes").status_code == 401
    assert client.post(f"{ME}/sms-codes", headers=sign_in(Level.L0)).json["code"] == "no_phone"


def test_a_guest_without_a_phone_has_nothing_to_prove(client: FlaskClient, sign_in: SignIn) -> None:
    assert client.get(EXPORT, headers=sign_in(Level.L0)).status_code == 200


# Seeing it


def test_the_export_masks_the_number_and_is_on_record(client: FlaskClient, sign_in: SignIn) -> None:
    who, other = sign_in(Level.L2), sign_in(Level.L2)
    step_up(client, who)
    answer = client.get(EXPORT, headers=who)
    told = text_of(answer.json)
    assert who.person.name in told
    assert who.person.id_number not in told
    assert who.person.phone not in told
    assert f"199****{who.person.phone[-4:]}" in told
    assert other.person.name not in told
    assert answer.headers["Cache-Control"] == "no-store"
    actions = db.session.scalars(sa.select(AuditEvent.action)).all()
    assert {"account.step_up", "account.export"} <= set(actions)


def test_every_table_that_is_to_be_exported_or_erased_belongs_to_a_domain(app: Flask) -> None:
    inventory = personal_data.read()
    told = {column.table for column in inventory.personal if column.export != "never"}
    gone = {column.table for column in inventory.personal if column.deleted == "account"}
    elsewhere = {"station_report", "idempotency_record"}
    with app.app_context():
        known = frozenset().union(*(one.tables for one in contributors()))
    assert (told | gone) - elsewhere - known == set()


# Having it corrected


def test_a_worker_corrects_what_nobody_has_to_confirm(client: FlaskClient, sign_in: SignIn) -> None:
    who = sign_in(Level.L2)
    assert not any(client.get(f"{ME}/work", headers=sign_in(Level.L1)).json.values()), "nothing was said yet"
    body = {"worker_group": "courier", "employment": "platform_crowd", "employer": "某平台", "work_area": "440304011"}
    assert client.put(f"{ME}/work", json=body, headers=who).json["worker_group"] == "courier"
    assert client.put(f"{ME}/work", json={"employer": "另一平台"}, headers=who).status_code == 200
    street = {"code": "440304011", "name": "华强北街道"}
    assert street | {"district": "福田区"} in client.get("/api/v1/streets").json["items"]
    said = {"employer": "另一平台", "work_area": street, "former_union": None}
    assert client.get(f"{ME}/work", headers=who).json == body | said
    step_up(client, who)
    told = text_of(client.get(EXPORT, headers=who).json)
    assert "另一平台" in told
    assert "华强北街道" in told
    assert "众包" in told
    refused = client.put(f"{ME}/work", json={"employer": "某" * 101, "work_area": "999"}, headers=who).json
    assert refused["reasons"] == {"employer": {"code": "length", "limit": 100}}, "others are told in words alone"
    for wrong in ({}, {"name": "x"}, {"work_area": "999"}, {"employment": "pirate"}):
        assert client.put(f"{ME}/work", json=wrong, headers=who).status_code == 422


def test_a_worker_reads_the_own_number_whole(client: FlaskClient, sign_in: SignIn) -> None:
    who = sign_in(Level.L1)
    assert client.get(f"{ME}/phone", headers=who).json == {"phone": who.person.phone}
    assert client.get(f"{ME}/phone", headers=sign_in(Level.L0)).json == {"phone": None}


def test_the_rest_goes_to_a_desk_and_comes_back_as_a_message(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    def run(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=["corrections", *arguments])

    make_staff("0042", "worker_desk")
    who = sign_in(Level.L2)
    wish = "我的姓名里有一个字写错了。"
    asked = client.post(f"{ME}/corrections", json={"text": wish}, headers=who)
    assert (asked.status_code, asked.json["state"]) == (201, "open")
    assert client.post(f"{ME}/corrections", json={"text": wish}, headers=who).status_code == 409
    number = asked.json["id"]
    listed = run("list", "--by", "0042").output
    assert number in listed
    assert wish not in listed
    assert run("show", number, "--by", "9999").exit_code == 1
    assert wish in run("show", number, "--by", "0042").output
    assert run("done", number, "--by", "0042", "--answer", "已按证件改好。").exit_code == 0
    assert run("done", number, "--by", "0042", "--answer", "再改一次").exit_code == 1
    [notice] = client.get("/api/v1/notices", headers=who).json["items"]
    assert notice["body"] == "已按证件改好。"
    db.session.expire_all()
    assert db.session.scalars(sa.select(CorrectionRequest)).one().text is None


# Having it gone


@pytest.fixture
def town(app: Flask) -> None:
    """Everything that people leave behind."""
    demo_town.fill(*demo_town.WITH_CASES)


def demo_headers(key: str) -> tuple[uuid.UUID, dict[str, str]]:
    found = worker_id(key)
    opened = open_session(worker_id=found, way=SignInWay.DEMO)
    return found, {"Authorization": f"Bearer {opened.token}"}


def grant_step_up(found: uuid.UUID) -> None:
    db.session.execute(
        sa.update(LoginSession)
        .where(LoginSession.worker_id == found)
        .values(stepped_up_until=clock.now() + timedelta(minutes=5))
    )
    db.session.commit()


def test_an_account_is_erased_after_fifteen_days_with_a_receipt_that_names_nobody(
    app: Flask, client: FlaskClient, town: None, freeze: Freeze
) -> None:
    key = "chenxiaoyu"
    found, headers = demo_headers(key)
    before = db.session.get_one(Worker, found)
    name, number, phone = before.name, before.id_number, before.phone
    assert name
    assert number
    assert phone
    grant_step_up(found)
    cases = [one["no"] for one in client.get("/api/v1/me/cases", headers=headers).json["items"]]
    assert cases
    answer = client.delete(ME, headers=headers)
    assert answer.status_code == 200
    closes_at = datetime.fromisoformat(answer.json["closes_at"])
    assert closes_at - datetime.fromisoformat(answer.json["requested_at"]) == timedelta(days=15)
    assert client.get(ME, headers=headers).json["closing"]["closes_at"] == answer.json["closes_at"]

    freeze(closes_at - timedelta(minutes=1))
    run_worker_on_due(app)
    assert db.session.get_one(Worker, found).name == name

    # Written to the second on the wire.
    freeze(closes_at + timedelta(seconds=1))
    run_worker_on_due(app)
    db.session.expire_all()
    emptied = db.session.get_one(Worker, found)
    assert (emptied.name, emptied.phone, emptied.id_number, emptied.id_number_hmac) == (None, None, None, None)
    assert emptied.level is Level.L0
    assert client.get(ME, headers=headers).status_code == 401
    for model in (Notice, WeChatLogin, LoginSession):
        assert db.session.scalar(sa.select(sa.func.count()).where(model.worker_id == found)) == 0
    closed = db.session.scalars(sa.select(AccountClosing)).one()
    assert closed.receipt is not None
    assert closed.receipt["removed"]["login_session"] >= 1
    kept = closed.receipt["kept"]
    assert sum(one["rows"] for one in kept if one["table"] == "service_case") == len(cases)
    assert all(one["because"] for one in kept)
    for personal in (name, number, phone):
        assert personal not in text_of(closed.receipt)
    [event] = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "account.erased"))
    assert event.subject_id == str(closed.id)


def test_whoever_comes_back_later_is_somebody_new(app: Flask, client: FlaskClient, town: None, freeze: Freeze) -> None:
    found, _ = demo_headers("chenxiaoyu")
    phone = db.session.get_one(Worker, found).phone
    assert phone
    closing.start(worker_id=found)
    freeze(clock.now() + closing.COOLING_OFF)
    run_worker_on_due(app)
    again = client.post("/api/v1/sessions", json={"phone": phone, "sms_code": code_for(phone)}).json["worker"]
    assert again["id"] != str(found)
    assert again["level"] == "L1"


def test_a_table_that_no_domain_answers_for_stops_the_erasure(
    app: Flask, sign_in: SignIn, freeze: Freeze, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = sign_in(Level.L2)
    started = closing.start(worker_id=who.worker_id)
    monkeypatch.setitem(
        app.extensions, "warmbee_contributors", [one for one in contributors() if "notice" not in one.tables]
    )
    freeze(clock.now() + closing.COOLING_OFF)
    with pytest.raises(erasure.NotErasedError, match="notice"):
        erasure.erase(closing_id=started.id)
    db.session.expire_all()
    assert db.session.get_one(Worker, who.worker_id).name == who.person.name
    assert db.session.get_one(AccountClosing, started.id).receipt is None


def test_other_devices_are_signed_out_and_this_one_can_call_it_off(client: FlaskClient, sign_in: SignIn) -> None:
    who = sign_in(Level.L2)
    other = {"Authorization": f"Bearer {open_session(worker_id=who.worker_id, way=SignInWay.SMS).token}"}
    assert client.get(ME, headers=other).status_code == 200
    step_up(client, who)
    first = client.delete(ME, headers=who)
    assert client.delete(ME, headers=who).json == first.json
    assert client.get(ME, headers=other).status_code == 401
    assert client.delete(f"{ME}/closing", headers=who).status_code == 204
    assert client.get(ME, headers=who).json["closing"] is None
    assert client.delete(f"{ME}/closing", headers=who).status_code == 204


def test_signing_in_with_a_code_keeps_the_account(client: FlaskClient, sign_in: SignIn, freeze: Freeze) -> None:
    who = sign_in(Level.L2)
    closing.start(worker_id=who.worker_id)
    phone = who.person.phone
    signed_in = client.post("/api/v1/sessions", json={"phone": phone, "sms_code": code_for(phone)})
    assert signed_in.json["worker"]["id"] == str(who.worker_id)
    freeze(clock.now() + closing.COOLING_OFF)
    assert erasure.due_closings(db.session()) == []


def test_what_others_wait_for_is_given_back_at_once(client: FlaskClient, town: None) -> None:
    found, headers = demo_headers("luoguifang")
    assert any(
        client.post(f"/api/v1/activities/{one['id']}/signups", json={}, headers=headers).status_code == 201
        for one in client.get("/api/v1/activities?status=open", headers=headers).json["items"]
    )
    assert client.get(f"{ME}/stations", headers=headers).json["items"]
    closing.start(worker_id=found)
    db.session.expire_all()
    states = db.session.scalars(sa.select(SeatClaim.state).where(SeatClaim.holder_id == found)).all()
    assert set(states) == {ClaimState.CANCELLED}
    kept = db.session.scalars(sa.select(StationManager.revoked_at).where(StationManager.worker_id == found)).all()
    assert kept
    assert None not in kept


# What WeChat says


@pytest.fixture
def openid(app: Flask, client: FlaskClient, sign_in: SignIn) -> tuple[Headers, str]:
    who = sign_in(Level.L1)
    db.session.add(
        WeChatLogin(worker_id=who.worker_id, openid="o-rights", openid_hmac=keyed_hmac("o-rights", purpose=OPENID))
    )
    db.session.commit()
    return who, "o-rights"


def test_a_closed_wechat_account_closes_this_one(openid: tuple[Headers, str]) -> None:
    who, known = openid
    for one in (known, known, "o-unknown"):
        wechat_event.send("x", event=AccountCancelled(openid=one, at=clock.now()))
        db.session.commit()
    [under_way] = db.session.scalars(sa.select(AccountClosing))
    assert (under_way.worker_id, under_way.cause) == (who.worker_id, "wechat")


def test_a_phone_that_was_taken_back_is_deleted(client: FlaskClient, openid: tuple[Headers, str]) -> None:
    who, known = openid
    client.get(ME, headers=who)
    wechat_event.send(
        "x",
        event=AuthorizationRevoked(openid=known, at=clock.now(), revoked=frozenset({Revoked.PHONE, Revoked.CAMERA})),
    )
    db.session.commit()
    me = client.get(ME, headers=who).json
    assert (me["level"], me["phone_masked"]) == ("L0", None)


def run_worker_on_due(app: Flask) -> None:
    erase_due()
    db.session.remove()
    run_worker(app, wait=False, periodic_tasks=False)
    db.session.expire_all()
