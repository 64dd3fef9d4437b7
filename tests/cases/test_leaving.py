"""Leaving the union: the time to think, what ends with it, and two changes of one membership at once."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import DeadlockDetected

from server.cases import belonging, locking, running_out, working
from server.cases.models import Case
from server.cases.tasks import lapse_cases
from server.core.access import Level
from server.core.db import db
from server.core.errors import Problem
from server.identity.models import ActKind
from server.me import account_desk, accounts
from server.unions import service as unions
from server.unions.vocabulary import MembershipState as State
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, submission
from tests.cases.joining import HOME, RIDER, SIGNED, Tree, card, join, leave, membership, place_of
from tests.cases.joining import member as member
from tests.cases.joining import rider as rider
from tests.cases.joining import tree as tree
from tests.moments import at
from tests.sign_in import Headers, SignIn, step_up
from tests.staff import make_staff

# ── by the worker


def test_leaving_takes_a_proof_nobodys_leave_and_five_days_to_think(
    member: Headers, submit: Submit, client: FlaskClient, follow: Follow, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    unproved = client.post(
        "/api/v1/cases",
        json=submission("leave_union", answers=SIGNED),
        headers={**member, "Idempotency-Key": str(uuid.uuid4())},
    )
    assert (unproved.status_code, unproved.json["code"]) == (403, "step_up_required")
    case = leave(submit, member)
    assert case["next"]["by"] == "2026-03-20T18:00:00+08:00"
    freeze(at("2026-03-20 17:59"))
    lapse_cases()
    assert membership(member) == (HOME, State.ACTIVE)
    assert card(client, member) == 200
    freeze(at("2026-03-20 18:01"))
    lapse_cases()
    assert membership(member) == (HOME, State.LEFT)
    assert card(client, member) == 409
    assert client.get("/api/v1/me", headers=member).json["membership"] is None
    assert follow(case, member).read()["state_name"] == "办好了"


def test_whoever_thinks_better_of_it_stays(member: Headers, submit: Submit, follow: Follow, freeze: Freeze) -> None:
    freeze(FRIDAY)
    case = leave(submit, member)
    assert follow(case, member).post("withdrawal", {}).status_code == 200
    freeze(at("2026-03-23 18:01"))
    lapse_cases()
    assert membership(member) == (HOME, State.ACTIVE)


def test_whoever_is_out_of_work_keeps_the_card_and_cannot_keep_it_twice(
    member: Headers, submit: Submit, client: FlaskClient, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    leave(submit, member, "retained")
    freeze(at("2026-03-20 18:01"))
    lapse_cases()
    assert membership(member) == (HOME, State.RETAINED)
    assert card(client, member) == 200
    step_up(member.worker_id)
    again = client.post(
        "/api/v1/cases",
        json=submission("leave_union", answers={**SIGNED, "wish": "retained"}),
        headers={**member, "Idempotency-Key": str(uuid.uuid4())},
    )
    assert (again.status_code, list(again.json["errors"])) == (422, ["answers.wish"])


def test_what_was_under_way_about_the_membership_is_over_and_the_rest_stays_where_it_was(
    member: Headers, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, tree: Tree
) -> None:
    make_staff("RIGHTS", "district_rights", union=tree.district)
    make_staff("DESK", "worker_desk", union=tree.street)
    freeze(FRIDAY)
    grievance = submit("grievance", member)
    assert desk.run("do", grievance["no"], "accept", staff="DESK").exit_code == 0
    moving = submit("move_membership", member)
    desk.run("do", moving["no"], "let_go", staff="CHAIR")
    leave(submit, member)
    freeze(at("2026-03-20 18:01"))
    lapse_cases()
    assert membership(member) == (HOME, State.LEFT)
    assert follow(moving, member).read()["state_name"] == "会籍变了，不用再转"
    assert place_of(grievance) == HOME, "whoever answered for it goes on with it"
    assert desk.run("show", grievance["no"], staff="DESK").exit_code == 0


def test_who_left_comes_back_elsewhere_and_the_old_union_has_no_say(
    member: Headers, submit: Submit, desk: Desk, freeze: Freeze, client: FlaskClient
) -> None:
    number = client.get("/api/v1/me", headers=member).json["membership"]["number"]
    freeze(FRIDAY)
    leave(submit, member)
    freeze(at("2026-03-20 18:01"))
    lapse_cases()
    back = join(submit, member, reviewer="street")
    assert desk.run("show", back["no"], staff="CHAIR").exit_code == 1
    assert desk.run("do", back["no"], "approve", staff="CHAIR").exit_code == 1
    assert desk.run("do", back["no"], "approve", staff="STREET").exit_code == 0
    assert membership(member) == ("GH440304011", State.ACTIVE)
    assert client.get("/api/v1/me", headers=member).json["membership"]["number"] == number


def test_who_is_no_member_has_nothing_to_leave(tree: Tree, sign_in: SignIn, client: FlaskClient) -> None:
    guest = sign_in(Level.L2, who=RIDER)
    step_up(guest.worker_id)
    refused = client.post(
        "/api/v1/cases",
        json=submission("leave_union", answers=SIGNED),
        headers={**guest, "Idempotency-Key": str(uuid.uuid4())},
    )
    assert (refused.status_code, refused.json["code"]) == (409, "not_for_you")


# ── two changes at once


@pytest.mark.parametrize("protected", [True, False])
def test_two_cases_that_change_one_membership_do_not_wait_for_each_other_in_a_circle(
    app: Flask,
    member: Headers,
    submit: Submit,
    freeze: Freeze,
    monkeypatch: pytest.MonkeyPatch,
    *,
    protected: bool,
) -> None:
    freeze(FRIDAY)
    moving, leaving = submit("move_membership", member)["no"], leave(submit, member)
    case_id = db.session.scalars(sa.select(Case.id).where(Case.no == leaving["no"])).one()
    freeze(at("2026-03-20 18:01"))
    meeting, take, take_all = threading.Barrier(2), locking.lock, belonging.lock_all_of
    has_membership = threading.Event()

    def meet(*, no: str) -> Any:
        """Each has a case before either goes on; who waits where they should does not come."""
        taken = take(no=no)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(1 if protected else 30)
        if not protected and no == moving:
            assert has_membership.wait(30), "so that whoever leaves has what this one wants next"
        return taken

    def take_all_with_membership(worker_id: uuid.UUID) -> None:
        has_membership.set()
        take_all(worker_id)

    monkeypatch.setattr(running_out, "lock", meet)
    monkeypatch.setattr(working, "lock", meet)
    if not protected:
        monkeypatch.setattr(locking, "lock_all_of", lambda _worker_id: None)
        monkeypatch.setattr(belonging, "lock_all_of", take_all_with_membership)

    def let_go() -> None:
        working.staff_step(no=moving, code="let_go", staff_no="CHAIR")

    def lapse() -> None:
        running_out.run_out(case_id=case_id, clock_key="cooling", at=at("2026-03-20 18:01"))

    def run(act: Callable[[], None]) -> str:
        with app.app_context():
            # Long enough that even a busy machine sees the circle first.
            db.session.execute(sa.text("SET LOCAL lock_timeout = '60s'"))
            try:
                act()
            except Problem as problem:
                return problem.code
            except sa.exc.OperationalError as error:
                # Waiting too long, on a busy machine, is none.
                return "deadlock" if isinstance(error.orig, DeadlockDetected) else "waited too long"
            return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(run, [let_go, lapse]))
    assert ("deadlock" in outcomes) is not protected
    if protected:
        # Whoever came first made the other's step impossible, or went before it.
        assert "done" in outcomes
        assert membership(member) in {(HOME, State.LEFT), (HOME, State.TRANSFERRING)}


@pytest.mark.parametrize("protected", [True, False])
def test_two_accounts_made_one_and_a_case_about_the_membership_do_not_wait_for_each_other_in_a_circle(
    app: Flask,
    member: Headers,
    tree: Tree,
    submit: Submit,
    sign_in: SignIn,
    freeze: Freeze,
    monkeypatch: pytest.MonkeyPatch,
    *,
    protected: bool,
) -> None:
    freeze(FRIDAY)
    moving, other = submit("move_membership", member)["no"], sign_in(Level.L1)
    for number in ("W1", "W2"):
        make_staff(number, "worker_desk", union=tree.district)
    act = account_desk.propose(
        kind=ActKind.MERGE, worker_id=other.worker_id, other_worker_id=member.worker_id, number="W1"
    )
    meeting, take, hand_over = threading.Barrier(2), locking.lock, unions.hand_over

    def meet() -> None:
        """Each has what it takes first before either goes on; who waits where they should does not come."""
        with suppress(threading.BrokenBarrierError):
            meeting.wait(1 if protected else 30)

    def take_and_meet(*, no: str) -> Any:
        taken = take(no=no)
        meet()
        return taken

    def hand_over_and_meet(*args: Any, **named: Any) -> None:
        hand_over(*args, **named)
        meet()

    monkeypatch.setattr(working, "lock", take_and_meet)
    monkeypatch.setattr(unions, "hand_over", hand_over_and_meet)
    if not protected:
        monkeypatch.setattr(accounts, "lock_all_of", lambda *_worker_ids: None)

    def let_go() -> None:
        working.staff_step(no=moving, code="let_go", staff_no="CHAIR")

    def make_one() -> None:
        accounts.confirm(act_id=act.id, by="staff:W2")

    def run(act: Callable[[], None]) -> str:
        with app.app_context():
            try:
                act()
            except sa.exc.OperationalError as error:
                return "deadlock" if isinstance(error.orig, DeadlockDetected) else str(error.orig)
            return "done"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(run, [let_go, make_one]))
    assert outcomes == (["done", "done"] if protected else ["deadlock", "done"])
    if protected:
        db.session.rollback()
        assert membership(other) == (HOME, State.TRANSFERRING)
