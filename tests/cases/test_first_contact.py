"""Who calls a worker and by when: the first contact, calls in vain, and whoever left only a number."""

import uuid

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from server.cases import writing
from server.cases.capabilities.models import CaseCall
from server.clocks.models import Clock
from server.core.access import Level
from server.notices.models import Notice
from tests.cases.conftest import FRIDAY, Desk, Follow, Freeze, Submit, submission
from tests.cases.doing import done, due, refused
from tests.moments import at
from tests.sign_in import SignIn


def test_the_first_contact_ends_once_somebody_is_reached_and_the_call_is_kept(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze, db_session: Session
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    no, me = case["no"], follow(case, headers)
    done(desk, no, "accept")
    done(desk, no, "miss")
    assert "contact" in due(me.read()), "a call in vain is no contact"
    assert "刚才没打通" in db_session.scalars(sa.select(Notice.title).order_by(Notice.id.desc())).all()[0]
    freeze(at("2026-03-17 09:00"))
    done(desk, no, "reach", "--text", "说好周四前补合同。")
    assert "contact" not in due(me.read())
    assert me.read()["messages"] == [], "what was said on the phone is kept for the staff"
    assert db_session.scalars(sa.select(CaseCall.reached).order_by(CaseCall.at)).all() == [False, True]
    late = db_session.scalars(sa.select(Clock).where(Clock.key == "contact")).one()
    assert (late.due_at, late.stopped_at) == (at("2026-03-16 18:00"), at("2026-03-17 09:00"))
    refused(desk, no, "miss")


def test_whoever_is_written_to_was_contacted(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, db_session: Session
) -> None:
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    me = follow(case, headers)
    done(desk, case["no"], "accept")
    for text in ("材料收到了，先核对。", "还要等两天。"):
        writing.staff_message(no=case["no"], staff_no="A1024", text=text)
    read = me.read()
    assert "contact" not in due(read)
    assert [one["text"] for one in read["messages"]] == ["材料收到了，先核对。", "还要等两天。"]
    assert [one["what"] for one in read["timeline"]].count("工会写给你了，在留言里") == 1
    assert list(db_session.scalars(sa.select(Notice.title))).count("你的事项有新留言") == 2


def test_after_three_calls_in_vain_on_two_days_the_contact_is_in_writing(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(FRIDAY)
    headers = sign_in(Level.L1)
    case = submit("grievance", headers)
    no, me = case["no"], follow(case, headers)
    done(desk, no, "accept")
    for hour in ("2026-03-13 11:00", "2026-03-13 15:00"):
        freeze(at(hour))
        done(desk, no, "miss")
    assert "分 2 天" in refused(desk, no, "give_up_calling", "--text", "方便时打 0755。")
    freeze(at("2026-03-16 09:30"))
    done(desk, no, "miss")
    done(desk, no, "give_up_calling", "--text", "方便时打窗口电话。")
    read = me.read()
    assert "contact" not in due(read)
    assert read["state"] == "accepted", "it goes on all the same"
    assert read["messages"][0]["text"] == "方便时打窗口电话。"


def test_whom_nobody_knows_is_promised_no_contact(client: FlaskClient, submit: Submit, desk: Desk) -> None:
    case = submit("grievance")
    assert set(due(case)) == {"triage", "sign", "answer"}
    done(desk, case["no"], "accept")
    refused(desk, case["no"], "miss")
    described = client.get("/api/v1/services/grievance").json["deadlines"]
    assert "contact" not in {one["key"] for one in described}


def test_whoever_leaves_a_number_is_called(
    sign_in: SignIn, submit: Submit, desk: Desk, follow: Follow, freeze: Freeze
) -> None:
    freeze(at("2026-03-13 20:00"))
    headers = sign_in(Level.L0)
    case = submit("call_me", headers)
    assert due(case) == {"call": "2026-03-14T20:00:00+08:00"}
    done(desk, case["no"], "miss")
    assert due(follow(case, headers).read()) == {"again": "2026-03-16T18:00:00+08:00"}
    done(desk, case["no"], "talk", "--text", "说好了，明天帮你去问。")
    assert follow(case, headers).read()["state"] == "called"


def test_a_number_nobody_can_call_is_refused(client: FlaskClient, sign_in: SignIn) -> None:
    body = submission("call_me", answers={"phone": "12345", "text": ""})
    headers = {**sign_in(Level.L0), "Idempotency-Key": str(uuid.uuid4())}
    refused = client.post("/api/v1/cases", json=body, headers=headers).json
    errors = refused["errors"]
    assert refused["reasons"] == {"answers.phone": {"code": "phone"}, "answers.text": {"code": "text_or_voice"}}
    assert "11 位手机号" in errors["answers.phone"][0]
    assert "至少要有一样" in errors["answers.text"][0]
