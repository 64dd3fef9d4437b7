"""Whoever asks to be called about a case of theirs is called by the union that has it, and by no other."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases import routing
from server.cases.desk import opened_case
from server.cases.models import Case
from server.core.db import db, transaction
from server.unions.models import TradeUnion
from server.unions.service import admit
from tests.cases.conftest import Desk, Submit, submission
from tests.cases.test_who_judges import OBJECTION
from tests.sign_in import Headers, SignIn
from tests.staff import make_staff, make_street

IN_FUTIAN, IN_LONGGANG = "440304011", "440307003"


def asks(submit: Submit, worker: Headers, case: dict[str, Any] | None, **answers: str) -> str:
    """Number of a request to be called."""
    about = {} if case is None else {"case": case["no"]}
    return str(submit("call_me", worker, answers={**about, **answers})["no"])


def opened_by(desk: Desk, no: str, *staff: str) -> list[str]:
    return [one for one in staff if desk.run("show", no, staff=one).exit_code == 0]


def test_the_union_that_has_the_case_calls_whatever_street_there_is(
    longgang: TradeUnion, submit: Submit, sign_in: SignIn, desk: Desk
) -> None:
    worker = sign_in()
    here = submit("grievance", worker, answers={"street": IN_FUTIAN})
    there = submit("grievance", worker, answers={"street": IN_LONGGANG})
    assert opened_by(desk, asks(submit, worker, there), "A1", "LG") == ["LG"]
    assert opened_by(desk, asks(submit, worker, there, street=IN_FUTIAN), "A1", "LG") == ["LG"]
    assert opened_by(desk, asks(submit, worker, here, street=IN_LONGGANG), "A1", "LG") == ["A1"]


def test_a_members_case_that_names_no_street_is_called_about_by_their_union(
    longgang: TradeUnion, submit: Submit, sign_in: SignIn, desk: Desk
) -> None:
    worker = sign_in()
    with transaction() as session:
        admit(session, worker_id=worker.worker_id, union=longgang)
    case = submit("grievance", worker)
    assert opened_by(desk, asks(submit, worker, case, street=IN_FUTIAN), "A1", "LG") == ["LG"]
    assert opened_by(desk, asks(submit, worker, None, street=IN_FUTIAN), "A1", "LG") == ["A1", "LG"]


@pytest.fixture
def objecting(submit: Submit, sign_in: SignIn) -> tuple[Headers, dict[str, Any]]:
    """A member of a street, whose `W1` works there, and what they object to what that street decided."""
    street, worker = make_street(IN_FUTIAN), sign_in()
    make_staff("W1", "street_worker", union=street)
    with transaction() as session:
        admit(session, worker_id=worker.worker_id, union=street)
    return worker, submit("grievance", worker, answers={**OBJECTION, "street": IN_FUTIAN})


def test_a_call_about_what_is_kept_away_from_home_is_kept_away_too(
    objecting: tuple[Headers, dict[str, Any]], submit: Submit, desk: Desk
) -> None:
    assert opened_by(desk, asks(submit, *objecting), "A1", "W1") == ["A1"]


def test_without_that_the_street_that_is_objected_to_would_read_it(
    objecting: tuple[Headers, dict[str, Any]], submit: Submit, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "_is_kept_away", lambda *_: False)
    assert opened_by(desk, asks(submit, *objecting), "A1", "W1") == ["A1", "W1"]


def test_who_is_out_of_the_case_is_out_of_the_call_about_it(
    longgang: TradeUnion, submit: Submit, sign_in: SignIn, desk: Desk
) -> None:
    worker = sign_in()
    case = submit("grievance", worker, answers={"street": IN_FUTIAN})
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.no == case["no"]).values(objected_to=["A1"]))
    call = asks(submit, worker, case)
    assert db.session.scalars(sa.select(Case.objected_to).where(Case.no == call)).one() == ["A1"]
    opened = opened_case(no=call, staff_no="A1")
    assert (opened.allowed.barred, opened.worker) == (True, None)
    assert "要由别的同事来办" in desk.run("do", call, "talk", "--text", "说清楚了。", staff="A1").output


def anothers(submit: Submit, sign_in: SignIn, _: Headers) -> str:
    return str(submit("grievance", sign_in())["no"])


def in_confidence(submit: Submit, _: SignIn, worker: Headers) -> str:
    return str(submit("grievance", worker, identity_mode="confidential")["no"])


def anonymous(submit: Submit, _: SignIn, __: Headers) -> str:
    return str(submit()["no"])


def none_at_all(*_: object) -> str:
    return "SQ260313-9999"


@pytest.mark.parametrize("number", [anothers, in_confidence, anonymous, none_at_all])
def test_any_other_number_is_refused_as_not_there(
    longgang: TradeUnion, client: FlaskClient, submit: Submit, sign_in: SignIn, number: Callable[..., str]
) -> None:
    worker = sign_in()
    body = submission("call_me", answers={"case": number(submit, sign_in, worker)}, identity_mode="named")
    refused = client.post("/api/v1/cases", json=body, headers={**worker, "Idempotency-Key": str(uuid.uuid4())})
    assert refused.status_code == 422
    assert refused.json["errors"] == {"answers.case": ["你没有这样一件实名办的事，请核对编号，或者不写编号"]}
    assert db.session.scalar(sa.select(sa.func.count()).where(Case.service == "call_me")) == 0
