"""What a worker writes is told to whoever has the case, is shown until answered, and answers what they were asked."""

import re
from datetime import datetime

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.models import Case
from server.cases.tasks import lapse_cases
from server.cases.unanswered import WROTE
from server.cases.writing import staff_message
from server.core.access import Level
from server.core.clock import SHANGHAI
from server.notices.models import StaffNotice
from server.unions.duty.vocabulary import DutyKind
from tests.cases.conftest import FRIDAY, STAFF, Desk, Follow, Freeze, Submit
from tests.desk import desk_of, words
from tests.sign_in import SignIn
from tests.staff import make_district, make_staff, put_on_duty


def told(session: Session, staff_no: str | None) -> list[str]:
    return list(
        session.scalars(
            sa.select(StaffNotice.text)
            .where(StaffNotice.kind == WROTE, StaffNotice.staff_no == staff_no)
            .order_by(StaffNotice.created_at, StaffNotice.id)
        )
    )


def since(session: Session, no: str) -> datetime | None:
    return session.scalar(sa.select(Case.unanswered_since).where(Case.no == no))


def test_what_is_written_in_an_answered_case_is_told_and_waits_until_somebody_answers(
    app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me, page = follow(case, headers), desk_of(app, "A0077", "district_rights")
    for step in (["accept"], ["begin"], ["reply", "--text", "站点已经撤销这项扣款，三天内退给你。"]):
        assert desk.run("do", case["no"], *step, staff="A0077").exit_code == 0
    assert "今天没有等着你办的事" in words(page.get("/console/"))

    me.post("messages", {"text": "没有办好，又扣了"})
    me.post("messages", {"text": "还是同一个站点"})

    assert told(db_session, "A0077") == [f"{case['no']}（反映问题）工友写了新的话"], "once for all that waits"
    assert "1 工友写了话，还没人回" in words(page.get("/console/"))
    waiting = words(page.get("/console/cases?whose=open&turn=all&unanswered=1"))
    assert case["no"] in waiting
    assert "有新留言" in waiting
    assert "写了话，还没有人回" in words(page.get(f"/console/cases/{case['no']}"))

    staff_message(no=case["no"], staff_no="A0077", text="我们再去问站点，下周一前告诉你。")
    assert since(db_session, case["no"]) is None
    assert case["no"] not in words(page.get("/console/cases?whose=open&turn=all&unanswered=1"))


def test_words_of_danger_are_told_even_where_something_waits(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me = follow(case, headers)
    desk.do(case, "accept", "begin")
    me.post("messages", {"text": "还是同一个站点"})
    me.post("messages", {"text": "他们打人，我不想活了"})
    assert [text.partition("）")[2] for text in told(db_session, STAFF)] == [
        "工友写了新的话",
        "工友写了新的话，里面可能说到危险，请马上看",
    ]


def test_of_a_case_that_nobody_has_the_desk_on_duty_is_told(
    sign_in: SignIn, submit: Submit, follow: Follow, db_session: Session
) -> None:
    put_on_duty(make_staff("DESK"), DutyKind.DESK, make_district())
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    follow(case, headers).post("messages", {"text": "今天又扣了"})
    assert told(db_session, "DESK") == [f"{case['no']}（反映问题）工友写了新的话"]


def test_who_read_it_says_so_once_and_takes_nothing_newer_for_read(
    app: Flask, sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me, page = follow(case, headers), desk_of(app, "A0077", "district_rights")
    desk.do(case, "accept", "begin")
    me.post("messages", {"text": "谢谢"})
    path = f"/console/cases/{case['no']}"
    assert page.post(f"{path}/read", {"version": "gestern"}).status_code == 404

    shown = read_button(page.get(path).text)
    me.post("messages", {"text": "又扣了"})
    assert "请看看再点" in words(page.post(f"{path}/read", shown, follow=True)), "what came since nobody has read"
    db_session.expire_all()
    assert since(db_session, case["no"]) == FRIDAY

    shown = read_button(page.get(path).text)
    for _ in range(2):
        assert "看过了，不用回" in words(page.post(f"{path}/read", shown, follow=True))
    db_session.expire_all()
    assert since(db_session, case["no"]) is None


def read_button(page: str) -> dict[str, str]:
    """What the button 看过了，不用回 sends."""
    form = page.partition('/read"')[2].partition("</form>")[0]
    return dict(re.findall(r'name="(version)" value="([^"]*)"', form))


def test_an_answer_by_message_answers_what_was_asked(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me = follow(case, headers)
    desk.do(case, "accept", ("ask_more", "是哪一个站点？"))
    answered = me.post("messages", {"text": "福民路那个站点"})
    assert answered.json["state"] == "handling"

    freeze(datetime(2026, 4, 13, 9, 0, tzinfo=SHANGHAI))
    lapse_cases()
    assert db_session.scalar(sa.select(Case.state).where(Case.no == case["no"])) == "handling"
