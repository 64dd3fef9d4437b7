"""Submitting a case."""

import io
import json
import re
import uuid
from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases.models import Case, CaseEvent, ServiceVersion
from server.clocks.models import Clock
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.clock import SHANGHAI
from server.core.db import transaction
from server.identity.models import Consent
from server.notices.models import Notice
from server.unions.service import admit
from tests.cases.conftest import FRIDAY, Follow, Freeze, Submit, consents, submission
from tests.cases.declared import services, signed_example
from tests.cases.files.conftest import jpeg
from tests.sign_in import SignIn, step_up
from tests.staff import make_district


def post(client: FlaskClient, body: dict[str, Any], headers: Any = None) -> Any:
    return client.post("/api/v1/cases", json=body, headers=headers)


def test_the_services_say_which_level_each_identity_mode_takes(client: FlaskClient) -> None:
    items = {item["key"]: item for item in client.get("/api/v1/services").json["items"]}
    assert items["grievance"]["required_level"] == {"named": "L1", "confidential": "L1", "anonymous": "L0"}
    assert items["legal_aid"]["required_level"] == {"named": "L1"}
    assert all(item["name"] and item["summary"] for item in items.values())


@pytest.mark.parametrize("key", [key for key, one in services().items() if not one.by_desk])
def test_what_a_service_describes_is_enough_to_submit_to_it(client: FlaskClient, sign_in: SignIn, key: str) -> None:
    described = client.get(f"/api/v1/services/{key}").json
    headers = sign_in(Level.L2)
    asked_by = services()[key].asked_by
    if asked_by is not None and asked_by.members:
        with transaction() as session:
            admit(session, worker_id=headers.worker_id, union=make_district())
    step_up(headers.worker_id)
    body = {
        "service": key,
        "answers": described["example"] | signed_example(key, headers.person.name),
        "consents": [{"key": one["key"], "version": one["version"]} for one in described["consents"]],
    }
    assert post(client, body, headers).status_code == 201


def test_a_service_shows_its_deadlines_by_answer(client: FlaskClient) -> None:
    deadlines = client.get("/api/v1/services/grievance").json["deadlines"]
    answer = {str(one["when"]): one["text"] for one in deadlines if one["key"] == "answer"}
    assert answer == {
        "{'kind': ['consult']}": "2 个工作日内",
        "{'kind': ['suggest', 'praise']}": "7 个工作日内",
        "None": "5 个工作日内",
    }


def test_a_service_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/api/v1/services/luck").status_code == 404


def test_a_new_case_has_the_contracts_shape(sign_in: SignIn, submit: Submit, freeze: Freeze) -> None:
    freeze(FRIDAY)
    case = submit("grievance", sign_in(Level.L1))
    assert re.fullmatch(r"SQ260313-\d{4,}-[A-Z]", case["no"])
    assert (case["service"], case["state"], case["state_name"]) == ("grievance", "submitted", "已提交")
    assert (case["phase"], case["identity_mode"]) == ("submitted", "named")
    assert case["next"] == {"who": "union", "name": "工会", "by": "2026-03-16T18:00:00+08:00"}
    assert [(clock["key"], clock["due_at"]) for clock in case["clocks"]] == [
        ("triage", "2026-03-13T16:00:00+08:00"),
        ("sign", "2026-03-16T18:00:00+08:00"),
        ("contact", "2026-03-16T18:00:00+08:00"),
        ("answer", "2026-03-20T18:00:00+08:00"),
    ]
    assert all(clock["original_due_at"] == clock["due_at"] for clock in case["clocks"])
    assert not any(clock["provisional"] or clock["paused"] for clock in case["clocks"])
    assert case["timeline"] == [{"at": "2026-03-13T10:00:00+08:00", "what": "已提交，工会收到了"}]
    assert case["messages"] == []
    assert case["answers"] == services()["grievance"].example
    assert "secret" not in case
    assert "rating" not in case


@pytest.mark.parametrize(
    ("kind", "due"),
    [("consult", "2026-03-17"), ("help", "2026-03-20"), ("report", "2026-03-20"), ("suggest", "2026-03-24")],
)
def test_the_kind_of_grievance_decides_how_long_an_answer_may_take(
    sign_in: SignIn, submit: Submit, freeze: Freeze, kind: str, due: str
) -> None:
    freeze(FRIDAY)
    case = submit("grievance", sign_in(Level.L1), answers={"kind": kind})
    assert {clock["key"]: clock["last_day"] for clock in case["clocks"]}["answer"] == due


def test_legal_aid_is_decided_within_seven_days_rolled_over_the_holidays(
    sign_in: SignIn, submit: Submit, freeze: Freeze
) -> None:
    freeze(datetime(2026, 2, 10, 9, 0, tzinfo=SHANGHAI))
    case = submit("legal_aid", sign_in(Level.L2), answers={"last_day": "2026-02-01"})
    decide = next(clock for clock in case["clocks"] if clock["key"] == "decide")
    assert (decide["last_day"], decide["due_at"]) == ("2026-02-24", "2026-02-25T00:00:00+08:00")


def test_legal_aid_shows_the_last_day_for_arbitration_and_what_is_owed(
    sign_in: SignIn, submit: Submit, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    case = submit("legal_aid", sign_in(Level.L2))
    computed = {found["key"]: found for found in case["computed"]}
    assert computed["owed"]["value"] == 20700_00
    assert computed["limit_date"]["value"] == "2027-03-01"
    assert "最迟 2027-03-01 前，以仲裁委认定为准" in computed["limit_date"]["text"]
    assert not case["urgent"]


def test_fewer_than_seven_days_before_the_limit_make_a_case_urgent(
    sign_in: SignIn, submit: Submit, freeze: Freeze
) -> None:
    freeze(datetime(2027, 2, 23, 9, 0, tzinfo=SHANGHAI))
    assert submit("legal_aid", sign_in(Level.L2))["urgent"]


def test_everything_that_follows_is_written_with_the_case(sign_in: SignIn, submit: Submit, db_session: Session) -> None:
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    row = db_session.scalars(sa.select(Case)).one()
    version = services()["legal_aid"].version
    assert (row.no, row.worker_id, row.service_version) == (case["no"], headers.worker_id, version)
    assert db_session.scalars(sa.select(CaseEvent.step)).all() == ["submit"]
    assert {clock.key for clock in db_session.scalars(sa.select(Clock))} == {"screen", "decide"}
    notice = db_session.scalars(sa.select(Notice)).one()
    assert (notice.title, notice.link) == ("你的事项已收到", f"/cases/{case['no']}")
    assert case["no"] in notice.body
    audit = db_session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.submit")).one()
    assert (audit.actor, audit.subject_id) == (f"worker:{headers.worker_id}", str(row.id))
    agreed = {consent.key.value for consent in db_session.scalars(sa.select(Consent))}
    assert agreed == {"terms", "identity", "sharing", "truth", "contact"}
    kept = db_session.get_one(ServiceVersion, ("legal_aid", version))
    assert kept.digest == services()["legal_aid"].digest


def test_nothing_a_worker_wrote_lies_open_in_the_database(sign_in: SignIn, submit: Submit, db_session: Session) -> None:
    submit("grievance", sign_in(Level.L1), answers={"text": "冰箱坏了三个月没有人来修", "firm": "某某公司"})
    for (row,) in db_session.execute(sa.text("SELECT service_case::text FROM service_case")):
        assert "冰箱" not in row
        assert "冰箱".encode().hex() not in row


def test_the_same_idempotency_key_makes_one_case(client: FlaskClient, sign_in: SignIn, db_session: Session) -> None:
    headers = {**sign_in(Level.L1), "Idempotency-Key": str(uuid.uuid4())}
    first = post(client, submission("grievance"), headers)
    again = post(client, submission("grievance"), headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Case)) == 1


def test_a_guest_is_asked_to_sign_in_for_a_named_case(client: FlaskClient) -> None:
    assert post(client, submission("grievance")).status_code == 401


@pytest.mark.parametrize(
    ("service", "level", "required"),
    [("grievance", Level.L0, "L1"), ("legal_aid", Level.L0, "L1"), ("join_union", Level.L1, "L2")],
)
def test_a_level_that_is_missing_is_named(
    client: FlaskClient, sign_in: SignIn, service: str, level: Level, required: str
) -> None:
    answer = post(client, submission(service), sign_in(level))
    assert (answer.status_code, answer.json["code"]) == (403, "level_required")
    assert answer.json["required_level"] == required


def test_a_mode_that_is_not_offered_is_refused_naming_those_that_are(client: FlaskClient, sign_in: SignIn) -> None:
    answer = post(client, submission("legal_aid", identity_mode="confidential"), sign_in(Level.L2))
    assert answer.status_code == 422
    assert answer.json["errors"] == {"identity_mode": ["这项服务现在只能这样提交：named（实名）"]}


def test_a_service_that_is_not_there_is_named(client: FlaskClient, sign_in: SignIn) -> None:
    body = submission("grievance") | {"service": "luck"}
    answer = post(client, body, sign_in(Level.L1))
    assert answer.json["errors"] == {"service": ["没有这项服务"]}


def test_wrong_answers_are_named_by_their_path(client: FlaskClient, sign_in: SignIn) -> None:
    wages = [{"month": "2026-01", "agreed": 100, "paid": "none"}]
    answer = post(client, submission("legal_aid", answers={"wages": wages, "matter": "luck"}), sign_in(Level.L2))
    assert answer.status_code == 422
    assert answer.json["errors"]["answers.wages.0.paid"] == ["这里要填整数"]
    assert answer.json["errors"]["answers.matter"] == ["请从列出的选项里选一个"]


def test_answers_without_end_are_refused_before_anybody_looks_at_them(client: FlaskClient, sign_in: SignIn) -> None:
    headers = sign_in(Level.L2)
    body = json.dumps(submission("grievance", answers={"firm": "…"}))
    deep = body.replace('"\\u2026"', "[" * 20 + "]" * 20)
    answer = client.post("/api/v1/cases", data=deep, content_type="application/json", headers=headers)
    assert answer.json["errors"] == {"answers": ["内容套得太深了"]}
    many = {f"k{number}": 1 for number in range(300)}
    assert post(client, submission("grievance", answers=many), headers).json["errors"] == {"answers": ["填的项太多了"]}
    rows = submission("legal_aid", answers={"wages": [{}] * 5000})
    assert len(post(client, rows, headers).json["errors"]) <= 300
    assert post(client, submission("grievance", answers={"text": "长" * 100_000}), headers).status_code == 413


def test_missing_consents_are_named_together_with_wrong_answers(client: FlaskClient, sign_in: SignIn) -> None:
    body = submission("legal_aid", consents=consents("terms"), answers={"text": "短"})
    answer = post(client, body, sign_in(Level.L2))
    assert set(answer.json["errors"]) == {
        "answers.text",
        "consents.identity",
        "consents.sharing",
        "consents.truth",
    }


def test_a_consent_to_an_older_text_does_not_count(client: FlaskClient, sign_in: SignIn) -> None:
    answer = post(client, submission("grievance", consents=[{"key": "terms", "version": "0"}]), sign_in(Level.L1))
    assert answer.status_code == 422
    assert "consents.terms" in answer.json["errors"]


def test_health_is_asked_for_only_when_somebody_was_hurt(client: FlaskClient, sign_in: SignIn) -> None:
    hurt = submission("legal_aid", answers={"matter": "injury"})
    answer = post(client, hurt, sign_in(Level.L2))
    assert set(answer.json["errors"]) == {"consents.health"}
    hurt["consents"] += consents("health")
    assert post(client, hurt, sign_in(Level.L2)).status_code == 201


def test_a_place_is_kept_to_a_hundred_metres_and_only_with_consent(
    client: FlaskClient, sign_in: SignIn, submit: Submit
) -> None:
    place = {"lat": 22.541234, "lng": 114.057868}
    headers = sign_in(Level.L1)
    refused = post(client, submission("grievance", place=place), headers)
    assert set(refused.json["errors"]) == {"consents.location"}
    case = submit("grievance", headers, place=place, consents=consents("terms", "location"))
    assert case["place"] == {"lat": 22.541, "lng": 114.058}


def test_a_service_without_places_refuses_one(client: FlaskClient, sign_in: SignIn) -> None:
    body = submission("legal_aid", place={"lat": 22.5, "lng": 114.0})
    assert post(client, body, sign_in(Level.L2)).json["errors"] == {"place": ["这项服务不用位置"]}


def test_photos_come_with_the_case_and_with_messages(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow
) -> None:
    headers = sign_in(Level.L1)

    def upload() -> dict[str, Any]:
        photo = {"file": (io.BytesIO(jpeg()), "photo.jpg")}
        return {"id": client.post("/api/v1/attachments", data=photo, headers=headers).json["id"]}

    case = submit("grievance", headers, attachments=[upload()])
    assert len(case["attachments"]) == 1
    answer = follow(case, headers).post("messages", {"text": "还有一张", "attachments": [upload()]})
    files = answer.json["attachments"] + answer.json["messages"][0]["attachments"]
    assert [client.get(file["url"]).content_type for file in files] == ["image/jpeg"] * 2


def test_a_photo_of_somebody_else_is_refused_and_nothing_is_kept(
    client: FlaskClient, sign_in: SignIn, db_session: Session
) -> None:
    photo = {"file": (io.BytesIO(jpeg()), "photo.jpg")}
    stolen = client.post("/api/v1/attachments", data=photo, headers=sign_in(Level.L1)).json["id"]
    answer = post(client, submission("grievance", attachments=[{"id": stolen}]), sign_in(Level.L1))
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["attachments.0.id"])
    assert db_session.scalars(sa.select(Case)).all() == []


@pytest.mark.parametrize("words", ["仓库着火了，还有人在里面", "站长把我推倒，我受伤了", "我不想活了，谁都不管我"])
def test_words_of_danger_bring_numbers_to_call_and_hold_nothing_up(sign_in: SignIn, submit: Submit, words: str) -> None:
    case = submit("grievance", sign_in(Level.L1), answers={"text": words})
    assert {phone["number"] for phone in case["safety"]["phones"]} == {"110", "119", "120", "12356"}
    assert case["urgent"]


def test_words_of_danger_bring_numbers_to_call_even_when_the_form_is_not_complete(
    client: FlaskClient, sign_in: SignIn
) -> None:
    answer = post(client, submission("grievance", answers={"text": "着火了"}), sign_in(Level.L1))
    assert list(answer.json["errors"]) == ["answers.text"]
    assert "119" in {phone["number"] for phone in answer.json["safety"]["phones"]}


def test_everyday_words_bring_no_warning(sign_in: SignIn, submit: Submit) -> None:
    case = submit("grievance", sign_in(Level.L1))
    assert "safety" not in case
    assert not case["urgent"]


def test_a_service_changed_under_its_old_version_takes_no_cases(
    app: Flask, client: FlaskClient, sign_in: SignIn, submit: Submit, db_session: Session
) -> None:
    known = app.extensions["warmbee_services"]
    known.kept.clear()
    version = known.current["grievance"].version
    db_session.add(ServiceVersion(service="grievance", version=version, digest="another", document={}))
    db_session.commit()
    answer = post(client, submission("grievance"), sign_in(Level.L1))
    assert answer.status_code == 503
    warnings = client.get("/status").json["warnings"]
    assert any("config/services/grievance.yaml" in warning for warning in warnings)


def test_the_day_in_the_number_is_shanghais(sign_in: SignIn, submit: Submit, freeze: Freeze) -> None:
    freeze(datetime(2026, 3, 14, 0, 30, tzinfo=SHANGHAI))
    assert submit("grievance", sign_in(Level.L1))["no"].startswith(f"SQ{date(2026, 3, 14):%y%m%d}-")


def test_a_case_that_names_no_street_costs_one_question_and_one_statement(
    sign_in: SignIn, submit: Submit, count_queries: list[str]
) -> None:
    make_district()
    headers = sign_in(Level.L1)
    submit("grievance", headers)  # takes a block of numbers
    count_queries.clear()
    submit("grievance", headers)
    written = next(number for number, one in enumerate(count_queries) if one.startswith("WITH"))
    assert [one for one in count_queries[:written] if "role_grant" in one] == [count_queries[written - 1]]
    assert len(count_queries[written]) < 4096  # psycopg keeps no longer statement ready
