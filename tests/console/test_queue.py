"""待办事项: whose it is, what ends first, within what somebody may see; nothing personal; few queries."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases import queue, working
from server.cases.authority import in_reach, require_staff
from server.cases.models import Case
from server.cases.queue import Question, Whose
from server.cases.working import Named
from server.clocks.deadlines import OwedBy
from server.clocks.models import OwnerKind
from server.clocks.service import clocks_of
from server.core.access import Level
from server.core.db import db, transaction
from server.core.errors import Problem
from server.unions.models import TradeUnion
from server.unions.staff.vocabulary import Right
from server.unions.vocabulary import UnionKind
from tests.console.conftest import Send, enrol
from tests.desk import desk_of, words
from tests.moments import FRIDAY, Freeze
from tests.sign_in import SignIn
from tests.staff import make_staff, make_street


def make_firm(street: TradeUnion) -> TradeUnion:
    """An employer's own union on a street."""
    with transaction() as session:
        firm = TradeUnion(
            code="GHFIRM01",
            name="某公司工会",
            kind=UnionKind.UNIT,
            area_code=street.area_code,
            parent_id=street.id,
            firm_side=True,
        )
        session.add(firm)
        session.flush()
    return firm


def numbers(text: str) -> list[str]:
    return re.findall(r"[A-Z]{2}\d{6}-\d{4,}-[A-Z]", text)


def test_a_case_goes_from_nobodys_to_mine_and_is_gone_from_the_others(app: Flask, sign_in: SignIn, send: Send) -> None:
    no = send(sign_in(Level.L1))
    mine, other = desk_of(app, "A0001", "district_rights"), desk_of(app, "A0002", "district_rights")
    assert numbers(words(mine.get("/console/cases"))) == []
    assert numbers(words(mine.get("/console/cases?whose=nobody"))) == [no]
    working.staff_step(no=no, code="accept", staff_no="A0001")
    assert numbers(words(mine.get("/console/cases"))) == [no]
    assert numbers(words(mine.get("/console/cases?whose=nobody"))) == []
    assert numbers(words(other.get("/console/cases"))) == []
    assert numbers(words(other.get("/console/cases?whose=team"))) == [no]
    assert "（A0001）在办" in words(other.get("/console/cases?whose=team"))


def test_what_ends_first_comes_first_and_says_how_it_stands(
    app: Flask, sign_in: SignIn, send: Send, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    early = send(sign_in(Level.L1))
    freeze(FRIDAY + timedelta(days=4))
    late = send(sign_in(Level.L1))
    freeze(FRIDAY + timedelta(days=4, hours=1))
    page = words(desk_of(app, "A0001", "district_rights").get("/console/cases?whose=all"))
    assert numbers(page) == [early, late]
    assert "超期" in page
    assert "今天到期" in page


def test_what_waits_for_the_worker_presses_nobody(app: Flask, sign_in: SignIn, send: Send) -> None:
    no = send(sign_in(Level.L1))
    desk = desk_of(app, "A0001", "district_rights")
    working.staff_step(no=no, code="accept", staff_no="A0001")
    working.staff_step(no=no, code="ask_more", staff_no="A0001", text="缺工资条。")
    assert numbers(words(desk.get("/console/cases"))) == []
    assert numbers(words(desk.get("/console/cases?turn=worker"))) == [no]
    assert numbers(words(desk.get("/console/cases?turn=all&phase=need_more"))) == [no]


def test_whom_the_words_call_you_is_the_worker(app: Flask, sign_in: SignIn, send: Send) -> None:
    no = send(sign_in(Level.L1))
    desk = desk_of(app, "A0001", "district_rights")
    working.staff_step(no=no, code="accept", staff_no="A0001")
    working.staff_step(no=no, code="ask_more", staff_no="A0001", text="缺工资条。")
    row, case = words(desk.get("/console/cases?turn=worker")), words(desk.get(f"/console/cases/{no}"))
    assert ("待工友补充" in row, "待你补充" in row) == (True, False)
    assert ("待工友补充" in case, "请工友补充，办理时间暂停" in case, "待你补充" in case) == (True, True, False)
    assert ("第一次和工友联系" in case, "第一次和你联系" in case) == (True, False)


def test_a_row_names_nobody_and_quotes_nothing(app: Flask, sign_in: SignIn, send: Send) -> None:
    who = sign_in(Level.L2)
    send(who, answers={"text": "站长王某某在早会上骂人，还扣了二百元。"})
    page = desk_of(app, "A0001", "district_rights").get("/console/cases?whose=all").text
    assert who.person.name not in page
    assert who.person.phone not in page
    assert "王某某" not in page


def test_a_street_sees_its_own_and_what_was_sent_to_it(app: Flask, sign_in: SignIn, send: Send) -> None:
    here, there = make_street("440304001"), make_street("440304002")
    own, others = send(enrol(sign_in(Level.L1), here)), send(enrol(sign_in(Level.L1), there))
    sent_on = send(enrol(sign_in(Level.L1), there))
    of_nobody = send(sign_in(Level.L1))
    make_staff("A0001")
    working.staff_step(no=sent_on, code="accept", staff_no="A0001")
    working.staff_step(
        no=sent_on, code="dispatch", staff_no="A0001", text="请核实。", named=Named(union_code=here.code)
    )
    desk = desk_of(app, "S0001", "street_worker", union=here)
    assert set(numbers(words(desk.get("/console/cases?whose=all")))) == {own, sent_on}
    for no in (others, of_nobody):
        assert desk.get(f"/console/cases/{no}").status_code == 404
        assert "没有找到" in words(desk.get(f"/console/cases?no={no}"))
    assert desk.get(f"/console/cases?no={own.lower()}").headers["Location"] == f"/console/cases/{own}"


AT_THE_DISTRICT = ("district_rights", "partner_office", "legal_coordinator", "finance", "district_organisation")
ON_THE_STREET = ("street_worker", "partner_office", "worker_desk")
WAYS = ({}, {"upper": True}, {"here": True})


@pytest.mark.parametrize("right", [Right.CASE_READ, Right.CASE_WORK, Right.CASE_OUTSIDE])
@pytest.mark.parametrize("narrower", WAYS)
def test_the_list_shows_exactly_what_can_be_opened(
    sign_in: SignIn, send: Send, db_session: Session, right: Right, narrower: dict[str, bool]
) -> None:
    here, there = make_street("440304001"), make_street("440304002")
    firm, rider = make_firm(here), sign_in(Level.L2)
    made = [
        send(enrol(sign_in(Level.L1), here)),
        send(enrol(sign_in(Level.L1), there)),
        send(sign_in(Level.L1)),
        send(),
        send(enrol(sign_in(Level.L2), here), "legal_aid"),
        send(enrol(sign_in(Level.L2), firm), "legal_aid"),
        send(enrol(sign_in(Level.L2), firm)),
        send(rider, "join_union", answers={"statement": {"name": rider.person.name, "agreed": True}}),
    ]
    for no, union, by_somebody in ((made[0], here, False), (made[1], here, True), (made[-1], firm, False)):
        case = db_session.scalars(sa.select(Case).where(Case.no == no)).one()
        case.union_id, case.handed_over = union.id, by_somebody
    db_session.commit()
    staff = (
        [(role, None) for role in AT_THE_DISTRICT] + [(role, here) for role in ON_THE_STREET] + [("base_chair", firm)]
    )
    seen: set[str] = set()
    for number, (role, union) in enumerate(staff):
        make_staff(f"R{number}", role, union=union)
        reach = in_reach(staff_no=f"R{number}", right=right, **narrower)
        listed = set(db_session.scalars(sa.select(Case.no).where(reach)))
        opened = set()
        for case in db_session.scalars(sa.select(Case)):
            try:
                require_staff(case, staff_no=f"R{number}", right=right, **narrower)
                opened.add(case.no)
            except Problem:
                pass
        assert listed == opened, role
        seen |= listed
    assert seen


def test_pages_follow_each_other_without_gaps(sign_in: SignIn, send: Send, db_session: Session) -> None:
    make_staff("A0001")
    made = {send(sign_in(Level.L1)) for _ in range(5)}
    seen, cursor = [], None
    while True:
        page = queue.waiting(Question(whose=Whose.ALL), staff_no="A0001", cursor=cursor, limit=2)
        seen += [one.no for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)


def test_filters_are_kept_for_whoever_made_them(app: Flask) -> None:
    mine, other = desk_of(app, "A0001", "district_rights"), desk_of(app, "A0002", "district_rights")
    mine.post("/console/cases/filters", {"name": "今天急的", "query": "due=today&urgent=1&no=SQ&evil=1"})
    page = mine.get("/console/cases")
    assert "今天急的" in words(page)
    assert '?due=today&amp;urgent=1"' in page.text
    assert "今天急的" not in words(other.get("/console/cases"))
    address = re.search(r"/console/cases/filters/[^/]+/forget", page.text)
    assert address
    assert other.post(address[0]).status_code == 404
    mine.post(address[0])
    assert "今天急的" not in words(mine.get("/console/cases"))


def test_a_filter_needs_a_name(app: Flask) -> None:
    answer = desk_of(app, "A0001", "district_rights").post("/console/cases/filters", {"name": " ", "query": ""})
    assert answer.status_code == 422
    assert "请给它起个名字" in words(answer)


def test_a_page_takes_at_most_six_queries(app: Flask, sign_in: SignIn, send: Send, count_queries: list[str]) -> None:
    street = make_street("440304001")
    for _ in range(3):
        send(enrol(sign_in(Level.L1), street))
    desk = desk_of(app, "A0001", "district_rights")
    desk.get("/console/cases?whose=all")
    count_queries.clear()
    assert len(numbers(words(desk.get("/console/cases?whose=all&office=GH440304001")))) == 3
    assert len(count_queries) <= 6, "\n".join(count_queries)


def test_what_is_due_today_stands_on_the_first_page(app: Flask, sign_in: SignIn, send: Send, freeze: Freeze) -> None:
    freeze(FRIDAY)
    desk = desk_of(app, "A0001", "district_rights")
    no = send(sign_in(Level.L1))
    assert "1 没人接的事项" in words(desk.get("/console/"))
    working.staff_step(no=no, code="accept", staff_no="A0001")
    assert "今天到期或已经超期的" not in words(desk.get("/console/"))
    freeze(FRIDAY + timedelta(days=7))
    desk.sign_in("A0001")
    page = words(desk.get("/console/"))
    assert "今天到期或已经超期的" in page
    assert numbers(page) == [no]


def test_few_and_many_of_nobodys_are_the_same_cases(
    app: Flask, sign_in: SignIn, send: Send, freeze: Freeze, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few are found before their promises are, many after: what is shown does not tell which."""
    make_staff("A0001", "district_rights")
    sent = []
    for minutes in range(3):
        freeze(FRIDAY + timedelta(minutes=minutes))
        sent.append(send(sign_in(Level.L1)))
    working.staff_step(no=sent[1], code="accept", staff_no="A0001")
    for whose, wanted in ((Whose.NOBODY, [sent[0], sent[2]]), (Whose.OPEN, sent)):
        for few in (500, 2, 1, 0):
            monkeypatch.setattr(queue, "FEW", few)
            found = queue.waiting(Question(whose=whose), staff_no="A0001", cursor=None, limit=10)
            assert sorted(one.no for one in found.items) == sorted(wanted)
            assert queue.count_waiting(Question(whose=whose), staff_no="A0001") == len(wanted)


def test_a_case_with_several_promises_is_counted_once(app: Flask, sign_in: SignIn, send: Send) -> None:
    make_staff("A0001", "district_rights")
    no = send(sign_in(Level.L1))
    case_id = db.session.scalars(sa.select(Case.id).where(Case.no == no)).one()
    assert sum(clock.owed_by is OwedBy.UNION for clock in clocks_of(owner_kind=OwnerKind.CASE, owner_id=case_id)) > 1
    assert queue.count_waiting(Question(), staff_no="A0001") == 1


def test_nobodys_are_found_by_an_index_of_their_own(app: Flask, db_session: Session) -> None:
    db_session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    of_nobody = queue._of_case(Question(whose=Whose.NOBODY), staff_no="A0001", right=Right.CASE_READ)
    asked = sa.select(Case.id).where(*of_nobody)
    sql = str(asked.compile(db_session.get_bind(), compile_kwargs={"literal_binds": True}))
    plan = "\n".join(db_session.scalars(sa.text(f"EXPLAIN {sql}")))
    assert "ix_service_case_nobodys" in plan
