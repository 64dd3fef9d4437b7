"""What worker and staff write to each other on a case."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core.access import Level
from server.notices.models import Notice
from tests.cases.conftest import Desk, Follow, Submit
from tests.sign_in import SignIn


def test_worker_and_staff_write_to_each_other(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me = follow(case, headers)
    assert desk.run("message", case["no"], "--text", "方便接电话吗？").exit_code == 0
    written = me.post("messages", {"text": " 下午两点以后 "})
    assert written.status_code == 201
    assert [(one["from"], one["text"]) for one in written.json["messages"]] == [
        ("staff", "方便接电话吗？"),
        ("worker", "下午两点以后"),
    ]
    assert "你的事项有新留言" in [notice.title for notice in db_session.scalars(sa.select(Notice))]


def test_nobody_writes_to_a_case_that_is_over(sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me = follow(case, headers)
    me.post("withdrawal", {})
    answer = me.post("messages", {"text": "还在吗"})
    assert (answer.status_code, answer.json["code"]) == (409, "ended")
    assert "已经结束" in desk.run("message", case["no"], "--text", "还在吗").output


def test_words_of_danger_in_a_message_make_the_case_urgent(sign_in: SignIn, submit: Submit, follow: Follow) -> None:
    headers = sign_in(Level.L1)
    me = follow(submit("grievance", headers), headers)
    answer = me.post("messages", {"text": "我活不下去了"})
    assert answer.status_code == 201
    assert answer.json["safety"]["phones"]
    assert me.read()["urgent"]
    assert "safety" not in me.read()


def test_a_message_with_nothing_to_see_is_refused(sign_in: SignIn, submit: Submit, follow: Follow) -> None:
    headers = sign_in(Level.L1)
    me = follow(submit("grievance", headers), headers)
    for text in ("   ", "\u200b\u200b", "\u202e\u2066", "\u3164", "\u2800\ufeff", "\ufe0f\u034f"):
        assert list(me.post("messages", {"text": text}).json["errors"]) == ["text"]
    # Characters of rare names that are private, or newer than what Python knows.
    for text in ("\ue815", "\U000323b0"):
        assert me.post("messages", {"text": text}).status_code == 201
