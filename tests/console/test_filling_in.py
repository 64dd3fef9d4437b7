"""Filling in with the worker on the line: every question that one line can answer, and what was read aloud."""

import re

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases.forms.fields import FieldType
from server.cases.models import Case
from server.cases.steps import answers_of
from server.console.filling_in import CONTROLS
from server.core.access import Level
from tests.cases.declared import services
from tests.console.conftest import Send
from tests.desk import desk_of, words
from tests.sign_in import SignIn


def shown_values(text: str) -> dict[str, list[str]]:
    """What a browser would send back if nothing was touched."""
    found: dict[str, list[str]] = {}
    for name, body in re.findall(r'<select[^>]*name="(q_\w+)"[^>]*>(.*?)</select>', text, flags=re.S):
        # A browser sends the first where none is selected.
        found[name] = re.findall(r'<option selected value="([^"]*)"', body) or [""]
    for name, body in re.findall(r'<textarea[^>]*name="(q_\w+)"[^>]*>(.*?)</textarea>', text, flags=re.S):
        found[name] = [body.strip()]
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="(q_\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and (" checked" in tag or ('type="radio"' not in tag and 'type="checkbox"' not in tag)):
            found.setdefault(name[1], []).append(value[1])
    return found


def test_what_nobody_touched_stays_as_it_was(
    app: Flask, client: FlaskClient, sign_in: SignIn, send: Send, db_session: Session
) -> None:
    desk = desk_of(app, "A0001", "district_rights")
    no = send(sign_in(Level.L2), "legal_aid")
    before = answers_of(db_session.scalars(sa.select(Case)).one())
    page = desk.get(f"/console/cases/{no}/answers")
    done = desk.post(f"/console/cases/{no}/answers", dict(shown_values(page.text)))
    assert done.status_code == 303, words(done)
    db_session.expire_all()
    assert answers_of(db_session.scalars(sa.select(Case)).one()) == before


def test_an_answer_is_added_and_the_worker_sees_it(
    app: Flask, client: FlaskClient, sign_in: SignIn, send: Send
) -> None:
    desk, who = desk_of(app, "A0001", "district_rights"), sign_in(Level.L1)
    no = send(who)
    values: dict[str, object] = dict(shown_values(desk.get(f"/console/cases/{no}/answers").text))
    assert desk.post(f"/console/cases/{no}/answers", {**values, "q_place_text": "梅林一村"}).status_code == 303
    assert client.get(f"/api/v1/cases/{no}", headers=who).json["answers"]["place_text"] == "梅林一村"


def test_what_is_wrong_is_said_beside_its_question(app: Flask, sign_in: SignIn, send: Send) -> None:
    desk = desk_of(app, "A0001", "district_rights")
    no = send(sign_in(Level.L1))
    values: dict[str, object] = dict(shown_values(desk.get(f"/console/cases/{no}/answers").text))
    told = desk.post(f"/console/cases/{no}/answers", {**values, "q_text": "短"})
    assert told.status_code == 422
    assert re.search(r'id="q_text-wrong"', told.text)


def test_another_streets_case_is_not_there(app: Flask, sign_in: SignIn, send: Send) -> None:
    no = send(sign_in(Level.L1))
    assert desk_of(app, "L0001", "legal_coordinator").get(f"/console/cases/{no}/answers").status_code == 404


def test_staffs_own_questions_can_all_be_asked_here() -> None:
    needed = {
        field.type
        for service in services().values()
        for field in service.form.declaration.fields()
        if field.by_staff and field.answers and field.required
    }
    assert needed - CONTROLS.keys() <= {FieldType.ROWS, FieldType.BANK_CARD}
