"""The life of a case: what staff do, what the worker sees and does, who may see it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from msgspec.structs import replace
from sqlalchemy.orm import Session

from server.cases.models import CaseRevision
from server.cases.tasks import lapse_cases
from server.clocks import deadlines
from server.clocks.models import Clock
from server.core.access import Level
from server.core.clock import SHANGHAI
from server.notices.models import Notice
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, consents
from tests.cases.declared import services
from tests.cases.doing import due
from tests.sign_in import SignIn


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A time in March 2026."""
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def said(case: dict[str, Any]) -> list[str]:
    return [entry["what"] for entry in case["timeline"]]


def test_a_grievance_is_answered_and_found_solved(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me = follow(case, headers)

    desk.do(case, "accept", "begin", ("reply", "站点已经撤销这项扣款，三天内退给你。"))
    replied = me.read()
    assert (replied["state"], replied["phase"], replied["next"]["who"]) == ("replied", "decided", "worker")
    assert due(replied) == {"confirm": "2026-03-27T18:00:00+08:00"}
    assert [(message["from"], message["text"]) for message in replied["messages"]] == [
        ("staff", "站点已经撤销这项扣款，三天内退给你。")
    ]
    assert replied["can"] == ["messages", "reopening", "rating"]

    rated = me.post("rating", {"solved": True, "attitude": 5, "result": 4, "comment": "很快"})
    assert rated.status_code == 201
    done = rated.json
    assert (done["state"], done["phase"], done["next"]) == (
        "done",
        "done",
        {"who": "nobody", "name": "已经结束", "by": None},
    )
    assert done["clocks"] == []
    assert done["rating"] == {"solved": True, "attitude": 5, "result": 4, "comment": "很快"}
    assert said(done) == [
        "已提交，工会收到了",
        "已受理，由工会权益保障部办",
        "开始办理",
        "已答复，请看看解决没有",
        "你说解决了，已办结",
    ]
    notices = db_session.scalars(sa.select(Notice).order_by(Notice.id)).all()
    assert len(notices) == len(said(done))
    assert all("投诉" not in notice.title + notice.body for notice in notices)
    assert f"{case['no']} 已受理，最晚 3月20日（周五）18:00 答复你。" in [notice.body for notice in notices]


def test_legal_aid_goes_from_application_to_the_end(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at(9))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    me = follow(case, headers)
    desk.do(case, "screen")
    assert me.read()["next"]["by"] == due(me.read())["decide"] == "2026-03-17T00:00:00+08:00"
    desk.do(case, "grant")
    assert due(me.read()) == {"assign": "2026-03-13T00:00:00+08:00"}
    desk.give(case)
    desk.do(case, "begin")
    before = due(me.read())["progress"]
    freeze(at(12))
    desk.do(case, ("report", "已经向仲裁委提交申请。"))
    assert due(me.read())["progress"] > before
    desk.do(case, ("finish", "仲裁裁决支付全部工钱。"))
    assert due(me.read()) == {"closing": "2026-04-14T00:00:00+08:00"}
    desk.do(case, ("close", "结案报告：裁决已执行，材料齐全。"))
    checking = me.read()
    assert (checking["phase"], list(due(checking))) == ("handling", ["check"])
    assert "rating" not in checking["can"]
    desk.do(case, ("check_true", "工友说律师到庭了，钱也收到了。"))
    settled = me.read()
    assert (settled["phase"], due(settled)) == ("decided", {"month": "2026-04-12T00:00:00+08:00"})
    assert "rating" in settled["can"]


def test_being_asked_for_more_stops_the_unions_clock_until_the_worker_answers(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    freeze(at(9))
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me = follow(case, headers)
    assert due(case)["answer"] == "2026-03-16T18:00:00+08:00"

    desk.do(case, "accept", ("ask_more", "请说一下是哪个站点。"))
    waiting = me.read()
    assert (waiting["phase"], waiting["next"]) == (
        "need_more",
        {"who": "worker", "name": "你", "by": "2026-03-16T18:00:00+08:00"},
    )
    assert {clock["key"]: clock["paused"] for clock in waiting["clocks"]} == {"answer": True, "supplement": False}

    freeze(at(12))
    answer = me.post("supplements", {"answers": {"firm": "演示二站"}})
    assert answer.status_code == 201
    assert (answer.json["state"], answer.json["answers"]["firm"]) == ("handling", "演示二站")
    assert due(answer.json) == {"answer": "2026-03-19T18:00:00+08:00"}
    assert answer.json["clocks"][0]["original_due_at"] == "2026-03-16T18:00:00+08:00"
    earlier = db_session.scalars(sa.select(CaseRevision)).one()
    assert "演示配送站" in earlier.answers
    shown = desk.run("show", case["no"]).output
    assert "公司或平台：演示二站" in shown
    assert "3月12日 10:00 改动前  公司或平台：演示配送站" in shown


def test_a_promise_that_begins_later_keeps_the_rule_of_the_day_on_which_the_case_was_filed(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = deadlines.deadlines()
    five_days = known["NEED_MORE"][-1]
    nine_days = replace(five_days, version=five_days.version + 1, amount=9, since=at(16).date())
    versions = {**known, "NEED_MORE": (*known["NEED_MORE"], nine_days)}
    monkeypatch.setattr(deadlines, "deadlines", lambda: versions)

    headers, promised = sign_in(Level.L1), []
    freeze(FRIDAY)
    before = submit("grievance", headers)
    freeze(at(17))
    for case in (before, submit("grievance", headers)):
        desk.do(case, "accept", ("ask_more", "请说一下是哪个站点。"))
        promised.append(due(follow(case, headers).read())["supplement"])
    assert promised == ["2026-03-24T18:00:00+08:00", "2026-03-30T18:00:00+08:00"]


def test_a_case_that_is_not_supplemented_in_time_ends_by_itself(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at(9))
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    me = follow(case, headers)
    desk.do(case, "screen", ("ask_more", "请补：工资流水、考勤截图。"))
    asked = follow(case, headers).read()
    assert (asked["question"], asked["lapses"]) == ("请补：工资流水、考勤截图。", True)
    freeze(at(16, 17, 59))
    lapse_cases()
    assert me.read()["phase"] == "need_more"
    freeze(at(16, 18, 1))
    lapse_cases()
    ended = me.read()
    assert (ended["phase"], ended["clocks"]) == ("lapsed", [])
    assert said(ended)[-1] == "到期没有补充，按撤回处理；需要时可以重新申请"


def test_an_answer_that_nobody_objects_to_ends_the_case_and_it_can_still_be_reopened(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at(2))
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me = follow(case, headers)
    desk.do(case, "accept", ("reply", "已经处理，请查收。"))
    freeze(at(16, 18, 1))
    lapse_cases()
    assert me.read()["state"] == "done"
    assert me.post("reopening", {"reason": "没有收到退款"}).status_code == 200
    assert me.read()["phase"] == "reopened"


def test_the_unions_own_clocks_end_nothing(sign_in: SignIn, submit: Submit, follow: Follow, freeze: Freeze) -> None:
    freeze(at(2))
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    freeze(at(30))
    lapse_cases()
    read = follow(case, headers).read()
    assert (read["phase"], read["state"]) == ("submitted", "raised"), "it went up, and is still owed"


def test_legal_aid_asks_for_more_only_once(sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow) -> None:
    headers = sign_in(Level.L2)
    case = submit("legal_aid", headers)
    desk.do(case, ("ask_more", "请补材料。"))
    assert follow(case, headers).post("supplements", {"answers": {"payer": "演示公司"}}).status_code == 201
    again = desk.run("do", case["no"], "ask_more", "--text", "还要补。")
    assert again.exit_code == 1
    assert "现在这一步办不了" in again.output


def test_what_was_filed_can_be_added_to_while_it_is_handled(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    desk.do(case, "accept")
    added = follow(case, headers).post("supplements", {"answers": {"place_text": "福民路"}})
    assert (added.status_code, added.json["state"]) == (201, "accepted")
    assert added.json["answers"]["place_text"] == "福民路"


def test_a_supplement_is_checked_with_all_the_other_answers(sign_in: SignIn, submit: Submit, follow: Follow) -> None:
    headers = sign_in(Level.L1)
    me = follow(submit("grievance", headers), headers)
    assert me.post("supplements", {"answers": {"kind": "gossip"}}).json["errors"] == {
        "answers.kind": ["请从列出的选项里选一个"]
    }
    assert me.post("supplements", {"answers": {"text": None}}).json["errors"] == {"answers.text": ["这一项必填"]}
    assert me.post("supplements", {}).json["errors"] == {"answers": ["请补充一点内容，或者加上文件"]}


def test_a_case_can_be_taken_back_until_it_is_answered(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow
) -> None:
    headers = sign_in(Level.L1)
    taken = submit("grievance", headers)
    answer = follow(taken, headers).post("withdrawal", {"reason": "自己谈好了"})
    assert (answer.status_code, answer.json["phase"], answer.json["clocks"]) == (200, "withdrawn", [])
    assert [message["text"] for message in answer.json["messages"]] == ["自己谈好了"]
    answered = submit("grievance", headers)
    desk.do(answered, "accept", ("reply", "已经处理。"))
    refused = follow(answered, headers).post("withdrawal", {})
    assert (refused.status_code, refused.json["code"]) == (409, "step_not_possible")


def test_somebody_elses_case_does_not_exist(
    client: FlaskClient, sign_in: SignIn, submit: Submit, follow: Follow
) -> None:
    case = submit("grievance", sign_in(Level.L1))
    other = follow(case, sign_in(Level.L3))
    assert client.get(f"/api/v1/cases/{case['no']}", headers=other.headers).status_code == 404
    for act, body in (
        ("messages", {"text": "你好"}),
        ("supplements", {"answers": {"firm": "别人"}}),
        ("withdrawal", {}),
        ("rating", {"solved": True, "attitude": 5, "result": 5}),
        ("reopening", {"reason": "不对"}),
    ):
        assert other.post(act, body).status_code == 404
    assert client.get(f"/api/v1/cases/{case['no']}").status_code == 401


def test_my_cases_come_newest_first_in_pages_and_tell_nothing_of_what_was_written(
    client: FlaskClient, sign_in: SignIn, submit: Submit
) -> None:
    headers = sign_in(Level.L1)
    made = [submit("grievance", headers)["no"] for _ in range(3)]
    submit("grievance", sign_in(Level.L1))
    first = client.get("/api/v1/me/cases?limit=2", headers=headers).json
    rest = client.get(f"/api/v1/me/cases?limit=2&cursor={first['next_cursor']}", headers=headers).json
    listed = first["items"] + rest["items"]
    assert [item["no"] for item in listed] == made[::-1]
    assert rest["next_cursor"] is None
    assert not {"answers", "messages", "timeline"} & listed[0].keys()
    assert listed[0]["next"]["who"] == "union"
    assert client.get("/api/v1/me/cases").status_code == 401


def test_a_case_is_read_with_two_queries_and_so_is_a_list(
    client: FlaskClient, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, count_queries: list[str]
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    desk.do(case, "accept", "begin", ("reply", "已经处理。"))
    me = follow(case, headers)
    me.post("messages", {"text": "谢谢"})
    me.read()
    count_queries.clear()
    me.read()
    # The case, and the union that has it.
    assert len(count_queries) == 2
    count_queries.clear()
    client.get("/api/v1/me/cases", headers=headers)
    assert len(count_queries) == 2


def test_answers_are_what_the_document_says(
    app: Flask, client: FlaskClient, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow
) -> None:
    document = app.extensions["warmbee_api"].spec.to_dict()

    def conforms(answer: Any, path: str, method: str = "get", status: str = "200") -> None:
        content = document["paths"][f"/api/v1{path}"][method]["responses"][status]["content"]
        schema = content["application/json"]["schema"]
        Draft202012Validator({**schema, "components": document["components"]}).validate(answer)

    headers = sign_in(Level.L1)
    case = submit(
        "grievance",
        headers,
        answers={"text": "站长打人，我受伤了，已经去医院"},
        place={"lat": 22.5, "lng": 114.0},
        consents=consents("terms", "location"),
    )
    conforms(case, "/cases", "post", "201")
    conforms(submit("grievance"), "/cases", "post", "201")
    desk.do(case, "accept", ("reply", "已经处理。"))
    me = follow(case, headers)
    conforms(me.post("messages", {"text": "谢谢"}).json, "/cases/{no}/messages", "post", "201")
    me.post("rating", {"solved": False, "attitude": 3, "result": 1})
    conforms(me.read(), "/cases/{no}")
    conforms(client.get("/api/v1/me/cases", headers=headers).json, "/me/cases")
    conforms(client.get("/api/v1/services").json, "/services")
    for key in services():
        conforms(client.get(f"/api/v1/services/{key}").json, "/services/{key}")


def test_a_stopped_clock_keeps_what_was_promised(
    sign_in: SignIn, submit: Submit, desk: Desk, db_session: Session, freeze: Freeze
) -> None:
    freeze(at(9))
    case = submit("grievance", sign_in(Level.L1))
    freeze(at(9) + timedelta(hours=2))
    desk.do(case, "accept")
    sign = db_session.scalars(sa.select(Clock).where(Clock.key == "sign")).one()
    assert sign.stopped_at == at(9) + timedelta(hours=2)
    assert sign.due_at == at(10, 18)
