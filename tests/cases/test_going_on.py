"""A grievance goes on as legal aid: the form is filled in with what was told, its worker looks it over and sends it."""

import io
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.cases.files.models import Attachment
from server.cases.fitting import faults_of_taking_over
from server.cases.forms.computed import arbitration_limit
from server.cases.loader import declare
from server.cases.models import Case
from server.cases.retention.purging import purge
from server.core.access import Level
from server.notices.models import Notice, StaffNotice
from tests.cases.conftest import FRIDAY, Follow, Freeze, Submit, submission
from tests.cases.conftest import Desk as Commands
from tests.cases.declared import document, pausable, services
from tests.cases.files.conftest import jpeg
from tests.desk import Desk, desk_of, words
from tests.sign_in import Headers, SignIn

WORDS = "站点从三月起每单多扣两元，没有通知，也不退。"
TOLD = {"text": WORDS, "firm": "演示配送站", "topic": "pay", "kind": "complaint"}
REST = {key: answer for key, answer in services()["legal_aid"].example.items() if key not in {"text", "matter"}}


def carried(client: FlaskClient, no: str, headers: Headers | dict[str, str], to: str = "legal_aid") -> TestResponse:
    return client.get(f"/api/v1/cases/{no}/carried/{to}", headers=headers)


def send(client: FlaskClient, headers: Headers, no: str, **others: Any) -> TestResponse:
    """The prefilled form with the rest added, sent as a page does."""
    begun = carried(client, no, headers).json
    assert begun is not None
    answers = REST | begun["answers"] | others.pop("answers", {})
    body = submission("legal_aid", goes_on_from=no, **others) | {"answers": answers}
    return client.post("/api/v1/cases", json=body, headers={**headers, "Idempotency-Key": str(uuid.uuid4())})


def uploaded(client: FlaskClient, headers: Headers) -> str:
    sent = client.post(
        "/api/v1/attachments",
        data={"file": (io.BytesIO(jpeg()), "a.jpg")},
        headers={**headers, "Idempotency-Key": str(uuid.uuid4())},
    )
    assert sent.status_code == 201, sent.json
    assert sent.json is not None
    return str(sent.json["id"])


def page(desk: Desk, case: dict[str, Any]) -> str:
    """A case at the desk, whole."""
    answer = desk.get(f"/console/cases/{case['no']}")
    assert answer.status_code == 200
    return answer.text


def test_the_form_begins_with_what_was_told_and_nothing_is_sent(
    client: FlaskClient, sign_in: SignIn, submit: Submit, freeze: Freeze, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    freeze(FRIDAY)
    case = submit("grievance", headers, answers=TOLD)
    freeze(FRIDAY + timedelta(days=3))
    offered = client.get(f"/api/v1/cases/{case['no']}", headers=headers).json
    assert offered is not None
    (offer,) = offered["goes_on"]
    assert (offer["service"], offer["suggested"], offer["possible"]) == ("legal_aid", False, True)
    begun = carried(client, case["no"], headers).json
    assert begun is not None
    assert begun["answers"] == {
        "matter": "wages",
        "text": WORDS,
        "other_parties": [{"name": "演示配送站"}],
        "told_on": "2026-03-13",
    }
    assert (begun["version"], begun["files"]) == (services()["legal_aid"].version, [])
    assert db_session.scalar(sa.select(sa.func.count()).select_from(Case)) == 1
    assert carried(client, case["no"], sign_in(Level.L1)).status_code == 404
    assert carried(client, case["no"], headers, to="hardship_aid").status_code == 404


def test_what_has_nothing_to_do_with_it_is_offered_only_where_the_staff_suggest_it(
    sign_in: SignIn, submit: Submit, follow: Follow, desk: Commands, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers, answers={"topic": "station", "kind": "complaint"})
    worker = follow(case, headers)
    assert "goes_on" not in worker.read()
    desk.do(case, "accept", ("suggest_aid", "你这种情况可以请律师。"))
    read = worker.read()
    assert [(one["service"], one["suggested"]) for one in read["goes_on"]] == [("legal_aid", True)]
    assert read["messages"][-1]["text"] == "你这种情况可以请律师。"
    told = [one for one in db_session.scalars(sa.select(Notice)) if one.title == "工会给了你一个建议"]
    assert [case["no"] in one.body for one in told] == [True]
    assert desk.run("do", case["no"], "suggest_aid").exit_code == 1, "they are told once"


def test_it_is_suggested_once_more_when_the_worker_took_the_other_back(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow, desk: Commands
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers, answers=TOLD)
    desk.do(case, "accept", "suggest_aid")
    aid = send(client, headers, case["no"]).json
    assert aid is not None
    assert desk.run("do", case["no"], "suggest_aid").exit_code == 1, "it is under way"
    assert follow(aid, headers).post("withdrawal", {}).status_code == 200
    settled = desk.run("do", case["no"], "settle_by_aid", "--text", "由律师接着办。")
    assert (settled.exit_code, "没有在办" in settled.output) == (1, True)
    desk.do(case, "suggest_aid")
    assert desk.run("do", case["no"], "suggest_aid").exit_code == 1
    assert send(client, headers, case["no"]).status_code == 201
    desk.do(case, ("settle_by_aid", "由律师接着办。"))


def test_known_in_both_the_two_lead_to_each_other_and_the_first_may_be_settled(
    app: Flask,
    client: FlaskClient,
    sign_in: SignIn,
    submit: Submit,
    follow: Follow,
    desk: Commands,
    db_session: Session,
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers, answers=TOLD)
    worker = follow(case, headers)
    desk.do(case, "accept")
    assert "settle_by_aid" not in desk.run("show", case["no"]).output
    answer = send(client, headers, case["no"])
    assert answer.status_code == 201, answer.json
    aid = answer.json
    assert aid is not None
    assert aid["came_from"] == {"no": case["no"], "service": "grievance", "service_name": "反映问题"}
    read = worker.read()
    assert read["went_on"] == [{"no": aid["no"], "service": "legal_aid", "service_name": "请律师帮忙"}]
    assert read["timeline"][-1]["what"] == "你接着请了律师帮忙"
    assert "goes_on" not in read
    (told,) = db_session.scalars(sa.select(StaffNotice).where(StaffNotice.kind == "case.went_on"))
    assert (told.staff_no, aid["no"] in told.text) == ("A1024", True)

    rights = desk_of(app, "Z1", "district_rights")
    assert aid["no"] in page(rights, case)
    assert case["no"] in page(rights, aid)
    street = desk_of(app, "Z2", "worker_desk")
    shown = page(street, case)
    assert aid["no"] in shown
    assert f"/cases/{aid['no']}" not in shown, "a link that can only be refused"

    assert "工友已经接着办了，正在办" in words(rights.get(f"/console/cases/{case['no']}"))
    assert desk.run("do", case["no"], "suggest_aid", staff="Z1").exit_code == 1, "nobody is told to do it again"
    again = carried(client, case["no"], headers)
    assert (again.status_code, again.json and again.json["no"]) == (409, aid["no"])
    desk.do(case, ("settle_by_aid", "由律师接着办，这件我们先不办了。"))
    read = worker.read()
    assert (read["state"], read["can"][-1]) == ("replied", "rating")


def test_while_one_is_under_way_a_second_is_not_taken(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow
) -> None:
    headers = sign_in(Level.L1)
    no = submit("grievance", headers, answers=TOLD)["no"]
    body = submission("legal_aid", goes_on_from=no)
    first, second = (
        client.post("/api/v1/cases", json=body, headers={**headers, "Idempotency-Key": str(uuid.uuid4())})
        for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 409)
    assert first.json is not None
    assert second.json is not None
    assert second.json["no"] == first.json["no"]
    assert follow(first.json, headers).post("withdrawal", {}).status_code == 200
    assert carried(client, no, headers).status_code == 200


def test_whoever_handles_it_is_told_of_a_second_going_on_too(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow, desk: Commands, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers, answers=TOLD)
    desk.do(case, "accept")
    sent = []
    for _ in range(2):
        aid = send(client, headers, case["no"]).json
        assert aid is not None
        sent.append(aid["no"])
        assert follow(aid, headers).post("withdrawal", {}).status_code == 200
    told = db_session.scalars(sa.select(StaffNotice.text).where(StaffNotice.kind == "case.went_on")).all()
    assert [no in text for no, text in zip(sent, sorted(told), strict=True)] == [True, True]
    what = [one["what"] for one in follow(case, headers).read()["timeline"]]
    assert what.count("你接着请了律师帮忙") == 1


def test_an_anonymous_one_is_refused_and_says_what_to_do(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow
) -> None:
    case = submit("grievance", answers=TOLD)
    assert [one["possible"] for one in follow(case).read()["goes_on"]] == [False]
    refused = carried(client, case["no"], {"Case-Secret": case["secret"]})
    assert refused.status_code == 409
    assert refused.json is not None
    assert refused.json["code"] == "anonymous_stays"
    assert "登录" in refused.json["title"]
    headers = sign_in(Level.L1)
    body = submission("legal_aid", goes_on_from=case["no"])
    sent = client.post("/api/v1/cases", json=body, headers={**headers, "Idempotency-Key": str(uuid.uuid4())})
    assert sent.status_code == 404, "a number alone opens nothing"


def test_from_a_confidential_one_the_desk_learns_the_day_and_nothing_else(
    app: Flask,
    client: FlaskClient,
    sign_in: SignIn,
    submit: Submit,
    follow: Follow,
    desk: Commands,
    freeze: Freeze,
    db_session: Session,
) -> None:
    headers = sign_in(Level.L1)
    freeze(FRIDAY)
    case = submit("grievance", headers, answers=TOLD, identity_mode="confidential")
    desk.do(case, "accept")
    before = follow(case, headers).read()["timeline"]
    freeze(FRIDAY + timedelta(days=4))
    answer = send(client, headers, case["no"], answers={"text": "换个说法：工钱被扣了，一直没有退给我。"})
    assert answer.status_code == 201, answer.json
    aid = answer.json
    assert aid is not None
    # The worker sees both; the first does not even say that anything happened.
    read = follow(case, headers).read()
    assert read["went_on"][0]["no"] == aid["no"]
    assert read["timeline"] == before
    assert aid["came_from"]["no"] == case["no"]
    assert db_session.scalar(sa.select(sa.func.count()).where(StaffNotice.kind == "case.went_on")) == 0

    rights = desk_of(app, "Z1", "district_rights")
    at_aid, at_grievance = page(rights, aid), page(rights, case)
    row = r"以前跟工会说过的，是哪天第一次说的.{0,20}(?:3 ?月 ?13 ?日|2026-03-13)"
    assert re.search(row, words(rights.get(f"/console/cases/{aid['no']}"))), "the day on which it was first told"
    assert case["no"] not in at_aid
    assert aid["no"] not in at_grievance
    assert case["no"] not in desk.run("show", aid["no"], staff="Z1").output


def test_files_come_along_as_files_of_their_own(
    client: FlaskClient, sign_in: SignIn, submit: Submit, db_session: Session, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    file = uploaded(client, headers)
    no = submit("grievance", headers, answers=TOLD, attachments=[{"id": file}])["no"]
    begun = carried(client, no, headers).json
    assert begun is not None
    assert [one["id"] for one in begun["files"]] == [file]
    path, key = f"/api/v1/cases/{no}/carried/legal_aid/files", {"Idempotency-Key": str(uuid.uuid4())}
    copies = [client.post(path, json={"files": [file]}, headers={**headers, **key}) for _ in range(2)]
    assert copies[0].status_code == 201, copies[0].json
    assert copies[0].json == copies[1].json, "a second tap makes no second copy"
    assert copies[0].json is not None
    (copy,) = copies[0].json["items"]
    assert copy["left"]["files"] == 58, "both count against what one may send in a day"
    sent = send(client, headers, no, attachments=[{"id": copy["id"], "field": "payslip_files"}])
    assert sent.status_code == 201, sent.json
    first, second = db_session.scalars(sa.select(Attachment).order_by(Attachment.created_at, Attachment.id))
    assert first.case_id != second.case_id
    assert first.storage_key != second.storage_key, "each goes with its own case"
    assert (second.sha256, second.field) == (first.sha256, "payslip_files")
    strange = client.post(
        path, json={"files": [str(uuid.uuid4())]}, headers={**headers, "Idempotency-Key": str(uuid.uuid4())}
    )
    assert strange.status_code == 422


def test_what_was_merged_goes_on_alone_when_a_lawyer_takes_the_first(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow, desk: Commands, db_session: Session
) -> None:
    one, other = sign_in(Level.L1), sign_in(Level.L1)
    lead, merged = (submit("grievance", who, answers=TOLD) for who in (one, other))
    desk.do(lead, "accept")
    desk.do(merged, "accept")
    assert desk.run("do", merged["no"], "merge", "--into", lead["no"]).exit_code == 0
    assert send(client, one, lead["no"]).status_code == 201
    desk.do(lead, ("settle_by_aid", "由律师接着办，这件我们先不办了。"))
    read = follow(merged, other).read()
    assert (read["state"], read["messages"]) == ("handling", [])
    assert db_session.scalar(sa.select(sa.func.count()).where(Case.lead_id.is_not(None))) == 0


def test_once_the_first_is_emptied_nothing_leads_to_whose_it_was(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    freeze(FRIDAY)
    case = submit("grievance", headers, answers=TOLD, identity_mode="confidential")
    assert send(client, headers, case["no"]).status_code == 201
    assert follow(case, headers).post("withdrawal", {}).status_code == 200
    left = sa.select(sa.func.count()).where(Case.carried_from_id.is_not(None))
    assert db_session.scalar(left) == 1
    assert purge(at=FRIDAY + timedelta(days=366 * 40))["grievance"] == 1
    db_session.expire_all()
    assert db_session.scalar(left) == 0


def test_no_limit_counts_from_later_than_the_day_it_was_told(freeze: Freeze) -> None:
    facts: dict[str, Any] = {"unpaid_wages": False, "still_working": True, "last_day_of_work": None}
    for known_on, told_on, limit in (
        ("2026-03-10", "2026-03-01", "2027-03-01"),
        ("2026-02-10", "2026-03-01", "2027-02-10"),
        (None, "2026-03-01", "2027-03-01"),
        ("2026-03-10", None, "2027-03-10"),
    ):
        found = arbitration_limit(today=FRIDAY.date(), known_on=known_on, told_on=told_on, **facts)
        assert found is not None
        assert found.value == limit


SPOILT: dict[str, tuple[dict[str, Any], str]] = {
    "another service": ({"from": "nothing"}, "there is no other service nothing"),
    "a step": ({"suggested-by": "confirm"}, "grievance has no step of the staff confirm"),
    "a day": ({"told-on": "text"}, "text is no date"),
    "a field there": ({"answers": [{"field": "text", "from": "nothing"}]}, "grievance does not ask for nothing"),
    "a field here": ({"answers": [{"field": "nothing", "from": "text"}]}, "is not asked for"),
    "a type": ({"answers": [{"field": "work_from", "from": "text"}]}, "text|long_text does not fit into date"),
    "a choice without names": ({"answers": [{"field": "matter", "from": "topic"}]}, "says what each choice is called"),
    "a choice that is none": (
        {"answers": [{"field": "matter", "from": "topic", "as": {"pay": "nothing"}}]},
        "nothing cannot be chosen",
    ),
    "a column": (
        {"answers": [{"field": "wages", "column": "month", "from": "firm"}]},
        "month is no column that makes a row by itself",
    ),
    "a length": ({"answers": [{"field": "payer", "from": "text"}]}, "holds"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_does_not_fit_is_refused(what: str) -> None:
    changes, reason = SPOILT[what]
    spoilt = document("legal_aid")
    spoilt["takes-over"][0] |= changes
    aid = declare(spoilt, pausable=pausable(), name="legal_aid.yaml")
    faults = list(faults_of_taking_over(aid, {**services(), "legal_aid": aid}))
    assert any(part in fault for fault in faults for part in reason.split("|")), faults
    assert list(faults_of_taking_over(services()["legal_aid"], services())) == []
