"""Accounts of the staff and their roles: two persons for every grant, and nobody holds what has to be apart."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.catalogue import catalogue
from server.core.audit import AuditEvent
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import Problem
from server.unions.models import TradeUnion
from server.unions.staff import service
from server.unions.staff.authority import authorise
from server.unions.staff.models import RoleGrant, StaffAccount
from server.unions.staff.roles import roles
from server.unions.staff.service import Newcomer
from server.unions.staff.vocabulary import GrantState, Right
from server.unions.vocabulary import UnionKind
from tests.staff import make_staff

Run = Callable[..., Result]
SOON = timedelta(days=30)


@pytest.fixture
def tree(app: Flask) -> dict[str, TradeUnion]:
    """City C over districts D1 and D2; street S and the employer's own union U under D1."""
    rows = (
        ("C", UnionKind.CITY, None, "4403"),
        ("D1", UnionKind.DISTRICT, "C", "440304"),
        ("D2", UnionKind.DISTRICT, "C", "440307"),
        ("S", UnionKind.STREET, "D1", "440304011"),
        ("U", UnionKind.UNIT, "D1", "440304"),
    )
    made: dict[str, TradeUnion] = {}
    with transaction() as session:
        for code, kind, above, area in rows:
            made[code] = TradeUnion(
                code=code,
                name=code,
                kind=kind,
                parent_id=made[above].id if above else None,
                area_code=area,
                firm_side=kind is UnionKind.UNIT,
            )
            session.add(made[code])
            session.flush()
    return made


@pytest.fixture
def administrators(tree: dict[str, TradeUnion]) -> dict[str, TradeUnion]:
    """SYS opens accounts; SEC1 and SEC2 grant; AUD reads the audit. One person without a role: X1."""
    service.found(
        union=tree["C"],
        administrators={
            "system_admin": [Newcomer("SYS", "测小系")],
            "security_admin": [Newcomer("SEC1", "测小安"), Newcomer("SEC2", "测小全")],
            "audit_admin": [Newcomer("AUD", "测小审")],
        },
    )
    service.open_account(person=Newcomer("X1", "测小某"), union=tree["D1"], by="SYS")
    return tree


def ask(
    role: str, union: TradeUnion, *, number: str = "X1", by: str = "SEC1", until: datetime | None = None
) -> RoleGrant:
    return service.request_role(
        number=number, role=role, union=union, until=until or now() + SOON, reason="值班", by=by
    )


def grant(role: str, union: TradeUnion, *, number: str = "X1") -> RoleGrant:
    return service.approve_role(grant_id=ask(role, union, number=number).id, by="SEC2")


def refusal(act: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(Problem) as refused:
        act()
    return refused.value.status, refused.value.code


def may(number: str, right: Right, union: TradeUnion | None, **more: object) -> bool:
    try:
        authorise(db.session(), number=number, right=right, union_id=union and union.id, **more)  # type: ignore[arg-type]
    except Problem as problem:
        return problem.status != 403
    return True


# Granting


def test_a_role_counts_once_a_second_person_approved(administrators: dict[str, TradeUnion]) -> None:
    asked = ask("street_worker", administrators["S"])
    assert not may("X1", Right.STATIONS, administrators["S"])
    assert refusal(lambda: service.approve_role(grant_id=asked.id, by="SEC1")) == (403, "second_person_needed")
    service.approve_role(grant_id=asked.id, by="SEC2")
    assert may("X1", Right.STATIONS, administrators["S"])
    assert refusal(lambda: service.approve_role(grant_id=asked.id, by="SEC2")) == (404, "not_found")


def test_nobody_gets_a_role_from_their_own_hand(administrators: dict[str, TradeUnion]) -> None:
    city = administrators["C"]
    assert refusal(lambda: ask("city_viewer", city, number="SEC1")) == (403, "not_for_yourself")
    asked = ask("city_viewer", city, number="SEC2")
    assert refusal(lambda: service.approve_role(grant_id=asked.id, by="SEC2")) == (403, "not_for_yourself")


@pytest.mark.parametrize("by", ["SYS", "AUD", "X1", "nobody"])
def test_only_security_administrators_grant_and_only_system_administrators_open(
    administrators: dict[str, TradeUnion], by: str
) -> None:
    asked = ask("street_worker", administrators["S"])
    for act in (
        lambda: ask("street_worker", administrators["S"], by=by),
        lambda: service.approve_role(grant_id=asked.id, by=by),
        lambda: service.refuse_role(grant_id=asked.id, by=by, reason="测试"),
    ):
        assert refusal(act) == (403, "staff_not_allowed")
    if by != "SYS":
        newcomer = Newcomer("X2", "测小二")
        assert refusal(lambda: service.open_account(person=newcomer, union=administrators["D1"], by=by))[0] == 403
        assert refusal(lambda: service.close_account(number="X1", by=by))[0] == 403


@pytest.mark.parametrize(
    ("number", "role"),
    [
        ("SYS", "security_admin"),
        ("SYS", "audit_admin"),
        ("AUD", "system_admin"),
        ("AUD", "security_admin"),
    ],
)
def test_nobody_is_two_of_the_three_administrators(
    administrators: dict[str, TradeUnion], number: str, role: str
) -> None:
    asked = ask(role, administrators["C"], number=number)
    assert refusal(lambda: service.approve_role(grant_id=asked.id, by="SEC2")) == (409, "roles_apart")
    db.session.expire_all()
    assert db.session.get_one(RoleGrant, asked.id).state is GrantState.REQUESTED


def test_who_pays_does_not_review_the_ledger(administrators: dict[str, TradeUnion]) -> None:
    grant("finance", administrators["D1"])
    asked = ask("ledger_review", administrators["D2"])
    assert refusal(lambda: service.approve_role(grant_id=asked.id, by="SEC2")) == (409, "roles_apart")


def test_two_roles_that_exclude_each_other_are_not_approved_at_the_same_moment(
    app: Flask, administrators: dict[str, TradeUnion]
) -> None:
    asked = [ask(role, administrators["C"]).id for role in ("system_admin", "security_admin", "audit_admin")]
    db.session.remove()

    def approve(grant_id: uuid.UUID) -> str:
        with app.app_context():
            try:
                service.approve_role(grant_id=grant_id, by="SEC2")
            except Problem as problem:
                return problem.code
            return "granted"

    with ThreadPoolExecutor(3) as pool:
        said = sorted(pool.map(approve, asked))
    assert said == ["granted", "roles_apart", "roles_apart"]


def test_a_role_that_ran_out_excludes_nothing(administrators: dict[str, TradeUnion], freeze) -> None:
    grant("finance", administrators["D1"])
    freeze(now() + SOON + timedelta(seconds=1))
    grant("ledger_review", administrators["D1"])
    assert may("X1", Right.LEDGER, administrators["D1"])
    assert not may("X1", Right.PAYMENTS, administrators["D1"])


@pytest.mark.parametrize(
    ("role", "union", "days", "field"),
    [
        ("street_worker", "D1", 30, "union"),
        ("street_worker", "S", 367, "until"),
        ("street_worker", "S", -1, "until"),
        ("emperor", "C", 30, "role"),
    ],
)
def test_a_role_has_its_place_and_its_longest_time(
    administrators: dict[str, TradeUnion], role: str, union: str, days: int, field: str
) -> None:
    with pytest.raises(Problem) as refused:
        ask(role, administrators[union], until=now() + timedelta(days=days))
    assert refused.value.status == 422
    assert set(refused.value.errors or {}) == {field}


def test_the_same_is_not_asked_for_twice(administrators: dict[str, TradeUnion]) -> None:
    ask("street_worker", administrators["S"])
    assert refusal(lambda: ask("street_worker", administrators["S"])) == (409, "already_asked")


def test_a_security_administrator_of_a_district_grants_there_only(administrators: dict[str, TradeUnion]) -> None:
    make_staff("SEC3", "security_admin", union=administrators["D1"])
    ask("street_worker", administrators["S"], by="SEC3")
    assert refusal(lambda: ask("district_office", administrators["D2"], by="SEC3"))[0] == 403


def test_the_first_administrators_are_made_once(administrators: dict[str, TradeUnion]) -> None:
    again = {"system_admin": [Newcomer("Z", "z")], "security_admin": [], "audit_admin": []}
    assert refusal(lambda: service.found(union=administrators["C"], administrators=again)) == (409, "already_founded")


def test_every_step_is_on_record_and_names_no_person(
    administrators: dict[str, TradeUnion], db_session: Session
) -> None:
    granted = grant("street_worker", administrators["S"])
    service.revoke_role(grant_id=granted.id, by="SEC1")
    refused = ask("city_viewer", administrators["C"])
    service.refuse_role(grant_id=refused.id, by="SEC1", reason="测试")
    service.close_account(number="X1", by="SYS")
    events = db_session.execute(sa.select(AuditEvent.actor, AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [tuple(event) for event in events[4:]] == [
        ("system", "staff.found"),
        ("staff:SYS", "staff.open"),
        ("staff:SEC1", "staff.role_request"),
        ("staff:SEC2", "staff.role_grant"),
        ("staff:SEC1", "staff.role_revoke"),
        ("staff:SEC1", "staff.role_request"),
        ("staff:SEC1", "staff.role_refuse"),
        ("staff:SYS", "staff.close"),
    ]
    details = str(db_session.scalars(sa.select(AuditEvent.detail)).all())
    assert "测小" not in details


# Doing


def test_a_role_reaches_its_subtree_and_no_further(administrators: dict[str, TradeUnion]) -> None:
    grant("district_office", administrators["D1"])
    reach = {code for code, union in administrators.items() if may("X1", Right.STATIONS, union)}
    assert reach == {"D1", "S", "U"}


def test_what_belongs_to_no_union_is_for_the_upper_ones(administrators: dict[str, TradeUnion]) -> None:
    grant("street_worker", administrators["S"])
    assert not may("X1", Right.VERIFICATION, None)
    grant("district_rights", administrators["D1"])
    assert may("X1", Right.VERIFICATION, None)


def test_case_rights_cover_the_services_of_the_role(administrators: dict[str, TradeUnion]) -> None:
    grant("legal_coordinator", administrators["D1"])
    assert may("X1", Right.CASE_WORK, administrators["S"], service="legal_aid")
    assert not may("X1", Right.CASE_WORK, administrators["S"], service="grievance")


def test_an_employers_own_union_never_counts_where_neutrality_is_asked(
    administrators: dict[str, TradeUnion],
) -> None:
    grant("base_chair", administrators["U"])
    assert may("X1", Right.MEMBERS, administrators["U"])
    assert not may("X1", Right.MEMBERS, administrators["U"], neutral=True)


def test_a_right_ends_with_its_time_its_account_or_its_revocation(
    administrators: dict[str, TradeUnion], freeze
) -> None:
    first = grant("street_worker", administrators["S"])
    service.revoke_role(grant_id=first.id, by="SEC1")
    assert not may("X1", Right.STATIONS, administrators["S"])
    grant("street_worker", administrators["S"])
    assert may("X1", Right.STATIONS, administrators["S"])
    freeze(now() + SOON + timedelta(seconds=1))
    assert not may("X1", Right.STATIONS, administrators["S"])
    grant("street_worker", administrators["S"])
    service.close_account(number="X1", by="SYS")
    assert not may("X1", Right.STATIONS, administrators["S"])
    states = db.session.scalars(
        sa.select(RoleGrant.state)
        .join(StaffAccount, RoleGrant.staff_id == StaffAccount.id)
        .where(StaffAccount.number == "X1")
    ).all()
    assert set(states) == {GrantState.ENDED}


def test_asking_is_one_query_and_tells_nothing_of_accounts(
    administrators: dict[str, TradeUnion], count_queries: list[str]
) -> None:
    for number in ("X1", "nobody"):
        count_queries.clear()
        assert not may(number, Right.STATIONS, administrators["S"])
        assert len(count_queries) == 1


def test_the_roles_name_services_that_exist(app: Flask) -> None:
    named = {service for role in roles().values() for service in role.services or ()}
    assert named <= set(catalogue().current)


# At the command line


def test_an_account_from_the_first_administrator_to_its_end(app: Flask, tree: dict[str, TradeUnion]) -> None:
    def run(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=["staff", *arguments])

    first = ("--security", "SEC1", "测小安", "--security", "SEC2", "测小全", "--audit", "AUD", "测小审")
    assert run("found", "--union", "C", "--system", "SYS", "测小系", *first).exit_code == 0
    assert "已经有" in run("found", "--union", "C", "--system", "SYS", "测小系", *first).output
    assert run("open", "X1", "测小某", "--union", "D1", "--by", "SYS").exit_code == 0
    until = (now() + SOON).date().isoformat()
    asked = run(
        "request", "X1", "street_worker", "--union", "S", "--until", until, "--because", "值班", "--by", "SEC1"
    ).output.split()[0]
    assert "另一位" in run("approve", asked, "--by", "SEC1").output
    assert run("approve", asked, "--by", "SEC2").exit_code == 0
    assert f"{asked}  X1" in run("list").output
    assert run("revoke", asked, "--by", "SEC2").exit_code == 0
    assert run("close", "X1", "--by", "SYS").exit_code == 0
    assert asked not in run("list").output
    assert run("open", "X2", "测小二", "--union", "nowhere", "--by", "SYS").exit_code == 1
