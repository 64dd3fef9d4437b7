"""Who of the staff sees which answers: a lawyer sees what the matter takes, and no account or number."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases import filling
from server.cases.answered import answered
from server.cases.desk import changed_since
from server.cases.files.models import Attachment
from server.cases.forms.fields import FieldType, FormField, Viewer
from server.cases.loader import ServiceError, declare
from server.cases.seeing import seen, seen_computed, viewers_of
from server.core.access import Level
from server.core.clock import now
from server.core.db import db
from server.identity.models import DeskRequest
from server.unions.staff.models import StaffAccount
from tests.cases.conftest import STAFF, Submit
from tests.cases.conftest import Desk as Commands
from tests.cases.declared import document, pausable, services
from tests.cases.files.conftest import jpeg
from tests.desk import Desk, desk_of, give_credential, words
from tests.me.test_verification import body_of
from tests.people import person
from tests.sign_in import SignIn

SECRET_TYPES = frozenset({FieldType.BANK_CARD, FieldType.PAPER, FieldType.IDENTITY})
CARD = {"bank": "暗号银行", "number": "6222020200011112220"}
OTHER_CARD = {"bank": "改过的银行", "number": "6222020200011112220"}
NUMBER = person(7).id_number
FIELDS: list[dict[str, Any]] = [
    {"key": "account", "type": "bank_card", "label": "赔偿款打到哪张卡"},
    {
        "key": "family",
        "type": "rows",
        "label": "家里人",
        "columns": [
            {"key": "name", "type": "person", "label": "姓名"},
            {"key": "paper", "type": "paper", "label": "证件"},
        ],
    },
]
NUMBERS = {
    "account": CARD,
    "family": [{"name": "家里的老王", "paper": {"kind": "resident_id", "number": NUMBER}}],
    "migrant": False,
    "means": "relief",
}


def aid_with_numbers(**changes: Any) -> dict[str, Any]:
    """Legal aid that asks for an account and for somebody's papers too, as a document."""
    given = document("legal_aid")
    given["version"] = 990
    given["form"]["sections"][-1]["fields"] += [{**field, **changes.get(field["key"], {})} for field in FIELDS]
    return given


@pytest.fixture
def _aid_with_numbers(app: Flask) -> Iterator[None]:
    known = app.extensions["warmbee_services"].current
    before = known["legal_aid"]
    known["legal_aid"] = declare(aid_with_numbers(), pausable=pausable(), name="legal_aid.yaml")
    yield
    known["legal_aid"] = before


def signed_in(app: Flask, number: str) -> Desk:
    """At the console, somebody who acted at the command line before."""
    give_credential(db.session.scalars(sa.select(StaffAccount).where(StaffAccount.number == number)).one())
    return Desk(app).sign_in(number)


@pytest.mark.usefixtures("_aid_with_numbers")
def test_a_lawyer_sees_no_bank_data_and_the_desk_does(
    app: Flask, sign_in: SignIn, submit: Submit, desk: Commands
) -> None:
    case = submit("legal_aid", sign_in(Level.L2), answers=NUMBERS)
    no, before = case["no"], now() - timedelta(minutes=1)
    desk.do(case, "screen", "grant")
    desk.give(case, "L1")
    filling.fill_in(no=no, staff_no=STAFF, answers={"account": OTHER_CARD, "payer": "张站长", "means": "pledge"})
    secrets = (
        "暗号银行",
        "改过的银行",
        "尾号",
        "赔偿款打到哪张卡",
        "身份证",
        "在领低保",
        "承诺经济困难",
        "家里的经济",
    )
    at_the_desk, lawyer = (words(signed_in(app, number).get(f"/console/cases/{no}")) for number in (STAFF, "L1"))
    for secret in secrets:
        assert secret in at_the_desk, secret
        assert secret not in lawyer, secret
    for told in ("家里的老王", "张站长", "说说经过"):
        assert told in lawyer
    assert CARD["number"] not in at_the_desk
    what = {number: str(changed_since(no=no, at=before, staff_no=number)) for number in (STAFF, "L1")}
    assert "赔偿款打到哪张卡" in what[STAFF]
    assert "赔偿款打到哪张卡" not in what["L1"]
    assert "钱是谁发的" in what["L1"]
    shown = desk.run("show", no, staff="L1").output
    assert "张站长" in shown
    assert not [secret for secret in secrets if secret in shown]


def test_a_lawyer_opens_no_photo_of_a_paper_also_by_its_address(
    app: Flask, client: FlaskClient, sign_in: SignIn, submit: Submit, desk: Commands, db_session: Session
) -> None:
    who, window = sign_in(Level.L1), desk_of(app, "W1", "worker_desk")
    assert client.post("/api/v1/me/verification", json=body_of(person(1)), headers=who).json["state"] == "manual"
    request = f"/console/verification/{db_session.scalars(sa.select(DeskRequest.id)).one()}"
    window.post(f"{request}/want", {"words": "请拍一张证件正面"})
    file = {"file": (io.BytesIO(jpeg()), "paper.jpg")}
    photo = client.post("/api/v1/attachments", data=file, headers=dict(who)).json["id"]
    body = {"attachments": [{"id": photo}]}
    assert client.post("/api/v1/me/verification/evidence", json=body, headers=who).status_code == 200
    picture = re.findall(r'src="([^"]+/picture)"', window.get(f"{request}/photos/{photo}").text)[0]
    case = submit("legal_aid", who)
    assert window.post(f"{request}/approve", {"valid_to": "2040-05-01"}).status_code == 303
    desk.do(case, "screen", "grant")
    desk.give(case, "L1")
    lawyer, here = signed_in(app, "L1"), f"/console/cases/{case['no']}"
    assert lawyer.get(here).status_code == 200
    assert db_session.get(Attachment, photo) is not None, "kept for a month after the decision"
    assert photo not in lawyer.get(here).text
    for address, status in {
        f"{here}/files/{photo}": 404,
        f"{here}/files/{photo}/pages/0": 404,
        f"{request}/photos/{photo}": 403,
        picture: 403,
        f"/api/v1/attachments/{photo}/content": 422,
        f"/api/v1/attachments/{photo}/content?expires=9999999999&sig=AAAA": 404,
    }.items():
        assert lawyer.get(address).status_code == status, address


@pytest.mark.parametrize("key", services())
def test_no_service_shows_an_account_or_the_number_of_a_paper_to_an_assignee_unless_it_says_so(key: str) -> None:
    service = services()[key]
    asked = [field for section in service.form.declaration.sections for field in section.fields]
    for field in (*asked, *(column for one in asked for column in one.fields)):
        if field.type in SECRET_TYPES and field.seen_by is None:
            assert seen((field,), {Viewer.ASSIGNEE}) == ()
            assert seen((field,), {Viewer.READER, Viewer.OUTSIDE}) == ()
    example = {**service.example, **service.example_by_staff}
    for viewer in Viewer:
        shown = {label.rpartition("：")[2] for label, _ in answered(service, example, {viewer})}
        hidden = {one.label for one in service.form.declaration.fields() if viewer not in viewers_of(one)}
        assert not shown & hidden


@pytest.mark.parametrize("kind", FieldType)
def test_what_a_type_says_holds_where_the_field_says_nothing(kind: FieldType) -> None:
    field = FormField("one", kind, "一")
    assert (Viewer.ASSIGNEE in viewers_of(field)) == (kind not in SECRET_TYPES)
    assert Viewer.OUTSIDE not in viewers_of(field)
    assert Viewer.HANDLER in viewers_of(field)


def test_a_table_loses_the_columns_that_somebody_does_not_see() -> None:
    paper, name = FormField("paper", FieldType.PAPER, "证件"), FormField("name", FieldType.PERSON, "姓名")
    both, bare = (FormField("rows", FieldType.ROWS, "表", fields=columns) for columns in ((name, paper), (paper,)))
    (shown,) = seen((both,), {Viewer.ASSIGNEE})
    assert shown.fields == (name,)
    assert seen((bare,), {Viewer.ASSIGNEE}) == ()
    assert seen((both,), {Viewer.ASSIGNEE, Viewer.HANDLER}) == (both,)


def test_what_is_computed_is_seen_by_who_sees_what_it_follows_from() -> None:
    service = services()["hardship_aid"]
    assert [rule.key for rule in seen_computed(service, {Viewer.HANDLER})] == ["category"]
    assert seen_computed(service, {Viewer.FINANCE}) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"account": {"seen-by": ["lawyer"]}}, "'lawyer' is not one of"),
        ({"account": {"seen-by": ["assignee"], "by": "staff"}}, r"account\.seen-by: by: staff goes with handler"),
    ],
)
def test_who_sees_a_field_has_to_be_there(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ServiceError, match=reason):
        declare(aid_with_numbers(**changes), pausable=pausable(), name="legal_aid.yaml")


def test_finance_sees_nothing_of_what_is_never_paid() -> None:
    given = document("grievance")
    given["version"] = 990
    given["form"]["sections"][-1]["fields"].append({**FIELDS[0], "seen-by": ["handler", "finance"]})
    with pytest.raises(ServiceError, match=r"account\.seen-by: nothing of its cases is paid"):
        declare(given, pausable=pausable(), name="grievance.yaml")


@pytest.mark.parametrize(
    ("key", "viewers", "reason"),
    [
        ("text", ["handler"], r"papers: arbitration_request has a gap answers\.text .* not everybody sees"),
        ("other_parties", ["assignee", "reader"], r"assignment\.parties: other_parties is not seen by the handler"),
        ("last_day", ["handler", "reader"], r"board\.dates: limit_date follows from answers"),
    ],
)
def test_what_is_hidden_is_not_told_in_another_place(key: str, viewers: list[str], reason: str) -> None:
    given = document("legal_aid")
    for section in given["form"]["sections"]:
        for field in section["fields"]:
            if field["key"] == key:
                field["seen-by"] = viewers
    with pytest.raises(ServiceError, match=reason):
        declare(given, pausable=pausable(), name="legal_aid.yaml")


def test_nobody_is_named_as_an_assignee_where_there_is_none() -> None:
    given = document("grievance")
    given["form"]["sections"][0]["fields"][1]["seen-by"] = ["assignee"]
    with pytest.raises(ServiceError, match=r"seen-by: its cases are assigned to nobody"):
        declare(given, pausable=pausable(), name="grievance.yaml")
