"""What the desk does with a case: by which forms, why not the rest, and nothing typed is lost or done twice."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.cases import working
from server.cases.models import Case, CaseEvent, CaseMessage, CaseNote
from server.cases.replies import _replies
from server.core.access import Level
from tests.console.conftest import Send, enrol
from tests.desk import Desk, desk_of, make_member, words
from tests.moments import FRIDAY, Freeze
from tests.sign_in import SignIn
from tests.staff import make_street


def form_values(answer: TestResponse) -> dict[str, object]:
    """The hidden values of the form that is shown."""
    return dict(re.findall(r'name="(version|seen)" value="([^"]*)"', answer.text))


def opened_form(desk: Desk, no: str, act: str) -> dict[str, object]:
    answer = desk.get(f"/console/cases/{no}/{act}", part=True)
    assert answer.status_code == 200, words(answer)
    return form_values(answer)


def test_a_step_is_made_by_the_form_that_its_declaration_asks_for(desk: Desk, no: str, db_session: Session) -> None:
    page = words(desk.get(f"/console/cases/{no}"))
    assert "受理 t" in page
    assert "要在“已受理”“办理中”的时候才能办" in page
    form = opened_form(desk, no, "steps/accept")
    done = desk.post(f"/console/cases/{no}/steps/accept", {**form, "text": "我们来办。"})
    assert done.status_code == 303
    case = db_session.scalars(sa.select(Case)).one()
    assert (case.state, case.handler_no) == ("accepted", "A0001")
    page = words(desk.get(f"/console/cases/{no}"))
    assert "办好了：受理" in page
    assert "我们来办。" in page


def test_a_case_is_sent_to_an_office_that_is_picked(desk: Desk, no: str, db_session: Session) -> None:
    street = make_street("440304001")
    working.staff_step(no=no, code="accept", staff_no="A0001")
    form = opened_form(desk, no, "steps/dispatch")
    refused = desk.post(f"/console/cases/{no}/steps/dispatch", {**form, "text": "请核实。", "union": ""})
    assert refused.status_code == 422
    assert "请选一个工会" in words(refused)
    assert "请核实。" in refused.text
    desk.post(f"/console/cases/{no}/steps/dispatch", {**form, "text": "请核实。", "union": street.code})
    case = db_session.scalars(sa.select(Case)).one()
    assert case.union_id == street.id
    assert street.name in words(desk.get(f"/console/cases/{no}"))


def test_only_offices_with_somebody_for_it_are_offered(desk: Desk, no: str) -> None:
    staffed, without = make_street("440304001"), make_street("440304002")
    make_member("S0001", "street_worker", union=staffed)
    make_member("S0002", "partner_office", union=without)
    working.staff_step(no=no, code="accept", staff_no="A0001")
    offered = re.findall(r'<option value="(GH[^"]*)"', desk.get(f"/console/cases/{no}/steps/dispatch").text)
    assert offered == ["GH440304", staffed.code]


@pytest.mark.parametrize("mode", ["confidential", "named"])
def test_details_that_tell_who_it_was_go_out_only_when_somebody_looked_at_them(
    desk: Desk, sign_in: SignIn, send: Send, db_session: Session, mode: str
) -> None:
    street, brief = make_street("440304001"), "请核实3月11日晚8点那单的罚款，单号 8812345678901。"
    no = send(sign_in(Level.L1), identity_mode=mode)
    working.staff_step(no=no, code="accept", staff_no="A0001")
    form = {**opened_form(desk, no, "steps/dispatch"), "text": brief, "union": street.code}
    answer = desk.post(f"/console/cases/{no}/steps/dispatch", form)
    if mode == "confidential":
        assert answer.status_code == 422
        assert "能猜出工友是谁的细节：3月11日、晚8点、单号 8812345678901" in words(answer)
        assert brief in answer.text
        answer = desk.post(f"/console/cases/{no}/steps/dispatch", {**form, "details": "y"})
    assert answer.status_code == 303
    assert db_session.scalars(sa.select(Case)).one().union_id == street.id


def test_what_takes_two_persons_waits_for_the_second(app: Flask, desk: Desk, no: str, db_session: Session) -> None:
    second = desk_of(app, "B0002", "district_rights")
    working.staff_step(no=no, code="accept", staff_no="A0001")
    form = opened_form(desk, no, "steps/extend")
    desk.post(f"/console/cases/{no}/steps/extend", {**form, "text": "要等公司交账册。", "amount": "3"})
    assert "你自己提的" in words(desk.get(f"/console/cases/{no}"))
    page = words(second.get(f"/console/cases/{no}"))
    assert "要等公司交账册。" in page
    assert "批准" in page
    refused = desk.post(f"/console/cases/{no}/proposals/extend", {"approve": "yes"}, follow=True)
    assert "要由另一个人" in words(refused)
    assert "extend" not in db_session.scalars(sa.select(CaseEvent.step))
    second.post(f"/console/cases/{no}/proposals/extend", {"approve": "yes"})
    assert "extend" in db_session.scalars(sa.select(CaseEvent.step))


def test_who_cannot_be_the_second_person_is_told_who_can(
    app: Flask, desk: Desk, sign_in: SignIn, send: Send, db_session: Session
) -> None:
    street = make_street("440304003")
    no = send(enrol(sign_in(Level.L1), street))
    working.staff_step(no=no, code="accept", staff_no="A0001")
    working.staff_step(no=no, code="extend", staff_no="A0001", text="等鉴定。")
    seen = desk_of(app, "S0001", "street_worker", union=street).get(f"/console/cases/{no}")
    assert "要由区、市总工会管审批的另一个人来定" in words(seen)
    assert "/proposals/" not in seen.text
    assert "/proposals/extend" in desk_of(app, "A0003", "district_rights").get(f"/console/cases/{no}").text


def test_nothing_is_filled_in_with_somebody_who_cannot_be_rung_up(desk: Desk, sign_in: SignIn, send: Send) -> None:
    assert "帮他填" not in words(desk.get(f"/console/cases/{send()}"))
    assert "帮他填" in words(desk.get(f"/console/cases/{send(sign_in(Level.L1))}"))


def test_a_message_is_never_a_beginning_with_its_gaps(desk: Desk, no: str, db_session: Session) -> None:
    form = opened_form(desk, no, "message")
    beginning = _replies()[0].text
    refused = desk.post(f"/console/cases/{no}/message", {**form, "text": beginning})
    assert refused.status_code == 422
    assert "还有没换的内容：【姓名】" in words(refused)
    assert desk.post(f"/console/cases/{no}/message", {**form, "text": "我是小测，明天告诉你。"}).status_code == 303
    assert db_session.scalars(sa.select(CaseMessage.text)).all() == ["我是小测，明天告诉你。"]


def test_a_note_is_for_colleagues_only(desk: Desk, client: FlaskClient, sign_in: SignIn, send: Send) -> None:
    who = sign_in(Level.L1)
    no = send(who)
    desk.post(f"/console/cases/{no}/note", {**opened_form(desk, no, "note"), "text": "上次也是这个站。"})
    assert "上次也是这个站。" in words(desk.get(f"/console/cases/{no}"))
    assert "上次也是" not in client.get(f"/api/v1/cases/{no}", headers=who).text


def test_who_may_only_read_is_told_so(app: Flask, no: str) -> None:
    # Nobody's role reads without working; a role that is narrowed to it does.
    desk = desk_of(app, "L0001", "legal_coordinator")
    assert desk.get(f"/console/cases/{no}").status_code == 404
    assert desk.get(f"/console/cases/{no}/message").status_code == 404
    assert desk.post(f"/console/cases/{no}/steps/accept").status_code == 404


# ── two at once, twice, too late


def test_a_conflict_says_who_did_what_and_keeps_what_was_typed(
    app: Flask, desk: Desk, no: str, db_session: Session
) -> None:
    other = desk_of(app, "B0002", "district_rights")
    working.staff_step(no=no, code="accept", staff_no="A0001")
    form = opened_form(desk, no, "steps/reply")
    working.staff_step(no=no, code="begin", staff_no="B0002", text="我先问问站点。")
    told = desk.post(f"/console/cases/{no}/steps/reply", {**form, "text": "罚款全部退回。"})
    assert told.status_code == 422
    assert "测小工B0002（B0002）：开始办理" in words(told)
    assert "罚款全部退回。" in told.text
    assert other.get(f"/console/cases/{no}").status_code == 200
    again = desk.post(f"/console/cases/{no}/steps/reply", {**form_values(told), "text": "罚款全部退回。"})
    assert again.status_code == 303
    assert db_session.scalars(sa.select(Case.state)).one() == "replied"


def test_a_second_click_does_nothing_twice(desk: Desk, no: str, db_session: Session) -> None:
    form = opened_form(desk, no, "steps/accept")
    for _ in range(2):
        assert desk.post(f"/console/cases/{no}/steps/accept", {**form, "text": "我们来办。"}).status_code == 303
    form = opened_form(desk, no, "message")
    for _ in range(2):
        assert desk.post(f"/console/cases/{no}/message", {**form, "text": "明天告诉你。"}).status_code == 303
    for _ in range(2):
        desk.post(f"/console/cases/{no}/note", {"text": "记一笔。"})
    assert db_session.scalars(sa.select(CaseEvent.step).order_by(CaseEvent.number)).all() == [
        "submit",
        "accept",
        "write",
    ]
    written = db_session.scalars(sa.select(CaseMessage.text).order_by(CaseMessage.at)).all()
    assert written == ["我们来办。", "明天告诉你。"]
    assert len(db_session.scalars(sa.select(CaseNote)).all()) == 1


@pytest.mark.parametrize("act", ["steps/accept", "answers", "read", "proposals/extend"])
def test_a_version_that_no_case_has_is_no_fault_of_ours(desk: Desk, no: str, act: str) -> None:
    sent = {"version": "9" * 20, "asked": "01a216bd-0000-7000-8000-000000000000", "approve": "yes"}
    assert desk.post(f"/console/cases/{no}/{act}", sent).status_code < 500


def test_other_words_on_an_old_version_are_no_second_click(desk: Desk, no: str) -> None:
    form = opened_form(desk, no, "steps/accept")
    desk.post(f"/console/cases/{no}/steps/accept", {**form, "text": "我们来办。"})
    told = desk.post(f"/console/cases/{no}/steps/accept", {**form, "text": "换一种说法。"})
    assert told.status_code == 422
    assert "换一种说法。" in told.text


def test_a_session_that_ended_leads_back_to_the_case(desk: Desk, no: str, freeze: Freeze) -> None:
    freeze(FRIDAY)
    desk.sign_in("A0001")
    form = opened_form(desk, no, "message")
    freeze(FRIDAY + timedelta(minutes=16))
    answer = desk.client.post(
        f"/console/cases/{no}/message",
        data={**form, "csrf_token": desk.form_token, "text": "写了很久。"},
        headers={"HX-Request": "true", "HX-Current-URL": f"http://localhost/console/cases/{no}"},
    )
    assert answer.headers["HX-Redirect"] == "/console/sign-in"
    with desk.client.session_transaction(path="/console/") as cookie:
        assert cookie["next"] == f"/console/cases/{no}"
