"""What nobody handles yet is shown as such in production, and not taken."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases import working
from server.cases.models import Case
from server.cases.opening import warnings_of_chairs, warnings_of_nobodys
from server.cases.proxies.filing import Told, file_at_desk
from server.cases.working import Named
from server.core.access import Level
from server.core.db import db, transaction
from server.core.errors import Problem
from server.core.settings import Environment, settings
from server.identity.consents import GivenConsent, consent_texts
from server.identity.models import ConsentKey
from server.unions.models import TradeUnion
from server.unions.service import admit
from server.unions.staff.roles import roles
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import submission
from tests.cases.test_in_confidence import make_union
from tests.people import person
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff

CITY = "GH4403"


@pytest.fixture
def production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WARMBEE", replace(settings(), environment=Environment.PRODUCTION))


@pytest.fixture
def nobody(app: Flask) -> None:
    """Nobody is there but a coordinator of legal aid."""
    with transaction() as session:
        session.execute(sa.text("UPDATE staff_account SET closed_at = now()"))
    make_staff("L1", "legal_coordinator")


@pytest.fixture
def city() -> TradeUnion:
    """The union that stands over the district's."""
    with transaction() as session:
        made = TradeUnion(code=CITY, name="市总工会（测试）", kind=UnionKind.CITY, area_code="4403")
        session.add(made)
        session.flush()
        session.merge(make_district()).parent_id = made.id
    return made


def is_open(client: FlaskClient) -> dict[str, bool]:
    return {one["key"]: one["open"] for one in client.get("/api/v1/services").json["items"]}


@pytest.mark.usefixtures("production", "nobody")
def test_only_what_somebody_handles_is_open(client: FlaskClient, city: TradeUnion) -> None:
    make_staff("C1", "city_legal", union=city)
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


@pytest.mark.usefixtures("production", "nobody", "city")
def test_what_nobody_may_decide_is_not_taken(client: FlaskClient, sign_in: SignIn) -> None:
    worker = sign_in(Level.L2)
    refused = client.post("/api/v1/cases", json=submission("legal_aid"), headers=worker)
    assert (refused.status_code, refused.json["code"]) == (409, "not_open_yet")
    assert is_open(client)["legal_aid"] is False
    make_staff("C1", "city_legal", union=db.session.scalars(sa.select(TradeUnion).where(TradeUnion.code == CITY)).one())
    assert client.post("/api/v1/cases", json=submission("legal_aid"), headers=worker).status_code == 201


@pytest.mark.usefixtures("production", "nobody")
def test_what_was_typed_at_the_citys_desk_is_decided_in_the_city(city: TradeUnion) -> None:
    make_staff("K1", "legal_coordinator", union=city)
    make_staff("C1", "city_legal", union=city)
    told, caller = submission("legal_aid"), person(763)
    given = [
        GivenConsent(key, consent_texts()[key].version) for key in (ConsentKey(c["key"]) for c in told["consents"])
    ]
    typed = Told("legal_aid", "named", told["answers"], given, caller.name, caller.phone)
    case = file_at_desk(typed, staff_no="K1").case
    assert case.union_id == city.id
    working.staff_step(no=case.no, code="screen", staff_no="K1")
    # A district's own do not reach what lies above them.
    make_staff("D1", "district_rights")
    for number in ("K1", "D1"):
        with pytest.raises(Problem):
            working.staff_step(no=case.no, code="refuse", staff_no=number, text="不在援助的范围里。")
    decided = working.staff_step(no=case.no, code="refuse", staff_no="C1", text="不在援助的范围里。")
    assert decided.state == "refused"
    assert UnionKind.CITY in roles()["city_legal"].at


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


def test_it_is_said_where_no_chair_signs(client: FlaskClient, production: None, nobody: None) -> None:
    """A chair is granted apart from those who work there, after an update perhaps by nobody."""

    def of_aid() -> list[str]:
        return [one for one in client.get("/status").json["warnings"] if "办一键即救，没有主席签字" in one]

    here, there, aside = make_union("S1"), make_union("S2"), make_union("S3")
    make_staff("W1", "street_worker", union=here)
    assert len(of_aid()) == 1
    assert of_aid()[0].startswith(f"{here.name}办")
    make_staff("Z3", "street_chair", union=aside)
    assert len(of_aid()) == 1, "the chair of one street signs nothing of another"
    make_staff("W2", "street_worker", union=there)
    make_staff("Z1", "street_chair", union=here)
    assert of_aid()[0].startswith(f"{there.name}办")
    make_staff("ZD", "district_chair")
    assert of_aid() == warnings_of_chairs() == [], "the one above signs too"


def test_it_is_said_where_nobody_verifies_who_named_no_street(production: None, nobody: None) -> None:
    """Their verifications lie with one union, and there nobody would see them."""

    def said() -> list[str]:
        return [one for one in warnings_of_nobodys() if "实名核对" in one]

    assert said() == ["区总工会（测试）和它的上级没有人做实名核对，没选街道的人没人核对：请给那里的人加权限"]
    make_staff("V1", "worker_desk")
    assert said() == []
