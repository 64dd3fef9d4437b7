"""What is returned goes to whoever sent it, not to where it lay when they did."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.core.access import Level
from server.core.clock import now
from server.core.db import transaction
from server.unions.models import TradeUnion
from server.unions.staff.models import RoleGrant, StaffAccount
from tests.cases.conftest import Desk, Submit
from tests.cases.joining import place_of
from tests.cases.test_in_confidence import make_union
from tests.desk import desk_of
from tests.sign_in import SignIn
from tests.staff import make_staff, make_street

BRIEF = ("--text", "请核实罚款依据。")
WHY = ("--text", "这家单位不在我们街道。")

Do = Callable[..., None]


@pytest.fixture
def do(desk: Desk) -> Do:
    """`do(case, "accept", staff="A1")` makes a step that has to be possible."""

    def make(case: dict[str, Any], *step: str, staff: str = "A1") -> None:
        done = desk.run("do", case["no"], *step, staff=staff)
        assert done.exit_code == 0, done.output

    return make


@pytest.fixture
def case(app: Flask, sign_in: SignIn, submit: Submit) -> dict[str, Any]:
    """A grievance that nobody has taken yet; its worker is nobody's member and named no street."""
    made: dict[str, Any] = submit("grievance", sign_in(Level.L2))
    return made


@pytest.fixture
def second(app: Flask) -> TradeUnion:
    """A street with somebody for it."""
    union = make_street("440304012")
    make_staff("W2", "street_worker", union=union)
    return union


@pytest.fixture
def first(case: dict[str, Any], do: Do) -> TradeUnion:
    """A street that the district sent the case to, and that signed for it."""
    union = make_street("440304011")
    make_staff("W1", "street_worker", union=union)
    do(case, "accept")
    do(case, "dispatch", "--to", union.code, *BRIEF)
    do(case, "sign", staff="W1")
    return union


def lose_roles(number: str) -> None:
    whose = sa.select(StaffAccount.id).where(StaffAccount.number == number).scalar_subquery()
    with transaction() as session:
        session.execute(
            sa.update(RoleGrant).where(RoleGrant.staff_id == whose).values(until=now() - timedelta(minutes=1))
        )


def test_it_does_not_go_to_an_office_outside_that_had_it_in_between(
    app: Flask, second: TradeUnion, case: dict[str, Any], do: Do
) -> None:
    outside = desk_of(app, "P1", "partner_office", union=make_union("S1"))
    do(case, "accept")
    do(case, "dispatch", "--to", "S1", *BRIEF)
    assert outside.post(f"/console/cases/{case['no']}/outside/received").status_code == 303
    for step in ("return_once", "return_again"):
        do(case, "dispatch", "--to", second.code, *BRIEF)
        assert place_of(case) == second.code
        do(case, step, *WHY, staff="W2")
        assert place_of(case) == "GH440304"


@pytest.mark.parametrize("left", [False, True])
def test_it_goes_to_the_street_that_sent_it_or_above_where_that_has_nobody_left(
    first: TradeUnion, second: TradeUnion, case: dict[str, Any], do: Do, left: bool
) -> None:
    do(case, "dispatch", "--to", second.code, *BRIEF, staff="W1")
    if left:
        lose_roles("W1")
    do(case, "return_once", *WHY, staff="W2")
    assert place_of(case) == ("GH440304" if left else first.code)


def test_it_goes_to_the_district_that_sent_it_from_where_a_street_had_it(
    first: TradeUnion, second: TradeUnion, case: dict[str, Any], do: Do
) -> None:
    do(case, "dispatch", "--to", second.code, *BRIEF)
    do(case, "return_once", *WHY, staff="W2")
    assert place_of(case) == "GH440304"
