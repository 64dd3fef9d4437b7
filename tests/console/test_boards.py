"""The board of legal aid, those who can be assigned, and what is in a lawyer's own hands."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases import working
from server.cases.working import Named
from server.core.access import Level
from server.core.audit import AuditEvent
from server.core.clock import now, today
from server.unions.duty.service import be_absent
from tests.cases.conftest import Worker
from tests.console.conftest import Send
from tests.desk import Desk, desk_of, words
from tests.sign_in import SignIn
from tests.staff import make_staff

BOARD = "/console/boards/legal_aid"
BY, HEAD, LAWYER = "L0", "H0", "L1"


@pytest.fixture
def coordinator(app: Flask) -> Desk:
    make_staff(HEAD)
    return desk_of(app, BY, "legal_coordinator")


def step(no: str, code: str, *, by: str = BY, **others: object) -> None:
    text = others.pop("text", None)
    working.staff_step(no=no, code=code, staff_no=by, text=text, named=Named(**others))  # type: ignore[arg-type]


def test_the_board_shows_stages_limits_and_who_has_them(coordinator: Desk, sign_in: SignIn, send: Send) -> None:
    make_staff(LAWYER, "lawyer")
    soon = (today() - timedelta(days=360)).isoformat()
    pressing = send(sign_in(Level.L2), "legal_aid", answers={"last_day": soon})
    given = send(sign_in(Level.L2), "legal_aid")
    step(given, "screen")
    step(given, "grant", by=HEAD)
    step(given, "assign", assignee_no=LAWYER)
    read = words(coordinator.get(BOARD))
    assert "新来的 1 " in read
    assert "等律师答复 1 " in read
    assert "不到 7 天，可以先行援助" in read
    assert "申请劳动仲裁的最后一天：还有 5 天" in read
    assert "测小工L1，还没答复" in read
    assert pressing in read


def test_what_was_applied_for_presses_nobody_after_the_lawyer_changed_too(
    coordinator: Desk, sign_in: SignIn, send: Send
) -> None:
    make_staff(LAWYER, "lawyer")
    soon = (today() - timedelta(days=360)).isoformat()
    no = send(sign_in(Level.L2), "legal_aid", answers={"last_day": soon})
    step(no, "screen")
    step(no, "grant", by=HEAD)
    step(no, "assign", assignee_no=LAWYER)
    for code in ("accept", "begin"):
        step(no, code, by=LAWYER)
    limit = "申请劳动仲裁的最后一天"
    assert limit in words(coordinator.get(BOARD))
    step(no, "file", by=LAWYER)
    step(no, "change_lawyer", text="工友想换一位。")
    assert limit not in words(coordinator.get(BOARD))


def test_the_board_takes_few_queries_however_many_cases_there_are(
    coordinator: Desk, sign_in: SignIn, send: Send, count_queries: list[str]
) -> None:
    for _ in range(3):
        send(sign_in(Level.L2), "legal_aid")
    coordinator.get(BOARD)
    count_queries.clear()
    coordinator.get(BOARD)
    assert len(count_queries) <= 6, count_queries


def test_who_has_no_service_with_a_board_sees_none(app: Flask) -> None:
    street = desk_of(app, "S1", "street_worker")
    assert "办案看板" not in words(street.get("/console/"))
    assert street.get(BOARD).status_code == 404
    assert "都在待办事项里" in words(street.get("/console/boards"))
    assert desk_of(app, LAWYER, "lawyer").get(BOARD).status_code == 403


def test_what_is_known_of_a_lawyer_is_kept_and_used_when_one_is_suggested(
    coordinator: Desk, sign_in: SignIn, send: Send
) -> None:
    for number in (LAWYER, "L2", "L3"):
        make_staff(number, "lawyer")
    kept = {"skills": ["wages"], "languages": ["mandarin"], "most": "3", "phone": "0755-83000001"}
    assert coordinator.post(f"{BOARD}/people/{LAWYER}", {**kept, "parties": "演示配送站"}).status_code == 303
    assert coordinator.post(f"{BOARD}/people/L2", {**kept, "most": "0"}).status_code == 422
    assert coordinator.post(f"{BOARD}/people/L2", {**kept, "parties": "<b>商行</b>"}).status_code == 303
    be_absent(number="L3", first_day=today(), last_day=today(), delegate=None)
    read = coordinator.get(f"{BOARD}/people")
    for told in ("0 / 3 件", "欠我钱", "普通话", "0755-83000001", "演示配送站", "请假到"):
        assert told in words(read)
    assert "<b>商行</b>" not in read.text
    no = send(sign_in(Level.L2), "legal_aid")
    step(no, "screen")
    step(no, "grant", by=HEAD)
    asked = coordinator.get(f"/console/cases/{no}/steps/assign")
    told = words(asked)
    assert "测小工L2 L2 建议" in told
    assert "办“欠我钱”；会说普通话" in told
    assert "利益冲突：正在替对方办事（演示配送站）" in told
    done = coordinator.post(f"/console/cases/{no}/steps/assign", {"assignee": LAWYER})
    assert (done.status_code, "利益冲突" in done.text) == (422, True)
    assert coordinator.post(f"/console/cases/{no}/steps/assign", {"assignee": "L2"}).status_code == 303
    assert "测小工L2（L2）" in words(coordinator.get(f"/console/cases/{no}"))


def test_who_reads_for_whom_lawyers_act_is_recorded(coordinator: Desk, db_session: Session) -> None:
    lawyer = make_staff(LAWYER, "lawyer")
    coordinator.get(f"{BOARD}/people")
    coordinator.get(f"{BOARD}/people/{LAWYER}")
    assert coordinator.get(f"{BOARD}/people/NOBODY").status_code == 404
    looks = db_session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action.like("assignee.%")).order_by(AuditEvent.id)
    ).all()
    assert [(one.actor, one.action, one.subject_id) for one in looks] == [
        (f"staff:{BY}", "assignee.read_list", None),
        (f"staff:{BY}", "assignee.read", str(lawyer.id)),
    ]


def test_a_lawyer_finds_what_was_given_to_them_takes_it_and_sees_the_hearing(
    app: Flask, coordinator: Desk, sign_in: SignIn, send: Send
) -> None:
    lawyer = desk_of(app, LAWYER, "lawyer")
    no, other = (send(sign_in(Level.L2), "legal_aid") for _ in range(2))
    step(no, "screen")
    step(no, "grant", by=HEAD)
    assert lawyer.get(f"/console/cases/{no}").status_code == 404
    step(no, "assign", assignee_no=LAWYER)
    assert "1 指派给我、等我答复的" in words(lawyer.get("/console/"))
    assert "指派给你了，请看看接不接" in words(lawyer.get("/console/reminders"))
    assert "等你答复接不接" in words(lawyer.get("/console/mine"))
    case_page = words(lawyer.get(f"/console/cases/{no}"))
    assert "我接" in case_page
    assert f"/cases/{no}/message" not in lawyer.get(f"/console/cases/{no}").text
    assert "只有你和工友看得到" in case_page
    assert lawyer.post(f"/console/cases/{no}/steps/accept").status_code == 303
    step(no, "begin", by=LAWYER)
    step(no, "hearing", by=LAWYER, event_at=now() + timedelta(days=9))
    assert "开庭" in words(lawyer.get("/console/mine"))
    assert no in words(lawyer.get("/console/mine"))
    assert no in words(lawyer.get("/console/cases"))
    assert other not in words(lawyer.get("/console/cases?whose=all"))
    for path in (f"/console/cases/{other}", f"/console/cases/{other}/talk", f"/console/cases?no={other}"):
        assert other not in words(lawyer.get(path)) or "没有找到" in words(lawyer.get(path))
    for path in ("steps/terminate", "message", "fill"):
        assert lawyer.get(f"/console/cases/{no}/{path}").status_code in {403, 404, 409}, path


def test_who_gives_a_case_back_lands_on_the_list_and_reads_that_it_is_done(
    app: Flask, coordinator: Desk, sign_in: SignIn, send: Send
) -> None:
    lawyer = desk_of(app, LAWYER, "lawyer")
    no = send(sign_in(Level.L2), "legal_aid")
    step(no, "screen")
    step(no, "grant", by=HEAD)
    step(no, "assign", assignee_no=LAWYER)
    assert no in words(lawyer.get("/console/mine"))
    answer = lawyer.post(f"/console/cases/{no}/steps/decline", {"text": "和我代理的公司有关系。"}, follow=True)
    assert (answer.status_code, answer.request.path) == (200, "/console/mine")
    assert "办好了：我不能接" in words(answer)
    assert no not in words(lawyer.get("/console/mine"))


def test_what_lawyer_and_worker_say_to_each_other_is_nowhere_else(
    app: Flask,
    coordinator: Desk,
    sign_in: SignIn,
    send: Send,
    client: FlaskClient,
    db_session: Session,
) -> None:
    lawyers = {number: desk_of(app, number, "lawyer") for number in (LAWYER, "L2")}
    rights = desk_of(app, "R1", "district_rights")
    headers = sign_in(Level.L2)
    no = send(headers, "legal_aid")
    me = Worker(client, no, headers)
    assert me.post("talk", {"text": "有人吗"}).status_code == 409
    step(no, "screen")
    step(no, "grant", by=HEAD)
    step(no, "assign", assignee_no=LAWYER)
    talk = f"/console/cases/{no}/talk"
    assert lawyers[LAWYER].post(talk, {"text": "你好"}).status_code == 422
    step(no, "accept", by=LAWYER)
    assert "talk" in me.read()["can"]
    assert me.post("talk", {"text": "暗号甲：录音在我老乡手里"}).status_code == 201
    assert lawyers[LAWYER].post(talk, {"text": "暗号乙：先别给别人看"}).status_code == 303
    assert "暗号甲" in words(lawyers[LAWYER].get(talk))
    assert [one["text"][:3] for one in me.read()["assignees"][0]["talk"]] == ["暗号甲", "暗号乙"]
    everything = [f"/console/cases/{no}", "/console/", "/console/cases", BOARD, f"{BOARD}/people"]
    for other in (coordinator, rights, lawyers["L2"]):
        assert other.get(talk).status_code in {403, 404}
        assert other.post(talk, {"text": "让我看看"}).status_code in {403, 404}
        for path in everything:
            assert "暗号" not in other.get(path).text, path
    assert "暗号" not in words(lawyers[LAWYER].get(f"/console/cases/{no}")), "not in the case's own page either"
    shown = app.test_cli_runner().invoke(args=["case", "show", no, "--as", "R1"])
    assert (shown.exit_code, "暗号" in shown.output) == (0, False)
    assert me.post("replacement", {"reason": "说话听不懂"}).status_code == 200
    assert lawyers[LAWYER].get(talk).status_code == 404
    step(no, "assign", assignee_no="L2")
    step(no, "accept", by="L2")
    assert "暗号" not in words(lawyers["L2"].get(talk)), "the old talk does not go along"
    assert "handing-on" in me.read()["can"]
    assert me.post("handing-on", {}).status_code == 200
    assert me.post("talk", {"text": "暗号丙"}).status_code == 201
    told = words(lawyers["L2"].get(talk))
    assert all(mark in told for mark in ("暗号甲", "暗号乙", "暗号丙"))
    assert "handing-on" not in me.read()["can"]
    for table in sa.inspect(db_session.get_bind()).get_table_names():
        rows = db_session.execute(sa.text(f'SELECT t::text FROM "{table}" t')).scalars()
        assert not any("暗号" in row for row in rows), table
