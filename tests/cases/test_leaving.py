"""Leaving the union, and what a union may change about a membership: who is heard, who decides, what is left to do."""

import threading
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import DeadlockDetected

from server.cases import belonging, filling, locking, running_out, working
from server.cases.about_members import open_about
from server.cases.models import Case
from server.cases.tasks import lapse_cases
from server.cases.working import decide
from server.core.access import Level
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.models import ActKind
from server.me import account_desk, accounts
from server.notices.delivery import deliver
from server.notices.models import Delivery, DeliveryState
from server.notices.undelivered import count_to_call
from server.unions import service as unions
from server.unions.models import MembershipEvent
from server.unions.service import restore
from server.unions.vocabulary import MembershipState as State
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, submission
from tests.cases.joining import RIDER, SIGNED, Tree, join, membership, place_of
from tests.moments import at
from tests.sign_in import Headers, SignIn, step_up
from tests.staff import make_staff
from tests.standins import StandIn

HOME = "GH440304011-01"


@pytest.fixture
def tree(app: object) -> Tree:
    return Tree()


@pytest.fixture
def member(tree: Tree, sign_in: SignIn, submit: Submit, desk: Desk) -> Headers:
    """A member of the industry's union."""
    rider = sign_in(Level.L2, who=RIDER)
    case = join(submit, rider)
    assert desk.run("do", case["no"], "approve", staff="CHAIR").exit_code == 0
    return rider


def leave(submit: Submit, who: Headers, wish: str = "left") -> dict[str, Any]:
    step_up(who.worker_id)
    return submit("leave_union", who, answers={**SIGNED, "wish": wish})


def card(client: FlaskClient, who: Headers) -> int:
    return client.get("/api/v1/me/card", headers=who).status_code


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


# ── by the union


def review(who: Headers, change: str = "lapsed", *, staff: str = "CHAIR") -> Mapping[str, Any]:
    answers = {"change": change, "ground": "半年没参加活动，打过两次电话。"}
    case = open_about(service="review_membership", worker_id=who.worker_id, staff_no=staff, answers=answers)
    return {"no": case.no, "id": case.id}


def change(desk: Desk, case: Mapping[str, Any], *, by: str = "CHAIR", second: str = "ORG") -> None:
    asked = desk.run("do", case["no"], "change", "--text", "核实过，提醒过两次。", staff=by)
    assert asked.exit_code == 0, asked.output
    decide(no=case["no"], what="change", staff_no=second, approve=True)


def test_what_a_member_is_heard_about_stays_as_the_union_wrote_it(member: Headers, follow: Follow) -> None:
    case = review(member)
    with pytest.raises(Problem) as refused:
        filling.fill_in(no=case["no"], staff_no="CHAIR", answers={"change": "left"}, agreed=[])
    assert refused.value.status == 422
    assert "按退会处理" in str(follow(case, member).read()["answered"])


def test_a_member_is_heard_before_two_persons_change_anything(
    member: Headers, desk: Desk, follow: Follow, client: FlaskClient, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    case = review(member)
    me = follow(case, member)
    read = me.read()
    assert (read["next"]["who"], read["next"]["by"]) == ("worker", "2026-03-27T18:00:00+08:00")
    assert read["by_union"]
    assert {one["by"] for one in read["answered"]} == {"staff"}
    assert "打过两次电话" in str(read["answered"]), "the grounds are the member's to read"
    titles = [one["title"] for one in client.get("/api/v1/notices", headers=member).json["items"]]
    assert "有一件事请你说说情况" in titles
    assert desk.run("do", case["no"], "change", "--text", "快办", staff="CHAIR").exit_code == 1, "not before that"
    assert me.post("supplements", {"answers": {"own_words": "我一直在跑单。"}}).status_code == 201
    asked = desk.run("do", case["no"], "change", "--text", "核实过。", staff="CHAIR")
    assert asked.exit_code == 0
    assert membership(member) == (HOME, State.ACTIVE), "one person changes nothing"
    with pytest.raises(Problem):
        decide(no=case["no"], what="change", staff_no="STREET", approve=True)
    decide(no=case["no"], what="change", staff_no="ORG", approve=True)
    assert membership(member) == (HOME, State.LAPSED)
    assert card(client, member) == 409
    assert me.read()["state_name"] == "会籍变了"


@pytest.mark.parametrize(
    ("wanted", "state"), [("left", State.LEFT), ("retained", State.RETAINED), ("deceased", State.DECEASED)]
)
def test_each_change_is_made_after_the_time_to_be_heard(
    member: Headers, desk: Desk, freeze: Freeze, wanted: str, state: State
) -> None:
    freeze(FRIDAY)
    case = review(member, wanted)
    freeze(at("2026-03-27 18:01"))
    lapse_cases()
    change(desk, case)
    assert membership(member) == (HOME, state)


def test_a_union_that_does_not_decide_in_time_leaves_everything_as_it_is(
    member: Headers, follow: Follow, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    case = review(member)
    freeze(at("2026-03-27 18:01"))
    lapse_cases()
    freeze(at("2026-04-13 18:01"))
    lapse_cases()
    assert follow(case, member).read()["state_name"] == "会籍不变"
    assert membership(member) == (HOME, State.ACTIVE)


def test_others_in_the_district_look_again_and_may_restore_it(
    member: Headers, desk: Desk, follow: Follow, freeze: Freeze, tree: Tree
) -> None:
    make_staff("ORG2", "district_organisation", union=tree.district)
    freeze(FRIDAY)
    case = review(member, "left")
    me = follow(case, member)
    me.post("supplements", {"answers": {"own_words": "没有这回事。"}})
    change(desk, case)
    assert me.post("reopening", {"reason": "提醒的电话不是我的。"}).status_code == 200
    assert place_of(case) == "GH440304"
    assert me.read()["next"]["by"] == "2026-03-27T18:00:00+08:00"
    for barred in ("CHAIR", "ORG"):
        assert desk.run("do", case["no"], "overturn", staff=barred).exit_code == 1
    assert desk.run("do", case["no"], "overturn", staff="ORG2").exit_code == 0
    assert membership(member) == (HOME, State.ACTIVE)
    events = db.session.scalars(sa.select(MembershipEvent.target).order_by(MembershipEvent.id)).all()
    assert events == [State.ACTIVE, State.LEFT, State.ACTIVE]


def test_an_objection_that_comes_too_late_is_none(member: Headers, desk: Desk, follow: Follow, freeze: Freeze) -> None:
    freeze(FRIDAY)
    case = review(member)
    me = follow(case, member)
    me.post("supplements", {"answers": {"own_words": "没有这回事。"}})
    change(desk, case)
    freeze(at("2026-03-27 18:01"))
    lapse_cases()
    assert me.post("reopening", {"reason": "晚了"}).status_code == 409
    assert me.read()["state_name"] == "会籍变了，没有要复查"


def test_nobody_reviews_whom_they_do_not_answer_for_nor_twice(member: Headers) -> None:
    with pytest.raises(Problem) as refused:
        review(member, staff="FIRM")
    assert refused.value.status == 403
    case = review(member)
    with pytest.raises(Problem) as refused:
        review(member)
    assert (refused.value.status, case["no"] in refused.value.title) == (409, True)


def test_whoever_leaves_meanwhile_ends_the_review_and_is_reviewed_no_more(
    member: Headers, submit: Submit, follow: Follow, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    case = review(member)
    leave(submit, member)
    freeze(at("2026-03-20 18:01"))
    lapse_cases()
    assert follow(case, member).read()["state_name"] == "会籍已经变了，不用再定"
    with pytest.raises(Problem) as refused:
        review(member)
    assert refused.value.status == 409


def test_nobody_asks_for_a_review_on_the_phone(member: Headers, client: FlaskClient) -> None:
    listed = [one["key"] for one in client.get("/api/v1/services").json["items"]]
    assert "leave_union" in listed
    assert "review_membership" not in listed
    asked = submission("review_membership", answers={"change": "left", "ground": "x"})
    refused = client.post("/api/v1/cases", json=asked, headers={**member, "Idempotency-Key": str(uuid.uuid4())})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["service"])


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


def test_nobody_gets_into_the_account_of_who_has_died_and_two_undo_a_mistake(
    member: Headers,
    tree: Tree,
    desk: Desk,
    follow: Follow,
    client: FlaskClient,
    freeze: Freeze,
    sms_standin: StandIn,
) -> None:
    freeze(FRIDAY)
    case = review(member, "deceased")
    follow(case, member).post("supplements", {"answers": {"own_words": "没有这回事。"}})
    for number in ("W1", "W2"):
        make_staff(number, "worker_desk", union=tree.district)
    deliver_all()
    before = len(sms_standin.messages())
    with transaction() as session:
        unheard = sa.update(Delivery).where(Delivery.kind == "case.need_more")
        session.execute(unheard.values(state=DeliveryState.UNDELIVERED))
    assert count_to_call(staff_no="W1") == 1
    change(desk, case)
    assert membership(member) == (HOME, State.DECEASED)
    assert client.get("/api/v1/me", headers=member).status_code == 401
    deliver_all()
    db.session.rollback()
    decided = db.session.scalars(sa.select(Delivery.state).where(Delivery.kind == "case.decided")).all()
    assert (decided, len(sms_standin.messages())) == ([DeliveryState.NOT_NEEDED], before)
    assert count_to_call(staff_no="W1") == 0, "nobody is rung up"
    with pytest.raises(Problem) as refused:
        restore(worker_id=member.worker_id, actor="staff:ORG")
    assert refused.value.code == "deceased"

    act = account_desk.propose(kind=ActKind.UNFREEZE, worker_id=member.worker_id, number="W1")
    with pytest.raises(Problem):
        account_desk.confirm(act_id=act.id, number="W1")
    assert membership(member) == (HOME, State.DECEASED), "one person undoes nothing"
    account_desk.confirm(act_id=act.id, number="W2")
    assert membership(member) == (HOME, State.ACTIVE)
    assert client.get("/api/v1/me", headers=member).status_code == 200
    assert card(client, member) == 200


def deliver_all() -> None:
    db.session.rollback()
    for notice_id in db.session.scalars(sa.select(Delivery.notice_id)).all():
        deliver(notice_id=str(notice_id))
