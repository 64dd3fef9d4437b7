"""Every page of the desk: where it is, who may see it, and a street that has something to show on each."""

import uuid
from collections.abc import Iterator, Mapping

from flask import Flask

from server.cases.assigning.models import CaseAssignee, CaseAssignment, CaseTalk
from server.cases.catalogue import catalogue, keep_once
from server.cases.models import Author
from server.cases.submission import new_case
from server.cases.vocabulary import IdentityMode
from server.core.access import Level
from server.core.clock import now
from server.core.db import transaction
from server.core.web.guard import Token, declared_access
from server.unions.lists.models import MemberList, MemberListLine
from server.unions.lists.vocabulary import LineKind, ListKind, ListState
from server.unions.staff.roles import roles
from tests.attacks.offices import Street
from tests.attacks.test_permissions import Staff, routes, table, thing
from tests.desk import Desk
from tests.people import person
from tests.sign_in import SignIn

NO_PAGE = {
    "GET /imports/roster-template",
    "GET /imports/lists/<uuid:list_id>/sheets/<int(min=1):number>",
    "GET /report/sheet",
    "GET /cases/<no>/present",
    "GET /cases/<no>/talk/files/<uuid:attachment_id>",
    "GET /cases/<no>/talk/files/<uuid:attachment_id>/pages/<int:number>",
    "GET /calls/dates/<no>",
    "GET /calls/ratings/<no>",
    "GET /names/<kind>",
    "GET /proxies/receipts/<no>",
    "GET /cases/<no>/files/<uuid:attachment_id>",
    "GET /cases/<no>/files/<uuid:attachment_id>/pages/<int:number>",
    "GET /verification/<uuid:request_id>/photos/<uuid:photo_id>/picture",
}
"""Files, pictures and parts of pages; and what the street has nothing of, which other tests look at."""

ELSEWHERE = {
    "GET /cases/together/<service>/<code>": ("street_worker", "/console/cases/together/join_union/approve"),
    "GET /proxies/<service>": ("worker_desk", "/console/proxies/grievance"),
    "GET /boards/<key>": ("district_rights", "/console/boards/legal_aid"),
    "GET /boards/<key>/people": ("district_rights", "/console/boards/legal_aid/people"),
    "GET /boards/<key>/unpaid": ("district_rights", "/console/boards/legal_aid/unpaid"),
}
"""What no thing of the street names: who looks at it, and where."""

TWICE = 733
"""Whom the street's member says to be, and somebody is."""

Elsewhere = Mapping[str, tuple[str, str]]
"""Route: the role that looks at it, and the address."""


def pages_of(app: Flask, staff: Staff, street: Street, more: Elsewhere) -> Iterator[tuple[str, Desk, str]]:
    """Each page: its route, somebody who may see it, and its address; `more` goes before what the street has."""
    elsewhere = {**ELSEWHERE, **more}
    rows = {route: row for row in table()["console"] for route in row["routes"]}
    for name, rule in routes(app, "/console"):
        declared = declared_access(app.view_functions[rule.endpoint])
        assert declared is not None
        if not name.startswith("GET ") or name in NO_PAGE or declared.half_way or declared.token is not Token.STAFF:
            continue
        may = rows[name].get("here") or [key for key in rows[name]["door"] if key in roles()]
        key, path = elsewhere.get(name) or (may[0] if may else "street_worker", thing(street, rule))
        yield name, _desk(app, staff, key), path


def _desk(app: Flask, staff: Staff, key: str) -> Desk:
    role = roles()[key]
    return staff.desk(app, role, "here", staff.places(role)["here"])


def number_of(role: str) -> str:
    """Of whoever looks at the pages for a role."""
    return f"HERE-{list(roles()).index(role)}"


def with_more(app: Flask, staff: Staff, street: Street, sign_in: SignIn) -> Elsewhere:
    """What a street does not have by itself: a worker who talks with a lawyer, a list that was read, a number twice."""
    for role in ("lawyer", "district_organisation"):
        _desk(app, staff, role)
    no, lawyer = _talked_about(street), number_of("lawyer")
    lists = f"/console/imports/lists/{_list_that_was_read(street)}"
    sign_in(Level.L2, who=person(TWICE))
    return {
        "GET /cases/<no>/talk": ("lawyer", f"/console/cases/{no}/talk"),
        "GET /boards/<key>/people/<number>": ("district_rights", f"/console/boards/legal_aid/people/{lawyer}"),
        "GET /imports/lists/<uuid:list_id>": ("district_organisation", lists),
        "GET /imports/lists/<uuid:list_id>/lines/<kind>": ("district_organisation", f"{lists}/lines/only_theirs"),
        "GET /verification/<uuid:request_id>/conflict": (
            "street_worker",
            f"/console/verification/{street.request_id}/conflict",
        ),
    }


def _talked_about(street: Street) -> str:
    service, lawyer, at = catalogue().current["legal_aid"], number_of("lawyer"), now()
    keep_once(service)
    with transaction() as session:
        case = new_case(
            session,
            service,
            mode=IdentityMode.NAMED,
            answers=service.example,
            at=at,
            worker_id=street.member.worker_id,
            alarming=False,
        )
        session.add(case)
        session.flush()
        mine = CaseAssignment(
            case_id=case.id,
            staff_no=lawyer,
            role="lawyer",
            assigned_by="COLLEAGUE",
            assigned_at=at,
            accepted_at=at,
        )
        session.add(mine)
        session.flush()
        session.add_all(
            [
                CaseTalk(assignment_id=mine.id, at=at, author=Author.WORKER, text="明天几点？"),
                CaseAssignee(staff_no=lawyer, role="lawyer", skills=[], languages=[], most=5, parties="没有"),
            ]
        )
    return case.no


def _list_that_was_read(street: Street) -> uuid.UUID:
    with transaction() as session:
        made = MemberList(
            staff_no=number_of("district_organisation"),
            kind=ListKind.CITY_BASE,
            rehearsal=False,
            csv=False,
            state=ListState.DONE,
            parts=[],
            offices=[street.district.id],
            tries=1,
            rows_read=3,
            ended_at=now(),
            written=False,
            counts={"same": 1, "only_theirs": 1, "only_ours": 0, "other_union": 0, "faults": 1, "repeated": 0},
        )
        session.add(made)
        session.flush()
        session.add_all(
            [
                MemberListLine(list_id=made.id, kind=LineKind.ONLY_THEIRS, place=1, row=2, theirs=street.union.code),
                MemberListLine(list_id=made.id, kind=LineKind.FAULT, place=1, row=3, sentence="证件号码不对"),
            ]
        )
    return made.id
