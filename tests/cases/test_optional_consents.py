"""What may be declined: a case is taken without it, and who reads the case is told which it was."""

import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy.orm import Session

from server.cases.models import Case
from server.core.access import Level
from server.identity import consents as texts
from server.identity.models import ConsentKey
from server.stations.managers import codes
from tests.cases.conftest import STAFF, Submit, consents, submission
from tests.desk import Desk, desk_of, words
from tests.people import person
from tests.sign_in import Headers, SignIn
from tests.stations.making import make_station

NEEDED = ("terms", "identity", "sharing", "truth")
DECLINED = "工友没有同意：打电话、发短信联系你"


@pytest.fixture
def reader(app: Flask) -> Desk:
    return desk_of(app, "A0001", "district_rights")


@pytest.fixture
def stored(db_session: Session) -> Callable[[], dict[str, str]]:
    """Key and version of what the only case was sent with."""
    return lambda: {one["key"]: one["version"] for one in db_session.scalars(sa.select(Case.consents)).one()}


def page_of(reader: Desk, no: str) -> str:
    return words(reader.get(f"/console/cases/{no}"))


def test_the_form_says_which_may_be_declined(client: FlaskClient) -> None:
    asked = client.get("/api/v1/services/legal_aid").json["consents"]
    assert [one["key"] for one in asked if one["optional"]] == ["contact"]


@pytest.mark.parametrize("agreed", [True, False])
def test_a_case_is_taken_either_way_and_the_desk_is_told(
    sign_in: SignIn, submit: Submit, reader: Desk, stored: Callable[[], dict[str, str]], agreed: bool
) -> None:
    given = consents(*NEEDED, *(["contact"] if agreed else []))
    case = submit("legal_aid", sign_in(Level.L1), consents=given)
    shown = page_of(reader, case["no"])
    assert (DECLINED in shown) is not agreed
    assert ("打电话、发短信联系你" in shown.partition("同意过的")[2]) is agreed
    assert stored() == {one["key"]: one["version"] for one in given}


def test_what_is_needed_blocks_as_before(client: FlaskClient, sign_in: SignIn) -> None:
    body = submission("legal_aid", consents=consents("terms", "identity", "sharing", "contact"))
    refused = client.post("/api/v1/cases", json=body, headers=sign_in(Level.L1))
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["consents.truth"])


def test_a_tick_under_an_older_text_is_refused(client: FlaskClient, sign_in: SignIn) -> None:
    old = [*consents(*NEEDED), {"key": "contact", "version": "0"}]
    refused = client.post("/api/v1/cases", json=submission("legal_aid", consents=old), headers=sign_in(Level.L1))
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["consents.contact"])


def test_what_was_taken_back_since_is_told_as_declined(
    client: FlaskClient, sign_in: SignIn, submit: Submit, reader: Desk
) -> None:
    headers = sign_in(Level.L1)
    case = submit("legal_aid", headers)
    assert DECLINED not in page_of(reader, case["no"])
    client.delete("/api/v1/me/consents/contact", headers=headers)
    assert DECLINED in page_of(reader, case["no"])


def test_a_newer_text_takes_nothing_back(
    client: FlaskClient, sign_in: SignIn, submit: Submit, reader: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = sign_in(Level.L1)
    case = submit("legal_aid", headers)
    old = texts.consent_texts()
    newer = {**old, ConsentKey.CONTACT: replace(old[ConsentKey.CONTACT], version="99")}
    monkeypatch.setattr(texts, "consent_texts", lambda: newer)
    assert DECLINED not in page_of(reader, case["no"])
    client.delete("/api/v1/me/consents/contact", headers=headers)
    assert DECLINED in page_of(reader, case["no"])
    client.put("/api/v1/me/consents/contact", json={"version": "99"}, headers=headers)
    assert DECLINED not in page_of(reader, case["no"])


@pytest.mark.parametrize("agreed", [True, False])
def test_a_manager_reads_it_aloud_and_types_the_answer(
    client: FlaskClient, sign_in: SignIn, reader: Desk, stored: Callable[[], dict[str, str]], agreed: bool
) -> None:
    manager: Headers = sign_in(Level.L1)
    code = codes.issue(station=make_station("FT0042"), by=f"staff:{STAFF}")
    client.post("/api/v1/me/manager-bindings", json={"code": code}, headers=manager)
    given = consents(*NEEDED, *(["contact"] if agreed else []))
    body = submission("legal_aid", identity_mode="named", phone=person(751).phone, consents=given)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    filed = client.post("/api/v1/stations/FT0042/proxies", json=body, headers={**manager, **key})
    assert filed.status_code == 201, filed.json
    assert ("contact" in stored()) is agreed
    assert (DECLINED in page_of(reader, filed.json["no"])) is not agreed
