"""Unions to join, and somebody who joins them."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases.models import Case
from server.core.access import Level
from server.core.db import db, transaction
from server.unions.models import TradeUnion
from server.unions.service import membership_of
from server.unions.vocabulary import MembershipState, UnionKind
from tests.cases.conftest import Desk, Submit, submission
from tests.people import person
from tests.sign_in import Headers, SignIn, step_up
from tests.staff import make_district, make_staff

RIDER = person(3)
SIGNED = {"statement": {"name": RIDER.name, "agreed": True}}
HOME = "GH440304011-01"
"""The industry's union."""


class Tree:
    """District → street → an industry's union and an employer's own."""

    def __init__(self) -> None:
        self.district = make_district()
        self.street = self._under(self.district, "GH440304011", UnionKind.STREET)
        self.industry = self._under(self.street, HOME, UnionKind.FEDERATION)
        self.employer = self._under(self.street, "GH440304011-U9", UnionKind.UNIT, firm_side=True)
        make_staff("STREET", "street_worker", union=self.street)
        make_staff("CHAIR", "base_chair", union=self.industry)
        make_staff("FIRM", "base_chair", union=self.employer)
        make_staff("ORG", "district_organisation", union=self.district)

    def _under(self, above: TradeUnion, code: str, kind: UnionKind, *, firm_side: bool = False) -> TradeUnion:
        with transaction() as session:
            union = TradeUnion(
                code=code,
                name=f"工会 {code}",
                kind=kind,
                parent_id=above.id,
                area_code="440304011",
                firm_side=firm_side,
            )
            session.add(union)
            session.flush()
        return union


@pytest.fixture
def tree(app: object) -> Tree:
    return Tree()


@pytest.fixture
def rider(sign_in: SignIn) -> Headers:
    return sign_in(Level.L2, who=RIDER)


def join(submit: Submit, headers: Headers, **answers: Any) -> dict[str, Any]:
    return submit("join_union", headers, answers={**SIGNED, **answers})


def place_of(case: Mapping[str, Any]) -> str:
    """Code of the union that a case is with."""
    db.session.rollback()
    return db.session.scalars(
        sa.select(TradeUnion.code).join(Case, Case.union_id == TradeUnion.id).where(Case.no == case["no"])
    ).one()


def membership(headers: Headers) -> tuple[str, MembershipState] | None:
    """Code of somebody's union, and their state there."""
    db.session.rollback()
    found = membership_of(db.session(), headers.worker_id)
    return None if found is None else (found[1].code, found[0].state)


def ask(client: FlaskClient, headers: Headers, service: str = "join_union", **answers: Any) -> Any:
    return client.post("/api/v1/cases", json=submission(service, answers=answers), headers=headers)


@pytest.fixture
def member(tree: Tree, rider: Headers, submit: Submit, desk: Desk) -> Headers:
    """A member of the industry's union."""
    case = join(submit, rider)
    assert desk.run("do", case["no"], "approve", staff="CHAIR").exit_code == 0
    return rider


def leave(submit: Submit, who: Headers, wish: str = "left") -> dict[str, Any]:
    step_up(who.worker_id)
    return submit("leave_union", who, answers={**SIGNED, "wish": wish})


def card(client: FlaskClient, who: Headers) -> int:
    return client.get("/api/v1/me/card", headers=who).status_code
