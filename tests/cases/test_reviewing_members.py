"""What a union may change about a membership: who is heard, who decides, what is left to do."""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.cases import filling
from server.cases.about_members import open_about
from server.cases.tasks import lapse_cases
from server.cases.working import decide
from server.core.db import db, transaction
from server.core.errors import Problem
from server.identity.models import ActKind
from server.me import account_desk
from server.notices.delivery import deliver
from server.notices.models import Delivery, DeliveryState
from server.notices.undelivered import count_to_call
from server.unions.models import MembershipEvent
from server.unions.service import restore
from server.unions.vocabulary import MembershipState as State
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, submission
from tests.cases.joining import HOME, Tree, card, leave, membership, place_of
from tests.cases.joining import member as member
from tests.cases.joining import rider as rider
from tests.cases.joining import tree as tree
from tests.moments import at
from tests.sign_in import Headers
from tests.staff import make_staff
from tests.standins import StandIn


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
