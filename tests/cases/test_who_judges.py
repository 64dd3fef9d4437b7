"""What must not come to those whom it is about: an objection to what was published, a word on being punished."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases.models import Case
from server.clocks.models import OwnerKind
from server.clocks.service import clocks_of
from server.core.access import Level
from server.core.db import db, transaction
from server.unions.models import TradeUnion
from server.unions.service import admit
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import STAFF, Desk, Submit, submission
from tests.cases.test_in_confidence import make_union
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff, make_street

OBJECTION = {"topic": "publication", "text": "公示的张姓工友住在别的区，也有工作。"}
PUNISHED = {"topic": "retaliation", "text": "反映扣款以后，站长就不给我派单了。"}


def office_of(case: dict[str, str]) -> str | None:
    return db.session.scalar(
        sa.select(TradeUnion.code).join(Case, Case.union_id == TradeUnion.id).where(Case.no == case["no"])
    )


@pytest.fixture
def two_districts() -> dict[str, TradeUnion]:
    """Each with a street, all of them with somebody for grievances."""
    make_district()
    with transaction() as session:
        other = TradeUnion(code="GH440305", name="另一区总工会（测试）", kind=UnionKind.DISTRICT, area_code="440305")
        session.add(other)
        session.flush()
        beyond = TradeUnion(
            code="GH440305007", name="街道总工会", kind=UnionKind.STREET, area_code="440305007", parent_id=other.id
        )
        session.add(beyond)
    make_staff("D2", "district_rights", union=other)
    make_staff("W2", "street_worker", union=beyond)
    street = make_street("440304011")
    make_staff("W1", "street_worker", union=street)
    return {"street": street, "other": other, "beyond": beyond}


@pytest.mark.parametrize(("street", "district"), [("440304011", "GH440304"), ("440305007", "GH440305")])
@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_an_objection_goes_to_the_district_over_the_street_that_published(
    two_districts: dict[str, TradeUnion],
    sign_in: SignIn,
    submit: Submit,
    desk: Desk,
    street: str,
    district: str,
    mode: str,
) -> None:
    headers = None if mode == "anonymous" else sign_in(Level.L1)
    if headers is not None:
        # Whoever objects belongs to the street that decided, or to another district.
        with transaction() as session:
            admit(session, worker_id=headers.worker_id, union=two_districts["street"])
    no_objection = submit("grievance", headers, identity_mode=mode, answers={"street": street})
    assert office_of(no_objection) == f"GH{street}"
    case = submit("grievance", headers, identity_mode=mode, answers={**OBJECTION, "street": street})
    assert office_of(case) == district
    judges, others = (STAFF, "D2") if district == "GH440304" else ("D2", STAFF)
    if mode == "anonymous":
        for number in ("W1", "W2", others):
            assert desk.run("do", case["no"], "accept", staff=number).exit_code == 1
    assert desk.run("do", case["no"], "accept", staff=judges).exit_code == 0


def test_an_objection_says_of_which_street(client: FlaskClient, sign_in: SignIn) -> None:
    sent = submission("grievance", answers=OBJECTION)
    refused = client.post("/api/v1/cases", json=sent, headers=sign_in(Level.L1))
    assert refused.status_code == 422
    assert "street" in refused.get_data(as_text=True)


def test_who_was_punished_for_speaking_up_comes_first_and_never_to_the_employers_side(
    sign_in: SignIn, submit: Submit, desk: Desk
) -> None:
    firm = make_union("U1", firm_side=True, kind=UnionKind.UNIT)
    make_staff("F1", "district_rights", union=firm)
    headers = sign_in(Level.L1)
    with transaction() as session:
        admit(session, worker_id=headers.worker_id, union=firm)
    before = submit("grievance", headers, answers={"topic": "pay"})
    case = submit("grievance", headers, answers={**PUNISHED, "earlier": before["no"]})
    urgency = dict(db.session.execute(sa.select(Case.no, Case.urgency)).tuples().all())
    assert urgency == {before["no"]: "normal", case["no"]: "urgent"}
    found = db.session.scalars(sa.select(Case).where(Case.no == case["no"])).one()
    answer = next(one for one in clocks_of(owner_kind=OwnerKind.CASE, owner_id=found.id) if one.key == "answer")
    assert answer.deadline == "GR_URGENT"
    assert desk.run("show", case["no"], staff="F1").exit_code == 1
    assert before["no"] in desk.run("show", case["no"]).output
