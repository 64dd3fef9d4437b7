"""Several people on one phone: whom one can change over to, and what a PIN keeps from the others."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.core import clock
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.crypto import keyed_hmac
from server.core.db import db, transaction
from server.core.signals import wechat_event
from server.identity import pins, profiles, sharing
from server.identity.models import OPENID, LoginSession, WeChatLogin, Worker, WorkerPin
from server.identity.service import confirm_phone, sign_in_by_openid
from server.identity.sessions import outdate_sessions_of
from server.me import closing, erasure
from server.me.merging import merge
from server.me.models import AccountClosing
from server.notices import grants
from server.notices.models import SubscriptionAnswer, SubscriptionGrant
from server.notices.templates import templates
from server.wechat.events import AccountCancelled, AskedWhere, SubscriptionAnswered
from tests.cases.conftest import submission
from tests.me.conftest import Run
from tests.me.test_rights import code_for
from tests.moments import Freeze
from tests.people import person
from tests.sign_in import Headers, SignIn, make_worker

ME, PROFILES, PIN = "/api/v1/me", "/api/v1/me/profiles", "/api/v1/me/pin"
OURS = "o-the-phone-of-two"
A_PIN, B_PIN = "271828", "314159"


def on_wechat(who: Any, openid: str = OURS) -> Headers:
    """Another worker behind a WeChat account, who is the one that comes in by it now."""
    with transaction() as session:
        worker = make_worker(Level.L2, who)
        session.add(WeChatLogin(worker_id=worker.id, openid=openid, openid_hmac=keyed_hmac(openid, purpose=OPENID)))
    return by_wechat(who, openid)


def by_wechat(who: Any, openid: str = OURS) -> Headers:
    opened = sign_in_by_openid(openid=openid)
    return Headers(opened.session.token, opened.worker.id, who)


def by_sms(client: FlaskClient, phone: str) -> dict[str, Any]:
    answer = client.post("/api/v1/sessions", json={"phone": phone, "sms_code": code_for(phone)})
    assert answer.status_code == 201, answer.json
    told: dict[str, Any] = answer.json
    return told


def bearer(told: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {told['token']}"}


def give_pin(headers: Headers, pin: str) -> None:
    """As if it had been set a while ago on another device."""
    with transaction() as session:
        session.add(WorkerPin(worker_id=headers.worker_id, pin_hash=pins._hasher.hash(pin), set_at=clock.now()))
        outdate_sessions_of(worker_id=headers.worker_id)


def switch(client: FlaskClient, headers: dict[str, str], to: uuid.UUID, pin: str | None = None) -> Any:
    return client.post(f"{PROFILES}/{to}/sessions", json={} if pin is None else {"pin": pin}, headers=headers)


def step_up(client: FlaskClient, headers: dict[str, str], phone: str) -> None:
    assert client.post(f"{ME}/step-ups", json={"sms_code": code_for(phone)}, headers=headers).status_code == 201


@pytest.fixture
def a(client: FlaskClient) -> Headers:
    """Keeps a case and a PIN."""
    found = on_wechat(person(801))
    give_pin(found, A_PIN)
    return found


@pytest.fixture
def b(a: Headers) -> Headers:
    """Was on the phone after A."""
    return on_wechat_next(person(802))


def on_wechat_next(who: Any) -> Headers:
    with transaction() as session:
        worker = make_worker(Level.L2, who)
        login = WeChatLogin(
            worker_id=worker.id, openid=OURS, openid_hmac=keyed_hmac(OURS, purpose=OPENID), used_at=clock.now()
        )
        session.add(login)
        session.flush()
    return by_wechat(who)


# Changing over


def test_signing_in_opens_whoever_was_here_last_and_says_how_many_there_are(
    client: FlaskClient, a: Headers, b: Headers
) -> None:
    assert by_wechat(None).worker_id == b.worker_id
    told = client.get(PROFILES, headers=b).json["items"]
    assert [one["id"] for one in told] == [str(b.worker_id), str(a.worker_id)]
    assert [(one["current"], one["has_pin"]) for one in told] == [(True, False), (False, True)]
    assert a.person.name not in str(told)
    assert told[1]["name_masked"][0] == a.person.name[0]
    changed = switch(client, b, a.worker_id, A_PIN)
    assert (changed.status_code, changed.json["profiles"]) == (201, 2)
    assert by_wechat(None).worker_id == a.worker_id


def test_changing_over_ends_the_own_session(client: FlaskClient, a: Headers, b: Headers) -> None:
    changed = switch(client, b, a.worker_id, A_PIN)
    assert changed.json["worker"]["id"] == str(a.worker_id)
    assert client.get(ME, headers=b).status_code == 401
    assert client.get(ME, headers=bearer(changed.json)).json["id"] == str(a.worker_id)
    assert switch(client, b, a.worker_id, A_PIN).status_code == 401


def test_b_cannot_read_what_is_a_s_without_the_pin(client: FlaskClient, a: Headers, b: Headers) -> None:
    assert switch(client, b, a.worker_id).json["code"] == "pin_missing"
    wrong = switch(client, b, a.worker_id, B_PIN)
    assert (wrong.status_code, wrong.json["code"]) == (422, "pin_wrong")
    assert client.get(ME, headers=b).status_code == 200, "a wrong PIN signs nobody out"
    taken = switch(client, b, a.worker_id, A_PIN)
    assert client.get(f"{ME}/cases", headers=bearer(taken.json)).status_code == 200, "the PIN was just typed"


def test_nobody_reaches_whoever_is_not_on_the_phone(client: FlaskClient, a: Headers, b: Headers) -> None:
    stranger = on_wechat(person(803), "o-another-phone")
    for to in (stranger.worker_id, b.worker_id, uuid.uuid4()):
        assert switch(client, b, to).status_code == 404
    assert [one["id"] for one in client.get(PROFILES, headers=stranger).json["items"]] == [str(stranger.worker_id)]


def test_another_wechat_account_of_one_of_them_does_not_reach_the_others(
    client: FlaskClient, a: Headers, b: Headers
) -> None:
    with transaction() as session:
        session.add(WeChatLogin(worker_id=b.worker_id, openid="o-own", openid_hmac=keyed_hmac("o-own", purpose=OPENID)))
    elsewhere = by_wechat(b.person, "o-own")
    assert elsewhere.worker_id == b.worker_id
    assert len(client.get(PROFILES, headers=elsewhere).json["items"]) == 1
    assert switch(client, elsewhere, a.worker_id, A_PIN).status_code == 404


def test_a_frozen_account_keeps_nobody_else_out(client: FlaskClient, a: Headers, b: Headers) -> None:
    with transaction() as session:
        session.get_one(Worker, b.worker_id).frozen_at = clock.now()
    here = by_wechat(a.person)
    assert here.worker_id == a.worker_id
    assert switch(client, here, b.worker_id).json["code"] == "account_frozen"
    assert client.get(ME, headers=here).status_code == 200


# Another person


def test_whoever_has_something_to_hide_sets_a_pin_before_another_one_comes(client: FlaskClient, b: Headers) -> None:
    refused = client.post(PROFILES, headers=b)
    assert (refused.status_code, refused.json["code"]) == (409, "pin_first")
    give_pin(b, B_PIN)
    started = client.post(PROFILES, headers=b)
    assert (started.status_code, started.json["profiles"]) == (201, 3)
    assert started.json["worker"]["level"] == "L0"
    assert client.get(ME, headers=b).status_code == 401
    assert client.post(PROFILES, headers=b).status_code == 401


def test_a_sixth_is_refused_and_told_what_to_do(client: FlaskClient) -> None:
    headers: dict[str, str] = sign_in_new()
    for _ in range(sharing.MOST - 1):
        headers = bearer(client.post(PROFILES, headers=headers).json)
    refused = client.post(PROFILES, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (409, "too_many_here")
    assert "工会" in refused.json["title"]
    assert client.get(ME, headers=headers).status_code == 200


def sign_in_new() -> Headers:
    opened = sign_in_by_openid(openid="o-dormitory")
    return Headers(opened.session.token, opened.worker.id, person(1))


# Over a number alone


def test_over_a_number_alone_only_who_set_a_pin_is_reached(client: FlaskClient, sign_in: SignIn) -> None:
    before, phone = sign_in(Level.L2), person(820).phone
    for one in (before, sign_in(Level.L2)):
        confirm_phone(worker_id=one.worker_id, phone=phone)
    told = by_sms(client, phone)
    assert told["worker"]["id"] != str(before.worker_id)
    assert told["profiles"] == 1
    assert switch(client, bearer(told), before.worker_id).status_code == 404
    give_pin(before, A_PIN)
    told = by_sms_again(client, phone)
    assert told["profiles"] == 2
    assert switch(client, bearer(told), before.worker_id).json["code"] == "pin_missing"
    assert switch(client, bearer(told), before.worker_id, A_PIN).status_code == 201


def by_sms_again(client: FlaskClient, phone: str) -> dict[str, Any]:
    """Past the minute in which a phone is sent one code."""
    with transaction() as session:
        session.execute(sa.text("DELETE FROM sms_code"))
    return by_sms(client, phone)


def test_a_number_counts_only_shortly_after_its_code_was_typed(
    client: FlaskClient, sign_in: SignIn, freeze: Freeze
) -> None:
    at = clock.now()
    freeze(at)
    phone, other = person(821).phone, sign_in(Level.L2)
    confirm_phone(worker_id=other.worker_id, phone=phone)
    give_pin(other, A_PIN)
    confirm_phone(worker_id=sign_in(Level.L2).worker_id, phone=phone)
    headers = bearer(by_sms(client, phone))
    freeze(at + profiles.JUST_NOW)
    assert len(client.get(PROFILES, headers=headers).json["items"]) == 1
    assert switch(client, headers, other.worker_id, A_PIN).status_code == 404
    step_up(client, headers, phone)
    assert len(client.get(PROFILES, headers=headers).json["items"]) == 2


def test_by_sms_another_one_starts_with_the_same_number(client: FlaskClient, sign_in: SignIn) -> None:
    first = sign_in(Level.L1)
    give_pin(first, A_PIN)
    told = by_sms(client, first.person.phone)
    assert told["worker"]["id"] == str(first.worker_id)
    started = client.post(PROFILES, headers=bearer(told)).json
    assert started["worker"]["level"] == "L1"
    assert by_sms_again(client, first.person.phone)["worker"]["id"] == started["worker"]["id"]


# The PIN


def test_without_a_pin_nothing_asks_for_one(client: FlaskClient, b: Headers) -> None:
    assert client.get(f"{ME}/cases", headers=b).status_code == 200


def test_what_is_sensitive_asks_for_the_pin_and_the_rest_does_not(
    client: FlaskClient, a: Headers, freeze: Freeze
) -> None:
    at = clock.now()
    freeze(at)
    sensitive = (
        ("GET", "/export", None),
        ("DELETE", "", None),
        ("GET", "/card", None),
        ("GET", "/cases", None),
        ("GET", "/phone", None),
        ("PUT", "/phone", {"code": "x"}),
        ("GET", "/work", None),
        ("PUT", "/work", {"employer": "x"}),
        ("POST", "/corrections", {"text": "名字写错了"}),
        ("DELETE", "/consents/contact", None),
        ("POST", "/verification/evidence", {"attachments": [{"id": str(uuid.uuid4())}]}),
    )
    for method, path, body in sensitive:
        answer = client.open(f"{ME}{path}", method=method, json=body, headers=a)
        assert (answer.status_code, answer.json["code"]) == (403, "pin_required"), path
    assert client.get("/api/v1/notices", headers=a).json["code"] == "pin_required"
    assert client.post(f"/api/v1/notices/{uuid.uuid4()}/read", headers=a).json["code"] == "pin_required"
    no = client.post("/api/v1/cases", json=submission("grievance"), headers=a).json["no"]
    assert client.get(f"/api/v1/cases/{no}", headers=a).json["code"] == "pin_required"
    assert client.post(f"/api/v1/cases/{no}/withdrawal", json={}, headers=a).json["code"] == "pin_required"
    for open_to_all in ("", "/signups", "/profiles", "/pin"):
        assert client.get(f"{ME}{open_to_all}", headers=a).status_code == 200
    assert client.post(f"{PIN}/checks", json={"pin": A_PIN}, headers=a).status_code == 201
    assert client.get(f"/api/v1/cases/{no}", headers=a).status_code == 200
    other = by_wechat(a.person)
    assert client.get(f"{ME}/cases", headers=other).status_code == 403, "the right belongs to one session"
    freeze(at + pins.LASTS)
    assert client.get(f"{ME}/cases", headers=a).status_code == 403


def test_a_first_pin_needs_a_code_and_another_one_the_old(client: FlaskClient, b: Headers) -> None:
    assert client.put(PIN, json={"pin": B_PIN}, headers=b).json["code"] == "step_up_required"
    step_up(client, b, b.person.phone)
    for easy in ("000000", "123456", "987654", "12345", "1234567", "１２３４５６", "abcdef"):
        assert client.put(PIN, json={"pin": easy}, headers=b).status_code == 422, easy
    assert client.put(PIN, json={"pin": B_PIN}, headers=b).json == {"has_pin": True}
    assert client.get(f"{ME}/cases", headers=b).status_code == 200
    again = by_wechat(b.person)
    assert client.put(PIN, json={"pin": A_PIN}, headers=again).status_code == 403
    assert client.post(f"{PIN}/checks", json={"pin": B_PIN}, headers=again).status_code == 201
    assert client.put(PIN, json={"pin": A_PIN}, headers=again).status_code == 200
    assert client.get(f"{ME}/cases", headers=b).status_code == 403, "other devices are asked for the new one"
    assert client.delete(PIN, headers=again).status_code == 204
    assert client.get(f"{ME}/cases", headers=b).status_code == 200
    stored = db.session.scalars(sa.select(AuditEvent.action)).all()
    assert {"account.pin_set", "account.pin_removed"} <= set(stored)


def test_a_forgotten_pin_is_set_anew_by_a_code_only_while_the_number_is_ones_own(
    client: FlaskClient, a: Headers, b: Headers, run: Run
) -> None:
    here = bearer(switch(client, b, a.worker_id, A_PIN).json)
    with transaction() as session:
        session.execute(sa.update(LoginSession).values(pin_checked_until=None))
    confirm_phone(worker_id=b.worker_id, phone=a.person.phone)
    step_up(client, here, a.person.phone)
    assert client.put(PIN, json={"pin": B_PIN}, headers=here).json["code"] == "pin_required"
    confirm_phone(worker_id=b.worker_id, phone=b.person.phone)
    assert client.put(PIN, json={"pin": B_PIN}, headers=here).status_code == 200

    with_pin = str(a.worker_id)
    assert run("forget-pin", with_pin, "--by", "9999", group="account").exit_code == 1
    assert run("forget-pin", with_pin, "--by", "0042", group="account").exit_code == 0
    assert client.get(PIN, headers=here).json == {"has_pin": False}


def test_five_wrong_ones_lock_it_for_a_quarter_of_an_hour(client: FlaskClient, a: Headers, freeze: Freeze) -> None:
    at = clock.now()
    freeze(at)
    said = [client.post(f"{PIN}/checks", json={"pin": f"55512{n}"}, headers=a) for n in range(pins.TRIES)]
    assert [one.status_code for one in said] == [422] * (pins.TRIES - 1) + [429]
    assert [one.json.get("tries_left") for one in said] == [4, 3, 2, 1, None]
    locked = client.post(f"{PIN}/checks", json={"pin": A_PIN}, headers=a)
    assert (locked.status_code, locked.json["code"]) == (429, "pin_locked")
    assert locked.headers["Retry-After"] == "900"
    freeze(at + pins.LOCKED)
    assert client.post(f"{PIN}/checks", json={"pin": "555129"}, headers=a).status_code == 422, "counted from one again"
    assert client.post(f"{PIN}/checks", json={"pin": A_PIN}, headers=a).status_code == 201
    stored = db.session.scalars(sa.select(AuditEvent.action)).all()
    assert "account.pin_locked" in stored


def test_the_pin_is_nowhere_to_be_read(a: Headers) -> None:
    stored = db.session.execute(sa.text("SELECT pin_hash FROM worker_pin")).scalar_one()
    assert b"argon2" not in stored
    assert A_PIN.encode() not in stored


# What ends


def test_erasing_one_leaves_the_other(client: FlaskClient, a: Headers, b: Headers, freeze: Freeze) -> None:
    started = closing.start(worker_id=a.worker_id)
    freeze(clock.now() + closing.COOLING_OFF + timedelta(seconds=1))
    erasure.erase(closing_id=started.id)
    db.session.expire_all()
    assert db.session.scalars(sa.select(WeChatLogin.worker_id)).all() == [b.worker_id]
    assert db.session.scalars(sa.select(WorkerPin.worker_id)).all() == []
    assert client.get(ME, headers=b).json["name_masked"]
    assert len(client.get(PROFILES, headers=b).json["items"]) == 1


def test_a_closed_wechat_account_closes_everybody_s(a: Headers, b: Headers) -> None:
    wechat_event.send("x", event=AccountCancelled(openid=OURS, at=clock.now()))
    db.session.commit()
    assert set(db.session.scalars(sa.select(AccountClosing.worker_id))) == {a.worker_id, b.worker_id}


def test_a_wechat_account_that_opened_two_accounts_of_one_person_opens_the_one_they_become(
    client: FlaskClient,
) -> None:
    headers = sign_in_new()
    give_pin(headers, A_PIN)
    started = client.post(PROFILES, headers=headers).json
    with transaction() as session:
        gone = session.get_one(Worker, headers.worker_id)
        keep = session.get_one(Worker, uuid.UUID(started["worker"]["id"]))
        merge(keep=keep, gone=gone, by="staff:0042")
        kept = keep.id
    assert db.session.scalars(sa.select(WeChatLogin.worker_id)).all() == [kept]
    assert db.session.scalars(sa.select(WorkerPin.worker_id)).all() == [kept]
    assert [one["current"] for one in client.get(PROFILES, headers=bearer(started)).json["items"]] == [True]


def test_an_accept_counts_for_whoever_was_here_last_and_a_refusal_for_all(a: Headers, b: Headers) -> None:
    template = templates()[0].id
    for worker_id in (a.worker_id, b.worker_id):
        grants._count(worker_id, {template: SubscriptionAnswer.ACCEPT}, at=clock.now() - timedelta(hours=1))
    accepted = SubscriptionAnswered(openid=OURS, at=clock.now(), where=AskedWhere.DIALOG, accepted={template: True})
    grants.on_answer(accepted)
    assert allowed(a, b) == [1, 2]
    off = SubscriptionAnswered(openid=OURS, at=clock.now(), where=AskedWhere.SETTINGS, accepted={template: False})
    grants.on_answer(off)
    assert allowed(a, b) == [0, 0]


def allowed(*workers: Headers) -> list[int]:
    db.session.expire_all()
    return [
        db.session.scalars(
            sa.select(SubscriptionGrant.remaining).where(SubscriptionGrant.worker_id == one.worker_id)
        ).one()
        for one in workers
    ]
