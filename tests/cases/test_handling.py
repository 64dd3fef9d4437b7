"""What staff do with a case among themselves: send it on and back, merge, extend, supervise, annul."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.cases import queue, working
from server.cases.desk import opened_case
from server.cases.flow.machine import Machine
from server.cases.models import Case, CaseEvent, CaseMessage, CaseProposal
from server.cases.queue import Question, Whose
from server.cases.tasks import lapse_cases
from server.cases.vocabulary import Words
from server.clocks.models import ChangeKind, Clock, ClockChange
from server.console.clock_marks import mark_of
from server.core.access import Level
from server.notices.models import Notice
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit
from tests.cases.declared import services
from tests.cases.doing import done, due, refused
from tests.cases.test_in_confidence import make_union
from tests.moments import at
from tests.sign_in import SignIn
from tests.staff import make_staff

# ── sent on and back


@pytest.fixture
def street(app: object) -> str:
    """A street's union, with two who work there."""
    union = make_union("S1")
    for number in ("S11", "S12"):
        make_staff(number, "street_worker", union=union)
    return "S1"


def test_a_case_sent_to_a_street_is_signed_for_there_within_a_working_day(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, street: str
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    assert "权限" in refused(desk, case["no"], "accept", staff="S11")
    done(desk, case["no"], "accept")
    done(desk, case["no"], "dispatch", "--to", street, "--text", "请核实。")
    me = follow(case, headers)
    assert me.read()["state_name"] == "已转承办工会"
    a_day_on = "2026-03-16T18:00:00+08:00"
    assert due(me.read()) == {"answer": "2026-03-20T18:00:00+08:00", "sign": a_day_on, "contact": a_day_on}
    assert me.read()["messages"] == [], "what staff write for each other is not for the worker"
    done(desk, case["no"], "sign", staff="S11")
    assert "经办：S11" in desk.run("show", case["no"]).output


@pytest.mark.parametrize("code", ["NOWHERE", "F1"])
def test_a_case_is_not_sent_to_nobody_nor_to_an_employers_side(
    sign_in: SignIn, submit: Submit, desk: Desk, code: str
) -> None:
    make_union("F1", firm_side=True)
    no = submit("grievance", sign_in(Level.L1))["no"]
    done(desk, no, "accept")
    assert "单位一方的工会" in refused(desk, no, "dispatch", "--to", code, "--text", "请核实。")
    assert "写明转给哪个工会" in refused(desk, no, "dispatch", "--text", "请核实。")


def test_the_first_return_goes_back_and_the_second_to_the_district_and_there_is_no_third(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, street: str
) -> None:
    freeze(FRIDAY)
    no = submit("grievance", sign_in(Level.L1))["no"]
    done(desk, no, "accept")
    done(desk, no, "dispatch", "--to", street, "--text", "请核实。")
    assert "写明内容" in refused(desk, no, "return_once", staff="S11")
    refused(desk, no, "return_again", "--text", "站点在别的街道。", staff="S11")
    done(desk, no, "return_once", "--text", "站点在别的街道，见门牌照片。", staff="S11")
    done(desk, no, "dispatch", "--to", street, "--text", "就是你们街道。")
    done(desk, no, "return_again", "--text", "还是不归我们。", staff="S11")
    refused(desk, no, "rule", "--to", street, "--text", "我自己定。", staff="S11")
    done(desk, no, "rule", "--to", street, "--text", "由你们办。")
    for again in ("return_once", "return_again"):
        refused(desk, no, again, "--text", "不归我们。", staff="S11")


def test_after_a_working_day_a_case_is_not_returned_any_more(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, street: str
) -> None:
    freeze(FRIDAY)
    no = submit("grievance", sign_in(Level.L1))["no"]
    done(desk, no, "accept")
    done(desk, no, "dispatch", "--to", street, "--text", "请核实。")
    freeze(at("2026-03-16 18:01"))
    assert "时间已经过了" in refused(desk, no, "return_once", "--text", "不归我们。", staff="S11")
    freeze(at("2026-03-16 17:59"))
    done(desk, no, "return_once", "--text", "不归我们。", staff="S11")


# ── merged


def test_each_reporter_of_a_merged_matter_is_answered_and_rates_alone(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, db_session: Session
) -> None:
    people = [sign_in(Level.L1) for _ in range(3)]
    lead, *others = (submit("grievance", headers) for headers in people)
    for case in (lead, *others):
        done(desk, case["no"], "accept")
    for case in others:
        done(desk, case["no"], "merge", "--into", lead["no"])
        assert due(follow(case, people[1 + others.index(case)]).read()).keys() == {"answer"}
    assert "有 2 件合并" in desk.run("show", lead["no"]).output
    done(desk, lead["no"], "reply", "--text", "罚款已经全部退回。")
    for case, headers in zip((lead, *others), people, strict=True):
        read = follow(case, headers).read()
        assert read["state"] == "replied"
        assert [message["text"] for message in read["messages"]] == ["罚款已经全部退回。"]
        assert due(read).keys() == {"confirm"}
    assert follow(others[0], people[1]).post("reopening", {"reason": "我的没退"}).status_code == 200
    assert follow(lead, people[0]).read()["state"] == "replied"


@pytest.mark.parametrize("end", ["withdrawn", "lapsed", "refused"])
def test_a_merged_case_goes_on_alone_when_its_lead_ends_without_an_answer(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, end: str
) -> None:
    freeze(FRIDAY)
    first, second = sign_in(Level.L1), sign_in(Level.L1)
    lead, other = submit("grievance", first), submit("grievance", second)
    done(desk, other["no"], "accept")
    if end != "refused":
        done(desk, lead["no"], "accept")
    done(desk, other["no"], "merge", "--into", lead["no"])
    match end:
        case "withdrawn":
            assert follow(lead, first).post("withdrawal", {"reason": "不用了，找到别的活了。"}).status_code == 200
        case "lapsed":
            done(desk, lead["no"], "ask_more", "--text", "是哪个站点？")
            freeze(FRIDAY + timedelta(days=20))
            lapse_cases()
        case "refused":
            done(desk, lead["no"], "refuse", "--ground", "in_court")
    read = follow(other, second).read()
    assert (read["state"], read["messages"]) == ("handling", []), "and nothing of what was said to the other"
    waiting = queue.waiting(Question(whose=Whose.ALL), staff_no="A1024", cursor=None, limit=9)
    assert other["no"] in [one.no for one in waiting.items]


def test_a_case_is_not_merged_into_one_that_was_answered(sign_in: SignIn, submit: Submit, desk: Desk) -> None:
    lead, other = (submit("grievance", sign_in(Level.L1))["no"] for _ in range(2))
    for no in (lead, other):
        done(desk, no, "accept")
    done(desk, lead, "reply", "--text", "已处理。")
    assert "单独办" in refused(desk, other, "merge", "--into", lead)


def test_what_an_older_version_leaves_behind_comes_back_to_the_queue(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sign_in(Level.L1)
    lead, other = submit("grievance", first), submit("grievance", sign_in(Level.L1))
    for case in (lead, other):
        done(desk, case["no"], "accept")
    done(desk, other["no"], "merge", "--into", lead["no"])
    monkeypatch.setattr(Machine, "by_lead", lambda *_, **__: None)
    assert follow(lead, first).post("withdrawal", {"reason": "不用了，找到别的活了。"}).status_code == 200
    waiting = queue.waiting(Question(whose=Whose.ALL), staff_no="A1024", cursor=None, limit=9)
    assert [one.no for one in waiting.items] == [other["no"]]
    done(desk, other["no"], "unmerge")


def test_a_merged_case_that_is_taken_apart_is_not_answered_with_the_other(
    sign_in: SignIn, submit: Submit, desk: Desk
) -> None:
    lead, other = (submit("grievance", sign_in(Level.L1))["no"] for _ in range(2))
    for no in (lead, other):
        done(desk, no, "accept")
    done(desk, other, "merge", "--into", lead)
    done(desk, other, "unmerge")
    done(desk, lead, "reply", "--text", "已处理。")
    assert "办理中" in desk.run("show", other).output


def test_a_case_is_not_merged_into_itself_another_service_or_a_merged_one(
    sign_in: SignIn, submit: Submit, desk: Desk
) -> None:
    one, two, three = (submit("grievance", sign_in(Level.L1))["no"] for _ in range(3))
    aid = submit("legal_aid", sign_in(Level.L2))["no"]
    for no in (one, two, three):
        done(desk, no, "accept")
    done(desk, two, "merge", "--into", three)
    for lead in (one, aid, two):
        assert "只能并到" in refused(desk, one, "merge", "--into", lead)


# ── two persons


def test_more_time_takes_a_reason_and_a_second_person_and_is_told(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    done(desk, case["no"], "accept")
    me = follow(case, headers)
    refused(desk, case["no"], "extend")
    done(desk, case["no"], "extend", "--text", "要等公司交账册。", "--amount", "3", staff="A1")
    assert due(me.read())["answer"] == "2026-03-20T18:00:00+08:00"
    assert "正等另一个人" in refused(desk, case["no"], "extend", "--text", "再等等。", staff="B2")
    assert "不能自己批" in refused(desk, case["no"], "extend", staff="A1", command="approve")
    done(desk, case["no"], "extend", staff="B2", command="approve")
    read = me.read()
    answer = next(clock for clock in read["clocks"] if clock["key"] == "answer")
    assert (answer["due_at"], answer["original_due_at"]) == ("2026-03-25T18:00:00+08:00", "2026-03-20T18:00:00+08:00")
    assert read["messages"][0]["text"] == "要等公司交账册。"
    assert "要多些时间" in db_session.scalars(sa.select(Notice).order_by(Notice.id.desc())).first().title  # type: ignore[union-attr]
    refused(desk, case["no"], "extend", "--text", "还要等。", staff="A1")


def test_what_is_complex_takes_fifteen_working_days_from_its_start_once_a_second_person_agrees(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    case = submit("grievance", headers, answers={"kind": "consult"})
    no = case["no"]
    done(desk, no, "accept")
    me = follow(case, headers)
    first = due(me.read())["answer"]
    refused(desk, no, "complex", "--text", "牵涉三家公司。", "--amount", "3", staff="A1")
    done(desk, no, "complex", "--text", "牵涉三家公司，要逐家核对。", staff="A1")
    opened = opened_case(no=no, staff_no="B2")
    assert list(opened.named.values()) == ["“答复工友的咨询”从开始算，由 2 个工作日改为 15 个工作日"]
    assert due(me.read())["answer"] == first == "2026-03-17T18:00:00+08:00"
    assert "不能自己批" in refused(desk, no, "complex", staff="A1", command="approve")
    done(desk, no, "complex", staff="B2", command="approve")
    answer = next(clock for clock in me.read()["clocks"] if clock["key"] == "answer")
    assert (answer["due_at"], answer["original_due_at"]) == ("2026-04-03T18:00:00+08:00", first)
    assert answer["extended"]
    assert me.read()["messages"][0]["text"] == "牵涉三家公司，要逐家核对。"
    told = db_session.scalars(sa.select(Notice).order_by(Notice.id.desc())).first()
    assert told is not None
    assert "4月3日" in told.body
    assert "已经延长过" in refused(desk, no, "extend", "--text", "还要等。", staff="A1")
    closed = {one.step.code: one.closed for one in opened_case(no=no, staff_no="A1").actions}
    assert closed["extend"] == "“答复工友的咨询”已经延长过一次，不能再延"


def test_what_is_urgent_is_never_complex(sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze) -> None:
    freeze(FRIDAY)
    no = submit("grievance", sign_in(Level.L1), answers={"text": "站点着火了，有人受伤，没人管我们的安全。"})["no"]
    done(desk, no, "accept")
    closed = {one.step.code: one.closed for one in opened_case(no=no, staff_no="A1").actions}
    assert closed["complex"] == "“处理紧急情况”的期限不能改成“办理复杂的事项并答复工友”的期限"
    assert "的期限不能改成" in refused(desk, no, "complex", "--text", "牵涉三家公司。", staff="A1")


def test_what_was_declined_can_be_asked_for_again(sign_in: SignIn, submit: Submit, desk: Desk) -> None:
    no = submit("grievance", sign_in(Level.L1))["no"]
    done(desk, no, "accept")
    done(desk, no, "extend", "--text", "忙不过来。", staff="A1")
    done(desk, no, "extend", staff="B2", command="decline")
    refused(desk, no, "extend", staff="B2", command="approve")
    done(desk, no, "extend", "--text", "要等公司交账册。", staff="A1")


def test_what_two_persons_wanted_is_not_made_once_the_case_went_on(
    sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session
) -> None:
    no = submit("grievance", sign_in(Level.L1))["no"]
    done(desk, no, "accept")
    done(desk, no, "extend", "--text", "要等。", staff="A1")
    done(desk, no, "reply", "--text", "已处理。")
    refused(desk, no, "extend", staff="B2", command="approve")
    assert db_session.scalars(sa.select(CaseProposal.decided_at)).all() == [None]


def test_a_missed_promise_is_annulled_by_two_and_stays_for_all_to_see(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    no = submit("grievance", sign_in(Level.L1))["no"]
    assert "没有超期" in refused(desk, no, "sign", "--because", "停机", staff="A1", command="annul")
    freeze(at("2026-03-17 10:00"))
    done(desk, no, "sign", "--because", "系统停机一天", staff="A1", command="annul")
    assert "不能自己批" in refused(desk, no, "sign", staff="A1", command="approve")
    done(desk, no, "sign", staff="B2", command="approve")
    (change,) = db_session.scalars(sa.select(ClockChange))
    assert (change.kind, change.reason, change.asked_by, change.approved_by) == (
        ChangeKind.ANNULMENT,
        "系统停机一天",
        "A1",
        "B2",
    )
    assert "撤销超期" in desk.run("show", no).output


# ── supervised


def test_only_the_district_supervises_and_an_answer_ends_it(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, street: str
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    done(desk, case["no"], "accept")
    done(desk, case["no"], "dispatch", "--to", street, "--text", "请核实。")
    done(desk, case["no"], "sign", staff="S11")
    refused(desk, case["no"], "supervise", "--text", "请快些。", staff="S11")
    done(desk, case["no"], "supervise", "--text", "三天内说明。")
    me = follow(case, headers)
    assert due(me.read())["supervise"] == "2026-03-18T18:00:00+08:00"
    done(desk, case["no"], "explain", "--text", "已约谈站长。", staff="S11")
    assert "supervise" not in due(me.read())
    refused(desk, case["no"], "explain", "--text", "再说一次。", staff="S11")


def test_whoever_explains_late_explains_and_was_late(
    sign_in: SignIn, submit: Submit, desk: Desk, freeze: Freeze, db_session: Session, street: str
) -> None:
    freeze(FRIDAY)
    no = submit("grievance", sign_in(Level.L1))["no"]
    done(desk, no, "accept")
    done(desk, no, "dispatch", "--to", street, "--text", "请核实。")
    done(desk, no, "sign", staff="S11")
    refused(desk, no, "explain", "--text", "没有人问。", staff="S11")
    done(desk, no, "supervise", "--text", "三天内说明。")
    freeze(at("2026-03-20 09:00"))
    done(desk, no, "explain", "--text", "站长出差，昨天才约到。", staff="S11")
    clock = db_session.scalars(sa.select(Clock).where(Clock.key == "supervise")).one()
    assert clock.due_at == at("2026-03-18 18:00")
    assert mark_of(clock, at=at("2026-03-20 10:00")).words == "超期后办的"


# ── urgent


def test_words_of_danger_make_the_answer_due_within_a_day(sign_in: SignIn, submit: Submit, freeze: Freeze) -> None:
    freeze(FRIDAY)
    case = submit("grievance", sign_in(Level.L1), answers={"text": "站点着火了，有人受伤，没人管我们的安全。"})
    assert case["urgent"]
    assert due(case)["answer"] == "2026-03-14T10:00:00+08:00"


# ── without the protection


def test_without_the_bar_the_same_person_would_do_it_again(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, monkeypatch: pytest.MonkeyPatch, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    desk.do(case, "accept", ("reply", "已经处理。"))
    follow(case, headers).post("reopening", {"reason": "没有退"})
    row = db_session.scalars(sa.select(Case)).one()
    assert (row.handler_no, row.barred_no) == (None, "A1024")
    assert row.objected_to == ["A1024"]
    row.barred_no, row.objected_to = None, []
    db_session.commit()
    assert working.staff_step(no=case["no"], code="begin", staff_no="A1024").handler_no == "A1024"
    assert db_session.scalars(sa.select(CaseMessage)).all()


# ── not taken up


@pytest.mark.parametrize("ground", services()["grievance"].machine.steps["refuse"].grounds)
def test_whoever_is_refused_reads_why_and_where_to_go_instead(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, db_session: Session, ground: str
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    named = services()["grievance"].machine.steps["refuse"].grounds[ground]
    own = ["--text", "福田区人社局劳动监察大队。"] if named.words is Words.REQUIRED else []
    assert desk.run("do", case["no"], "refuse", *own).exit_code == 1, "without a ground"
    if own:
        assert "请接着写明" in desk.run("do", case["no"], "refuse", "--ground", ground).output
    done(desk, case["no"], "refuse", "--ground", ground, *own)
    read = follow(case, headers).read()
    assert read["state"] == "not_accepted"
    assert read["messages"][-1]["text"] == named.say + (own[1] if own else "")
    assert any(where in read["messages"][-1]["text"] for where in ("请", "打", "找")), "where to go instead"
    assert db_session.scalars(sa.select(CaseEvent.ground).where(CaseEvent.step == "refuse")).all() == [ground]


def test_a_second_click_on_a_refusal_is_one_refusal(sign_in: SignIn, submit: Submit, db_session: Session) -> None:
    case = submit("grievance", sign_in(Level.L1))
    for _ in range(2):
        named = working.Named(ground="in_court")
        working.staff_step(no=case["no"], code="refuse", staff_no="A1", named=named, version=1)
    assert db_session.scalars(sa.select(CaseEvent.step)).all() == ["submit", "refuse"]
    assert len(db_session.scalars(sa.select(CaseMessage)).all()) == 1
