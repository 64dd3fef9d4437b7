"""Who may do what, where: every route and every step of every service, for every role, against `permissions.yaml`.

The table says it as people agreed on it; the code says it by declarations and rights. A route, a step or a role that is
not in the table fails. What is done with what is one's own is tested with the features; here, that nobody else gets in.
"""

import uuid
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from server.cases.authority import require_staff
from server.cases.catalogue import catalogue, keep_once
from server.cases.flow.machine import Step
from server.cases.models import Case
from server.cases.numbers import new_secret
from server.cases.routing import Destination
from server.cases.sending import send
from server.cases.submission import new_case
from server.cases.vocabulary import Actor, IdentityMode
from server.core.clock import now
from server.core.db import db, transaction
from server.core.errors import Problem
from server.core.web.guard import Token, declared_access
from server.unions.models import TradeUnion
from server.unions.staff.authority import UPPER
from server.unions.staff.roles import Role, roles
from server.unions.staff.vocabulary import Right
from server.unions.vocabulary import UnionKind
from tests.attacks.books import NOTED, books, changed
from tests.attacks.offices import STREET, Street
from tests.desk import Desk, make_member
from tests.sign_in import SignIn
from tests.staff import make_staff

FILE = Path(__file__).with_name("permissions.yaml")
REFUSED = {403, 404}
OF_NO_PLACE = {"system_admin", "security_admin", "audit_admin"}
"""They look after the staff, whose streets are no matter for them; tests/attacks/offices.py has what is."""

NOT_THERE = {
    "GET /cases/<no>/files/<uuid:attachment_id>",
    "GET /cases/<no>/files/<uuid:attachment_id>/pages/<int:number>",
    "GET /verification/<uuid:request_id>/conflict",
    "GET /verification/<uuid:request_id>/photos/<uuid:photo_id>/picture",
}
"""The street has no such thing: tried by those alone who must not get there."""


@cache
def table() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return read


@pytest.fixture
def street(app: Flask, client: FlaskClient, sign_in: SignIn, tmp_path: Path) -> Street:
    app.extensions["warmbee_services"].kept.clear()
    return Street(client, sign_in, tmp_path)


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def routes(app: Flask, prefix: str) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(prefix):
            for method in methods(rule):
                yield f"{method} {rule.rule.removeprefix(prefix)}", rule


# Whoever asks over the API


def test_the_api_is_open_to_whom_the_table_says(app: Flask) -> None:
    found: dict[str, str] = {}
    for name, rule in routes(app, "/api/v1"):
        declared = declared_access(app.view_functions[rule.endpoint])
        assert declared is not None, name
        found[name] = {
            Token.IGNORED: "everybody",
            Token.OPTIONAL: "guests",
            Token.REQUIRED: f"workers {declared.level.name}",
            Token.STAFF: "staff",
        }[declared.token]
    written = {route: who for who, listed in table()["api"].items() for route in listed}
    assert found == written, "agree on it, then write it into tests/attacks/permissions.yaml"


# Whoever asks at the console


def test_the_doors_of_the_console_are_open_to_whom_the_table_says(app: Flask) -> None:
    found: dict[str, list[str]] = {}
    for name, rule in routes(app, "/console"):
        declared = declared_access(app.view_functions[rule.endpoint])
        assert declared is not None, name
        if declared.token is not Token.STAFF or declared.half_way:
            found[name] = ["before signing in"]
        elif not declared.rights:
            found[name] = ["whoever is signed in"]
        else:
            found[name] = [key for key, role in roles().items() if declared.rights & role.rights]
    written = {route: row["door"] for row in table()["console"] for route in row["routes"]}
    assert found == written, "agree on it, then write it into tests/attacks/permissions.yaml"


class Staff:
    """One of each role where the thing is, and, of those roles that are granted for a place, one next to it."""

    def __init__(self, street: Street) -> None:
        self._street = street
        self._desks: dict[str, Desk] = {}

    def places(self, role: Role) -> dict[str, TradeUnion]:
        """Where it is granted: over the thing, in the next street, in the next district."""
        street = self._street
        if UnionKind.STREET in role.at or UPPER.isdisjoint(role.at):
            return {"here": street.union, "next street": street.next, "next district": street.other_district}
        return {"here": street.district, "next district": street.other_district}

    def desk(self, app: Flask, role: Role, place: str, union: TradeUnion) -> Desk:
        number = f"{place}-{list(roles()).index(role.key)}".replace(" ", "-").upper()
        if number not in self._desks:
            make_member(number, role.key, union=union)
            self._desks[number] = Desk(app).sign_in(number)
        return self._desks[number]


def _service_named_in(rule: Rule) -> str:
    if "/openings/" in rule.rule:
        return "firm_letter"
    return "review_membership" if "/members/" in rule.rule else "grievance"


def thing(street: Street, rule: Rule) -> str:
    """The address of something of this street."""
    known: Mapping[str, object] = {
        "no": street.case_no,
        "code": "FT0001" if "/stations/" in rule.rule else f"GH{STREET}-01" if "/terms/" in rule.rule else "accept",
        "binding_id": street.keeper_id,
        "key": "stations" if "/imports/" in rule.rule else "triage",
        "what": "extend",
        "act": "legal_hold",
        "via": "supplement",
        "worker_id": street.verified.worker_id,
        "act_id": street.act_ids[0],
        "request_id": street.correction_id if "/corrections/" in rule.rule else street.request_id,
        "duty_id": street.duty_id,
        "override_id": street.override_id,
        "activity_id": street.activity_id,
        "grant_id": street.grant_ids[0],
        "alarm_id": street.alarm_id,
        "notice_id": street.notice_id,
        "number": "COLLEAGUE",
        "membership_id": street.membership_id,
        "service": _service_named_in(rule),
    }
    path = rule.rule
    for argument in rule.arguments:
        value = str(known.get(argument, uuid.UUID(int=1)))
        path = path.replace(f"<uuid:{argument}>", value).replace(f"<{argument}>", value)
    return path


def reaches(app: Flask) -> Iterator[tuple[str, Rule, dict[str, Any]]]:
    """The routes that name something of one place."""
    rows = {route: row for row in table()["console"] for route in row["routes"]}
    for name, rule in routes(app, "/console"):
        if "here" in rows.get(name, {}):
            yield name, rule, rows[name]


def test_what_is_of_a_place_is_reached_from_there_alone(app: Flask, street: Street) -> None:
    """Reading is tried by all. Changing is tried by those who must not: they change nothing."""
    staff, wrong = Staff(street), []
    everybody = [
        (role, place, staff.desk(app, role, place, union))
        for role in roles().values()
        if role.key not in OF_NO_PLACE
        for place, union in staff.places(role).items()
    ]
    before = books()
    for name, rule, row in reaches(app):
        reading = name.startswith("GET ")
        for role, place, desk in everybody:
            if role.key not in row["door"]:
                continue  # the guard's: above, and tests/console/test_every_page.py
            may = role.key in row["here"] and place == "here"
            if may and (not reading or name in NOT_THERE):
                continue
            path = thing(street, rule)
            status = (desk.get(path) if reading else desk.post(path)).status_code
            if (status in REFUSED) == may:
                wrong.append(f"{name} by {role.key}, {place}: {status}")
    assert wrong == []
    assert changed(before, but=NOTED) == set(), "what is refused writes nothing"


def test_an_objection_to_what_the_street_did_is_behind_no_door_of_it(app: Flask, street: Street) -> None:
    """Whoever objects is its member; every other case of theirs is read there."""
    staff, wrong = Staff(street), []
    everybody = [
        (role, union is street.district, staff.desk(app, role, "here", union))
        for role in roles().values()
        if role.key not in OF_NO_PLACE
        for union in [staff.places(role)["here"]]
    ]
    street.case_no = street.objection()
    doors = [(name, rule, row) for name, rule, row in reaches(app) if "no" in rule.arguments]
    before = books()
    for role, of_district, desk in everybody:
        for name, rule, row in doors:
            reading = name.startswith("GET ")
            may = of_district and role.key in row["here"]
            if role.key not in row["door"] or (may and (not reading or name in NOT_THERE)):
                continue
            path = thing(street, rule)
            status = (desk.get(path) if reading else desk.post(path)).status_code
            if (status in REFUSED) == may:
                wrong.append(f"{name} by {role.key}: {status}")
    assert wrong == []
    assert changed(before, but=NOTED) == set(), "what is refused writes nothing"


# The steps of services


def asking(step: Step) -> str:
    """What a step asks of staff besides its service."""
    return " ".join([step.right.value, *(word for word in ("upper", "here") if getattr(step, word))])


def test_every_step_is_for_whom_the_table_says_and_nowhere_else(app: Flask, street: Street) -> None:
    written, found = table()["steps"], {}
    accounts = {
        (role.key, place): _account(role, place, union)
        for role in roles().values()
        for place, union in Staff(street).places(role).items()
    }
    for key, service in catalogue().current.items():
        keep_once(service)
        case = _case_of_member(service, street)
        steps = [step for step in service.machine.steps.values() if Actor.STAFF in step.who]
        for asked in sorted({asking(step) for step in steps}):
            step = next(one for one in steps if asking(one) == asked)
            may = {who for who, number in accounts.items() if _lets_pass(case, step, number)}
            assert {place for _, place in may} <= {"here"}, f"{key}: {asked} reaches further"
            found[f"{key}: {asked}"] = [role for role in roles() if (role, "here") in may]
        # Whoever is the second person of what colleagues cannot decide among themselves.
        may = {who for who, number in accounts.items() if _reaches(case, number, right=Right.CASE_DECIDE)}
        assert {place for _, place in may} <= {"here"}, f"{key}: deciding reaches further"
        found[f"{key}: {Right.CASE_DECIDE}"] = [role for role in roles() if (role, "here") in may]
        if any(step.signed for step in steps):
            may = {who for who, number in accounts.items() if _reaches(case, number, right=Right.CASE_SIGN)}
            assert {place for _, place in may} <= {"here"}, f"{key}: signing reaches further"
            found[f"{key}: {Right.CASE_SIGN}"] = [role for role in roles() if (role, "here") in may]
    assert found == written, "agree on it, then write it into tests/attacks/permissions.yaml"


def test_a_case_of_nobodys_member_is_for_no_district_but_the_one_that_is_named(app: Flask, street: Street) -> None:
    accounts = {
        (role.key, place): _account(role, place, union)
        for role in roles().values()
        for place, union in Staff(street).places(role).items()
    }
    for service in catalogue().current.values():
        keep_once(service)
        with transaction() as session:
            case = _case(service)
            send(case, service, Destination(None))
            session.add(case)
        rights = {Right.CASE_READ, Right.CASE_DECIDE, *(step.right for step in service.machine.steps.values())}
        may = {who for who, number in accounts.items() for right in rights if _reaches(case, number, right=right)}
        assert {place for _, place in may} == {"here"}, service.key
        # Where it is: at the district. Its streets have none of it.
        assert all(UnionKind.STREET not in roles()[role].at for role, _ in may), service.key


def _account(role: Role, place: str, union: TradeUnion) -> str:
    number = f"STEP-{place}-{list(roles()).index(role.key)}".replace(" ", "-").upper()
    make_staff(number, role.key, union=union)
    return number


def _case_of_member(service: Any, street: Street) -> Case:
    with transaction() as session:
        case = _case(service, worker_id=street.member.worker_id)
        session.add(case)
    return case


def _case(service: Any, *, worker_id: uuid.UUID | None = None) -> Case:
    """Not sent anywhere yet."""
    return new_case(
        db.session(),
        service,
        mode=next(one for one in (IdentityMode.NAMED, *service.modes) if one in service.modes),
        answers=service.example,
        at=now(),
        worker_id=worker_id,
        secret=new_secret() if worker_id is None else None,
        alarming=False,
    )


def test_only_a_district_or_the_city_decides_and_signs_letters() -> None:
    deciding = [role for role in roles().values() if {Right.CASE_DECIDE, Right.CASE_SIGN} & role.rights]
    below = [role for role in deciding if not role.at <= UPPER]
    assert [(role.key, role.services) for role in below] == [("street_chair", {"hardship_aid"})]
    assert all(Right.CASE_DECIDE not in role.rights for role in below)


def _lets_pass(case: Case, step: Step, number: str) -> bool:
    return _reaches(case, number, right=step.right, upper=step.upper, here=step.here)


def _reaches(case: Case, number: str, **asked: Any) -> bool:
    try:
        require_staff(case, staff_no=number, **asked)
    except Problem:
        return False
    return True


def test_the_table_knows_every_role() -> None:
    assert set(table()["roles"]) == roles().keys()
