"""A script in every field that takes free words does nothing, wherever the desk shows it."""

import json
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases.catalogue import keep_once
from server.cases.declaration import Service
from server.cases.exchange.models import CaseExchange
from server.cases.forms.fields import Answers, FieldType, FormField
from server.cases.models import Author, Case, CaseEvent, CaseMessage, CaseNote
from server.cases.proxies.models import CaseProxy
from server.cases.submission import new_case
from server.cases.vocabulary import Actor, Direction, IdentityMode
from server.city.words import Word
from server.core.access import Level
from server.core.clock import now
from server.core.db import db, transaction
from server.identity.models import Worker
from tests.cases.declared import services
from tests.desk import desk_of
from tests.sign_in import SignIn
from tests.staff import make_district

SCRIPT = "<script>document.title='x'</script><img src=x onerror=alert(1)>\"'{{7*7}}"
FREE = {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.OPEN_CHOICE}


def scripted(field: FormField, answer: Any) -> Any:
    """The answer with a script wherever somebody could have typed one."""
    if field.type in FREE:
        return SCRIPT
    if field.type is FieldType.ORGANISATION:
        return {"name": SCRIPT}
    if field.type is FieldType.SIGNATURE:
        return {"name": SCRIPT, "agreed": True}
    if field.type is FieldType.BANK_CARD:
        return {"bank": SCRIPT, "number": "6222000000000000"}
    if field.type is FieldType.ROWS:
        first = (answer or [{}])[0]
        return [_given({one.key: scripted(one, first.get(one.key)) for one in field.fields})]
    return answer


def _given(answers: Answers) -> Answers:
    return {key: answer for key, answer in answers.items() if answer is not None}


def scripted_answers(service: Service) -> Answers:
    known = {**service.example, **service.example_by_staff}
    return _given({field.key: scripted(field, known.get(field.key)) for field in service.form.declaration.fields()})


def filled(service: Service, worker_id: uuid.UUID) -> Case:
    """A case with a script in every field, and in all that hangs on it."""
    keep_once(service)
    mode = IdentityMode.NAMED if IdentityMode.NAMED in service.modes else next(iter(service.modes))
    at = now()
    with transaction() as session:
        answers = scripted_answers(service)
        case = new_case(session, service, mode=mode, answers=answers, at=at, worker_id=worker_id, alarming=False)
        case.union_id = make_district().id
        session.add(case)
        session.flush()
        session.add_all(
            [
                CaseEvent(
                    case_id=case.id,
                    number=1,
                    at=at,
                    step="opening",
                    target=case.state,
                    actor=Actor.WORKER,
                    what="收到了",
                ),
                CaseMessage(case_id=case.id, at=at, author=Author.WORKER, text=SCRIPT),
                CaseNote(case_id=case.id, at=at, staff_no="S1", step=None, text=SCRIPT),
                CaseProxy(case_id=case.id, at=at, station_code=SCRIPT, name=SCRIPT, phone=SCRIPT),
                CaseExchange(
                    case_id=case.id,
                    direction=Direction.OUT,
                    begun_at=at,
                    their_no=f"{SCRIPT}{service.key}",
                    their_state=Word.TAKEN,
                    their_seq=1,
                    office=SCRIPT,
                    said=SCRIPT,
                    asks_rating=False,
                ),
            ]
        )
        session.execute(sa.update(Worker).where(Worker.id == worker_id).values(name=SCRIPT))
    return case


@pytest.mark.parametrize("key", sorted(services()))
def test_it_does_nothing_at_the_desk_nor_in_what_the_worker_reads(
    app: Flask, client: FlaskClient, sign_in: SignIn, key: str
) -> None:
    app.extensions["warmbee_services"].kept.clear()
    who = sign_in(Level.L2)
    case = filled(services()[key], who.worker_id)
    db.session.rollback()
    clerk = desk_of(app, "S0001", "district_rights")
    shown = 0
    for path in (
        f"/console/cases/{case.no}",
        f"/console/cases/{case.no}/answers",
        "/console/cases?whose=all",
        "/console/",
    ):
        answer = clerk.get(path)
        assert answer.status_code == 200, path
        assert "<script>document" not in answer.text, path
        assert "<img src=x" not in answer.text, path
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        shown += answer.text.count("&lt;script&gt;document")
    assert shown >= len([one for one in scripted_answers(services()[key]).values() if SCRIPT in json.dumps(one)] or [1])
    mine = client.get(f"/api/v1/cases/{case.no}", headers=who)
    assert mine.content_type == "application/json"
    assert mine.headers["X-Content-Type-Options"] == "nosniff"
