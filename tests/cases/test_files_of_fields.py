"""Files given to a field of a form: how many, of which kind, who of the staff opens them, how long they are kept."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from server.cases import filling
from server.cases.attached import faults_of_files
from server.cases.files.media import MediaType
from server.cases.files.service import store_of_staff
from server.cases.forms.fields import Viewer
from server.cases.loader import ServiceError, declare
from server.cases.retention.classes import retention_rules
from server.cases.retention.filing import filing_of
from server.cases.seeing import WHO_OPENS, viewers_of
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.errors import Problem
from server.unions.staff.roles import roles
from tests.cases.conftest import STAFF, Follow, Submit, submission
from tests.cases.conftest import Desk as Commands
from tests.cases.declared import document, pausable, services
from tests.cases.files.conftest import jpeg, pdf, png
from tests.cases.papers.test_making import text_of
from tests.cases.test_seen_by import signed_in
from tests.console.test_filling_in import shown_values
from tests.desk import Desk, make_member, words
from tests.sign_in import Headers, SignIn

FIELDS: list[dict[str, Any]] = [
    {"key": "slips", "type": "file", "label": "工资条的照片", "kinds": ["image", "pdf"], "maximum": 2},
    {
        "key": "relief_paper",
        "type": "file",
        "label": "低保证的照片",
        "kinds": ["image"],
        "seen-by": ["handler"],
        "retention": "finance",
        "visible-if": {"means": "relief"},
    },
]
IN_NEED = {"migrant": False, "means": "relief"}


def aid_with_files(**changes: Any) -> dict[str, Any]:
    """Legal aid that asks for files, as a document; `changes` by key of the field."""
    made = document("legal_aid")
    made["version"] = 991
    made["form"]["sections"][-1]["fields"] += [{**field, **changes.get(field["key"], {})} for field in FIELDS]
    return made


def declared(**changes: Any) -> Any:
    return declare(aid_with_files(**changes), pausable=pausable(), name="legal_aid.yaml")


@pytest.fixture
def _files_asked_for(app: Flask) -> Iterator[None]:
    known = app.extensions["warmbee_services"].current
    before = known["legal_aid"]
    known["legal_aid"] = declared()
    yield
    known["legal_aid"] = before


def sent(
    client: FlaskClient, headers: Headers, field: str | None = None, content: bytes | None = None
) -> dict[str, Any]:
    """A file that was uploaded, as a body names it."""
    data = {"file": (io.BytesIO(content or jpeg()), "x.jpg")}
    stored = client.post("/api/v1/attachments", data=data, headers=dict(headers)).json
    return {"id": stored["id"]} | ({} if field is None else {"field": field})


@pytest.mark.usefixtures("_files_asked_for")
def test_each_file_says_what_it_is_in_the_order_in_which_it_was_sent(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow
) -> None:
    who = sign_in(Level.L2)
    files = [sent(client, who, "slips", png()), sent(client, who), sent(client, who, "slips")]
    case = submit("legal_aid", who, attachments=files)
    shown = follow(case, who).read()["attachments"]
    assert [one["id"] for one in shown] == [one["id"] for one in files]
    assert [one.get("label") for one in shown] == ["工资条的照片", None, "工资条的照片"]
    assert [one.get("field") for one in shown] == ["slips", None, "slips"]


@pytest.mark.usefixtures("_files_asked_for")
@pytest.mark.parametrize(
    ("fields", "answers", "path", "told"),
    [
        (["slips", "slips", "slips"], {}, "answers.slips", "最多 2 个"),
        (["relief_paper"], {}, "attachments.0.field", "没有这一栏"),
        ([None, "love_letter"], {}, "attachments.1.field", "没有这一栏"),
        (["voice_as_slip"], {}, "attachments.0.field", "没有这一栏"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_is(
    client: FlaskClient,
    sign_in: SignIn,
    fields: list[str | None],
    answers: dict[str, Any],
    path: str,
    told: str,
) -> None:
    who = sign_in(Level.L2)
    body = submission("legal_aid", answers=answers, attachments=[sent(client, who, field) for field in fields])
    answer = client.post(
        "/api/v1/cases", json=body, headers={**who, "Idempotency-Key": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
    )
    assert answer.status_code == 422
    assert told in answer.json["errors"][path][0]


@pytest.mark.usefixtures("_files_asked_for")
def test_another_kind_of_file_is_refused_and_can_be_sent_as_something_else(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow
) -> None:
    who = sign_in(Level.L2)
    case = submit("legal_aid", who, answers=IN_NEED)
    case_of = follow(case, who)
    paper = sent(client, who, "relief_paper", pdf())
    refused = case_of.post("supplements", {"answers": {}, "attachments": [paper]})
    assert refused.status_code == 422
    assert refused.json["errors"] == {"attachments.0.id": ["这一栏只收照片"]}
    assert case_of.post("supplements", {"answers": {}, "attachments": [{"id": paper["id"]}]}).status_code == 201


@pytest.mark.usefixtures("_files_asked_for")
def test_later_files_count_with_those_that_are_there(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow
) -> None:
    who = sign_in(Level.L2)
    case = follow(submit("legal_aid", who, attachments=[sent(client, who, "slips")]), who)
    for status in (201, 422):
        more = {"answers": {}, "attachments": [sent(client, who, "slips")]}
        assert case.post("supplements", more).status_code == status
    assert len(case.read()["attachments"]) == 2


def test_a_message_goes_to_no_field(client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow) -> None:
    who = sign_in(Level.L2)
    case = follow(submit("grievance", who), who)
    said = case.post("messages", {"text": "请看照片", "attachments": [sent(client, who, "slips")]})
    assert said.status_code == 422


@pytest.mark.usefixtures("_files_asked_for")
def test_who_of_the_staff_opens_which_file(
    app: Flask, client: FlaskClient, sign_in: SignIn, submit: Submit, desk: Commands, db_session: Session
) -> None:
    who = sign_in(Level.L2)
    files = [sent(client, who, field) for field in (None, "slips", "relief_paper")]
    case = submit("legal_aid", who, answers=IN_NEED, attachments=files)
    desk.do(case, "screen", "grant")
    desk.give(case, "L1")
    loose, slips, relief = (one["id"] for one in files)
    whole, evidence = {loose, slips, relief}, {loose, slips}
    opens = {"legal_coordinator": whole, "city_legal": whole, "district_rights": whole, "lawyer": evidence}
    for role in roles().keys() - {"lawyer"}:
        make_member(f"M-{role}", role)
    here = f"/console/cases/{case['no']}"
    for role in roles():
        may = opens.get(role, set())
        console = signed_in(app, "L1") if role == "lawyer" else Desk(app).sign_in(f"M-{role}")
        page = console.get(here)
        assert ("低保证的照片" in words(page)) is (relief in may), role
        for one in (loose, slips, relief):
            assert (one in page.text) is (one in may), role
            seen, drawn = (console.get(f"{here}/files/{one}{more}").status_code for more in ("", "/pages/0"))
            if one in may:
                assert seen == 200, role
            else:
                assert {seen, drawn} <= {403, 404}, role
    looks = sa.select(sa.func.count()).where(AuditEvent.action == "case.read_file")
    assert db_session.scalar(looks) == sum(len(may) for may in opens.values())


@pytest.mark.usefixtures("_files_asked_for")
def test_the_desk_attaches_what_was_brought_and_a_second_click_adds_nothing(
    app: Flask, sign_in: SignIn, submit: Submit, follow: Follow, db_session: Session
) -> None:
    who = sign_in(Level.L2)
    case = submit("legal_aid", who)
    make_member("C1", "legal_coordinator")
    console, here = Desk(app).sign_in("C1"), f"/console/cases/{case['no']}/answers"
    page = console.get(here)
    assert "工资条的照片（照片、PDF，最多 2 个）" in words(page)
    form = shown_values(page.text)
    done = console.post(here, {**form, "q_slips": (io.BytesIO(jpeg()), "scan.jpg")})
    assert done.status_code == 303, words(done)
    again = console.post(here, {**form, "q_slips": (io.BytesIO(jpeg()), "scan.jpg")})
    assert again.status_code == 422
    shown = follow(case, who).read()["attachments"]
    assert [one["label"] for one in shown] == ["工资条的照片"]
    assert "已经有 1 个" in words(console.get(here))
    wrong = console.post(
        here, {**shown_values(console.get(here).text), "q_slips": (io.BytesIO(b"MZ no picture"), "x.exe")}
    )
    assert wrong.status_code == 422
    assert "只能传照片" in words(wrong)


def test_papers_of_illness_and_income_are_for_whoever_handles_the_case(
    app: Flask, sign_in: SignIn, submit: Submit, follow: Follow
) -> None:
    who = sign_in(Level.L1)
    case = submit("hardship_aid", who)
    make_member("H1", "street_worker")
    make_member("R1", "ledger_review")
    here = f"/console/cases/{case['no']}"
    console = Desk(app).sign_in("H1")
    form = shown_values(console.get(f"{here}/answers").text)
    brought = {f"q_{key}": (io.BytesIO(jpeg()), "x.jpg") for key in ("illness_files", "income_files")}
    done = console.post(f"{here}/answers", {**form, "q_what": "illness", **brought})
    assert done.status_code == 303, words(done)
    labels = ["病历、诊断书、发票的照片", "工资流水、低保证的照片"]
    assert [one["label"] for one in follow(case, who).read()["attachments"]] == labels
    for number, seen in (("H1", True), ("R1", False)):
        shown = words(Desk(app).sign_in(number).get(here))
        assert [label in shown for label in labels] == [seen, seen], number


@pytest.mark.usefixtures("_files_asked_for")
def test_the_list_of_evidence_names_what_everybody_sees_who_opens_the_case(
    app: Flask, client: FlaskClient, sign_in: SignIn, submit: Submit, desk: Commands, follow: Follow
) -> None:
    who = sign_in(Level.L2)
    files = [sent(client, who, field) for field in (None, "slips", "relief_paper")]
    case = submit("legal_aid", who, answers=IN_NEED, attachments=files)
    desk.do(case, "screen", "grant")
    desk.give(case, "L1")
    assert signed_in(app, "L1").post(f"/console/cases/{case['no']}/papers/evidence_list").status_code == 303
    (paper,) = follow(case, who).read()["papers"]
    text = text_of(client, paper["files"][1]["url"])
    assert "工资条的照片" in text
    assert "已经传到工会的" in text
    assert "低保证" not in text


def test_a_step_that_needs_everything_asks_for_the_files_too(app: Flask, sign_in: SignIn, submit: Submit) -> None:
    known = app.extensions["warmbee_services"].current
    before = known["legal_aid"]
    known["legal_aid"] = service = declared(slips={"required": True, "by": "staff"})
    try:
        case_no = submit("legal_aid", sign_in(Level.L2))["no"]
        case = filling.lock(no=case_no)[0]
        with pytest.raises(Problem) as refused:
            filling.refuse_incomplete(case, service)
        assert refused.value.errors == {"answers.slips": ["工资条的照片：请附上文件"]}
        item = {**store_of_staff(jpeg()), "field": "slips"}
        filling.fill_in(no=case_no, staff_no=STAFF, answers={}, items=[item])
        filling.refuse_incomplete(filling.lock(no=case_no)[0], service)
    finally:
        known["legal_aid"] = before


def test_a_file_is_kept_as_long_as_its_field_says() -> None:
    filing = filing_of(declared(), retention_rules())
    assert filing.of_file(MediaType.JPEG, "relief_paper") == "finance"
    assert filing.of_file(MediaType.JPEG, "slips") == filing.own
    assert filing.of_file(MediaType.JPEG) == filing.own
    assert "finance" in filing.classes()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"slips": {"seen-by": ["finance"]}}, "finance and offices outside do not come"),
        ({"slips": {"outside": True}}, "finance and offices outside do not come"),
        ({"slips": {"kinds": []}}, "should be non-empty"),
        ({"slips": {"minimum": 1}}, "files are asked for with required"),
        ({"slips": {"retention": "for_ever"}}, "config/retention.yaml has no for_ever"),
        ({"slips": {"by": "staff", "seen-by": ["assignee"]}}, "by: staff goes with handler"),
    ],
)
def test_a_field_for_files_that_cannot_be_keeps_the_service_from_starting(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ServiceError, match=fault):
        declared(**changes)


@given(
    slips=st.integers(0, 4),
    before=st.integers(0, 3),
    loose=st.integers(0, 5),
    relief=st.integers(0, 2),
    means=st.sampled_from(["relief", "enough", None]),
)
def test_files_are_taken_exactly_while_their_field_is_shown_and_has_room(
    slips: int, before: int, loose: int, relief: int, means: str | None
) -> None:
    items = [{}] * loose + [{"field": "slips"}] * slips + [{"field": "relief_paper"}] * relief
    answers = {**services()["legal_aid"].example, "migrant": False} | ({"means": means} if means else {})
    errors = faults_of_files(FORM, items, answers, before={"slips": before})
    assert ("answers.slips" in errors) is (slips + before > 2)
    hidden = {path for path in errors if path.startswith("attachments.")}
    assert len(hidden) == (0 if means == "relief" else relief)


FORM = declared().form.declaration


@pytest.mark.parametrize("key", services())
def test_only_those_who_open_a_case_open_its_files(key: str) -> None:
    for field in services()[key].form.declaration.files():
        assert viewers_of(field) <= WHO_OPENS
        assert Viewer.HANDLER in viewers_of(field)
