"""The audit at the console: what was done is found again, the chain is checked, alarms are settled by somebody else."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from server.cases.working import staff_step
from server.core import audit
from server.core.access import Level
from server.core.audit import sealer
from server.core.audit.browsing import AT_ONCE
from server.core.audit.reading import AuditAlarm
from server.core.clock import now
from server.core.db import transaction
from tests.console.conftest import Send
from tests.desk import Desk, desk_of, make_member, words
from tests.people import person
from tests.sign_in import SignIn


@pytest.fixture
def auditor(app: Flask) -> Desk:
    return desk_of(app, "C0001", "audit_admin")


def did(number: str, action: str, subject: str = "x", times: int = 1) -> None:
    for _ in range(times):
        audit.record(actor=audit.staff(number), action=action, subject_kind="case", subject_id=subject)


def test_acts_are_found_by_person_kind_and_subject(auditor: Desk) -> None:
    did("S0001", "case.read", "one")
    did("S0002", "case.reveal", "two")
    did("S0001", "roster.import", "three")
    everything = words(auditor.get("/console/audit"))
    assert "S0002 查看保密办件是谁" in everything
    of_one = words(auditor.get("/console/audit?number=S0001"))
    assert "打开办件" in of_one
    assert "S0002" not in of_one
    assert "导入名册" not in words(auditor.get("/console/audit?number=S0001&kind=case")).split("对象", 2)[-1]
    assert "打开办件" not in words(auditor.get("/console/audit?subject=two")).split("对象", 2)[-1]
    assert "没有符合的记录" in words(auditor.get("/console/audit?to=2020-01-01"))


def test_steps_of_cases_and_what_was_acted_on_are_in_words(auditor: Desk) -> None:
    for action, detail in (
        ("case.ask_more", {}),
        ("case.approve", {"what": "reveal"}),
        ("case.ask", {"what": "ask_more"}),
        ("case.decline", {"what": "annul"}),
        ("case.approve", {"to": "x"}),
    ):
        audit.record(actor=audit.staff("S1"), action=action, subject_kind="case", subject_id="one", detail=detail)
    seen = words(auditor.get("/console/audit?number=S1"))
    assert "办理：请补充" in seen
    assert "批准别人提的：查看是谁反映的 办件" in seen
    assert "提出来，等另一个人定：请补充 办件" in seen
    assert "不批准别人提的：不算超期 办件" in seen
    assert "办理：同意入会 办件" in seen
    assert "case" not in seen.split("对象", 2)[-1]


def test_a_case_is_found_by_its_number_and_opened_without_whose_it_is(
    app: Flask, auditor: Desk, send: Send, sign_in: SignIn
) -> None:
    make_member("W1", "worker_desk")
    somebody = person(772)
    no = send(sign_in(Level.L1, who=somebody), answers={"text": "他们扣了甲乙丙的钱。"})
    other = send(sign_in(Level.L1, who=person(773)))
    staff_step(no=no, code="accept", staff_no="W1")
    seen = auditor.get(f"/console/audit?subject={no.lower()}")
    assert f">{no}</a>" in seen.text
    assert "W1 办理：受理 办件" in words(seen), "as its service calls it, not as others do too"
    assert other not in seen.text
    opened = auditor.get(f"/console/audit/cases/{no}")
    for part in ("反映问题", "W1", "受理", "工友", "期限"):
        assert part in words(opened)
    for hidden in (somebody.name, somebody.phone, "甲乙丙"):
        assert hidden not in opened.text
    assert "C0001 看办件办过哪些步骤" in words(auditor.get(f"/console/audit?subject={no}"))
    assert auditor.get("/console/audit/cases/SQ260313-0042-X").status_code == 404
    assert Desk(app).sign_in("W1").get(f"/console/audit/cases/{no}").status_code == 403


def test_a_long_list_goes_on_with_the_same_question(auditor: Desk) -> None:
    did("S0001", "case.read", times=AT_ONCE + 1)
    first = auditor.get("/console/audit?number=S0001")
    onward = re.findall(r'href="([^"]+cursor=[^"]+)"', first.text)[0].replace("&amp;", "&")
    assert "number=S0001" in onward
    second = words(auditor.get(onward))
    assert second.count("打开办件") == 1
    assert "回到第一页" in second
    assert auditor.get(onward.replace("S0001", "S0002")).status_code == 422


def test_looking_into_the_audit_is_on_record_too(auditor: Desk) -> None:
    auditor.get("/console/audit")
    assert "C0001 查审计" in words(auditor.get("/console/audit?kind=audit"))


def test_the_whole_chain_is_checked(auditor: Desk, db_session: Session) -> None:
    did("S0001", "case.read")
    sealer.seal()
    assert "整条链对得上" in words(auditor.post("/console/audit/verify"))
    with transaction() as session:
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        session.execute(sa.text("UPDATE audit_event SET actor = 'staff:S0009' WHERE action = 'case.read'"))
    assert "一条记录被改过" in words(auditor.post("/console/audit/verify"))


def test_an_alarm_is_settled_by_somebody_whom_it_is_not_about(app: Flask, auditor: Desk) -> None:
    with transaction() as session:
        alarms = [
            AuditAlarm(at=now(), actor=audit.staff(number), rule="at_night", count=9) for number in ("S0001", "C0001")
        ]
        session.add_all(alarms)
    assert "2 查看异常的警报" in words(auditor.get("/console/"))
    assert "S0001 夜里看了别人的资料：9" in words(auditor.get("/console/audit"))
    about_me = auditor.post(f"/console/audit/alarms/{alarms[1].id}/settle")
    assert "说的就是你自己" in words(about_me)
    assert "你核实过" in words(auditor.post(f"/console/audit/alarms/{alarms[0].id}/settle", follow=True))
    assert "S0001 夜里" not in words(auditor.get("/console/audit"))
