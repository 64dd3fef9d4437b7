"""What nobody handles yet is shown as such in production, and not taken."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases import working
from server.cases.models import Case
from server.cases.working import Named
from server.core.access import Level
from server.core.db import db, transaction
from server.core.errors import Problem
from server.core.settings import Environment, settings
from server.unions.service import admit
from tests.cases.conftest import submission
from tests.cases.test_in_confidence import make_union
from tests.sign_in import SignIn
from tests.staff import make_staff


@pytest.fixture
def production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WARMBEE", replace(settings(), environment=Environment.PRODUCTION))


@pytest.fixture
def nobody(app: Flask) -> None:
    """Nobody is there but a coordinator of legal aid."""
    with transaction() as session:
        session.execute(sa.text("UPDATE staff_account SET closed_at = now()"))
    make_staff("L1", "legal_coordinator")


def is_open(client: FlaskClient) -> dict[str, bool]:
    return {one["key"]: one["open"] for one in client.get("/api/v1/services").json["items"]}


@pytest.mark.usefixtures("production", "nobody")
def test_only_what_somebody_handles_is_open(client: FlaskClient) -> None:
    assert {key for key, taken in is_open(client).items() if taken} == {"legal_aid"}
    assert client.get("/api/v1/services/grievance").json["open"] is False
    assert client.get("/api/v1/services/legal_aid").json["open"] is True


@pytest.mark.usefixtures("production", "nobody")
def test_what_nobody_handles_is_not_taken_and_says_whom_to_call(client: FlaskClient, sign_in: SignIn) -> None:
    refused = client.post("/api/v1/cases", json=submission("grievance"), headers=sign_in(Level.L1))
    assert (refused.status_code, refused.json["code"]) == (409, "not_open_yet")
    assert refused.json["title"].startswith("这项还没有开通，请打 0755")
    assert db.session.scalars(sa.select(Case)).all() == []


@pytest.mark.usefixtures("production", "nobody")
def test_it_is_taken_where_somebody_above_the_workers_union_handles_it(client: FlaskClient, sign_in: SignIn) -> None:
    here, there = make_union("S1"), make_union("S2")
    make_staff("STREET", "street_worker", union=here)
    answered = []
    for union in (here, there):
        worker = sign_in(Level.L2)
        with transaction() as session:
            admit(session, worker_id=worker.worker_id, union=union)
        answered.append(client.post("/api/v1/cases", json=submission("grievance"), headers=worker).status_code)
    assert answered == [201, 409]


@pytest.mark.usefixtures("nobody")
def test_elsewhere_everything_is_open(client: FlaskClient) -> None:
    assert all(is_open(client).values())


@pytest.mark.usefixtures("production")
def test_a_case_is_sent_only_to_where_somebody_handles_it(client: FlaskClient, sign_in: SignIn) -> None:
    make_staff("DESK")
    empty, staffed = make_union("S1"), make_union("S2")
    make_staff("STREET", "street_worker", union=staffed)
    no = client.post("/api/v1/cases", json=submission("grievance"), headers=sign_in(Level.L1)).json["no"]
    working.staff_step(no=no, code="accept", staff_no="DESK")
    with pytest.raises(Problem) as refused:
        working.staff_step(no=no, code="dispatch", staff_no="DESK", text="请核实。", named=Named(union_code=empty.code))
    assert refused.value.errors == {"union": ["那里现在没有人能办这项，请选别的工会"]}
    working.staff_step(no=no, code="dispatch", staff_no="DESK", text="请核实。", named=Named(union_code=staffed.code))
    assert db.session.scalars(sa.select(Case.union_id)).one() == staffed.id
