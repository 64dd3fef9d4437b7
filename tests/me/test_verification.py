"""`POST /me/verification`: what workers are told, and what nobody can find out."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.core.access import Level
from server.core.db import db
from server.core.settings import Environment
from server.identity.consents import consent_texts, consents_of
from server.identity.models import DeskReason, DeskRequest, DeskState, VerificationAttempt, Worker
from server.identity.papers import IdType
from server.identity.roster import RosterSource
from server.identity.sessions import load_principal
from server.identity.verification import BY_HAND, TRIES_A_DAY, Claim, Confirmation, register_sources
from tests.people import Person, id_number, person
from tests.rosters import make_union, put_on_roster
from tests.sign_in import Headers, SignIn

BEGIN = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)


def agreed(*keys: str) -> list[dict[str, str]]:
    return [{"key": key, "version": text.version} for key, text in consent_texts().items() if key in keys]


def body_of(who: Person, **changes: Any) -> dict[str, Any]:
    return {
        "id_type": "resident_id",
        "id_number": who.id_number,
        "name": who.name,
        "worker_group": "food_delivery",
        "consents": agreed("terms", "identity"),
    } | changes


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., TestResponse]:
    def send(headers: Headers, body: dict[str, Any], **more: str) -> TestResponse:
        return client.post("/api/v1/me/verification", json=body, headers=dict(headers) | more)

    return send


Post = Callable[..., TestResponse]


def test_who_stands_on_the_roster_is_matched_and_a_member_at_once(
    client: FlaskClient, post: Post, sign_in: SignIn
) -> None:
    union = put_on_roster(person(1))
    headers = sign_in(Level.L1)
    assert client.get("/api/v1/me", headers=headers).get_json()["level"] == "L1"
    answer = post(headers, body_of(person(1)))
    assert (answer.status_code, answer.get_json()) == (200, {"level": "L2", "state": "matched"})
    principal = load_principal(headers.token)
    assert principal is not None
    assert principal.level is Level.L2
    me = client.get("/api/v1/me", headers=headers).get_json()
    assert me["level"] == "L2"
    assert me["name_masked"] == "测*"
    assert me["worker_group"] == "food_delivery"
    assert me["verification"]["state"] == "matched"
    assert me["membership"]["union"] == {"code": union.code, "name": union.name}
    assert me["membership"]["state"] == "active"
    assert me["membership"]["number"].startswith("440304")


def test_the_way_of_typing_does_not_matter(post: Post, sign_in: SignIn) -> None:
    who = Person(name="测小·蜂", phone=person(1).phone, id_number=id_number(12))
    put_on_roster(who)
    typed = body_of(
        who, name=" 测小．蜂 ", id_number=f"{who.id_number[:6]} {who.id_number[6:14]} {who.id_number[14:].lower()}"
    )
    assert post(sign_in(Level.L1), typed).get_json()["state"] == "matched"


def test_what_a_worker_agreed_to_is_kept_with_its_version(post: Post, sign_in: SignIn, client: FlaskClient) -> None:
    put_on_roster(person(1))
    headers = sign_in(Level.L1)
    post(headers, body_of(person(1), consents=agreed("identity")))
    (kept,) = client.get("/api/v1/me", headers=headers).get_json()["consents"]
    assert kept["key"] == "identity"
    assert kept["version"] == consent_texts()["identity"].version  # type: ignore[index]  # a StrEnum is a str
    assert kept["current"] is True


@pytest.mark.parametrize("consents", [[], agreed("terms"), [{"key": "identity", "version": "0"}]])
def test_without_consent_to_this_text_nothing_happens(
    post: Post, sign_in: SignIn, consents: list[dict[str, str]]
) -> None:
    put_on_roster(person(1))
    headers = sign_in(Level.L1)
    answer = post(headers, body_of(person(1), consents=consents))
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "consent_required"
    assert "consents.identity" in answer.get_json()["errors"]
    assert _worker(headers).level is Level.L1
    assert consents_of(db.session(), headers.worker_id) == []
    assert _attempts(headers) == 0


def test_a_typing_mistake_names_its_field_and_costs_no_try(post: Post, sign_in: SignIn) -> None:
    headers = sign_in(Level.L1)
    wrong = person(1).id_number[:-1] + ("0" if person(1).id_number[-1] != "0" else "1")
    for _ in range(TRIES_A_DAY + 1):
        answer = post(headers, body_of(person(1), id_number=wrong, name="测小3"))
        assert answer.status_code == 422
        assert set(answer.get_json()["errors"]) == {"id_number", "name"}
    assert _attempts(headers) == 0


def test_a_guest_has_to_confirm_a_phone_first(post: Post, sign_in: SignIn) -> None:
    answer = post(sign_in(Level.L0), body_of(person(1)))
    assert answer.status_code == 403
    assert answer.get_json()["required_level"] == "L1"


def test_a_child_is_refused_with_the_reason_and_leaves_nothing_behind(
    client: FlaskClient, post: Post, sign_in: SignIn, freeze: Callable[[datetime], None]
) -> None:
    freeze(BEGIN)
    child = Person("测小禾", person(1).phone, id_number(7, birthday=date(2010, 3, 14)))
    put_on_roster(child)
    headers = sign_in(Level.L1)
    answer = post(headers, body_of(child)).get_json()
    assert (answer["level"], answer["state"]) == ("L1", "refused")
    assert "16 周岁" in answer["reason"]
    assert _worker(headers).id_number is None
    assert _requests() == []
    assert consents_of(db.session(), headers.worker_id) == []
    freeze(BEGIN + timedelta(days=1))
    assert post(headers, body_of(child)).get_json()["state"] == "matched"


def test_what_no_roster_knows_waits_for_a_person_and_is_shown_so(
    client: FlaskClient, post: Post, sign_in: SignIn
) -> None:
    headers = sign_in(Level.L1)
    answer = post(headers, body_of(person(1)))
    assert answer.get_json() == {"level": "L1", "state": "manual", "reason": BY_HAND}
    me = client.get("/api/v1/me", headers=headers).get_json()
    assert me["level"] == "L1"
    assert me["verification"]["state"] == "manual"
    assert me["membership"] is None
    (request,) = _requests()
    assert (request.state, request.reason) == (DeskState.OPEN, DeskReason.NOT_CONFIRMED)
    assert (request.name, request.id_number) == (person(1).name, person(1).id_number)


@pytest.mark.parametrize(
    ("id_type", "number"),
    [
        ("hk_mo_pass", "H12345678"),
        ("tw_pass", "12345678"),
        ("passport", "E12345678"),
        ("foreigner_id", "911124198108030024"),
    ],
)
def test_other_papers_are_looked_at_by_a_person(post: Post, sign_in: SignIn, id_type: str, number: str) -> None:
    answer = post(sign_in(Level.L1), body_of(person(1), id_type=id_type, id_number=number)).get_json()
    assert answer["state"] == "manual"
    (request,) = _requests()
    assert (request.id_type, request.reason) == (IdType(id_type), DeskReason.PAPER)


def test_a_number_that_another_account_holds_is_answered_like_any_doubt(
    post: Post, sign_in: SignIn, count_queries: list[str]
) -> None:
    """Unknown, wrong name, held by another with the right name, held by another with a wrong one: one answer."""
    put_on_roster(person(1), person(2))
    holder = sign_in(Level.L2, who=person(1))
    seen: list[tuple[Any, list[str]]] = []
    for body in (
        body_of(person(3)),
        body_of(person(2), name="测小错"),
        body_of(person(1)),
        body_of(person(1), name="测小错"),
    ):
        headers = sign_in(Level.L1)
        count_queries.clear()
        answer = post(headers, body)
        answered = answer.get_json()
        seen.append(((answer.status_code, answered, dict(answer.headers) | {"X-Request-Id": ""}), list(count_queries)))
    answers = [answer for answer, _ in seen]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][1]["state"] == "manual"
    assert all(work == seen[0][1] for _, work in seen)
    assert [request.reason for request in _requests()] == [
        DeskReason.NOT_CONFIRMED,
        DeskReason.NOT_CONFIRMED,
        DeskReason.NUMBER_TAKEN,
        DeskReason.NUMBER_TAKEN,
    ]
    assert _worker(holder).level is Level.L2


def test_five_tries_a_day_then_tomorrow(post: Post, sign_in: SignIn, freeze: Callable[[datetime], None]) -> None:
    freeze(BEGIN)
    put_on_roster(person(1))
    headers = sign_in(Level.L1)
    for number in range(TRIES_A_DAY):
        assert post(headers, body_of(person(2), name="测小" + "一二三四五"[number])).get_json()["state"] == "manual"
    answer = post(headers, body_of(person(1)))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == pytest.approx(8 * 3600, abs=2)
    assert post(sign_in(Level.L1), body_of(person(3))).status_code == 200
    freeze(BEGIN + timedelta(hours=8))
    assert post(headers, body_of(person(1))).get_json()["state"] == "matched"


def test_repeating_a_request_with_its_key_costs_one_try(post: Post, sign_in: SignIn) -> None:
    headers = sign_in(Level.L1)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    answers = {post(headers, body_of(person(1)), **key).get_data() for _ in range(3)}
    assert len(answers) == 1
    assert _attempts(headers) == 1


def test_asking_again_with_the_same_data_keeps_ones_place(
    post: Post, sign_in: SignIn, freeze: Callable[[datetime], None]
) -> None:
    freeze(BEGIN)
    headers = sign_in(Level.L1)
    post(headers, body_of(person(1)))
    freeze(BEGIN + timedelta(hours=1))
    post(headers, body_of(person(1)))
    (request,) = _requests()
    assert request.created_at == BEGIN


def test_other_data_replace_what_waits_and_the_old_are_wiped(post: Post, sign_in: SignIn) -> None:
    headers = sign_in(Level.L1)
    post(headers, body_of(person(1)))
    post(headers, body_of(person(2)))
    old, new = _requests()
    assert (old.state, old.name, old.id_number) == (DeskState.REPLACED, None, None)
    assert (new.state, new.name) == (DeskState.OPEN, person(2).name)


def test_a_later_match_takes_back_what_waits(post: Post, sign_in: SignIn) -> None:
    headers = sign_in(Level.L1)
    post(headers, body_of(person(1)))
    put_on_roster(person(1))
    assert post(headers, body_of(person(1))).get_json()["state"] == "matched"
    (request,) = _requests()
    assert (request.state, request.name, request.id_number) == (DeskState.REPLACED, None, None)


def test_verifying_again_with_the_same_data_is_fine_and_others_go_to_a_person(post: Post, sign_in: SignIn) -> None:
    put_on_roster(person(2))
    headers = sign_in(Level.L2, who=person(1))
    assert post(headers, body_of(person(1))).get_json() == {"level": "L2", "state": "matched"}
    answer = post(headers, body_of(person(2))).get_json()
    assert (answer["level"], answer["state"]) == ("L2", "manual"), "even though the roster knows them"
    (request,) = _requests()
    assert request.reason is DeskReason.CHANGED
    assert _worker(headers).id_number == person(1).id_number


def test_without_any_source_everything_goes_to_a_person(app: Flask, post: Post, sign_in: SignIn) -> None:
    put_on_roster(person(1))
    register_sources(app)
    try:
        assert post(sign_in(Level.L1), body_of(person(1))).get_json()["state"] == "manual"
    finally:
        register_sources(app, RosterSource())
    (request,) = _requests()
    assert request.reason is DeskReason.SOURCE_AWAY


def test_a_source_that_is_away_does_not_keep_another_from_matching(app: Flask, post: Post, sign_in: SignIn) -> None:
    class Away:
        def confirm(self, _session: object, _claim: Claim) -> Confirmation:
            return Confirmation.AWAY

    put_on_roster(person(1))
    register_sources(app, Away(), RosterSource())
    try:
        assert post(sign_in(Level.L1), body_of(person(1))).get_json()["state"] == "matched"
        assert post(sign_in(Level.L1), body_of(person(2))).get_json()["state"] == "manual"
    finally:
        register_sources(app, RosterSource())
    (request,) = _requests()
    assert request.reason is DeskReason.SOURCE_AWAY


def test_synthetic_numbers_do_not_verify_in_production(
    app: Flask, post: Post, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    monkeypatch.setitem(app.config, "WARMBEE", replace(app.config["WARMBEE"], environment=Environment.PRODUCTION))
    answer = post(sign_in(Level.L1), body_of(person(1)))
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["id_number"]


def test_who_is_on_a_vanished_unions_list_is_verified_without_membership(
    client: FlaskClient, post: Post, sign_in: SignIn
) -> None:
    union = make_union()
    put_on_roster(person(1), union=union)
    db.session.delete(union)
    db.session.commit()
    headers = sign_in(Level.L1)
    assert post(headers, body_of(person(1))).get_json()["state"] == "matched"
    assert client.get("/api/v1/me", headers=headers).get_json()["membership"] is None


def test_rows_of_a_verification_print_nothing_personal(post: Post, sign_in: SignIn) -> None:
    post(sign_in(Level.L1), body_of(person(1)))
    (request,) = _requests()
    assert person(1).name not in repr(request)
    assert person(1).id_number not in repr(request)


def _worker(headers: Headers) -> Worker:
    db.session.expire_all()
    return db.session.get_one(Worker, headers.worker_id)


def _requests() -> list[DeskRequest]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(DeskRequest).order_by(DeskRequest.id)))


def _attempts(headers: Headers) -> int:
    statement = sa.select(sa.func.count()).where(VerificationAttempt.worker_id == headers.worker_id)
    return db.session.scalar(statement) or 0
