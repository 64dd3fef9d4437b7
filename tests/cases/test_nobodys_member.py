"""What is nobody's member's lies with one union, and with that one alone."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.cases.actions import Allowed
from server.cases.authority import allowed_over
from server.cases.belonging import place_nobodys, warnings_of_unplaced
from server.cases.escalation import escalate
from server.cases.figures.asked import Asked, placed
from server.cases.models import Case
from server.cases.queue import Question, waiting
from server.cases.tasks import place_what_lies_with_nobody
from server.cases.vocabulary import Phase, Urgency
from server.core import jobs
from server.core.audit import AuditEvent
from server.core.clock import now
from server.core.db import db, transaction
from server.core.settings import Environment
from server.notices.models import StaffNotice
from server.unions.duty.vocabulary import DutyKind
from server.unions.models import TradeUnion
from server.unions.responsible import go_to
from server.unions.vocabulary import UnionKind
from tests.cases.conftest import Desk, Follow, Submit, consents, submission
from tests.sign_in import Headers, SignIn
from tests.staff import make_district, make_staff, make_street, put_on_duty
from tests.standins import StandIn

IN_LONGGANG = (22.76, 114.302)
"""In the middle of a street of 龙岗."""
DESK_PHONE = "19900000771"
ANY_PHONE = {"phone": "19900000001", "when": "any"}


def whose(desk: Desk, no: str) -> list[str]:
    """Which of the two districts lists a case, opens it and counts it: the same in all three."""
    lists = [who for who in ("A1", "LG") if no in desk.run("list", "--all", staff=who).output]
    opens = [who for who in ("A1", "LG") if desk.run("show", no, staff=who).exit_code == 0]
    assert lists == opens == [who for who in ("A1", "LG") if no in counted(who)]
    return lists


def id_of(no: str) -> uuid.UUID:
    return db.session.scalars(sa.select(Case.id).where(Case.no == no)).one()


def counted(staff_no: str) -> Iterator[str]:
    asked = Asked(staff_no=staff_no, services=["grievance", "call_me"], months=(now().date().replace(day=1),))
    rows = placed(asked, Case.created_at, Case.no.label("no")).subquery()
    return iter(db.session.scalars(sa.select(rows.c.no)).all())


def named(submit: Submit, sign_in: SignIn) -> str:
    return str(submit("grievance", sign_in())["no"])


def anonymous(submit: Submit, _: SignIn) -> str:
    return str(submit()["no"])


def wants_a_call(submit: Submit, sign_in: SignIn) -> str:
    return str(submit("call_me", sign_in(), answers=ANY_PHONE)["no"])


@pytest.mark.parametrize("sent", [named, anonymous, wants_a_call])
def test_it_is_with_the_union_that_is_named_for_such_and_no_other(
    longgang: TradeUnion, submit: Submit, sign_in: SignIn, desk: Desk, sent: Callable[..., str]
) -> None:
    assert whose(desk, sent(submit, sign_in)) == ["A1"]


def test_it_is_where_the_place_is_that_was_tapped(
    longgang: TradeUnion, client: FlaskClient, sign_in: SignIn, desk: Desk
) -> None:
    body = submission("grievance", place={"lat": IN_LONGGANG[0], "lng": IN_LONGGANG[1]})
    body["consents"] += consents("location")
    sent = client.post("/api/v1/cases", json=body, headers={**sign_in(), "Idempotency-Key": str(uuid.uuid4())})
    assert sent.status_code == 201, sent.json
    assert whose(desk, (sent.json or {})["no"]) == ["LG"]


@pytest.mark.parametrize("sent", ["grievance", "call_me"])
def test_without_a_place_it_is_with_the_office_that_looks_after_its_worker(
    longgang: TradeUnion, submit: Submit, sign_in: SignIn, desk: Desk, count_queries: list[str], sent: str
) -> None:
    answers = ANY_PHONE if sent == "call_me" else {}
    worker = sign_in()
    asked = set()
    for office, at in ((None, "A1"), (longgang, "LG"), (make_district(), "A1"), (street_without_staff(longgang), "LG")):
        if office is not None:
            with transaction() as session:
                go_to(session, worker_id=worker.worker_id, union_id=office.id)
        count_queries.clear()
        no = submit(sent, worker, answers=answers)["no"]
        asked.add(sum("trade_union" in one for one in count_queries))
        assert whose(desk, no) == [at]
    assert len(asked) == 1, "who looks after them is asked in the statement that is there"


def street_without_staff(district: TradeUnion) -> TradeUnion:
    with transaction() as session:
        street = TradeUnion(
            code="GH440307003", name="街道总工会", kind=UnionKind.STREET, area_code="440307003", parent_id=district.id
        )
        session.add(street)
    return street


def test_the_place_that_was_tapped_goes_before_the_office_of_its_worker(
    longgang: TradeUnion, client: FlaskClient, sign_in: SignIn, desk: Desk
) -> None:
    worker = sign_in()
    with transaction() as session:
        go_to(session, worker_id=worker.worker_id, union_id=make_district().id)
    body = submission("grievance", place={"lat": IN_LONGGANG[0], "lng": IN_LONGGANG[1]})
    body["consents"] += consents("location")
    sent = client.post("/api/v1/cases", json=body, headers={**worker, "Idempotency-Key": str(uuid.uuid4())})
    assert whose(desk, (sent.json or {})["no"]) == ["LG"]


@pytest.mark.parametrize("service", ["grievance", "call_me"])
def test_it_is_in_the_street_that_was_named(
    longgang: TradeUnion, submit: Submit, sign_in: SignIn, desk: Desk, service: str
) -> None:
    answers = {"street": "440307003", **(ANY_PHONE if service == "call_me" else {})}
    assert whose(desk, submit(service, sign_in(), answers=answers)["no"]) == ["LG"]


def test_who_is_anonymous_may_name_a_street_too(longgang: TradeUnion, submit: Submit, desk: Desk) -> None:
    assert whose(desk, submit(answers={"street": "440307003"})["no"]) == ["LG"]


def test_what_is_returned_is_where_it_was_first(
    longgang: TradeUnion, submit: Submit, sign_in: SignIn, desk: Desk
) -> None:
    make_street("440304011")
    for answers, district in (({}, "A1"), ({"street": "440307003"}, "LG")):
        no = submit("grievance", sign_in(), answers=answers)["no"]
        desk.run("do", no, "accept", staff=district)
        sent = desk.run("do", no, "dispatch", "--to", "GH440304011", "--text", "请你们办。", staff=district)
        assert sent.exit_code == 0, sent.output
        assert desk.run("do", no, "return_once", "--text", "不归我们。", staff="A1").exit_code == 0
        assert whose(desk, no) == [district]


@pytest.fixture
def unplaced(longgang: TradeUnion, submit: Submit, sign_in: SignIn) -> tuple[str, Headers]:
    """Number and worker of a case as they were opened before there was any district, in two districts with a desk."""
    worker = sign_in()
    no = submit("grievance", worker)["no"]
    with transaction() as session:
        session.execute(sa.update(Case).where(Case.no == no).values(union_id=None))
    for number, union in (("D1", make_district()), ("D2", longgang)):
        put_on_duty(make_staff(number, union=union), DutyKind.DESK, union)
    return no, worker


def test_what_lies_nowhere_is_seen_by_nobody(unplaced: tuple[str, Headers], desk: Desk) -> None:
    no, _ = unplaced
    assert whose(desk, no) == []
    for who in ("A1", "LG"):
        assert allowed_over(id_of(no), staff_no=who) == Allowed(*[False] * 8)
        assert no not in {one.no for one in waiting(Question(), staff_no=who, cursor=None, limit=50).items}
    escalate(at=now() + timedelta(days=60))
    told = set(db.session.scalars(sa.select(StaffNotice.staff_no)))
    assert told == {None}, "no district is told of what is not its"


@pytest.mark.parametrize("over", [False, True])
def test_what_lies_nowhere_is_given_to_one_which_is_told_as_its_worker_is(
    unplaced: tuple[str, Headers], desk: Desk, follow: Follow, over: bool
) -> None:
    no, worker = unplaced
    if over:
        with transaction() as session:
            session.execute(sa.update(Case).where(Case.no == no).values(phase=Phase.DONE))
    assert desk.run("place").output == "定下了 1 件\n"
    place_what_lies_with_nobody()
    assert desk.run("place").output == "定下了 0 件\n"
    assert whose(desk, no) == ["A1"]
    kept = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "case.placed")).all()
    assert [(one.actor, one.subject_id) for one in kept] == [("system", str(id_of(no)))]
    told: list[Any] = [one["what"] for one in follow({"no": no}, worker).read()["timeline"]]
    times = 0 if over else 1
    assert told.count("定下了由哪个工会负责") == times
    assert db.session.scalars(sa.select(StaffNotice.staff_no).where(StaffNotice.kind == "case.placed")).all() == (
        ["D1"] * times
    )


def test_an_office_gets_one_sms_for_all_that_is_urgent_and_was_given_to_it(
    app: Flask, longgang: TradeUnion, submit: Submit, sign_in: SignIn, sms_standin: StandIn
) -> None:
    first, *_ = [submit("grievance", sign_in())["no"] for _ in range(3)]
    make_staff("W1")
    with transaction() as session:
        session.execute(sa.update(Case).values(union_id=None, urgency=Urgency.URGENT))
        # That somebody has the first says nothing to the desk of the others.
        session.execute(sa.update(Case).where(Case.no == first).values(handler_no="W1"))
    put_on_duty(make_staff("D1"), DutyKind.DESK, make_district(), phone=DESK_PHONE)
    assert place_nobodys() == 3
    with transaction() as session:
        # At night it waits for the morning.
        session.execute(sa.text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))
    jobs.run_worker(app, wait=False, periodic_tasks=False)
    lines = [one["params"]["line"] for one in sms_standin.messages() if one["phone"] == DESK_PHONE]
    assert lines == ["有急事刚归你们，请看"]


def test_that_there_is_no_union_to_give_cases_to_is_said_in_production(
    app: Flask, configured: Callable[..., None], count_queries: list[str]
) -> None:
    configured(environment=Environment.PRODUCTION)
    assert warnings_of_unplaced() == []
    assert not any("service_case" in one for one in count_queries), "whoever watches asks often"
    with transaction() as session:
        session.execute(sa.update(TradeUnion).values(kind=UnionKind.STREET))
    (said,) = warnings_of_unplaced()
    assert "没有归任何工会" in said


def test_its_worker_is_told_which_union_has_it(
    longgang: TradeUnion, submit: Submit, sign_in: SignIn, follow: Follow
) -> None:
    worker = sign_in()
    case = submit("grievance", worker)
    assert follow(case, worker).read()["office"]["name"] == make_district().name
