"""What the desk shows is open to whoever it is shown to: links lead somewhere, buttons do something, and what is closed
says why."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import RequestRedirect

from server.cases.catalogue import catalogue, keep_once
from server.cases.declaration import Service
from server.cases.desk import opened_case
from server.cases.flow.machine import Step
from server.cases.models import Case
from server.cases.steps import WORKER, open_case
from server.cases.submission import new_case
from server.cases.vocabulary import IdentityMode
from server.cases.working import Named, staff_step
from server.core.clock import now
from server.core.db import transaction
from server.unions.models import TradeUnion
from server.unions.staff.roles import Role, roles
from server.unions.staff.vocabulary import Right
from server.unions.vocabulary import UnionKind
from tests.attacks.books import NOTED, books, changed
from tests.attacks.offices import Street
from tests.desk import Desk, desk_of, words
from tests.sign_in import SignIn
from tests.staff import make_staff

LINK = re.compile(r'<a\b[^>]*\shref="(/console/[^"]*)"')
FORM = re.compile(r'<form\b[^>]*\smethod="post"[^>]*>.*?</form>', re.S)
ACTION = re.compile(r'\saction="([^"]*)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
ENDS_THE_SESSION = ("console.sign_in.", "console.own_account.")
NAMED = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OPENING = frozenset({Right.CASE_READ, Right.CASE_ASSIGNED})
WORKING = frozenset({Right.CASE_WORK, Right.CASE_ASSIGNED, Right.PAYMENTS})
DECIDES = "DECIDES"
WORDS = "按规定办，写明理由。"


@pytest.fixture
def street(app: Flask, client: FlaskClient, sign_in: SignIn, tmp_path: Path) -> Street:
    app.extensions["warmbee_services"].kept.clear()
    return Street(client, sign_in, tmp_path)


def office_of(street: Street, role: Role) -> TradeUnion:
    """Where somebody of this role works: in the street, its district, or the union of a firm there."""
    if UnionKind.STREET in role.at:
        return street.union
    if UnionKind.DISTRICT in role.at:
        return street.district
    kind = min(role.at)
    with transaction() as session:
        made = TradeUnion(
            code="GH-FIRM",
            name="一家单位的工会",
            kind=kind,
            parent_id=street.union.id,
            area_code=street.union.area_code,
            firm_side=kind is UnionKind.UNIT,
        )
        session.add(made)
    return made


def endpoint_of(app: Flask, address: str, method: str) -> str:
    try:
        endpoint, _ = app.url_map.bind("localhost").match(urlsplit(address).path, method=method)
    except RequestRedirect as moved:
        return moved.new_url
    return endpoint


def shown_to(app: Flask, desk: Desk) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every kind of link and of button that somebody comes to from the first page: method, address, hidden fields."""
    seen, waiting = {"console.home.show"}, ["/console/"]
    while waiting:
        address = waiting.pop(0)
        answer = desk.get(address)
        yield "GET", f"{address} {answer.status_code}", {}
        if answer.mimetype != "text/html":
            continue
        for link in map(unescape, LINK.findall(answer.text)):
            endpoint = endpoint_of(app, link, "GET")
            if endpoint not in seen:
                seen.add(endpoint)
                waiting.append(link)
        for form in FORM.findall(answer.text):
            given = ACTION.search(form)
            action = unescape(given[1]) if given else address
            endpoint = f"POST {endpoint_of(app, action, 'POST')}"
            if endpoint not in seen and not endpoint.startswith(tuple(f"POST {one}" for one in ENDS_THE_SESSION)):
                seen.add(endpoint)
                yield "POST", action, dict(HIDDEN.findall(form))


@pytest.mark.parametrize("key", roles())
def test_no_role_is_shown_what_is_refused_when_it_is_sent(app: Flask, street: Street, key: str) -> None:
    role = roles()[key]
    desk = desk_of(app, "T0001", key, union=office_of(street, role))
    found = list(shown_to(app, desk))
    pages = [address for method, address, _ in found if method == "GET"]
    assert [one for one in pages if one.rpartition(" ")[2] not in {"200", "303"}] == []
    assert len(pages) > 2
    refused, written, used = [], [], set[str]()
    for method, address, hidden in found:
        if method == "POST":
            # Empty but for what the page itself sends: the form says what is missing, and nobody is turned away.
            before = books()
            status = desk.post(address, {**hidden, "csrf_token": desk.form_token}).status_code
            gone = status == 404 and not used.isdisjoint(NAMED.findall(address))
            if status not in {200, 303, 409, 422} and not gone:
                refused.append((address, status))
            if status >= 400 and (tables := changed(before, but=NOTED)):
                written.append((address, status, tables))
            used.update(NAMED.findall(address))
    assert refused == []
    assert written == [], "what is refused writes nothing"


def fresh(street: Street, service: Service, office: TradeUnion, *, lawyer: str | None = None) -> Case:
    """A case of this service that was sent in a moment ago and is with this office, or in a lawyer's hands."""
    mode = next(iter(service.modes))
    with transaction() as session:
        case = new_case(
            session,
            service,
            mode=mode,
            answers=service.example,
            at=now(),
            worker_id=None if mode is IdentityMode.ANONYMOUS else street.verified.worker_id,
            alarming=False,
        )
        open_case(case, service, items=(), at=now(), by=WORKER)
        session.execute(sa.update(Case).where(Case.no == case.no).values(union_id=office.id))
    if lawyer is not None:
        for code, named in (("screen", None), ("grant", None), ("assign", lawyer)):
            staff_step(no=case.no, code=code, staff_no=DECIDES, named=Named(assignee_no=named))
    return case


@pytest.mark.parametrize("key", [key for key, role in roles().items() if role.rights & OPENING])
def test_a_step_that_is_shown_open_can_be_made_and_a_closed_one_says_why(app: Flask, street: Street, key: str) -> None:
    role = roles()[key]
    office = office_of(street, role)
    desk = desk_of(app, "T0001", key, union=office)
    make_staff(DECIDES, union=street.district)
    lawyer = "T0001" if Right.CASE_ASSIGNED in role.rights else None
    tried, wrong = 0, []
    for service in catalogue().current.values():
        if not role.covers(service.key):
            continue
        keep_once(service)
        case = fresh(street, service, office, lawyer=lawyer)
        address = f"/console/cases/{case.no}"
        shown = words(desk.get(address))
        for action in opened_case(no=case.no, staff_no="T0001").actions:
            step = action.step
            if action.closed is not None:
                assert action.closed in shown
                before = books()
                if desk.post(f"{address}/steps/{step.code}", filled(step, street)).status_code == 303:
                    wrong.append(f"{service.key}: {step.code} is shown closed, and was made")
                elif tables := changed(before, but=NOTED):
                    wrong.append(f"{service.key}: {step.code} is shown closed, and wrote into {tables}")
                continue
            tried += 1
            mine = fresh(street, service, office, lawyer=lawyer)
            asked = f"/console/cases/{mine.no}/steps/{step.code}"
            opened, before = desk.get(asked).status_code, books()
            statuses = opened, desk.post(asked, filled(step, street)).status_code
            if statuses[1] >= 400 and (tables := changed(before, but=NOTED)):
                wrong.append(f"{service.key}: {step.code} is refused, and wrote into {tables}")
            if statuses[0] != 200 or statuses[1] not in {303, 422}:
                wrong.append(f"{service.key}: {step.code} is shown open, and answers {statuses}")
    assert wrong == []
    assert (tried > 0) is bool(role.rights & WORKING), "who only reads has nothing to do"


def filled(step: Step, street: Street) -> dict[str, object]:
    """What a step asks for, as far as one form goes."""
    return {
        "text": WORDS,
        "ground": next(iter(step.grounds), ""),
        "union": street.union.code,
        "yuan": "100",
        "date": "2036-05-01T10:00",
    }
